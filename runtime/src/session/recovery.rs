//! What follows a failed or lost connection: how long to wait, and whether to provision again.
//!
//! Pauses grow with decorrelated jitter, so that a fleet does not come back in step. No refusal is final: a hub answers
//! CONNACK 5 to passing faults as well.

use std::time::Duration;

use crate::error::Error;

/// Refusals in a row after which the assignment is doubted (protocol: provision again on 401-type refusals).
const MOST_REFUSALS: u32 = 3;
/// Failures of any kind in a row after which it is (protocol: after 10 failed hub connects).
const MOST_FAILURES: u32 = 10;
/// A connection that served this long starts the pauses from the shortest again.
const STEADY: Duration = Duration::from_secs(10);

/// The next attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) pause: Duration,
    pub(crate) provision_again: bool,
}

/// The memory of past attempts.
#[derive(Debug)]
pub(crate) struct Recovery {
    shortest: Duration,
    longest: Duration,
    last_pause: Duration,
    refusals: u32,
    failures: u32,
}

impl Recovery {
    pub(crate) fn new((shortest, longest): (Duration, Duration)) -> Self {
        Self { shortest, longest, last_pause: shortest, refusals: 0, failures: 0 }
    }

    /// A connection has come to serve.
    pub(crate) fn serving(&mut self) {
        (self.refusals, self.failures) = (0, 0);
    }

    /// An attempt failed, or a connection that served for `served` was lost. `random` is from 0 to 1.
    pub(crate) fn failed(&mut self, cause: &Error, served: Option<Duration>, random: f64) -> Attempt {
        if served.is_some_and(|served| served >= STEADY) {
            self.last_pause = self.shortest;
        }
        self.failures += 1;
        self.refusals = match cause {
            Error::Refused { .. } => self.refusals + 1,
            _ => 0,
        };
        let provision_again = self.refusals >= MOST_REFUSALS || self.failures >= MOST_FAILURES;
        if provision_again {
            (self.refusals, self.failures) = (0, 0);
        }
        let widest = self.last_pause.saturating_mul(3).clamp(self.shortest, self.longest);
        let pause = self.shortest + (widest - self.shortest).mul_f64(random.clamp(0.0, 1.0));
        self.last_pause = pause;
        Attempt { pause, provision_again }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

    #[test]
    fn pauses_grow_to_the_longest_and_start_again_after_a_steady_connection() {
        let mut recovery = Recovery::new(BOUNDS);
        let cause = Error::lost("x");
        let mut pause = |served: Option<u64>| {
            recovery.failed(&cause, served.map(Duration::from_secs), 1.0).pause.as_secs()
        };
        assert_eq!([pause(None), pause(None), pause(Some(1)), pause(None), pause(None)], [3, 9, 27, 60, 60]);
        assert_eq!(pause(Some(10)), 3);
    }

    #[test]
    fn a_pause_is_never_shorter_than_the_shortest() {
        assert_eq!(Recovery::new(BOUNDS).failed(&Error::Closed, None, 0.0).pause, BOUNDS.0);
    }

    #[test]
    fn several_refusals_in_a_row_provision_again() {
        let mut recovery = Recovery::new(BOUNDS);
        let refused = Error::Refused { endpoint: "h:1".to_owned(), code: 5 };
        let mut again = |cause: &Error| recovery.failed(cause, None, 0.5).provision_again;
        assert_eq!(
            [again(&refused), again(&refused), again(&refused), again(&refused)],
            [false, false, true, false]
        );
        let mut recovery = Recovery::new(BOUNDS);
        let again: Vec<bool> =
            (0..10).map(|_| recovery.failed(&Error::lost("x"), None, 0.5).provision_again).collect();
        assert_eq!(again.iter().position(|again| *again), Some(9));
    }
}
