//! A fold over everything that can be reached from an element, in linear time for the whole graph: each element is
//! folded once, cycles are noticed, and nothing recurses.

use crate::graph::{Graph, Ix};

/// The state of a fold: the value of each element that is done.
pub(super) struct Paths<T> {
    states: Vec<State<T>>,
    /// Those from all elements on the way, one after the other.
    steps: Vec<Step>,
}

#[derive(Clone, Copy)]
enum State<T> {
    Unseen,
    Open,
    Done(T),
}

/// A step from an element to one that it holds, and whether the member is one that counts.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) to: Ix,
    pub(super) counts: bool,
}

/// What a fold does: where it goes and how the values of what is reached come together.
pub(super) trait Fold {
    type Value: Copy;

    /// Adds the steps from an element.
    fn steps(&self, from: Ix, steps: &mut Vec<Step>);

    /// The value of an element that holds nothing.
    fn start(&self) -> Self::Value;

    /// A value with that of one more step.
    fn join(&self, value: Self::Value, step: Step, reached: Self::Value) -> Self::Value;

    /// `to` was reached again from an element inside it.
    fn cycle(&mut self, to: Ix);
}

struct Frame<T> {
    ix: Ix,
    first: usize,
    next: usize,
    value: T,
}

impl<T: Copy> Paths<T> {
    pub(super) fn new(graph: &Graph) -> Self {
        Self { states: (0..graph.len()).map(|_| State::Unseen).collect(), steps: Vec::new() }
    }

    /// The value of an element.
    pub(super) fn value<F: Fold<Value = T>>(&mut self, root: Ix, fold: &mut F) -> T {
        if let State::Done(value) = self.states[root.number()] {
            return value;
        }
        let mut stack = vec![self.open(root, fold)];
        let mut last = fold.start();
        while let Some(frame) = stack.last_mut() {
            let Some(step) = self.steps.get(frame.next).copied() else {
                last = frame.value;
                self.steps.truncate(frame.first);
                self.states[frame.ix.number()] = State::Done(last);
                stack.pop();
                continue;
            };
            match self.states[step.to.number()] {
                State::Done(reached) => {
                    frame.value = fold.join(frame.value, step, reached);
                    frame.next += 1;
                }
                State::Open => {
                    fold.cycle(step.to);
                    frame.value = fold.join(frame.value, step, fold.start());
                    frame.next += 1;
                }
                State::Unseen => {
                    let inner = self.open(step.to, fold);
                    stack.push(inner);
                }
            }
        }
        last
    }

    fn open<F: Fold<Value = T>>(&mut self, ix: Ix, fold: &F) -> Frame<T> {
        self.states[ix.number()] = State::Open;
        let first = self.steps.len();
        fold.steps(ix, &mut self.steps);
        Frame { ix, first, next: first, value: fold.start() }
    }
}
