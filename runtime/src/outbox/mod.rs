//! Telemetry that the hub has not acknowledged yet.
//!
//! Decides what is accepted, what is sent next, what is sent again after a lost connection, and how each message ends:
//! acknowledged, expired, dropped for newer ones, or rejected. It holds no socket and no clock. Begin with [`Outbox`].
//!
//! Invariant: a message is either waiting or in flight, and leaves by exactly one [`Settled`].
//! Invariant: messages are sent in the order they were offered, again after a reconnect.

use std::collections::VecDeque;
use std::time::Instant;

use bytes::Bytes;

use crate::connection::{OutboxLimits, WhenFull};
use crate::error::Error;

/// The largest message a hub takes, properties included: 256 KiB, less what the fixed part of the topic may need.
pub(crate) const LARGEST: usize = 256 * 1024 - 512;
/// How many messages are unacknowledged on the wire at once.
const WINDOW: usize = 100;
/// How many connections in a row may be cut by the hub at one message before it is given up.
const PATIENCE: u32 = 10;

/// Names a message or report to whoever waits for its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ticket(pub(crate) u64);

/// How something that was waited for has ended.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) ticket: Ticket,
    pub(crate) outcome: Result<(), Error>,
}

/// One telemetry message.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) ticket: Ticket,
    /// The property bag that ends the topic; it holds the message id, which stays the same when sent again.
    pub(crate) bag: String,
    pub(crate) payload: Bytes,
    pub(crate) expires: Instant,
    cut: u32,
}

impl Message {
    pub(crate) fn new(ticket: Ticket, bag: String, payload: Bytes, expires: Instant) -> Self {
        Self { ticket, bag, payload, expires, cut: 0 }
    }

    /// What the hub counts.
    pub(crate) fn size(&self) -> usize {
        self.payload.len() + self.bag.len()
    }

    fn end(self, outcome: Result<(), Error>) -> Settled {
        Settled { ticket: self.ticket, outcome }
    }
}

/// What became of an offered message.
#[derive(Debug)]
pub(crate) enum Offer {
    /// It is queued; these were dropped for it.
    Queued(Vec<Settled>),
    /// There is no room yet: offer it again when something has been settled.
    Full(Message),
    /// It will never be taken.
    Refused(Error),
}

/// The queue of telemetry.
#[derive(Debug)]
pub(crate) struct Outbox {
    limits: OutboxLimits,
    waiting: VecDeque<Message>,
    in_flight: VecDeque<(u16, Message)>,
    bytes: usize,
    last_id: u16,
}

impl Outbox {
    pub(crate) fn new(limits: OutboxLimits) -> Self {
        Self { limits, waiting: VecDeque::new(), in_flight: VecDeque::new(), bytes: 0, last_id: 0 }
    }

    /// Messages that have not ended.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len() + self.in_flight.len()
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// Takes a message, or says why not.
    pub(crate) fn offer(&mut self, message: Message) -> Offer {
        let size = message.size();
        let limit = LARGEST.min(self.limits.bytes);
        if size > limit {
            return Offer::Refused(Error::TooLarge { size, limit });
        }
        let mut dropped = Vec::new();
        while self.len() >= self.limits.messages || self.bytes + size > self.limits.bytes {
            match self.limits.when_full {
                WhenFull::Refuse => return Offer::Refused(Error::OutboxFull),
                WhenFull::Wait => return Offer::Full(message),
                WhenFull::DropOldest => match self.waiting.pop_front() {
                    Some(oldest) => dropped.push(self.forget(oldest, Err(Error::Dropped))),
                    None => return Offer::Full(message),
                },
            }
        }
        self.bytes += size;
        self.waiting.push_back(message);
        Offer::Queued(dropped)
    }

    /// The next message to publish, with its packet id; it is in flight from now on.
    pub(crate) fn next(&mut self) -> Option<(u16, &Message)> {
        if self.in_flight.len() >= WINDOW {
            return None;
        }
        let message = self.waiting.pop_front()?;
        let id = self.free_id();
        self.in_flight.push_back((id, message));
        self.in_flight.back().map(|(id, message)| (*id, message))
    }

    /// The hub has acknowledged a packet id; `None` when it is none of ours.
    pub(crate) fn acknowledged(&mut self, id: u16) -> Option<Settled> {
        let index = self.in_flight.iter().position(|(flying, _)| *flying == id)?;
        let (_, message) = self.in_flight.remove(index)?;
        Some(self.forget(message, Ok(())))
    }

    /// The connection is gone: everything in flight waits again, in order. When it was the hub that cut the
    /// connection, the oldest message in flight is suspected, and rejected after being suspected again and again.
    pub(crate) fn connection_lost(&mut self, cut_by_hub: bool) -> Option<Settled> {
        let mut rejected = None;
        if cut_by_hub && let Some((_, suspect)) = self.in_flight.front_mut() {
            suspect.cut += 1;
            if suspect.cut >= PATIENCE
                && let Some((_, message)) = self.in_flight.pop_front()
            {
                let times = message.cut;
                rejected = Some(self.forget(message, Err(Error::Rejected { times })));
            }
        }
        while let Some((_, message)) = self.in_flight.pop_back() {
            self.waiting.push_front(message);
        }
        rejected
    }

    /// When the next waiting message expires. All live equally long, so it is the oldest.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.waiting.front().map(|message| message.expires)
    }

    /// Ends a waiting message that is too old. Call until `None`.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<Settled> {
        let message = self.waiting.pop_front_if(|message| message.expires <= now)?;
        Some(self.forget(message, Err(Error::Expired)))
    }

    /// Ends everything that is left: the client is closing.
    pub(crate) fn abandon(&mut self) -> Vec<Settled> {
        self.connection_lost(false);
        self.bytes = 0;
        self.waiting.drain(..).map(|message| message.end(Err(Error::Closed))).collect()
    }

    fn forget(&mut self, message: Message, outcome: Result<(), Error>) -> Settled {
        self.bytes -= message.size();
        message.end(outcome)
    }

    /// A packet id that is not zero and not in flight. The window is far smaller than the number of ids.
    fn free_id(&mut self) -> u16 {
        loop {
            self.last_id = self.last_id.wrapping_add(1);
            let taken = self.in_flight.iter().any(|(id, _)| *id == self.last_id);
            if self.last_id != 0 && !taken {
                return self.last_id;
            }
        }
    }
}

#[cfg(test)]
mod tests;
