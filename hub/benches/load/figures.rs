//! Durations and what is said of them, and the figures that the hub is to reach.

use std::time::Duration;

/// Durations that were measured.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The time that this share of them does not exceed, in milliseconds.
    pub(crate) fn milliseconds(&mut self, share: f64) -> f64 {
        self.0.sort_unstable();
        let place = (self.0.len() as f64 * share) as usize;
        self.0.get(place.min(self.0.len().saturating_sub(1))).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    }

    /// Median, the 99th percentile and the longest.
    pub(crate) fn summary(&mut self) -> String {
        let [median, most, longest] = [0.5, 0.99, 1.0].map(|share| self.milliseconds(share));
        format!("p50 {median:.2} ms, p99 {most:.2} ms, longest {longest:.2} ms ({} of them)", self.0.len())
    }
}

/// What a run came to, beside what the hub is to reach on two cores.
#[derive(Debug)]
pub(crate) struct Reached {
    pub(crate) devices: usize,
    /// Acknowledged messages a second.
    pub(crate) rate: f64,
    /// The 99th percentile of method calls, in milliseconds.
    pub(crate) call: f64,
    /// The hub's memory at most, in MB.
    pub(crate) memory: f64,
}

impl Reached {
    /// One line: each figure with its target.
    pub(crate) fn summary(&self) -> String {
        // the last burst of a device may be acknowledged just after the end
        const RATE: f64 = 20_000.0 * 0.995;
        let Self { devices, rate, call, memory } = self;
        let met = *devices >= 2_000 && *rate >= RATE && *call < 20.0 && *memory < 400.0;
        format!(
            "{}: {devices} devices (2000), {rate:.0} messages/s (20000), p99 of a call {call:.2} ms (under 20), \
             {memory:.0} MB (under 400)",
            if met { "all targets met" } else { "not all targets met" }
        )
    }
}
