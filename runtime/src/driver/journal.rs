//! The log of the connection's state: exactly one line for each change, with its cause.
//!
//! Changes that somebody may have to act on are warnings and errors, the rest is information; a cause that repeats
//! itself, and each new attempt, are only for who looks closely (debug).

use crate::state::State;

/// Remembers what was said last.
#[derive(Default)]
pub(super) struct Journal {
    last_cause: String,
}

impl Journal {
    /// A state has been entered; `why` says what led to it, where the state itself does not.
    pub(super) fn note(&mut self, state: &State, why: &str) {
        match state {
            State::Connecting => tracing::debug!(cause = why, "connecting"),
            State::Connected => {
                self.last_cause.clear();
                tracing::info!(hub = why, "connected");
            }
            State::Retrying { cause, next_in } => {
                let cause = cause.to_string();
                if cause == self.last_cause {
                    tracing::debug!(cause, ?next_in, "still not connected");
                } else {
                    tracing::warn!(cause, ?next_in, "not connected");
                    self.last_cause = cause;
                }
            }
            State::GivenUp { cause } => tracing::error!(%cause, "given up"),
            State::Closed => tracing::info!(cause = why, "closed"),
        }
    }
}
