//! Telemetry that the hub has not acknowledged yet.
//!
//! Decides what is accepted, what is sent next, what is sent again after a lost connection, and how each message ends:
//! acknowledged, expired, dropped, or parked. It holds no socket and no clock. Begin with [`Outbox`]; [`SharedOutbox`] is
//! the one that clients fill and a session empties.
//!
//! Invariant: a message is either waiting or in flight, and leaves by exactly one [`Ended`].
//! Invariant: messages of one priority are sent in the order they were accepted, again after a reconnect.
//! Invariant: `bytes` is the size of what has not ended.

mod flight;
mod lane;
mod limits;
mod message;
mod parked;
mod shared;
mod stored;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

pub(crate) use flight::MOST as MOST_IN_FLIGHT;
use flight::{Flight, Sent};
use lane::Lane;
pub use limits::WhenFull;
pub(crate) use limits::{LARGEST, LARGEST_BAG, Limits};
pub use message::Priority;
pub(crate) use message::{Content, Ended, Message};
use parked::Park;
pub use parked::Parked;
pub(crate) use shared::SharedOutbox;
pub(crate) use stored::Stored;

use crate::error::Error;
use crate::metrics::Histogram;
use crate::state::Counters;

/// How many messages are in flight at first on a new connection. Each acknowledgement allows one more, up to the
/// limit: a hub that comes back is not met by everything at once.
const FIRST_IN_FLIGHT: usize = 10;

/// Names a report to whoever waits for its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ticket(pub(crate) u64);

/// How a report that was waited for has ended.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) ticket: Ticket,
    pub(crate) outcome: Result<(), Error>,
}

/// What became of an offered message.
#[derive(Debug)]
pub(crate) enum Offer {
    /// It is queued, under this sequence; these were dropped for it.
    Queued(u64, Vec<Ended>),
    /// There is no room yet: offer it again when something has ended.
    Full(Message),
    /// It will never be taken.
    Refused(Error),
}

/// What has happened so far.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    accepted: u64,
    refused: u64,
    sent: u64,
    acknowledged: u64,
    dropped: u64,
    expired: u64,
    parked: u64,
    abandoned: u64,
    recovered: u64,
    damaged: u64,
}

/// The queue of telemetry.
#[derive(Debug)]
pub(crate) struct Outbox {
    limits: Limits,
    /// By [`Priority`], the least urgent first.
    lanes: [Lane; Priority::ALL.len()],
    flight: Flight,
    /// When waiting messages expire. Entries of messages that wait no more stay until they are in the way.
    expiries: BinaryHeap<Reverse<(Instant, u64, Priority)>>,
    bytes: usize,
    last_sequence: u64,
    /// How many may be in flight now.
    window: usize,
    parked: Park,
    tally: Tally,
    /// How long the hub took to acknowledge messages.
    latency: Histogram,
    closed: bool,
    /// With a disk: the messages there that have not ended, and the bytes of all files.
    stored: Option<(u64, u64)>,
    abandoned: bool,
}

impl Outbox {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            lanes: Default::default(),
            flight: Flight::new(),
            expiries: BinaryHeap::new(),
            bytes: 0,
            last_sequence: 0,
            window: FIRST_IN_FLIGHT.min(limits.in_flight),
            parked: Park::default(),
            tally: Tally::default(),
            latency: Histogram::default(),
            closed: false,
            stored: None,
            abandoned: false,
        }
    }

    /// Messages that have not ended.
    pub(crate) fn len(&self) -> usize {
        self.waiting() + self.flight.len()
    }

    /// The size of the largest message that may ever be taken.
    pub(crate) fn largest(&self) -> usize {
        LARGEST.min(self.limits.bytes)
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.flight.len()
    }

    /// When the message that has been in flight longest was sent.
    pub(crate) fn oldest_sent(&self) -> Option<Instant> {
        self.flight.oldest().map(|sent| sent.at)
    }

    /// When the oldest message was handed in.
    pub(crate) fn oldest(&self) -> Option<Instant> {
        let waiting = self.lanes.iter().filter_map(Lane::front);
        waiting.chain(self.flight.oldest().map(|sent| &sent.message)).map(|message| message.created).min()
    }

    /// How far it is filled, in percent of its messages or bytes, whichever is more; in front of a disk, of its room.
    pub(crate) fn filled(&self, disk_room: Option<u64>) -> u8 {
        if let (Some((_, held)), Some(room)) = (self.stored, disk_room) {
            return u8::try_from(held.saturating_mul(100) / room.max(1)).unwrap_or(u8::MAX).min(100);
        }
        let percent = |held: usize, limit: usize| held.saturating_mul(100) / limit.max(1);
        let fullest = percent(self.len(), self.limits.messages).max(percent(self.bytes, self.limits.bytes));
        u8::try_from(fullest).unwrap_or(u8::MAX).min(100)
    }

    /// The counters of a session with those of telemetry filled in, or brought up to date.
    pub(crate) fn count(&self, counters: Counters) -> Counters {
        let Tally { accepted, refused, sent, acknowledged, dropped, expired, parked, .. } = self.tally;
        let Tally { abandoned, recovered, damaged, .. } = self.tally;
        let (queued, disk_bytes) = self.stored.unwrap_or((self.len() as u64, 0));
        let queued_bytes = self.bytes as u64;
        let rejected = counters.rejected - counters.parked + parked;
        Counters {
            accepted,
            refused,
            sent,
            acknowledged,
            dropped,
            expired,
            parked,
            abandoned,
            rejected,
            queued,
            queued_bytes,
            recovered,
            damaged,
            disk_bytes,
            ..counters
        }
    }

    pub(crate) fn latency(&self) -> Histogram {
        self.latency
    }

    pub(crate) fn parked(&self) -> Vec<Parked> {
        self.parked.list()
    }

    pub(crate) fn last_parked(&self) -> Option<Parked> {
        self.parked.last().cloned()
    }

    /// Takes a message, or says why not.
    pub(crate) fn offer(&mut self, message: Message) -> Offer {
        let offer = self.take(message);
        match offer {
            Offer::Queued(..) => self.tally.accepted += 1,
            Offer::Refused(_) => self.tally.refused += 1,
            Offer::Full(_) => {}
        }
        offer
    }

    fn take(&mut self, mut message: Message) -> Offer {
        if self.closed {
            return Offer::Refused(Error::Closed);
        }
        let (size, limit) = (message.size(), self.largest());
        if size > limit {
            return Offer::Refused(Error::TooLarge { size, limit });
        }
        let mut dropped = Vec::new();
        if !self.has_room(self.len(), self.bytes + size) {
            match self.limits.when_full {
                WhenFull::Refuse => return Offer::Refused(Error::OutboxFull),
                WhenFull::Wait => return Offer::Full(message),
                WhenFull::DropOldest => match self.could_drop_for(&message) {
                    true => dropped = self.drop_for(&message),
                    false if self.is_outranked(&message) => return Offer::Refused(Error::OutboxFull),
                    false => return Offer::Full(message),
                },
            }
        }
        self.bytes += size;
        self.last_sequence += 1;
        message.sequence = self.last_sequence;
        self.queue(message);
        Offer::Queued(self.last_sequence, dropped)
    }

    fn queue(&mut self, message: Message) {
        self.expiries.push(Reverse((message.expires, message.sequence, message.priority)));
        self.lanes[message.priority as usize].push(message);
    }

    /// The next message to publish, with its packet id; it is in flight from now on.
    ///
    /// A message at which a connection was cut before is sent alone, so that it cannot be taken for another.
    pub(crate) fn next(&mut self, now: Instant) -> Option<(u16, &Message)> {
        if self.flight.len() >= self.window || !self.flight.has_id() {
            return None;
        }
        let lane = self.lanes.iter_mut().rev().find(|lane| lane.front().is_some())?;
        let suspects = [lane.front(), self.flight.oldest().map(|sent| &sent.message)];
        if self.flight.len() > 0 && suspects.into_iter().flatten().any(|suspect| suspect.cuts > 0) {
            return None;
        }
        let message = lane.pop()?;
        self.tally.sent += 1;
        let id = self.flight.launch(Sent { at: now, message });
        self.forget_old_expiries();
        self.flight.newest().map(|message| (id, message))
    }

    /// The hub has acknowledged a packet id; `None` when it is none of ours.
    pub(crate) fn acknowledged(&mut self, id: u16, now: Instant) -> Option<Ended> {
        let Sent { at, message } = self.flight.land(id)?;
        self.window = self.limits.in_flight.min(self.window + 1);
        self.tally.acknowledged += 1;
        let took = now.saturating_duration_since(at);
        self.latency.record(took);
        let mut ended = self.forget(message, Ok(()));
        ended.took = Some(took);
        Some(ended)
    }

    /// The connection is gone: everything in flight waits again, in order. When it was the hub that cut the
    /// connection, the oldest message in flight is suspected, and parked after being suspected again and again.
    pub(crate) fn connection_lost(&mut self, cut_by_hub: bool, cause: &Error) -> Option<Ended> {
        self.window = FIRST_IN_FLIGHT.min(self.limits.in_flight);
        let mut guilty = None;
        if cut_by_hub && let Some(suspect) = self.flight.oldest_mut() {
            suspect.message.cuts += 1;
            if suspect.message.cuts >= self.limits.cuts {
                guilty = Some(suspect.message.sequence);
            }
        }
        let mut parked = None;
        while let Some(mut message) = self.flight.recall() {
            if guilty == Some(message.sequence) {
                self.parked.add(&message, &cause.to_string());
                self.tally.parked += 1;
                let times = message.cuts;
                parked = Some(self.forget(message, Err(Error::Rejected { times })));
            } else {
                message.sent = true;
                self.expiries.push(Reverse((message.expires, message.sequence, message.priority)));
                self.lanes[message.priority as usize].put_back(message);
            }
        }
        parked
    }

    /// When a waiting message may expire.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.expiries.peek().map(|Reverse((expires, ..))| *expires)
    }

    /// Ends a waiting message that is too old. Call until `None`.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<Ended> {
        while self.next_expiry()? <= now {
            let Reverse((_, sequence, priority)) = self.expiries.pop()?;
            if let Some(message) = self.lanes[priority as usize].take(sequence) {
                self.tally.expired += 1;
                return Some(self.forget(message, Err(Error::Expired)));
            }
        }
        None
    }

    /// Takes nothing more.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    /// Ends everything that is left: the client is closed. What is on disk stays there.
    pub(crate) fn abandon(&mut self) -> Vec<Ended> {
        (self.closed, self.abandoned) = (true, true);
        let on_disk = self.stored.is_some();
        self.connection_lost(false, &Error::Closed);
        self.expiries.clear();
        self.bytes = 0;
        let mut left = Vec::with_capacity(self.waiting());
        for lane in self.lanes.iter_mut().rev() {
            left.extend(std::iter::from_fn(|| lane.pop()).map(|message| {
                let error = if on_disk { Error::Kept } else { Error::Closed };
                message.end(Err(error))
            }));
        }
        if !on_disk {
            self.tally.abandoned += left.len() as u64;
        }
        left
    }

    fn waiting(&self) -> usize {
        self.lanes.iter().map(Lane::len).sum()
    }

    /// Whether another message may be among so many, when all have so many bytes together.
    fn has_room(&self, messages: usize, bytes: usize) -> bool {
        messages < self.limits.messages && bytes <= self.limits.bytes
    }

    /// Whether there would be room without the waiting messages that are no more urgent than this one.
    fn could_drop_for(&self, message: &Message) -> bool {
        let (mut messages, mut bytes) = (self.len(), self.bytes + message.size());
        for lane in &self.lanes[..=message.priority as usize] {
            messages -= lane.len();
            bytes -= lane.bytes();
        }
        self.has_room(messages, bytes)
    }

    /// Whether more urgent messages wait.
    fn is_outranked(&self, message: &Message) -> bool {
        self.lanes[message.priority as usize + 1..].iter().any(|lane| lane.len() > 0)
    }

    /// Makes room: the oldest of the least urgent go first.
    fn drop_for(&mut self, message: &Message) -> Vec<Ended> {
        let mut dropped = Vec::new();
        while !self.has_room(self.len(), self.bytes + message.size())
            && let Some(oldest) = self.lanes[..=message.priority as usize].iter_mut().find_map(Lane::pop)
        {
            self.tally.dropped += 1;
            dropped.push(self.forget(oldest, Err(Error::Dropped)));
        }
        dropped
    }

    fn forget(&mut self, message: Message, outcome: Result<(), Error>) -> Ended {
        self.bytes -= message.size();
        message.end(outcome)
    }

    /// Clears the entries of messages that do not wait any more when they are more than those that do.
    fn forget_old_expiries(&mut self) {
        const FEW: usize = 64;
        if self.expiries.len() > 2 * self.waiting() + FEW {
            let lanes = &self.lanes;
            self.expiries
                .retain(|Reverse((_, sequence, priority))| lanes[*priority as usize].holds(*sequence));
        }
    }
}

#[cfg(test)]
mod tests;
