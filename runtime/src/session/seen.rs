//! The request ids that were seen last: a bounded memory that is asked with every call.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// How many are remembered; the oldest are forgotten first.
pub(super) const MOST: usize = 256;

/// The ids.
#[derive(Debug, Default)]
pub(super) struct Seen {
    order: VecDeque<Arc<str>>,
    ids: HashSet<Arc<str>>,
}

impl Seen {
    pub(super) fn contains(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    pub(super) fn add(&mut self, id: impl Into<Arc<str>>) {
        let id = id.into();
        if !self.ids.insert(Arc::clone(&id)) {
            return;
        }
        if self.order.len() == MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        self.order.push_back(id);
    }

    /// Takes over what another one has seen since, and leaves it empty.
    pub(super) fn take(&mut self, other: &mut Self) {
        other.ids.clear();
        other.order.drain(..).for_each(|id| self.add(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_remembered_and_the_oldest_forgotten() {
        let (mut seen, mut later) = (Seen::default(), Seen::default());
        seen.add("first");
        seen.add("first");
        (1..MOST).for_each(|number| later.add(number.to_string()));
        seen.take(&mut later);
        assert!(seen.contains("first") && seen.contains("1") && !later.contains("1"));
        seen.add("last");
        assert!(!seen.contains("first") && seen.contains("1") && seen.contains("last"));
        assert_eq!((seen.order.len(), seen.ids.len()), (MOST, MOST));
    }
}
