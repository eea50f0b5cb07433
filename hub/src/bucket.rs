//! A token bucket: how many a second, and how many at once after a rest.
//!
//! A core without a clock: the time is an argument. Begin with [`Bucket::take`].

use std::time::Duration;

use tokio::time::Instant;

/// Counts what is spent against a rate.
#[derive(Debug)]
pub(crate) struct Bucket {
    per_second: f64,
    most: f64,
    level: f64,
    at: Instant,
}

impl Bucket {
    /// A full bucket; `most` are there at once after a rest.
    pub(crate) fn new(per_second: f64, most: u32, now: Instant) -> Self {
        let most = f64::from(most.max(1));
        // a rate of nothing would never let anybody go on
        Self { per_second: per_second.max(0.001), most, level: most, at: now }
    }

    /// Takes one, or answers how long to wait for it.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        self.look(now)?;
        self.level -= 1.0;
        Ok(())
    }

    /// Whether one could be taken, or how long to wait for it.
    pub(crate) fn look(&mut self, now: Instant) -> Result<(), Duration> {
        self.fill(now);
        if self.level >= 1.0 { Ok(()) } else { Err(self.until(1.0)) }
    }

    /// Whether nothing is missing.
    pub(crate) fn is_full(&mut self, now: Instant) -> bool {
        self.fill(now);
        self.level >= self.most
    }

    /// Takes `count`, which have happened already; answers how long to wait before the next one.
    pub(crate) fn spend(&mut self, count: usize, now: Instant) -> Duration {
        self.fill(now);
        self.level -= count as f64;
        self.until(0.0)
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.level = (self.level + passed * self.per_second).min(self.most);
        self.at = now;
    }

    fn until(&self, level: f64) -> Duration {
        Duration::try_from_secs_f64((level - self.level).max(0.0) / self.per_second).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_what_it_has_and_says_when_there_is_more() {
        let start = Instant::now();
        let mut bucket = Bucket::new(2.0, 3, start);
        let taken: Vec<_> = (0..4).map(|_| bucket.take(start)).collect();
        assert_eq!(taken, [Ok(()), Ok(()), Ok(()), Err(Duration::from_millis(500))]);
        let later = start + Duration::from_millis(500);
        assert_eq!(bucket.take(later), Ok(()));
        assert!(bucket.take(later).is_err());
        // a long rest fills it, and no more than that
        let rested = start + Duration::from_secs(3600);
        assert_eq!((0..10).filter(|_| bucket.take(rested).is_ok()).count(), 3);
    }

    #[test]
    fn what_has_happened_already_is_waited_for_afterwards() {
        let start = Instant::now();
        let mut bucket = Bucket::new(10.0, 5, start);
        assert_eq!(bucket.spend(5, start), Duration::ZERO);
        assert_eq!(bucket.spend(20, start), Duration::from_secs(2));
        assert_eq!(bucket.spend(0, start + Duration::from_secs(2)), Duration::ZERO);
    }
}
