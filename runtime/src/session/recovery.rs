//! What follows a failed or lost connection: how long to wait, and whether to provision again.
//!
//! The pauses are the [`RetryPolicy`]'s; what is counted for it is counted here. No refusal is final: a hub answers
//! CONNACK 5 to passing faults as well, so several in a row only put the assignment in doubt.

use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::retry::{Failure, RetryPolicy, STEADY};

/// Refusals in a row after which the assignment is doubted (protocol: provision again on 401-type refusals).
const MOST_REFUSALS: u32 = 3;
/// Failures of any kind in a row after which it is (protocol: after 10 failed hub connects).
const MOST_FAILURES: u32 = 10;
/// No pause is longer, whoever asks for it: it is added to the present.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The next attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) pause: Duration,
    pub(crate) provision_again: bool,
}

/// The memory of past attempts.
#[derive(Debug)]
pub(crate) struct Recovery {
    policy: Arc<dyn RetryPolicy>,
    attempt: u32,
    last_pause: Duration,
    /// All pauses since the last steady connection.
    waited: Duration,
    refusals: u32,
    failures: u32,
}

impl Recovery {
    pub(crate) fn new(policy: Arc<dyn RetryPolicy>) -> Self {
        let (last_pause, waited) = (Duration::ZERO, Duration::ZERO);
        Self { policy, attempt: 0, last_pause, waited, refusals: 0, failures: 0 }
    }

    /// A connection has come to serve.
    pub(crate) fn serving(&mut self) {
        (self.refusals, self.failures) = (0, 0);
    }

    /// An attempt failed, or a connection that served for `served` was lost; `random` is from 0 to 1. `None` is the end.
    pub(crate) fn failed(&mut self, cause: &Error, served: Option<Duration>, random: f64) -> Option<Attempt> {
        if served.is_some_and(|served| served >= STEADY) {
            (self.attempt, self.last_pause, self.waited) = (0, Duration::ZERO, Duration::ZERO);
        }
        self.attempt = self.attempt.saturating_add(1);
        self.failures += 1;
        self.refusals = match cause {
            Error::Refused { .. } => self.refusals + 1,
            _ => 0,
        };
        let provision_again = self.refusals >= MOST_REFUSALS || self.failures >= MOST_FAILURES;
        if provision_again {
            (self.refusals, self.failures) = (0, 0);
        }
        let (last_pause, waited) = (self.last_pause, self.waited);
        let failure = Failure { served, last_pause, waited, ..Failure::new(self.attempt, cause, random) };
        let pause = self.policy.pause(&failure)?;
        self.last_pause = pause.min(LONGEST);
        let pause = self.last_pause.max(cause.retry_after().unwrap_or_default()).min(LONGEST);
        self.waited = self.waited.saturating_add(pause);
        Some(Attempt { pause, provision_again })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::Backoff;

    fn recovery() -> Recovery {
        Recovery::new(Arc::new(Backoff::new(Duration::from_secs(1), Duration::from_secs(60))))
    }

    #[test]
    fn pauses_grow_to_the_longest_and_start_again_after_a_steady_connection() {
        let mut recovery = recovery();
        let cause = Error::lost("x");
        let mut pause = |served: Option<u64>| {
            recovery.failed(&cause, served.map(Duration::from_secs), 1.0).unwrap().pause.as_secs()
        };
        let pauses = [None, None, Some(1), None, None, None, None, None, None, None, None].map(&mut pause);
        assert_eq!(pauses, [3, 3, 3, 4, 6, 10, 15, 22, 34, 51, 60]);
        assert_eq!(pause(Some(10)), 3);
    }

    #[test]
    fn a_pause_is_never_shorter_than_the_shortest_or_than_the_service_asks_for() {
        let mut recovery = recovery();
        let pause = |attempt: Option<Attempt>| attempt.unwrap().pause;
        assert_eq!(pause(recovery.failed(&Error::Closed, None, 0.0)), Duration::from_secs(1));
        let throttled = Error::Provisioning {
            registration_id: "d".to_owned(),
            status: 429,
            text: String::new(),
            retry_after: Some(Duration::from_secs(90)),
        };
        assert_eq!(pause(recovery.failed(&throttled, None, 1.0)), Duration::from_secs(90));
    }

    #[test]
    fn several_refusals_in_a_row_provision_again() {
        let mut first = recovery();
        let refused = Error::Refused { endpoint: "h:1".to_owned(), code: 5 };
        let mut again = |cause: &Error| first.failed(cause, None, 0.5).unwrap().provision_again;
        assert_eq!(
            [again(&refused), again(&refused), again(&refused), again(&refused)],
            [false, false, true, false]
        );
        let mut other = recovery();
        let again: Vec<bool> =
            (0..10).map(|_| other.failed(&Error::lost("x"), None, 0.5).unwrap().provision_again).collect();
        assert_eq!(again.iter().position(|again| *again), Some(9));
    }

    #[test]
    fn a_policy_learns_how_often_it_failed_since_the_last_steady_connection_and_may_end_it() {
        #[derive(Debug)]
        struct Thrice;

        impl RetryPolicy for Thrice {
            fn pause(&self, failure: &Failure<'_>) -> Option<Duration> {
                (failure.attempt <= 3).then_some(Duration::from_secs(failure.attempt.into()))
            }
        }

        let mut recovery = Recovery::new(Arc::new(Thrice));
        let mut pause = |served: Option<u64>| {
            let attempt = recovery.failed(&Error::lost("x"), served.map(Duration::from_secs), 0.0);
            attempt.map(|attempt| attempt.pause.as_secs())
        };
        assert_eq!(
            [pause(None), pause(None), pause(Some(60)), pause(None)],
            [Some(1), Some(2), Some(1), Some(2)]
        );
        assert_eq!([pause(None), pause(None)], [Some(3), None]);
    }
}
