//! Both clocks of the machine: the monotonic one and the time of day.
//!
//! The one place that reads the time of day. Tests hand in clocks of their own.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crate::session::Clocks;

/// How often the clocks are compared: at least, and at most.
pub(super) const AT_LEAST_EVERY: Duration = Duration::from_secs(30);
const AT_MOST_EVERY: Duration = Duration::from_secs(1);

/// Reads both clocks.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> Clocks + Send + Sync>);

impl Clock {
    #[cfg(test)]
    pub(crate) fn new(read: impl Fn() -> Clocks + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    pub(crate) fn read(&self) -> Clocks {
        self.0()
    }

    /// The time of day.
    pub(crate) fn wall(&self) -> SystemTime {
        self.read().wall
    }
}

impl Default for Clock {
    /// The machine's own. The monotonic clock is not tokio's, which tests stop while the time of day goes on.
    #[allow(clippy::disallowed_methods, reason = "the driver is the one that has clocks")]
    fn default() -> Self {
        Self(Arc::new(|| Clocks { monotonic: Instant::now(), wall: SystemTime::now() }))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Clock")
    }
}

/// Limits how often the clocks are read.
#[derive(Debug, Default)]
pub(super) struct Interval {
    last: Option<Instant>,
}

impl Interval {
    /// Whether it is time to look again; the time counts from now on if so.
    pub(super) fn is_over(&mut self, now: Instant) -> bool {
        let over = self.last.is_none_or(|last| now.saturating_duration_since(last) >= AT_MOST_EVERY);
        if over {
            self.last = Some(now);
        }
        over
    }

    /// When to look again, whatever happens.
    pub(super) fn latest(&self) -> Option<Instant> {
        self.last.map(|last| last + AT_LEAST_EVERY)
    }
}
