//! The outbox that clients fill while a session empties it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Limits, Outbox};

/// An outbox in two hands. Nobody holds its lock while waiting for anything.
#[derive(Clone, Debug)]
pub(crate) struct SharedOutbox(Arc<Mutex<Outbox>>);

impl SharedOutbox {
    pub(crate) fn new(limits: Limits) -> Self {
        Self(Arc::new(Mutex::new(Outbox::new(limits))))
    }

    /// Nothing panics while it holds the lock, but in a test.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Outbox> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
