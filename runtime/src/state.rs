//! What can be watched: the state of the connection and the counters of a session.

use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;

/// Where the connection stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum State {
    /// Being provisioned or connecting, for the first time or again.
    Connecting,
    /// Connected and subscribed: telemetry, commands and properties flow.
    Connected,
    /// The last attempt failed or the connection broke; the next attempt follows by itself.
    Retrying {
        /// Why.
        cause: Arc<Error>,
        /// How long after this state was entered.
        next_in: Duration,
    },
    /// Closed for good.
    Closed,
    /// Ended for good by the retry policy.
    GivenUp {
        /// What went wrong last.
        cause: Arc<Error>,
    },
}

impl State {
    /// Whether it is [`State::Connected`].
    pub fn is_connected(&self) -> bool {
        matches!(self, Self::Connected)
    }

    /// Whether the session has ended, so that no other state follows.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Closed | Self::GivenUp { .. })
    }
}

/// What a session has done so far: a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Connections that came to serve, the first one included.
    pub connects: u64,
    /// Connections that were lost or renewed.
    pub disconnects: u64,
    /// Telemetry messages accepted into the outbox.
    pub accepted: u64,
    /// Telemetry publishes written, repetitions included.
    pub sent: u64,
    /// Telemetry messages the hub acknowledged.
    pub acknowledged: u64,
    /// Telemetry messages dropped for newer ones.
    pub dropped: u64,
    /// Telemetry messages that expired.
    pub expired: u64,
    /// Telemetry messages and reports that were given up because the hub cut the connection at them.
    pub rejected: u64,
    /// The telemetry messages among those: see `Client::parked`.
    pub parked: u64,
    /// Telemetry messages that were not accepted, because the outbox was full or closed or they were too large.
    pub refused: u64,
    /// Telemetry messages that closing left unacknowledged.
    pub abandoned: u64,
    /// Reported patches the hub took, acknowledgements included.
    pub reported: u64,
    /// Times a hub said that it takes no more for now (429).
    pub throttled: u64,
    /// Commands answered, with whatever status.
    pub commands_answered: u64,
    /// Cloud-to-device messages and offline commands that the hub was told to forget.
    pub messages_completed: u64,
    /// Desired values handed to their handlers.
    pub desired_applied: u64,
    /// Telemetry messages in the outbox now.
    pub queued: u64,
    /// The bytes of those of them that are in memory, properties included.
    pub queued_bytes: u64,
    /// Telemetry messages that the disk outbox held at the start.
    pub recovered: u64,
    /// Telemetry messages that were accepted into the disk outbox and found damaged there.
    pub damaged: u64,
    /// The bytes of the disk outbox's files now.
    pub disk_bytes: u64,
}

impl Counters {
    /// Adds another session's.
    pub(crate) fn add(&mut self, other: &Self) {
        self.connects += other.connects;
        self.disconnects += other.disconnects;
        self.accepted += other.accepted;
        self.sent += other.sent;
        self.acknowledged += other.acknowledged;
        self.dropped += other.dropped;
        self.expired += other.expired;
        self.rejected += other.rejected;
        self.parked += other.parked;
        self.refused += other.refused;
        self.abandoned += other.abandoned;
        self.reported += other.reported;
        self.throttled += other.throttled;
        self.commands_answered += other.commands_answered;
        self.messages_completed += other.messages_completed;
        self.desired_applied += other.desired_applied;
        self.queued += other.queued;
        self.queued_bytes += other.queued_bytes;
        self.recovered += other.recovered;
        self.damaged += other.damaged;
        self.disk_bytes += other.disk_bytes;
    }
}
