//! A session seen from outside: numbers and a verdict.
//!
//! [`Metrics`] is what has happened so far, a snapshot; [`Health`] says whether somebody should look. Both are read by
//! `Client::metrics` and `Client::health` and cost nothing while nobody asks, but for a few additions an event. With the
//! feature `metrics` the same numbers go to the recorder of the `metrics` crate.

#[cfg(feature = "metrics")]
mod facade;
mod gauge;
mod health;
mod histogram;

use std::time::Duration;

#[cfg(feature = "metrics")]
pub(crate) use facade::Facade;
pub(crate) use gauge::Gauge;
pub(crate) use health::Facts;
pub use health::{Health, HealthReason};
pub use histogram::Histogram;

use crate::error::Error;
use crate::state::Counters;

/// What a session, or a fleet of them, has done and come to so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// Messages, connections, properties and commands, counted.
    pub counters: Counters,
    /// Why connections failed or ended, other than on purpose.
    pub losses: Losses,
    /// How commands ended.
    pub commands: CommandCounts,
    /// How long the handlers of commands took.
    pub command_latency: Histogram,
    /// How long the hub took to acknowledge telemetry, from the writing of the message on the connection that it was
    /// acknowledged on.
    pub acknowledgement_latency: Histogram,
    /// How long the oldest message in the outbox has been there.
    pub oldest_message: Option<Duration>,
    /// Bytes of MQTT written to hubs.
    pub bytes_sent: u64,
    /// Bytes of MQTT read from hubs.
    pub bytes_received: u64,
    /// The version of the desired properties that the device knows; of a fleet, the highest.
    pub desired_version: Option<i64>,
}

/// Connections that failed or ended, by cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Losses {
    /// No connection could be opened: network, name, TLS.
    pub unreachable: u64,
    /// The hub or the provisioning service refused the device.
    pub refused: u64,
    /// An open connection broke or was cut.
    pub broken: u64,
    /// An answer did not come in time.
    pub timed_out: u64,
    /// Everything else: what was received made no sense, or a token could not be made.
    pub other: u64,
}

impl Losses {
    pub(crate) fn count(&mut self, cause: &Error) {
        let losses = match cause {
            Error::Connect { .. } => &mut self.unreachable,
            Error::Refused { .. } | Error::Provisioning { .. } => &mut self.refused,
            Error::Lost { .. } => &mut self.broken,
            Error::TimedOut { .. } => &mut self.timed_out,
            _ => &mut self.other,
        };
        *losses += 1;
    }
}

/// Commands whose handlers ended, by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandCounts {
    /// With a result.
    pub succeeded: u64,
    /// Refused by the handler or because of the argument: a status below 500.
    pub refused: u64,
    /// Failed, took too long or panicked: a status of 500 or more.
    pub failed: u64,
}

impl Metrics {
    /// Adds another session's.
    pub(crate) fn add(&mut self, other: &Self) {
        self.counters.add(&other.counters);
        let Losses { unreachable, refused, broken, timed_out, other: rest } = other.losses;
        self.losses.unreachable += unreachable;
        self.losses.refused += refused;
        self.losses.broken += broken;
        self.losses.timed_out += timed_out;
        self.losses.other += rest;
        self.commands.succeeded += other.commands.succeeded;
        self.commands.refused += other.commands.refused;
        self.commands.failed += other.commands.failed;
        self.command_latency.add(&other.command_latency);
        self.acknowledgement_latency.add(&other.acknowledgement_latency);
        self.oldest_message = self.oldest_message.max(other.oldest_message);
        self.bytes_sent += other.bytes_sent;
        self.bytes_received += other.bytes_received;
        self.desired_version = self.desired_version.max(other.desired_version);
    }
}

#[cfg(test)]
mod tests;
