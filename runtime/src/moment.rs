//! The present by both clocks, as the driver hands it to the cores.

use std::time::{Instant, SystemTime};

/// A reading of the steady clock and of the wall clock at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) now: Instant,
    pub(crate) wall: SystemTime,
}

impl Moment {
    /// What the wall clock, as it goes now, showed at an earlier instant. A wall clock that has been set since does
    /// no harm: the age is measured by the steady one.
    pub(crate) fn wall_at(&self, earlier: Instant) -> SystemTime {
        let age = self.now.saturating_duration_since(earlier);
        self.wall.checked_sub(age).unwrap_or(self.wall)
    }
}
