//! What the driver shows to its clients: state, counters, who the device is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::now;
use crate::intake::Intake;
use crate::metrics::Gauge;
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
}

impl Board {
    pub(crate) fn new() -> Self {
        Self {
            state: watch::Sender::new(State::Connecting),
            gauge: Mutex::default(),
            away: Mutex::new(Some(now())),
            assigned: Mutex::default(),
            undelivered: AtomicU64::new(0),
        }
    }

    pub(crate) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    pub(crate) fn states(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    pub(crate) fn counters(&self) -> Counters {
        self.gauge().counters()
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

    pub(super) fn count(&self, counters: Counters) {
        self.gauge().count(counters, now());
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
