//! The limits of a session and their defaults.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::Deadlines;
use crate::driver::Clock;
use crate::error::Error;
use crate::outbox::Limits;
use crate::retry::{Backoff, RetryPolicy};
use crate::session::PENDING_AFTER;
use crate::spool::DiskOutbox;
use crate::table::ModelTable;

/// When the provisioning service is asked for a hub.
///
/// What it assigned last is kept in the folder of [`Connection::with_state_dir`](crate::Connection::with_state_dir);
/// without one, each start of the process asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reprovision {
    /// At the first start, and when the hub refused the device three times in a row or ten connections in a row failed.
    /// While the service cannot be reached, the hub that was assigned last is tried. This is what the service's
    /// documentation asks for: a fleet that comes back after an outage does not storm it.
    #[default]
    WhenRefused,
    /// As well at each start. The hub that was assigned last is used when the service cannot be reached or refuses.
    AtStart,
    /// Only as long as no hub has ever been assigned. For services that give out something with each assignment; a
    /// device that was moved to another hub does not find it.
    Never,
}

/// What a new process does with desired values that an earlier one has acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterRestart {
    /// All are applied: what a handler sets does not outlive the process. Those that lead to the same are not acknowledged
    /// a second time.
    ApplyAll,
    /// Only those that have changed, or were refused, are applied: the device keeps what was set over a restart.
    ApplyChanges,
}

/// Everything that can be set about a session.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) deadlines: Deadlines,
    pub(crate) parallel_commands: usize,
    pub(crate) keep_alive: Duration,
    pub(crate) outbox: Limits,
    /// Where telemetry is kept, when it is to outlive the process.
    pub(crate) disk: Option<DiskOutbox>,
    pub(crate) telemetry_time_to_live: Duration,
    pub(crate) token_life: Duration,
    pub(crate) retry: Arc<dyn RetryPolicy>,
    pub(crate) report_deadline: Duration,
    pub(crate) close_deadline: Duration,
    /// How long a property's handler runs before it is acknowledged as pending.
    pub(crate) pending_after: Duration,
    pub(crate) after_restart: AfterRestart,
    pub(crate) clock: Clock,
    pub(crate) reprovision: Reprovision,
    /// Where small facts are kept between runs.
    pub(crate) state_dir: Option<Arc<Path>>,
}

impl Options {
    /// Refuses what means nothing in the model, or nothing together.
    pub(crate) fn check(&self, model: &ModelTable) -> Result<(), Error> {
        if self.after_restart == AfterRestart::ApplyChanges && self.state_dir.is_none() {
            let problem =
                "ApplyChanges needs a folder to remember what was applied: set with_state_dir as well";
            return Err(Error::configuration("with_after_restart", problem));
        }
        self.deadlines.check(model)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            deadlines: Deadlines::default(),
            parallel_commands: 16,
            keep_alive: Duration::from_secs(60),
            outbox: Limits::default(),
            disk: None,
            telemetry_time_to_live: Duration::from_secs(24 * 60 * 60),
            token_life: Duration::from_secs(60 * 60),
            retry: Arc::new(Backoff::default()),
            report_deadline: Duration::from_secs(60),
            close_deadline: Duration::from_secs(10),
            reprovision: Reprovision::default(),
            pending_after: PENDING_AFTER,
            after_restart: AfterRestart::ApplyAll,
            clock: Clock::default(),
            state_dir: None,
        }
    }
}
