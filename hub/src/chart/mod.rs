//! What a chart of some width can show of many values: a core that takes values in order of time.
//!
//! Numbers become at most four points for each pixel column, the first, lowest, highest and last (M4), which draws the
//! same line as all of them; states become their changes. Gaps are found before that, so that they do not depend on the
//! zoom. Rules: operator pages reference, section 4. Begin with [`Trace`].

mod gaps;
mod line;
mod states;

use gaps::Gaps;
pub(crate) use line::{Line, Summary};
pub(crate) use states::States;

/// The time a chart shows, in milliseconds since 1970, and its width in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) width: usize,
}

/// A value on its way into a chart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sample {
    Number(f64),
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
    line: Line,
    states: States,
    gaps: Gaps,
}

/// What is drawn of one name.
#[derive(Debug)]
pub(crate) struct Drawn {
    /// How many values there are.
    pub(crate) count: u64,
    pub(crate) line: Line,
    pub(crate) states: States,
    /// Where nothing is to be drawn: between the times of two values.
    pub(crate) gaps: Vec<(i64, i64)>,
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

    /// How many points are shown as they are.
    fn limit(&self) -> usize {
        4 * self.width
    }
}

impl Trace {
    pub(crate) fn new(frame: Frame) -> Self {
        let (line, states, gaps) = (Line::new(frame), States::new(frame), Gaps::default());
        Self { frame, count: 0, line, states, gaps }
    }

    /// Takes the next value, which is not earlier than the one before; one outside the frame is left out.
    pub(crate) fn push(&mut self, at: i64, sample: Sample) {
        if !self.frame.has(at) {
            return;
        }
        match sample {
            Sample::Break => return self.gaps.interrupt(),
            Sample::Number(value) => self.line.push(at, value),
            Sample::State(name) => self.states.push(at, &name),
        }
        self.count += 1;
        self.gaps.value(at);
    }

    pub(crate) fn finish(self) -> Drawn {
        let mut gaps = self.gaps.finish();
        let is_whole = self.line.points().is_some() && self.states.is_whole();
        // within a column of a reduced line nobody could see them
        gaps.retain(|(from, to)| is_whole || self.frame.column(*from) != self.frame.column(*to));
        Drawn { count: self.count, line: self.line, states: self.states, gaps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { from: 0, to: 999_999, width: 10 };

    fn drawn(samples: impl IntoIterator<Item = (i64, Sample)>) -> Drawn {
        let mut trace = Trace::new(FRAME);
        samples.into_iter().for_each(|(at, sample)| trace.push(at, sample));
        trace.finish()
    }

    #[test]
    fn a_gap_within_a_pixel_column_is_shown_only_when_all_points_are() {
        let number = |at| (at, Sample::Number(1.0));
        let few = drawn([number(0), number(1_000), (1_500, Sample::Break), number(2_000)]);
        assert_eq!(few.gaps, [(1_000, 2_000)]);
        let many = (0..1_000).map(|second| number(second * 1_000));
        let broken = many.chain([(999_100, Sample::Break), number(999_200)]);
        let many = drawn(broken);
        assert_eq!((many.count, many.gaps), (1_001, vec![]));
    }

    #[test]
    fn what_is_outside_the_frame_is_left_out() {
        let all =
            drawn([(-1, Sample::Number(1.0)), (5, Sample::Number(2.0)), (1_000_000, Sample::Number(3.0))]);
        assert_eq!((all.count, all.line.points()), (1, Some(&[(5, 2.0)][..])));
    }
}
