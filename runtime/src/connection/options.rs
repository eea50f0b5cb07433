//! The limits of a session and their defaults.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::Deadlines;
use crate::driver::Clock;
use crate::retry::{Backoff, RetryPolicy};

/// What happens to a new message when the outbox is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// Sending fails with `Error::OutboxFull`.
    Refuse,
    /// Sending waits until there is room.
    Wait,
    /// The oldest message that is not in flight ends with `Error::Dropped`.
    DropOldest,
}

/// The bounds of the outbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutboxLimits {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
    pub(crate) when_full: WhenFull,
}

/// Everything that can be set about a session.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) deadlines: Deadlines,
    pub(crate) parallel_commands: usize,
    pub(crate) keep_alive: Duration,
    pub(crate) outbox: OutboxLimits,
    pub(crate) telemetry_time_to_live: Duration,
    pub(crate) token_life: Duration,
    pub(crate) retry: Arc<dyn RetryPolicy>,
    pub(crate) report_deadline: Duration,
    pub(crate) close_deadline: Duration,
    pub(crate) clock: Clock,
    /// Where small facts are kept between runs.
    pub(crate) state_dir: Option<Arc<Path>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            deadlines: Deadlines::default(),
            parallel_commands: 16,
            keep_alive: Duration::from_secs(60),
            outbox: OutboxLimits { messages: 10_000, bytes: 16 * 1024 * 1024, when_full: WhenFull::Wait },
            telemetry_time_to_live: Duration::from_secs(24 * 60 * 60),
            token_life: Duration::from_secs(60 * 60),
            retry: Arc::new(Backoff::default()),
            report_deadline: Duration::from_secs(60),
            close_deadline: Duration::from_secs(10),
            clock: Clock::default(),
            state_dir: None,
        }
    }
}
