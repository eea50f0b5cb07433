//! How long a broker may keep a bridge waiting, for acknowledgements and for answers to pings.
//!
//! A core without a clock: the time is an argument. Begin with [`Patience::overdue`].

use std::time::Duration;

use tokio::time::Instant;

use super::session::KEEP_ALIVE;

/// How long a broker may owe the next acknowledgement, or the answer to a ping.
pub(super) const ANSWER_DEADLINE: Duration = Duration::from_secs(30);
/// Pings come twice as often as they must.
const PING_INTERVAL: Duration = Duration::from_secs(KEEP_ALIVE as u64 / 2);

/// What a broker owes since when.
#[derive(Debug)]
pub(super) struct Patience {
    ping_at: Instant,
    /// The last acknowledgement, or when the first one was owed again.
    acknowledged: Instant,
    is_owed: bool,
    /// The first ping that has no answer.
    pinged: Option<Instant>,
}

impl Patience {
    /// A connection begins.
    pub(super) fn new(now: Instant) -> Self {
        Self { ping_at: now + PING_INTERVAL, acknowledged: now, is_owed: false, pinged: None }
    }

    /// Whether an acknowledgement is owed.
    pub(super) fn owe(&mut self, is_owed: bool, now: Instant) {
        if !self.is_owed {
            self.acknowledged = now;
        }
        self.is_owed = is_owed;
    }

    /// A message was acknowledged that waited for it. Nothing else is a sign that messages arrive.
    pub(super) fn acknowledge(&mut self, now: Instant) {
        self.acknowledged = now;
    }

    /// The broker has sent a packet.
    pub(super) fn hear(&mut self) {
        self.pinged = None;
    }

    /// Whether a ping is to be sent, which is taken as sent.
    pub(super) fn ping(&mut self, now: Instant) -> bool {
        let is_due = now >= self.ping_at;
        if is_due {
            self.ping_at = now + PING_INTERVAL;
            self.pinged = self.pinged.or(Some(now));
        }
        is_due
    }

    /// When something is to be done again.
    pub(super) fn next(&self) -> Instant {
        let waiting = [self.is_owed.then_some(self.acknowledged), self.pinged];
        waiting.into_iter().flatten().map(|since| since + ANSWER_DEADLINE).fold(self.ping_at, Instant::min)
    }

    /// What the broker owes for too long.
    pub(super) fn overdue(&self, now: Instant) -> Option<&'static str> {
        let is_late = |since: Instant| now.saturating_duration_since(since) >= ANSWER_DEADLINE;
        if self.is_owed && is_late(self.acknowledged) {
            return Some("the broker acknowledges nothing");
        }
        self.pinged.is_some_and(is_late).then_some("the broker does not answer pings")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_to_pings_do_not_stand_for_acknowledgements() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut patience = Patience::new(start);
        patience.owe(true, start);
        for seconds in [15, 29] {
            patience.ping(at(seconds));
            patience.hear();
            patience.owe(true, at(seconds));
            assert_eq!(patience.overdue(at(seconds)), None);
        }
        assert_eq!(patience.next(), at(30));
        assert_eq!(patience.overdue(at(30)), Some("the broker acknowledges nothing"));
        patience.acknowledge(at(30));
        assert_eq!(patience.overdue(at(30)), None);
    }

    #[test]
    fn a_broker_that_owes_nothing_is_to_answer_pings() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut patience = Patience::new(start);
        assert_eq!((patience.next(), patience.ping(at(14))), (at(15), false));
        assert!(patience.ping(at(15)) && patience.ping(at(30)));
        assert_eq!(patience.overdue(at(44)), None);
        assert_eq!(patience.overdue(at(45)), Some("the broker does not answer pings"));
        patience.hear();
        assert_eq!(patience.overdue(at(1_000)), None);
        // what is owed is waited for from then on
        patience.owe(true, at(1_000));
        assert_eq!(patience.overdue(at(1_029)), None);
        assert!(patience.overdue(at(1_030)).is_some());
    }
}
