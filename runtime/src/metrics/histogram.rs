//! How long something took, over and over: counts in fixed buckets.

use std::time::Duration;

/// The upper bounds of all buckets but the last, in microseconds: three for each power of ten from 100 us to 100 s.
const BOUNDS: [u64; 19] = [
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
];

/// Durations that were measured, in buckets with fixed bounds from 100 µs to 100 s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    counts: [u64; BOUNDS.len() + 1],
    sum: Duration,
    longest: Duration,
}

impl Histogram {
    pub(crate) fn record(&mut self, took: Duration) {
        let bucket = BOUNDS.partition_point(|bound| u128::from(*bound) < took.as_micros());
        self.counts[bucket] += 1;
        self.sum = self.sum.saturating_add(took);
        self.longest = self.longest.max(took);
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.counts.iter_mut().zip(other.counts).for_each(|(count, more)| *count += more);
        self.sum = self.sum.saturating_add(other.sum);
        self.longest = self.longest.max(other.longest);
    }

    /// How many were measured.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// All of them together.
    pub fn sum(&self) -> Duration {
        self.sum
    }

    /// The longest; zero when there is none.
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// The mean; `None` when there is none.
    pub fn mean(&self) -> Option<Duration> {
        let count = u32::try_from(self.count()).unwrap_or(u32::MAX);
        self.sum.checked_div(count)
    }

    /// The duration that a share of them (0 to 1) does not exceed, as far as the buckets tell: the upper bound of its
    /// bucket, or the longest where that is less. `None` when there is none.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let count = self.count();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it lies between 1 and count"
        )]
        #[expect(
            clippy::cast_precision_loss,
            reason = "an error of one in 2^53 changes no bucket that matters"
        )]
        let rank = ((count as f64 * share.clamp(0.0, 1.0)).ceil() as u64).clamp(1, count.max(1));
        let mut seen = 0;
        let (bound, _) = self.buckets().find(|(_, in_bucket)| {
            seen += in_bucket;
            seen >= rank
        })?;
        Some(bound.unwrap_or(self.longest).min(self.longest))
    }

    /// The buckets from the shortest on: the upper bound, which belongs to the bucket, and how many lie in it. The last
    /// one has no bound.
    pub fn buckets(&self) -> impl Iterator<Item = (Option<Duration>, u64)> {
        let bounds = BOUNDS.iter().map(|bound| Some(Duration::from_micros(*bound))).chain([None]);
        bounds.zip(self.counts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_empty_one_tells_nothing_and_a_bound_belongs_to_its_bucket() {
        let mut histogram = Histogram::default();
        assert_eq!((histogram.mean(), histogram.quantile(0.5)), (None, None));
        histogram.record(Duration::from_micros(100));
        histogram.record(Duration::from_secs(3600));
        assert_eq!(histogram.buckets().next(), Some((Some(Duration::from_micros(100)), 1)));
        assert_eq!(histogram.buckets().last(), Some((None, 1)));
        assert_eq!(histogram.quantile(0.5), Some(Duration::from_micros(100)));
        assert_eq!(histogram.quantile(1.0), Some(Duration::from_secs(3600)));
    }

    proptest! {
        #[test]
        fn quantiles_rise_and_bound_what_was_measured(
            all in proptest::collection::vec(0_u64..200_000_000, 1..50), share in 0.0..=1.0,
        ) {
            let mut histogram = Histogram::default();
            all.iter().for_each(|micros| histogram.record(Duration::from_micros(*micros)));
            prop_assert_eq!(histogram.count(), all.len() as u64);
            let quantile = histogram.quantile(share).unwrap();
            prop_assert!(quantile <= histogram.longest() && quantile <= histogram.quantile(1.0).unwrap());
            let below = all.iter().filter(|micros| Duration::from_micros(**micros) <= quantile).count();
            prop_assert!(below as f64 >= all.len() as f64 * share);
        }
    }
}
