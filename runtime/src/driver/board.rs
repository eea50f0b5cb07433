//! What the driver shows to its clients: state, counters, who the device is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::now;
use crate::intake::Intake;
use crate::metrics::{Gauge, Metrics};
use crate::provisioning::Assignment;
use crate::state::{Counters, State};

/// Written by the driver, read by every client.
pub(crate) struct Board {
    state: watch::Sender<State>,
    gauge: Mutex<Gauge>,
    /// Since when the device is not connected.
    away: Mutex<Option<Instant>>,
    /// The hub that took the device, once one has.
    assigned: Mutex<Option<Assignment>>,
    undelivered: AtomicU64,
    /// Bytes written and read.
    traffic: [AtomicU64; 2],
}

impl Board {
    pub(crate) fn new() -> Self {
        Self {
            state: watch::Sender::new(State::Connecting),
            gauge: Mutex::default(),
            away: Mutex::new(Some(now())),
            assigned: Mutex::default(),
            undelivered: AtomicU64::new(0),
            traffic: [const { AtomicU64::new(0) }; 2],
        }
    }

    pub(crate) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    pub(crate) fn states(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    pub(crate) fn counters(&self, intake: &Intake) -> Counters {
        let counters = self.gauge().figures.counters;
        intake.up_to_date(counters)
    }

    /// Everything that is measured.
    pub(crate) fn metrics(&self, intake: &Intake, now: Instant) -> Metrics {
        let oldest_message = intake.level().1.map(|since| now.saturating_duration_since(since));
        let acknowledgement_latency = intake.latency();
        let [bytes_sent, bytes_received] = [0, 1].map(|way| self.traffic[way].load(Ordering::Relaxed));
        let telemetry = Metrics {
            acknowledgement_latency,
            oldest_message,
            bytes_sent,
            bytes_received,
            ..Metrics::default()
        };
        let metrics = self.gauge().fill(&telemetry);
        Metrics { counters: intake.up_to_date(metrics.counters), ..metrics }
    }

    /// What is measured; to be held for a moment only.
    pub(crate) fn gauge(&self) -> MutexGuard<'_, Gauge> {
        lock(&self.gauge)
    }

    /// How long the device has not been connected; `None` while it is.
    pub(crate) fn away(&self, now: Instant) -> Option<Duration> {
        lock(&self.away).map(|since| now.saturating_duration_since(since))
    }

    pub(crate) fn assignment(&self) -> Option<Assignment> {
        lock(&self.assigned).clone()
    }

    /// How many messages closing could not deliver.
    pub(crate) fn undelivered(&self) -> u64 {
        self.undelivered.load(Ordering::Acquire)
    }

    pub(super) fn enter(&self, state: State) {
        let mut away = lock(&self.away);
        *away = if state.is_connected() { None } else { away.or_else(|| Some(now())) };
        drop(away);
        self.state.send_replace(state);
    }

    /// Counts bytes written and read.
    pub(super) fn carried(&self, (sent, received): (u64, u64)) {
        for (bytes, count) in self.traffic.iter().zip([sent, received]) {
            if count > 0 {
                bytes.fetch_add(count, Ordering::Relaxed);
            }
        }
    }

    pub(super) fn assigned(&self, assignment: &Assignment) {
        *lock(&self.assigned) = Some(assignment.clone());
    }

    /// Enters the last state, which is `end`.
    pub(super) fn close(&self, undelivered: u64, end: State) {
        self.undelivered.store(undelivered, Ordering::Release);
        self.enter(end);
    }
}

/// Closes board and outbox when it is dropped, whatever ended the driver: nobody is to wait for one that is gone.
pub(super) struct ClosedAtEnd(pub(super) Arc<Board>, pub(super) Arc<Intake>);

impl Drop for ClosedAtEnd {
    fn drop(&mut self) {
        let Self(board, intake) = self;
        let left = intake.abandon(None);
        if !board.state().is_final() {
            tracing::warn!("the session ended without being closed");
            board.close(left, State::Closed);
        }
    }
}

/// Nothing panics while it holds one of these locks, and plain data is never half written.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
