//! A queue of messages of one priority, in the order of acceptance, from whose middle one can be taken out.
//!
//! Invariant: sequences rise from front to back.
//! Invariant: the front is a message, not a hole, and holes are no more than messages (but a few).

use std::collections::VecDeque;

use super::message::Message;

/// This many holes are left alone.
const FEW: usize = 32;

/// The queue. A message that was taken out of the middle leaves a hole.
#[derive(Debug, Default)]
pub(super) struct Lane {
    slots: VecDeque<(u64, Option<Message>)>,
    holes: usize,
    bytes: usize,
}

impl Lane {
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.holes
    }

    /// The size of its messages.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn front(&self) -> Option<&Message> {
        self.slots.front()?.1.as_ref()
    }

    /// Adds a message that was accepted after all others.
    pub(super) fn push(&mut self, message: Message) {
        self.bytes += message.size();
        self.slots.push_back((message.sequence, Some(message)));
    }

    /// Puts a message back that was accepted before all others.
    pub(super) fn put_back(&mut self, message: Message) {
        self.bytes += message.size();
        self.slots.push_front((message.sequence, Some(message)));
    }

    pub(super) fn pop(&mut self) -> Option<Message> {
        let message = self.slots.pop_front()?.1?;
        self.bytes -= message.size();
        self.trim();
        Some(message)
    }

    pub(super) fn holds(&self, sequence: u64) -> bool {
        self.find(sequence).is_some_and(|index| self.slots[index].1.is_some())
    }

    /// Takes a message out, wherever it is.
    pub(super) fn take(&mut self, sequence: u64) -> Option<Message> {
        let message = self.find(sequence).and_then(|index| self.slots[index].1.take())?;
        self.bytes -= message.size();
        self.holes += 1;
        self.trim();
        if self.holes > self.len() + FEW {
            self.slots.retain(|(_, message)| message.is_some());
            self.holes = 0;
        }
        Some(message)
    }

    fn find(&self, sequence: u64) -> Option<usize> {
        self.slots.binary_search_by_key(&sequence, |(sequence, _)| *sequence).ok()
    }

    fn trim(&mut self) {
        while self.slots.pop_front_if(|(_, message)| message.is_none()).is_some() {
            self.holes -= 1;
        }
    }
}
