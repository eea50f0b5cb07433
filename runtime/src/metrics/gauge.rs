//! What the driver measures, for whoever asks.

use std::time::{Duration, Instant};

use super::{CommandCounts, Histogram, Losses, Metrics};
use crate::call::Answer;
use crate::refusal::CommandError;
use crate::session::Figures;

/// The measurements of one session, but for telemetry.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    pub(crate) figures: Figures,
    pub(crate) losses: Losses,
    commands: CommandCounts,
    command_latency: Histogram,
    /// When a message was parked last.
    pub(crate) last_parked: Option<Instant>,
}

impl Gauge {
    /// A command's handler has ended.
    pub(crate) fn ended(&mut self, result: &Result<Answer, CommandError>, took: Duration) {
        match result {
            Ok(_) => self.commands.succeeded += 1,
            Err(error) if error.status() < 500 => self.commands.refused += 1,
            Err(_) => self.commands.failed += 1,
        }
        self.command_latency.record(took);
    }

    /// What is known here; the rest is as in `metrics`.
    pub(crate) fn fill(&self, metrics: &Metrics) -> Metrics {
        Metrics {
            counters: self.figures.counters,
            losses: self.losses,
            commands: self.commands,
            command_latency: self.command_latency,
            desired_version: self.figures.desired_version,
            ..metrics.clone()
        }
    }
}
