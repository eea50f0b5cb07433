//! Durations and what is said of them.

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

    /// Median, the 99th percentile and the longest.
    pub(crate) fn summary(&mut self) -> String {
        self.0.sort_unstable();
        let at = |share: f64| {
            let place = (self.0.len() as f64 * share) as usize;
            self.0.get(place.min(self.0.len().saturating_sub(1))).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        format!(
            "p50 {:.2} ms, p99 {:.2} ms, longest {:.2} ms ({} of them)",
            at(0.5),
            at(0.99),
            at(1.0),
            self.0.len()
        )
    }
}
