//! The session's timers: an enumeration and a table of deadlines.

use std::time::Instant;

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timer {
    /// CONNACK and SUBACK must have come.
    Handshake,
    /// A ping is due.
    Ping,
    /// The PINGRESP must have come.
    PingAnswer,
    /// The hub must have given the twin out.
    TwinFetch,
    /// The hub must have answered a reported patch.
    TwinAnswer,
    /// Twin requests pause until then, because the hub throttles.
    TwinRetry,
    /// The token is about to expire.
    Renewal,
    /// A planned reconnect waits for callers no longer.
    LastCall,
    /// A planned reconnect waits for nothing any longer.
    Drain,
}

const ALL: [Timer; 9] = [
    Timer::Handshake,
    Timer::Ping,
    Timer::PingAnswer,
    Timer::TwinFetch,
    Timer::TwinAnswer,
    Timer::TwinRetry,
    Timer::Renewal,
    Timer::LastCall,
    Timer::Drain,
];

/// The deadlines.
#[derive(Debug, Default)]
pub(super) struct Timers([Option<Instant>; ALL.len()]);

impl Timers {
    pub(super) fn set(&mut self, timer: Timer, deadline: Instant) {
        self.0[timer as usize] = Some(deadline);
    }

    pub(super) fn stop(&mut self, timer: Timer) {
        self.0[timer as usize] = None;
    }

    pub(super) fn is_set(&self, timer: Timer) -> bool {
        self.0[timer as usize].is_some()
    }

    /// The earliest deadline.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.iter().flatten().min().copied()
    }

    /// A timer whose deadline is over; it is stopped.
    pub(super) fn pop_expired(&mut self, now: Instant) -> Option<Timer> {
        let expired = |timer: &Timer| self.0[*timer as usize].is_some_and(|deadline| deadline <= now);
        let timer = ALL.into_iter().find(expired)?;
        self.stop(timer);
        Some(timer)
    }
}
