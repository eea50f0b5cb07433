//! Carrying a [`Sampling`] out.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Map;

use super::{Rule, Sampling};
use crate::json::Json;

/// When to read next, and what was sent last.
#[derive(Debug)]
pub(crate) struct Sampler {
    sampling: Sampling,
    next: Instant,
    /// By name: the last value of telemetry with a rule, and when it was sent.
    sent: BTreeMap<String, (Json, Instant)>,
}

impl Sampler {
    /// The first reading is due at once.
    pub(crate) fn new(sampling: Sampling, now: Instant) -> Self {
        Self { sampling, next: now, sent: BTreeMap::new() }
    }

    /// When the next reading is due.
    pub(crate) fn next(&self) -> Instant {
        self.next
    }

    /// A reading has been taken: what of it is worth sending. The next one is due at the first tick after now.
    pub(crate) fn read(&mut self, now: Instant, mut values: Map<String, Json>) -> Map<String, Json> {
        values.retain(|name, value| self.is_due(now, name, value));
        self.next = self.tick_after(now);
        values
    }

    /// These values have been sent.
    pub(crate) fn sent(&mut self, now: Instant, values: Map<String, Json>) {
        let ruled = values.into_iter().filter(|(name, _)| self.sampling.rules.contains_key(name));
        self.sent.extend(ruled.map(|(name, value)| (name, (value, now))));
    }

    /// Ticks that sending took are left out as well.
    pub(crate) fn skip_until(&mut self, now: Instant) {
        if self.next <= now {
            self.next = self.tick_after(now);
        }
    }

    fn is_due(&self, now: Instant, name: &str, value: &Json) -> bool {
        let Some(rule) = self.sampling.rules.get(name) else {
            return true;
        };
        let Some((last, at)) = self.sent.get(name) else {
            return true;
        };
        let silent = now.saturating_duration_since(*at);
        self.sampling.heartbeat.is_some_and(|heartbeat| silent >= heartbeat) || rule.is_met(last, value)
    }

    /// The first moment after now that is whole intervals after the ticks before.
    fn tick_after(&self, now: Instant) -> Instant {
        let interval = self.sampling.interval;
        let late = now.saturating_duration_since(self.next);
        let rest = late.as_nanos() % interval.as_nanos();
        // The rest is less than the interval, which is a duration.
        let rest = Duration::from_nanos_u128(rest);
        now.checked_add(interval - rest).unwrap_or(now)
    }
}

impl Rule {
    fn is_met(self, last: &Json, value: &Json) -> bool {
        match (self, last.as_f64(), value.as_f64()) {
            (Self::Beyond(deadband), Some(last), Some(value)) => (value - last).abs() > deadband,
            _ => last != value,
        }
    }
}
