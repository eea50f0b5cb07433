//! How long to wait before the next attempt to connect, and whether there is one.
//!
//! A [`RetryPolicy`] is asked after every failed attempt and every lost connection. [`Backoff`] is the one in use unless
//! another is set. Neither has a clock or a source of chance: what they need is in the [`Failure`].

use std::fmt;
use std::time::Duration;

use crate::error::Error;

/// A connection that served this long starts the pauses from the shortest again.
pub(crate) const STEADY: Duration = Duration::from_secs(10);

/// An attempt that failed, or a connection that was lost.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Failure<'a> {
    /// How many have failed since a connection served for 10 s or more; 1 for the first.
    pub attempt: u32,
    /// What went wrong.
    pub cause: &'a Error,
    /// How long the lost connection had served; `None` when none came to serve.
    pub served: Option<Duration>,
    /// The pause before this attempt; zero for the first.
    pub last_pause: Duration,
    /// All pauses since a connection served for 10 s or more, together; zero for the first.
    pub waited: Duration,
    /// A new random number from 0 to 1.
    pub random: f64,
}

impl<'a> Failure<'a> {
    /// A failure, as a test of a policy needs it.
    pub fn new(attempt: u32, cause: &'a Error, random: f64) -> Self {
        Self { attempt, cause, served: None, last_pause: Duration::ZERO, waited: Duration::ZERO, random }
    }
}

/// Decides on the next attempt.
///
/// A pause that the service itself asked for ([`Error::retry_after`]) is never cut short, whatever the policy says. A
/// planned reconnect (for a fresh token) is no failure and asks nobody.
pub trait RetryPolicy: fmt::Debug + Send + Sync + 'static {
    /// The pause before the next attempt. `None` gives up: the session ends with the cause
    /// (`State::GivenUp`, [`Error::GivenUp`]), and everything that waits is told so.
    fn pause(&self, failure: &Failure<'_>) -> Option<Duration>;
}

/// Exponential pauses with decorrelated jitter: each is between the shortest and three times the last one, and never
/// longer than the longest. It never gives up.
///
/// After the first few, no pause is longer than half of what has been waited in this outage: when the hub is back, the
/// device is back before half as much time again has passed.
///
/// The first pause after a loss is jittered as well, so that a fleet that lost its hub does not come back in step.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    shortest: Duration,
    longest: Duration,
}

impl Backoff {
    /// Pauses between these two; at least 1 ms.
    pub fn new(shortest: Duration, longest: Duration) -> Self {
        let shortest = shortest.max(Duration::from_millis(1));
        Self { shortest, longest: longest.max(shortest) }
    }
}

impl Default for Backoff {
    /// 1 s to 2 min.
    fn default() -> Self {
        Self::new(Duration::from_secs(1), Duration::from_secs(120))
    }
}

impl RetryPolicy for Backoff {
    fn pause(&self, failure: &Failure<'_>) -> Option<Duration> {
        let last = failure.last_pause.max(self.shortest);
        let patience = (failure.waited / 2).max(self.shortest.saturating_mul(3));
        let widest = last.saturating_mul(3).min(patience).clamp(self.shortest, self.longest);
        Some(self.shortest + (widest - self.shortest).mul_f64(failure.random.clamp(0.0, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_pause_after_a_loss_is_jittered_too() {
        let lost = Error::lost("x");
        let pause = |random| Backoff::default().pause(&Failure::new(1, &lost, random)).unwrap();
        assert_eq!([pause(0.0), pause(1.0)], [Duration::from_secs(1), Duration::from_secs(3)]);
    }

    #[test]
    fn no_pause_is_longer_than_half_of_what_has_been_waited_in_an_outage() {
        let (lost, backoff) = (Error::lost("x"), Backoff::default());
        let (mut last_pause, mut waited) = (Duration::ZERO, Duration::ZERO);
        for attempt in 1..100 {
            let failure = Failure { last_pause, waited, ..Failure::new(attempt, &lost, 1.0) };
            last_pause = backoff.pause(&failure).unwrap();
            assert!(last_pause <= (waited / 2).max(Duration::from_secs(3)), "{waited:?}: {last_pause:?}");
            waited += last_pause;
        }
        assert_eq!(last_pause, Duration::from_secs(120));
    }

    proptest! {
        #[test]
        fn no_pause_leaves_its_bounds(last in 0u64..1_000_000, random in -1.0..2.0, bounds in (1u64..5_000, 1u64..500_000)) {
            let (shortest, longest) = (Duration::from_millis(bounds.0), Duration::from_millis(bounds.1));
            let lost = Error::lost("x");
            let failure = Failure { last_pause: Duration::from_millis(last), ..Failure::new(2, &lost, random) };
            let pause = Backoff::new(shortest, longest).pause(&failure).unwrap();
            prop_assert!(pause >= shortest && pause <= longest.max(shortest));
        }
    }
}
