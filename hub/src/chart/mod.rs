//! What a chart of some width can show of many values: a core that takes values in order of time.
//!
//! Numbers become at most four points for each pixel column, the first, lowest, highest and last (M4), which draws the
//! same line as all of them; states become their changes. The value before the frame and the one after it are kept, so that
//! a line comes in and goes out and a lane begins with the state that is in force. Gaps are found before anything is left
//! out, so that they do not depend on the zoom. Rules: operator pages reference, section 4. Begin with [`Trace`].

mod gaps;
mod line;
mod number;
mod states;

pub(crate) use gaps::Gap;
use gaps::Gaps;
pub(crate) use line::{Line, Summary};
pub(crate) use number::{INEXACT, Number};
pub(crate) use states::States;

/// The time a chart shows, in milliseconds since 1970, and its width in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) width: usize,
    /// How many points are shown as they are.
    pub(crate) most: usize,
}

/// A value on its way into a chart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sample {
    Number(Number),
    /// A state as JSON text.
    State(std::rc::Rc<str>),
    /// The device was gone, or said that there is no value: nothing is drawn across.
    Break,
}

/// One name's values on their way into a chart.
#[derive(Debug)]
pub(crate) struct Trace {
    frame: Frame,
    count: u64,
    before: Option<(i64, Number)>,
    after: Option<(i64, Number)>,
    line: Line,
    states: States,
    gaps: Gaps,
}

/// What is drawn of one name.
#[derive(Debug)]
pub(crate) struct Drawn {
    /// How many values there are in the frame.
    pub(crate) count: u64,
    /// The last number before the frame.
    pub(crate) before: Option<(i64, Number)>,
    /// The first number after it.
    pub(crate) after: Option<(i64, Number)>,
    pub(crate) line: Line,
    pub(crate) states: States,
    /// Where nothing is to be drawn.
    pub(crate) gaps: Vec<Gap>,
    /// The usual time between two values, in milliseconds.
    pub(crate) interval: Option<i64>,
    /// The time of the newest value that was read.
    pub(crate) newest: Option<i64>,
}

impl Frame {
    /// The pixel column of a time that is in the frame.
    fn column(&self, at: i64) -> usize {
        let span = i128::from(self.to) - i128::from(self.from) + 1;
        let place = (i128::from(at) - i128::from(self.from)) * self.width as i128 / span.max(1);
        usize::try_from(place).unwrap_or(0).min(self.width.saturating_sub(1))
    }

    /// Whether a time is in the frame.
    pub(crate) fn has(&self, at: i64) -> bool {
        (self.from..=self.to).contains(&at)
    }
}

impl Trace {
    pub(crate) fn new(frame: Frame) -> Self {
        let (line, states, gaps) = (Line::new(frame), States::new(frame), Gaps::default());
        Self { frame, count: 0, before: None, after: None, line, states, gaps }
    }

    /// Takes the next value, which is not earlier than the one before. It may be outside the frame.
    pub(crate) fn push(&mut self, at: i64, sample: &Sample) {
        if self.frame.has(at) {
            match sample {
                Sample::Break => {}
                Sample::Number(value) => self.line.push(at, *value),
                Sample::State(name) => self.states.push(at, name),
            }
            self.count += u64::from(*sample != Sample::Break);
        } else {
            match sample {
                Sample::Number(value) if at < self.frame.from => self.before = Some((at, *value)),
                Sample::Number(value) => self.after = self.after.or(Some((at, *value))),
                Sample::State(name) if at < self.frame.from => self.states.push_earlier(at, name),
                Sample::State(_) | Sample::Break => {}
            }
        }
        match sample {
            Sample::Break => self.gaps.interrupt(at),
            Sample::Number(_) | Sample::State(_) => self.gaps.value(at),
        }
    }

    pub(crate) fn finish(self) -> Drawn {
        let Self { frame, count, before, after, line, states, mut gaps } = self;
        let (newest, interval) = gaps.pace();
        let gaps = gaps.finish();
        let is_whole = line.points().is_some() && states.is_whole() && gaps.len() <= frame.most;
        let is_seen = |gap: &Gap| {
            let is_in = gap.last <= frame.to && gap.to.is_none_or(|to| to >= frame.from);
            let is_inside = frame.has(gap.last) && gap.to.is_some_and(|to| frame.has(to));
            // within a column of a reduced line nobody could see it
            let is_narrow = || gap.to.is_some_and(|to| frame.column(gap.last) == frame.column(to));
            is_in && (is_whole || !is_inside || !is_narrow())
        };
        let gaps = gaps.into_iter().filter(is_seen).collect();
        Drawn { count, before, after, line, states, gaps, interval, newest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { from: 0, to: 999_999, width: 10, most: 40 };

    fn drawn(samples: impl IntoIterator<Item = (i64, Sample)>) -> Drawn {
        let mut trace = Trace::new(FRAME);
        samples.into_iter().for_each(|(at, sample)| trace.push(at, &sample));
        trace.finish()
    }

    fn number(at: i64) -> (i64, Sample) {
        (at, Sample::Number(1.0.into()))
    }

    #[test]
    fn a_gap_within_a_pixel_column_is_shown_only_when_all_points_are() {
        let few = drawn([number(0), number(1_000), (1_500, Sample::Break), number(2_000)]);
        assert_eq!(few.gaps, [Gap { last: 1_000, from: 1_500, to: Some(2_000) }]);
        let many = (0..1_000).map(|second| number(second * 1_000));
        let broken = many.chain([(999_100, Sample::Break), number(999_200)]);
        let many = drawn(broken);
        assert_eq!((many.count, many.gaps), (1_001, vec![]));
    }

    #[test]
    fn a_state_that_is_broken_off_often_has_no_more_gaps_than_can_be_seen() {
        let state = |at| (at, Sample::State("on".into()));
        let broken = (0..10_000).flat_map(|one| [state(one * 100), (one * 100 + 50, Sample::Break)]);
        let many = drawn(broken);
        assert!(many.gaps.len() <= 2 * FRAME.width, "{}", many.gaps.len());
        assert_eq!(many.states.changes().len(), 1);
    }

    #[test]
    fn of_what_is_outside_the_frame_the_nearest_values_are_kept() {
        let all = drawn([-7, -1, 5, 1_000_000, 1_000_009].map(number));
        assert_eq!((all.count, all.line.points()), (1, Some(&[(5, 1.0.into())][..])));
        assert_eq!((all.before, all.after), (Some((-1, 1.0.into())), Some((1_000_000, 1.0.into()))));
        assert_eq!(all.gaps, [Gap { last: 5, from: 5, to: Some(1_000_000) }], "and the gap that reaches out");
    }

    #[test]
    fn a_gap_that_fills_the_frame_is_one_however_few_values_are_beside_it() {
        let times = [-20_000, -19_000, -18_000, 1_000_000];
        let gap = Gap { last: -18_000, from: -18_000, to: Some(1_000_000) };
        assert_eq!(drawn(times.map(number)).gaps, [gap]);
        let ended = [number(-9_000), (-5_000, Sample::Break)];
        assert_eq!(drawn(ended).gaps, [Gap { last: -9_000, from: -5_000, to: None }]);
        let earlier = [number(-9_000), (-5_000, Sample::Break), number(-4_000), number(3_000)];
        assert_eq!(drawn(earlier).gaps, [], "it is over when the frame begins");
    }
}
