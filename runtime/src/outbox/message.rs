//! One telemetry message: what goes on the wire, how urgent it is, how long it lives, and who waits for its end.
//!
//! Begin with [`Message`]. Its bag and payload lie in one piece of memory, as they follow each other on the wire.

use std::time::{Duration, Instant, SystemTime};

use crate::convention::message_id;
use crate::error::Error;
use crate::moment::Moment;
use crate::outcome::Receipt;

/// How urgent a message is. More urgent ones are sent first; those of the same priority keep their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Sent when nothing else waits, and dropped first when the outbox is full: diagnostics, logs.
    Low,
    /// Ordinary telemetry.
    #[default]
    Normal,
    /// Sent before everything else, and dropped last: alarms.
    High,
}

impl Priority {
    /// All of them, the most urgent first.
    pub(crate) const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];
}

/// One telemetry message.
#[derive(Debug)]
pub(crate) struct Message {
    /// Where it stands in the order of acceptance; given by the outbox, 0 before.
    pub(crate) sequence: u64,
    pub(crate) priority: Priority,
    /// When it was handed in.
    pub(crate) created: Instant,
    /// When the caller says it was created, or what the disk remembers of it.
    pub(crate) created_at: Option<SystemTime>,
    /// Whether `created` means anything: not for what was stored while the wall clock was not set.
    pub(crate) knows_creation: bool,
    /// When it ends with [`Error::Expired`], unless it is in flight.
    pub(crate) expires: Instant,
    /// At how many cut connections in a row it was the first in flight.
    pub(super) cuts: u32,
    /// Whether it has been written to a connection.
    pub(super) sent: bool,
    content: Vec<u8>,
    bag: usize,
    /// Who waits for its end; nobody for one that was found on the disk.
    receipt: Option<Receipt>,
}

/// What a message consists of: its property bag, which holds the message id, and the payload after it.
#[derive(Debug)]
pub(crate) struct Content {
    text: Vec<u8>,
    bag: usize,
}

impl Content {
    /// `bag` bytes of `text` are the bag, the rest is the payload.
    pub(crate) fn new(text: Vec<u8>, bag: usize) -> Self {
        let bag = bag.min(text.len());
        Self { text, bag }
    }
}

impl Message {
    pub(crate) fn new(
        content: Content,
        created: Instant,
        expires: Instant,
        receipt: Option<Receipt>,
    ) -> Self {
        Self {
            sequence: 0,
            priority: Priority::Normal,
            created,
            created_at: None,
            knows_creation: true,
            expires,
            cuts: 0,
            sent: false,
            content: content.text,
            bag: content.bag,
            receipt,
        }
    }

    /// The property bag that ends the topic; it holds the message id, which stays the same when sent again.
    pub(crate) fn bag(&self) -> &[u8] {
        &self.content[..self.bag]
    }

    pub(crate) fn payload(&self) -> &[u8] {
        &self.content[self.bag..]
    }

    /// The creation time the hub is told: what the caller said, or when the message was handed in, unless the hub gets
    /// it at once and for the first time (it notes the time of arrival itself, protocol 2.5).
    pub(crate) fn creation_to_tell(&self, at: Moment) -> Option<SystemTime> {
        const AT_ONCE: Duration = Duration::from_secs(1);
        let late =
            self.knows_creation && (self.sent || at.now.saturating_duration_since(self.created) >= AT_ONCE);
        self.created_at.or_else(|| late.then(|| at.wall_at(self.created)))
    }

    /// Its message id, as it stands in the bag.
    pub(crate) fn id(&self) -> String {
        message_id(self.bag())
    }

    /// What the hub counts.
    pub(crate) fn size(&self) -> usize {
        self.content.len()
    }

    /// Bag and payload, how much of it is the bag, and who waits for its end.
    pub(crate) fn into_parts(self) -> (Vec<u8>, usize, Option<Receipt>) {
        (self.content, self.bag, self.receipt)
    }

    /// The message's end.
    pub(super) fn end(self, outcome: Result<(), Error>) -> Ended {
        Ended { sequence: self.sequence, receipt: self.receipt, outcome, took: None }
    }
}

/// How an accepted message has ended.
#[derive(Debug)]
#[must_use = "somebody waits for it"]
pub(crate) struct Ended {
    pub(crate) sequence: u64,
    pub(crate) outcome: Result<(), Error>,
    /// How long the hub took to acknowledge it, when it did.
    pub(crate) took: Option<Duration>,
    receipt: Option<Receipt>,
}

impl Ended {
    /// Tells whoever waits for it.
    pub(crate) fn tell(self) {
        if let Some(receipt) = self.receipt {
            receipt.tell(self.outcome);
        }
    }
}
