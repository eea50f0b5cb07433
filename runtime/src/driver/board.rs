//! What the driver shows to its clients: state, counters, who the device is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::intake::Intake;
use crate::provisioning::Assignment;
use crate::state::{Counters, State};

/// Written by the driver, read by every client.
pub(crate) struct Board {
    state: watch::Sender<State>,
    counters: Mutex<Counters>,
    /// The hub that took the device, once one has.
    assigned: Mutex<Option<Assignment>>,
    undelivered: AtomicU64,
}

impl Board {
    pub(crate) fn new() -> Self {
        Self {
            state: watch::Sender::new(State::Connecting),
            counters: Mutex::default(),
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
        *lock(&self.counters)
    }

    pub(crate) fn assignment(&self) -> Option<Assignment> {
        lock(&self.assigned).clone()
    }

    /// How many messages closing could not deliver.
    pub(crate) fn undelivered(&self) -> u64 {
        self.undelivered.load(Ordering::Acquire)
    }

    pub(super) fn enter(&self, state: State) {
        self.state.send_replace(state);
    }

    pub(super) fn count(&self, counters: Counters) {
        *lock(&self.counters) = counters;
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
