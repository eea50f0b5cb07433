//! What the driver measures, for whoever asks.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::{CommandCounts, Histogram, Losses, Metrics};
use crate::call::Answer;
use crate::refusal::CommandError;
use crate::session::CallId;
use crate::state::Counters;

/// The measurements of one session.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    counters: Counters,
    pub(crate) losses: Losses,
    commands: CommandCounts,
    command_latency: Histogram,
    acknowledgement_latency: Histogram,
    running: HashMap<CallId, Instant>,
    pub(crate) bytes_sent: u64,
    pub(crate) bytes_received: u64,
    pub(crate) desired_version: Option<i64>,
    /// Whether the hub has asked for a pause that is not over.
    pub(crate) is_throttled: bool,
    /// When a message was parked last.
    last_parked: Option<Instant>,
}

impl Gauge {
    pub(crate) fn counters(&self) -> Counters {
        self.counters
    }

    pub(crate) fn last_parked(&self) -> Option<Instant> {
        self.last_parked
    }

    /// Takes the present counters over.
    pub(crate) fn count(&mut self, counters: Counters, now: Instant) {
        if counters.parked > self.counters.parked {
            self.last_parked = Some(now);
        }
        self.counters = counters;
    }

    /// A message was acknowledged that had been sent so long before.
    pub(crate) fn acknowledged(&mut self, took: Duration) {
        self.acknowledgement_latency.record(took);
    }

    /// A command's handler begins.
    pub(crate) fn began(&mut self, call: CallId, now: Instant) {
        self.running.insert(call, now);
    }

    /// A command's handler has ended; how long it took.
    pub(crate) fn ended(
        &mut self,
        call: CallId,
        result: &Result<Answer, CommandError>,
        now: Instant,
    ) -> Option<Duration> {
        match result {
            Ok(_) => self.commands.succeeded += 1,
            Err(error) if error.status() < 500 => self.commands.refused += 1,
            Err(_) => self.commands.failed += 1,
        }
        let took = now.saturating_duration_since(self.running.remove(&call)?);
        self.command_latency.record(took);
        Some(took)
    }

    pub(crate) fn snapshot(&self, oldest_message: Option<Duration>) -> Metrics {
        Metrics {
            counters: self.counters,
            losses: self.losses,
            commands: self.commands,
            command_latency: self.command_latency,
            acknowledgement_latency: self.acknowledgement_latency,
            oldest_message,
            bytes_sent: self.bytes_sent,
            bytes_received: self.bytes_received,
            desired_version: self.desired_version,
        }
    }
}
