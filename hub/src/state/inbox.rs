//! The queue of messages for one device.
//!
//! Decides which message is free to be handed out, and keeps account of what is to be written to disk. What happens to
//! messages is [`super::messages`]'s. Begin with [`Inbox`].

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::message::CloudToDevice;

/// A message that waits for a device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Queued {
    /// Counts the device's messages.
    pub(crate) number: u64,
    pub(crate) message: CloudToDevice,
    #[serde(default)]
    pub(crate) enqueued: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) deliveries: u32,
    #[serde(skip)]
    pub(super) hold: Hold,
}

/// What keeps a message from being handed out: it has been, and the device has not said yet how that went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Hold {
    #[default]
    Free,
    /// The packet it went out with on the present connection.
    Packet(u16),
    /// A device that asked by HTTPS has it, until then.
    Lock { token: String, until: Timestamp },
}

impl Queued {
    /// Whether it may be handed out, or given up.
    pub(super) fn is_free(&self, now: Timestamp) -> bool {
        match self.hold {
            Hold::Free => true,
            Hold::Packet(_) => false,
            Hold::Lock { until, .. } => until <= now,
        }
    }

    pub(super) fn has_lock(&self, wanted: &str, now: Timestamp) -> bool {
        matches!(&self.hold, Hold::Lock { token, until } if token == wanted && *until > now)
    }
}

/// The messages for one device.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    queue: VecDeque<Queued>,
    last_packet: u16,
    /// The number of the message that is queued next.
    next: u64,
    /// The numbers of messages that are not on disk as they are here.
    changed: BTreeSet<u64>,
}

impl Inbox {
    /// How many messages have not been completed.
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }

    /// The numbers of the messages that have not been completed.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.queue.iter().map(|queued| queued.number)
    }

    /// The message with this number.
    pub(super) fn get(&self, number: u64) -> Option<&Queued> {
        self.queue.iter().find(|queued| queued.number == number)
    }

    /// Takes back a message, the oldest first.
    pub(super) fn restore(&mut self, queued: Queued) {
        self.next = self.next.max(queued.number + 1);
        self.queue.push_back(queued);
    }

    /// Queues a message; answers its number and until when it is worth delivering.
    pub(super) fn push(&mut self, message: CloudToDevice, now: Timestamp) -> (u64, Timestamp) {
        let expires = now.checked_add(message.time_to_live).unwrap_or(Timestamp::MAX);
        let number = self.next;
        self.changed.insert(number);
        self.restore(Queued { number, message, enqueued: now, expires, deliveries: 0, hold: Hold::Free });
        (number, expires)
    }

    /// Whether a message may be given up for its age.
    pub(super) fn is_late(&self, now: Timestamp) -> bool {
        self.queue.iter().any(|queued| queued.expires <= now && queued.is_free(now))
    }

    /// A connection begins or ends: what was under way on the one before is free.
    pub(super) fn disconnected(&mut self) {
        for queued in self.queue.iter_mut().filter(|queued| matches!(queued.hold, Hold::Packet(_))) {
            queued.hold = Hold::Free;
        }
    }

    /// Takes messages out of the queue.
    pub(super) fn take_where(&mut self, condition: impl Fn(&Queued) -> bool) -> Vec<Queued> {
        if !self.queue.iter().any(&condition) {
            return Vec::new();
        }
        let (taken, kept): (Vec<_>, Vec<_>) = self.queue.drain(..).partition(condition);
        self.queue.extend(kept);
        self.changed.extend(taken.iter().map(|queued| queued.number));
        taken
    }

    /// Hands out the next free message, held as `hold` says.
    pub(super) fn hand_out(
        &mut self,
        now: Timestamp,
        hold: impl FnOnce(&mut Self) -> Hold,
    ) -> Option<&Queued> {
        let index = self.queue.iter().position(|queued| queued.is_free(now))?;
        let hold = hold(self);
        let queued = &mut self.queue[index];
        queued.hold = hold;
        queued.deliveries += 1;
        self.changed.insert(queued.number);
        Some(queued)
    }

    /// Gives a message back that was handed out under a lock; `false` when the lock is lost.
    pub(super) fn give_back(&mut self, token: &str, now: Timestamp) -> bool {
        let held = self.queue.iter_mut().find(|queued| queued.has_lock(token, now));
        held.map(|queued| queued.hold = Hold::Free).is_some()
    }

    /// A packet id that no message is under way with.
    pub(super) fn free_packet(&mut self) -> u16 {
        loop {
            self.last_packet = self.last_packet.wrapping_add(1);
            let taken = self.queue.iter().any(|queued| queued.hold == Hold::Packet(self.last_packet));
            if self.last_packet != 0 && !taken {
                return self.last_packet;
            }
        }
    }

    /// What is not on disk as it is here.
    pub(super) fn take_changed(&mut self) -> BTreeSet<u64> {
        std::mem::take(&mut self.changed)
    }
}
