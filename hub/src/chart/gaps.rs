//! Where a line is interrupted: found from all values, before any is left out.
//!
//! Two values are not joined when more time is between them than three times the usual, and than ten seconds; or when
//! something said so between them. What is usual is taken of all values that are pushed, also of those around the frame:
//! a gap stays one when it fills the frame. Begin with [`Gaps`].

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
    /// Since when the next value is not to be joined to the last.
    interrupted: Option<i64>,
    intervals: Vec<i64>,
    /// Every so-manieth interval is taken.
    stride: u64,
    count: u64,
    /// Intervals that may be gaps, and whether they are for certain.
    candidates: Vec<(Gap, bool)>,
}

/// Where nothing is known; times in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The value before it.
    pub(super) last: i64,
    /// Since when nothing is known: the time of that value, or when something said so.
    pub(crate) from: i64,
    /// The value after it; without one it lasts.
    pub(crate) to: Option<i64>,
}

impl Default for Gaps {
    fn default() -> Self {
        let (last, interrupted, count) = (None, None, 0);
        Self { last, interrupted, intervals: Vec::new(), stride: 1, count, candidates: Vec::new() }
    }
}

impl Gaps {
    /// A value at a time, not earlier than the one before.
    pub(super) fn value(&mut self, at: i64) {
        if let Some(last) = self.last {
            let interval = at.saturating_sub(last);
            self.sample(interval);
            if self.interrupted.is_some() || interval > LEAST {
                let gap = Gap { last, from: self.interrupted.unwrap_or(last), to: Some(at) };
                self.candidates.push((gap, self.interrupted.is_some()));
            }
        }
        (self.last, self.interrupted) = (Some(at), None);
    }

    /// From this time on nothing is known until the next value, which is not to be joined to the last.
    pub(super) fn interrupt(&mut self, at: i64) {
        self.interrupted.get_or_insert(at);
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

    /// The time of the last value, and the usual one between two.
    pub(super) fn pace(&mut self) -> (Option<i64>, Option<i64>) {
        let middle = self.intervals.len() / 2;
        let median = match self.intervals.len() {
            0 => None,
            _ => Some(*self.intervals.select_nth_unstable(middle).1),
        };
        (self.last, median)
    }

    /// The gaps in order; one without an end is the last.
    pub(super) fn finish(mut self) -> Vec<Gap> {
        let (_, median) = self.pace();
        let least = median.unwrap_or(0).saturating_mul(TIMES).max(LEAST);
        let is_gap = |(gap, certain): &(Gap, bool)| {
            *certain || gap.to.is_some_and(|to| to.saturating_sub(gap.last) > least)
        };
        let lasting = self.last.zip(self.interrupted).map(|(last, from)| Gap { last, from, to: None });
        let closed = self.candidates.into_iter().filter(is_gap).map(|(gap, _)| gap);
        closed.chain(lasting).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(times: impl IntoIterator<Item = i64>) -> Vec<(i64, i64)> {
        let mut gaps = Gaps::default();
        times.into_iter().for_each(|at| gaps.value(at));
        gaps.finish().iter().map(|gap| (gap.from, gap.to.unwrap())).collect()
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
        gaps.interrupt(-5);
        [0, 10].into_iter().for_each(|at| gaps.value(at));
        [12, 15].into_iter().for_each(|at| gaps.interrupt(at));
        gaps.value(20);
        assert_eq!(gaps.finish(), [Gap { last: 10, from: 12, to: Some(20) }]);
    }

    #[test]
    fn an_interruption_without_a_value_after_it_lasts() {
        let mut gaps = Gaps::default();
        gaps.value(10);
        gaps.interrupt(12);
        assert_eq!(gaps.finish(), [Gap { last: 10, from: 12, to: None }]);
    }

    #[test]
    fn the_usual_interval_of_very_many_values_is_found_from_some_of_them() {
        let many = (0..1_000_000i64).map(|at| at * 20_000);
        assert_eq!(gaps(many.chain([20_000_100_000])), [(19_999_980_000, 20_000_100_000)]);
    }
}
