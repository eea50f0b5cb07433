//! Where a line is interrupted: found from all values, before any is left out.
//!
//! Two values are not joined when more time is between them than three times the usual, and than ten seconds; or when
//! something said so between them. Begin with [`Gaps`].

/// An interval of at most so many milliseconds is no gap.
const LEAST: i64 = 10_000;
/// How many times the median interval a gap is longer than.
const TIMES: i64 = 3;
/// Most intervals that the median is taken of: of more, every second, fourth, ...
const SAMPLES: usize = 1 << 16;

/// Gaps in the making.
#[derive(Debug)]
pub(super) struct Gaps {
    last: Option<i64>,
    is_interrupted: bool,
    intervals: Vec<i64>,
    /// Every so-manieth interval is taken.
    stride: u64,
    count: u64,
    /// Intervals that may be gaps, and whether they are for certain.
    candidates: Vec<(i64, i64, bool)>,
}

impl Default for Gaps {
    fn default() -> Self {
        let (last, is_interrupted, count) = (None, false, 0);
        Self { last, is_interrupted, intervals: Vec::new(), stride: 1, count, candidates: Vec::new() }
    }
}

impl Gaps {
    /// A value at a time, not earlier than the one before.
    pub(super) fn value(&mut self, at: i64) {
        if let Some(last) = self.last {
            let interval = at.saturating_sub(last);
            self.sample(interval);
            if self.is_interrupted || interval > LEAST {
                self.candidates.push((last, at, self.is_interrupted));
            }
        }
        (self.last, self.is_interrupted) = (Some(at), false);
    }

    /// The next value is not to be joined to the last.
    pub(super) fn interrupt(&mut self) {
        self.is_interrupted = true;
    }

    fn sample(&mut self, interval: i64) {
        if self.count.is_multiple_of(self.stride) {
            self.intervals.push(interval);
        }
        self.count += 1;
        if self.intervals.len() == SAMPLES {
            let mut place = 0;
            self.intervals.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.stride *= 2;
        }
    }

    /// The times before and after each gap.
    pub(super) fn finish(mut self) -> Vec<(i64, i64)> {
        let middle = self.intervals.len() / 2;
        let median = match self.intervals.len() {
            0 => 0,
            _ => *self.intervals.select_nth_unstable(middle).1,
        };
        let least = median.saturating_mul(TIMES).max(LEAST);
        let is_gap = |(from, to, certain): &(i64, i64, bool)| *certain || to.saturating_sub(*from) > least;
        self.candidates.into_iter().filter(is_gap).map(|(from, to, _)| (from, to)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(times: impl IntoIterator<Item = i64>) -> Vec<(i64, i64)> {
        let mut gaps = Gaps::default();
        times.into_iter().for_each(|at| gaps.value(at));
        gaps.finish()
    }

    #[test]
    fn a_gap_is_longer_than_three_usual_intervals_and_ten_seconds() {
        assert_eq!(gaps([0, 1_000, 2_000, 12_000, 13_000]), [], "ten seconds are none");
        assert_eq!(gaps([0, 1_000, 2_000, 12_001, 13_000]), [(2_000, 12_001)]);
        assert_eq!(gaps([0, 60_000, 120_000, 300_000, 360_000]), [], "three times the usual is none");
        assert_eq!(gaps([0, 60_000, 120_000, 300_001, 360_001]), [(120_000, 300_001)]);
        assert_eq!(gaps([0]), []);
    }

    #[test]
    fn an_interruption_is_a_gap_however_short() {
        let mut gaps = Gaps::default();
        gaps.interrupt();
        [0, 10].into_iter().for_each(|at| gaps.value(at));
        gaps.interrupt();
        gaps.value(20);
        assert_eq!(gaps.finish(), [(10, 20)]);
    }

    #[test]
    fn the_usual_interval_of_very_many_values_is_found_from_some_of_them() {
        let many = (0..1_000_000i64).map(|at| at * 20_000);
        assert_eq!(gaps(many.chain([20_000_100_000])), [(19_999_980_000, 20_000_100_000)]);
    }
}
