//! One timer for all deadlines.
//!
//! Deadlines move with nearly every message, mostly into the future. The timer is set anew only when it would ring too
//! late; ringing too early is harmless, because nothing is due then.

use std::pin::Pin;
use std::time::Instant;

use tokio::time::{Sleep, sleep_until};

/// The timer; made when it is needed first.
#[derive(Default)]
pub(super) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Waits until the deadline, or until an earlier one that was asked for before; for ever without one. Safe to cancel.
    pub(super) async fn ring(&mut self, deadline: Option<Instant>) {
        let Some(deadline) = deadline.map(Into::into) else {
            return std::future::pending().await;
        };
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.is_elapsed() || deadline < sleep.deadline() {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::now;
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_rings_early_rather_than_late() {
        let begin = now();
        let at = |seconds| Some(begin + Duration::from_secs(seconds));
        let mut alarm = Alarm::default();
        tokio::select! {
            biased;
            () = alarm.ring(at(10)) => panic!("it is not time yet"),
            () = tokio::task::yield_now() => {}
        }
        alarm.ring(at(5)).await;
        assert_eq!(now() - begin, Duration::from_secs(5));
        alarm.ring(at(20)).await;
        assert_eq!(now() - begin, Duration::from_secs(20));
    }
}
