//! What is unacknowledged on the connection, by packet id.
//!
//! Packet ids are given out in turn (1 to 65 535), so that an acknowledgement finds its message by its distance from
//! the oldest one, in whatever order acknowledgements come.
//!
//! Invariant: the first slot is taken, so it is the oldest message in flight.
//! Invariant: the slots span fewer ids than there are, so that no id is given out twice.

use std::collections::VecDeque;
use std::time::Instant;

use super::message::Message;

/// How many messages may be in flight: half of all packet ids, so that a repeated acknowledgement of one message can
/// hardly be taken for that of another.
pub(crate) const MOST: usize = 32_767;
/// How many ids the oldest and the newest message in flight may span.
const SPAN: usize = 65_000;

/// A message in flight.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) at: Instant,
    pub(super) message: Message,
}

/// The table of messages in flight.
#[derive(Debug)]
pub(super) struct Flight {
    /// The id of the first slot.
    first: u16,
    slots: VecDeque<Option<Sent>>,
    flying: usize,
}

impl Flight {
    pub(super) fn new() -> Self {
        Self { first: 1, slots: VecDeque::new(), flying: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.flying
    }

    /// Whether another one finds an id.
    pub(super) fn has_id(&self) -> bool {
        self.slots.len() < SPAN
    }

    pub(super) fn oldest(&self) -> Option<&Sent> {
        self.slots.front()?.as_ref()
    }

    pub(super) fn oldest_mut(&mut self) -> Option<&mut Sent> {
        self.slots.front_mut()?.as_mut()
    }

    /// Takes a message in; its packet id.
    pub(super) fn launch(&mut self, sent: Sent) -> u16 {
        let id = after(self.first, self.slots.len());
        self.slots.push_back(Some(sent));
        self.flying += 1;
        id
    }

    /// The message launched last.
    pub(super) fn newest(&self) -> Option<&Message> {
        self.slots.back()?.as_ref().map(|sent| &sent.message)
    }

    /// Takes a message out; `None` when the id is none of ours.
    pub(super) fn land(&mut self, id: u16) -> Option<Sent> {
        let index = distance(self.first, id)?;
        let sent = self.slots.get_mut(index)?.take()?;
        self.flying -= 1;
        while let Some(None) = self.slots.front() {
            self.slots.pop_front();
            self.first = after(self.first, 1);
        }
        Some(sent)
    }

    /// Takes the newest message out, as often as there is one.
    pub(super) fn recall(&mut self) -> Option<Message> {
        while let Some(slot) = self.slots.pop_back() {
            if let Some(Sent { message, .. }) = slot {
                self.flying -= 1;
                return Some(message);
            }
        }
        None
    }
}

/// The id that is `steps` after `id`; 0 is none.
fn after(id: u16, steps: usize) -> u16 {
    let index = (usize::from(id) + usize::from(u16::MAX) - 1 + steps) % usize::from(u16::MAX);
    u16::try_from(index).map_or(1, |index| index + 1)
}

/// How many steps after `first` an id is.
fn distance(first: u16, id: u16) -> Option<usize> {
    let (first, id) = (usize::from(first), usize::from(id));
    let behind = if id >= first { 0 } else { usize::from(u16::MAX) };
    (id > 0).then(|| id + behind - first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_distance_leads_back_to_its_id_and_never_to_none(first in 1_u16.., steps in 0_usize..65_535) {
            let id = after(first, steps);
            prop_assert_ne!(id, 0);
            prop_assert_eq!(distance(first, id), Some(steps));
        }
    }

    #[test]
    fn ids_go_round_without_zero() {
        assert_eq!((after(65_535, 1), after(65_534, 1), after(1, 0)), (1, 65_535, 1));
        assert_eq!(distance(7, 0), None);
    }
}
