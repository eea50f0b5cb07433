//! What became of messages to devices, for whoever sent them and asked for it.
//!
//! Decides by the message's `iothub-ack` who is told what. Feedback waits in one queue; a reader locks what there is and
//! completes it or gives it back. The queue outlives the hub's process. Begin with [`State::receive_feedback`].

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{State, StateError, StoreKey};
use crate::message::CloudToDevice;

/// Most records that wait; the oldest is forgotten for a new one.
const LIMIT: usize = 1000;
/// Most records in one batch.
const BATCH: usize = 64;
/// How long a batch is locked.
const LOCK: Duration = Duration::from_secs(60);
/// How long a record waits for a reader, as IoT Hub has it.
const TIME_TO_LIVE: Duration = Duration::from_secs(3600);

/// How a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    Success,
    Expired,
    DeliveryCountExceeded,
    Rejected,
    Purged,
}

/// How one message ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Feedback {
    number: u64,
    pub(crate) message_id: String,
    pub(crate) device: String,
    pub(crate) generation: String,
    pub(crate) outcome: Outcome,
    pub(crate) at: Timestamp,
    #[serde(skip)]
    lock: Option<(String, Timestamp)>,
}

impl Feedback {
    fn is_free(&self, now: Timestamp) -> bool {
        self.lock.as_ref().is_none_or(|(_, until)| *until <= now)
    }

    fn has_lock(&self, wanted: &str, now: Timestamp) -> bool {
        self.lock.as_ref().is_some_and(|(token, until)| token == wanted && *until > now)
    }
}

/// The feedback that waits.
#[derive(Debug, Default)]
pub(super) struct FeedbackQueue {
    queue: VecDeque<Feedback>,
    next: u64,
}

impl FeedbackQueue {
    pub(super) fn get(&self, number: u64) -> Option<&Feedback> {
        self.queue.iter().find(|one| one.number == number)
    }

    pub(super) fn restore(&mut self, feedback: Feedback) {
        self.next = self.next.max(feedback.number + 1);
        self.queue.push_back(feedback);
    }

    /// Takes records out; answers their numbers.
    fn take_where(&mut self, condition: impl Fn(&Feedback) -> bool) -> Vec<u64> {
        let taken = self.queue.iter().filter(|one| condition(one)).map(|one| one.number).collect();
        self.queue.retain(|one| !condition(one));
        taken
    }
}

impl State {
    /// Notes how a message ended, if its sender wants to know.
    pub(super) fn tell_outcome(
        &mut self,
        device: &str,
        generation: &str,
        message: &CloudToDevice,
        outcome: Outcome,
        now: Timestamp,
    ) {
        let wanted = match message.properties.get("iothub-ack").map(String::as_str) {
            Some("full") => true,
            Some("positive") => outcome == Outcome::Success,
            Some("negative") => outcome != Outcome::Success,
            _ => false,
        };
        if !wanted {
            return;
        }
        let number = self.feedback.next;
        self.feedback.restore(Feedback {
            number,
            message_id: message.properties.get("$.mid").cloned().unwrap_or_default(),
            device: device.to_owned(),
            generation: generation.to_owned(),
            outcome,
            at: now,
            lock: None,
        });
        let oldest = self.feedback.queue.front().map_or(0, |oldest| oldest.number);
        let is_full = self.feedback.queue.len() > LIMIT;
        let dropped = self.feedback.take_where(|one| is_full && one.number == oldest);
        self.feedback_changed(dropped.into_iter().chain([number]));
    }

    /// Locks the feedback there is for a reader: the token of the lock, and the records in order.
    pub(crate) fn receive_feedback(&mut self, now: Timestamp) -> Option<(String, Vec<Feedback>)> {
        // messages that nobody has asked about since they expired
        let waiting = self.devices.values().filter(|device| device.inbox.len() > 0);
        let waiting: Vec<String> = waiting.map(|device| device.record.id.clone()).collect();
        waiting.iter().for_each(|id| self.tidy_messages(id, now));
        let old =
            |one: &Feedback| one.is_free(now) && one.at.checked_add(TIME_TO_LIVE).is_ok_and(|end| end < now);
        let dropped = self.feedback.take_where(old);
        self.feedback_changed(dropped);
        let token = format!("{:032x}", fastrand::u128(..));
        let until = now.checked_add(LOCK).unwrap_or(Timestamp::MAX);
        let free = self.feedback.queue.iter_mut().filter(|one| one.is_free(now)).take(BATCH);
        let batch: Vec<Feedback> = free
            .map(|one| {
                one.lock = Some((token.clone(), until));
                one.clone()
            })
            .collect();
        (!batch.is_empty()).then_some((token, batch))
    }

    /// Forgets a batch, or (`abandon`) gives it back to be read again.
    pub(crate) fn settle_feedback(
        &mut self,
        token: &str,
        abandon: bool,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let mut held = self.feedback.queue.iter_mut().filter(|one| one.has_lock(token, now)).peekable();
        if held.peek().is_none() {
            return Err(StateError::LockLost);
        }
        if abandon {
            held.for_each(|one| one.lock = None);
            return Ok(());
        }
        let done = self.feedback.take_where(|one| one.has_lock(token, now));
        self.feedback_changed(done);
        Ok(())
    }

    fn feedback_changed(&mut self, numbers: impl IntoIterator<Item = u64>) {
        self.dirty.extend(numbers.into_iter().map(|number| StoreKey::Feedback(String::new(), number)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::{NOW, state};

    fn tell(state: &mut State, id: &str, at: Timestamp) {
        let message = CloudToDevice::new("").with_property("$.mid", id).with_property("iothub-ack", "full");
        state.tell_outcome("d", "1", &message, Outcome::Success, at);
    }

    fn ids(batch: Option<(String, Vec<Feedback>)>) -> (String, Vec<String>) {
        let (token, batch) = batch.unwrap();
        (token, batch.into_iter().map(|one| one.message_id).collect())
    }

    #[test]
    fn a_batch_comes_again_until_it_is_completed() {
        let mut state = state();
        assert_eq!(state.receive_feedback(NOW), None);
        tell(&mut state, "a", NOW);
        let (token, first) = ids(state.receive_feedback(NOW));
        assert_eq!(first, ["a"]);
        tell(&mut state, "b", NOW);
        let (other, second) = ids(state.receive_feedback(NOW));
        assert_eq!(second, ["b"]);
        state.settle_feedback(&token, true, NOW).unwrap();
        let (token, again) = ids(state.receive_feedback(NOW));
        assert_eq!(again, ["a"]);
        state.settle_feedback(&token, false, NOW).unwrap();
        let late = NOW + LOCK;
        assert_eq!(state.settle_feedback(&other, false, late), Err(StateError::LockLost));
        assert_eq!(ids(state.receive_feedback(late)).1, ["b"]);
    }

    #[test]
    fn what_nobody_reads_is_forgotten_in_time_and_in_number() {
        let mut state = state();
        for number in 0..=LIMIT {
            tell(&mut state, &number.to_string(), NOW);
        }
        assert_eq!(ids(state.receive_feedback(NOW)).1[0], "1");
        assert_eq!(state.receive_feedback(NOW + TIME_TO_LIVE + LOCK), None);
    }
}
