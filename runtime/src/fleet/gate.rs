//! How many devices of a process connect at once.
//!
//! A device passes the gate before it provisions or connects, and has passed when it serves or has failed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A bound on devices that connect at once; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    places: Arc<Semaphore>,
    spread: Duration,
}

/// A place at the gate, free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Gate {
    pub(crate) fn new(places: usize, spread: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS))), spread }
    }

    /// How long a device waits before its first attempt; `random` is from 0 to 1.
    pub(crate) fn first_pause(&self, random: f64) -> Duration {
        self.spread.mul_f64(random.clamp(0.0, 1.0))
    }

    /// Waits for a place. Devices get one in the order of their asking.
    pub(crate) async fn pass(&self) -> Place {
        // Nobody closes the semaphore; a device that found it closed would be better off without it.
        Place { _permit: Arc::clone(&self.places).acquire_owned().await.ok() }
    }
}
