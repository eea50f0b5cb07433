//! States as lanes: when they changed, and to what; where changes are many, the first and last of each pixel column.
//!
//! Begin with [`States`].

use super::Frame;

/// Most different states of a lane; what is beyond is shown as the last of them, `"..."`.
const NAMES: usize = 200;

/// States in order of time, reduced to their changes.
#[derive(Debug)]
pub(crate) struct States {
    frame: Frame,
    names: Vec<String>,
    changes: Vec<Change>,
    /// Whether a change was left out.
    is_reduced: bool,
}

/// From a time on, in milliseconds since 1970, a state is in force; the first may be earlier than the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) at: i64,
    /// Its place among the names.
    pub(crate) state: usize,
    /// How many changes of the frame this one stands for.
    pub(crate) n: u64,
}

impl States {
    pub(super) fn new(frame: Frame) -> Self {
        Self { frame, names: Vec::new(), changes: Vec::new(), is_reduced: false }
    }

    /// The state is in force before the frame begins: of these, the last counts.
    pub(super) fn push_earlier(&mut self, at: i64, name: &str) {
        if self.names.first().is_none_or(|known| known != name) {
            self.names = vec![name.to_owned()];
            self.changes = vec![Change { at, state: 0, n: 0 }];
        }
    }

    pub(super) fn push(&mut self, at: i64, name: &str) {
        let state = self.place(name);
        if self.changes.last().is_some_and(|last| last.state == state) {
            return;
        }
        self.changes.push(Change { at, state, n: 1 });
        // what is left of a full one is at most half of it: two changes a column
        if self.changes.len() > 2 * self.frame.most.max(2 * self.frame.width) {
            self.reduce();
        }
    }

    fn place(&mut self, name: &str) -> usize {
        if let Some(place) = self.names.iter().position(|one| one == name) {
            return place;
        }
        if self.names.len() < NAMES {
            let is_last = self.names.len() == NAMES - 1;
            self.names.push(if is_last { "\"...\"".to_owned() } else { name.to_owned() });
        }
        self.names.len() - 1
    }

    /// Keeps the first and the last change of each column.
    fn reduce(&mut self) {
        let column = |change: &Change| self.frame.column(change.at);
        let columns = self.changes.chunk_by(|one, next| column(one) == column(next));
        let reduced = columns.flat_map(|changes| match changes {
            [first, .., last] => {
                let n = changes.iter().map(|change| change.n).sum::<u64>() - first.n;
                [Some(*first), Some(Change { n, ..*last })]
            }
            _ => [changes.first().copied(), None],
        });
        let before = self.changes.len();
        let reduced: Vec<Change> = reduced.flatten().collect();
        self.is_reduced |= reduced.len() < before;
        self.changes = reduced;
    }

    /// Whether every change is shown.
    pub(super) fn is_whole(&self) -> bool {
        !self.is_reduced
    }

    /// The states that are named in the changes, as JSON text.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn changes(&self) -> &[Change] {
        &self.changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(changes: impl IntoIterator<Item = (i64, String)>) -> States {
        let mut states = States::new(Frame { from: 0, to: 999_999, width: 10, most: 40 });
        changes.into_iter().for_each(|(at, name)| states.push(at, &name));
        states
    }

    #[test]
    fn a_state_that_does_not_change_is_one_point() {
        let on_off = [(0, "true"), (1, "true"), (5, "false"), (9, "false")];
        let states = states(on_off.map(|(at, name)| (at, name.to_owned())));
        let changes: Vec<_> = states.changes().iter().map(|change| (change.at, change.state)).collect();
        assert_eq!(
            (changes, states.names()),
            (vec![(0, 0), (5, 1)], &["true".to_owned(), "false".to_owned()][..])
        );
        assert!(states.is_whole());
    }

    #[test]
    fn however_few_are_wanted_changes_are_not_put_together_again_for_each() {
        let mut states = States::new(Frame { from: 0, to: 999_999, width: 1_000, most: 0 });
        let (mut longest, mut cuts) = (0, 0);
        for at in 0..1_000_000 {
            let before = states.changes.len();
            states.push(at, if at % 2 == 0 { "on" } else { "off" });
            cuts += usize::from(states.changes.len() < before);
            longest = longest.max(states.changes.len());
        }
        assert!(longest <= 4_000 && cuts <= 1_000, "{longest} changes, put together {cuts} times");
    }

    #[test]
    fn the_state_that_is_in_force_when_the_frame_begins_is_its_first() {
        let mut states = states([]);
        for (at, name) in [(-9, "true"), (-5, "false"), (-3, "false")] {
            states.push_earlier(at, name);
        }
        for (at, name) in [(1, "false"), (7, "true")] {
            states.push(at, name);
        }
        let changes: Vec<_> = states.changes().iter().map(|one| (one.at, one.state, one.n)).collect();
        assert_eq!(
            (changes, states.names()),
            (vec![(-5, 0, 0), (7, 1, 1)], &["false".to_owned(), "true".to_owned()][..])
        );
    }

    #[test]
    fn many_changes_are_reduced_to_the_first_and_last_of_a_column_and_counted() {
        let flicker = (0..1_000).map(|at| (at * 1_000, (at % 2 == 0).to_string()));
        let states = states(flicker);
        assert!(states.changes().len() <= 80 && !states.is_whole());
        assert_eq!(states.changes().iter().map(|change| change.n).sum::<u64>(), 1_000);
    }

    #[test]
    fn a_device_that_makes_up_states_gets_no_more_than_there_may_be() {
        let states = states((0..1_000).map(|at| (at, at.to_string())));
        assert_eq!((states.names().len(), states.names()[NAMES - 1].as_str()), (NAMES, "\"...\""));
    }
}
