//! The messages that a hub does not take, however often they are sent: put aside, and remembered for whoever looks.

use std::collections::VecDeque;

use super::message::Message;

/// How many parked messages are remembered; the oldest are forgotten first.
const MOST: usize = 100;

/// A telemetry message that was put aside because the hub cut the connection at it again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parked {
    /// Its message id.
    pub id: String,
    /// Its size in bytes, properties included.
    pub size: usize,
    /// At how many connections in a row it was the first in flight when the hub cut them.
    pub cuts: u32,
    /// What ended the last of them.
    pub reason: String,
}

/// The last parked messages.
#[derive(Debug, Default)]
pub(super) struct Park(VecDeque<Parked>);

impl Park {
    pub(super) fn add(&mut self, message: &Message, reason: &str) {
        let (id, size, cuts) = (message.id(), message.size(), message.cuts);
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(Parked { id, size, cuts, reason: reason.to_owned() });
    }

    pub(super) fn last(&self) -> Option<&Parked> {
        self.0.back()
    }

    pub(super) fn list(&self) -> Vec<Parked> {
        self.0.iter().cloned().collect()
    }
}
