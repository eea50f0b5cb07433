//! The planned reconnect that brings a fresh token.
//!
//! It is due at a part of the token's life and goes ahead when no caller of a command waits any more; until then
//! everything flows as ever. Only when the token's life leaves no more room it goes ahead without them. Once it goes
//! ahead, nothing new is sent, what is in flight is waited for, and new calls are told to come again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::clock::Jump;
use super::timer::Timer;
use super::{Action, Open, Phase, Session, TokenLife};
use crate::error::Error;

/// How long in-flight messages may take before a planned reconnect goes ahead without them.
pub(super) const DRAIN_LIMIT: Duration = Duration::from_secs(10);
/// What is left of a token's life when the last of the old connection has been waited for. Less for short lives.
const RESERVE: Duration = Duration::from_secs(30);

/// When the token in use wants to be renewed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Renewal {
    pub(super) due: Instant,
    /// When the connection is to be over, whoever still waits.
    drained_by: Instant,
    /// Whether it is under way.
    begun: bool,
}

impl Renewal {
    /// For a token that lives from now on.
    pub(super) fn new(now: Instant, life: TokenLife) -> Self {
        let TokenLife { renew_after, lasts } = life;
        let room = lasts.saturating_sub(renew_after);
        let drained_by = now + renew_after + (room - RESERVE.min(room / 4));
        Self { due: now + renew_after, drained_by, begun: false }
    }

    /// Whether a call that may take so long can still be answered on this connection.
    pub(super) fn leaves_room(&self, now: Instant, limit: Duration) -> bool {
        !self.begun || now + limit <= self.drained_by
    }

    /// When it goes ahead although callers wait.
    fn last_call(&self) -> Instant {
        self.drained_by.checked_sub(DRAIN_LIMIT).map_or(self.due, |at| at.max(self.due))
    }
}

impl Session {
    /// The token's time to be renewed has come.
    pub(super) fn renewal_due(&mut self) {
        if let Phase::Serving(Open { renewal: Some(renewal), .. }) = &mut self.phase {
            tracing::debug!("the token is to be renewed");
            renewal.begun = true;
            self.timers.set(Timer::LastCall, renewal.last_call());
        }
    }

    /// Stops sending, and waits for what is in flight.
    pub(super) fn drain(&mut self, now: Instant) {
        let Phase::Serving(Open { renewal: Some(renewal), .. }) = &self.phase else {
            return;
        };
        let until = if self.commands.owes_answers() {
            renewal.drained_by
        } else {
            renewal.drained_by.min(now + DRAIN_LIMIT)
        };
        self.timers.stop(Timer::LastCall);
        self.timers.set(Timer::Drain, until);
        self.phase = Phase::Draining;
    }

    /// Goes on with a planned reconnect when no caller waits any more, and then nothing is in flight.
    pub(super) fn check_drained(&mut self, now: Instant) {
        let owes = self.commands.owes_answers();
        let begun = match &self.phase {
            Phase::Serving(open) => open.renewal.is_some_and(|renewal| renewal.begun),
            Phase::Offline | Phase::Greeting(_) | Phase::Subscribing(_) | Phase::Draining => false,
        };
        if begun && !owes {
            self.drain(now);
        }
        if !matches!(self.phase, Phase::Draining) {
            return;
        }
        let answered = !owes && !self.inbox.is_busy() && !self.requests.is_waiting();
        if answered && self.outbox.lock().in_flight() == 0 && self.control.is_empty() {
            self.renew("the token is to be renewed");
        }
    }

    /// The token in use may be worthless: goes ahead with a fresh one, at once.
    pub(super) fn clock_jumped(&mut self, jump: Jump) {
        tracing::debug!(?jump, "the clocks do not agree");
        if !matches!(self.phase, Phase::Offline) {
            self.renew(jump.reason());
        }
    }

    pub(super) fn renew(&mut self, why: &'static str) {
        self.offline(Arc::new(Error::lost(why)), false);
        self.actions.push_back(Action::Renew(why));
    }
}
