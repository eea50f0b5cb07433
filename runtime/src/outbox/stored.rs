//! The outbox in front of a disk: messages come from there, and stay there until they have ended.
//!
//! What is here is a window that the disk's side keeps filled; it decides about limits. An end that is told here is
//! written down there by whoever takes the [`Ended`](super::Ended).

use super::{Ended, Message, Outbox};
use crate::error::Error;

/// What the disk's side has done in a turn, and where it stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stored {
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) dropped: u64,
    pub(crate) expired: u64,
    pub(crate) damaged: u64,
    /// Messages that have not ended, those here included.
    pub(crate) messages: u64,
    pub(crate) disk_bytes: u64,
}

impl Outbox {
    /// Takes messages that are stored. Those that come after the end are given back: they stay on disk.
    pub(crate) fn refill(&mut self, messages: Vec<Message>, stored: &Stored) -> Vec<Ended> {
        self.tally.accepted += stored.accepted;
        self.tally.refused += stored.refused;
        self.tally.dropped += stored.dropped;
        self.tally.expired += stored.expired;
        self.tally.damaged += stored.damaged;
        self.stored = Some((stored.messages, stored.disk_bytes));
        if self.abandoned {
            return messages.into_iter().map(|message| message.end(Err(Error::Kept))).collect();
        }
        for message in messages {
            self.bytes += message.size();
            self.queue(message);
        }
        Vec::new()
    }

    /// Counts the messages that were found on disk.
    pub(crate) fn recovered(&mut self, count: u64) {
        self.tally.recovered += count;
    }

    /// Whether nothing is left to be sent, on disk or here.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0 && self.stored.is_none_or(|(messages, _)| messages == 0)
    }
}
