//! Messages on their way to a device: what is queued, handed out, handed out again and forgotten.
//!
//! Decides by IoT Hub's rules (protocol reference, sections 2.3 and 2.7). Over MQTT an acknowledged message is completed,
//! and one that is not comes again on the device's next connection. A CONNECT with a clean session, which drops the queue
//! of Azure's hub, loses nothing here: the log says what would have been lost, and the messages come when the device
//! subscribes. Over HTTPS a message is locked for a while, and completed, rejected or given back by its lock. A message is
//! handed out ten times at most. Queues outlive the hub's process. What became of a message is told by [`super::feedback`]
//! to whoever sent it. Begin with [`State::send_message`].

use std::time::Duration;

use jiff::Timestamp;

use super::commands::Passage;
use super::device::SessionId;
use super::feedback::Outcome;
use super::inbox::{Hold, Queued};
use super::{Effect, State, StateError, StoreKey};
use crate::message::CloudToDevice;
use crate::topics::{self, Subscription, TOPIC_LIMIT};

/// How many messages are queued for a device.
const QUEUE_LIMIT: usize = 50;
/// The largest message, properties included, in bytes.
const SIZE_LIMIT: usize = 64 * 1024;
/// How often a message is delivered before it is given up.
const DELIVERY_LIMIT: u32 = 10;

/// What a device does with a message that it has locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settlement {
    Complete,
    Reject,
    Abandon,
}

impl State {
    /// Queues a message for a device, and delivers it if the device listens.
    pub(crate) fn send_message(
        &mut self,
        id: &str,
        message: CloudToDevice,
        now: Timestamp,
    ) -> Result<(), StateError> {
        self.enqueue(id, message, now)?;
        self.deliver_messages(id, now);
        Ok(())
    }

    /// Queues a message for a device without delivering it; answers its number and until when it is worth delivering.
    pub(super) fn enqueue(
        &mut self,
        id: &str,
        message: CloudToDevice,
        now: Timestamp,
    ) -> Result<(u64, Timestamp), StateError> {
        let size = message.size();
        if size > SIZE_LIMIT {
            return Err(StateError::MessageSize { size, limit: SIZE_LIMIT });
        }
        // the property bag is part of the topic, where a byte may take three
        let size = topics::message(id, &message.properties).len();
        if size > TOPIC_LIMIT {
            return Err(StateError::MessageTopic { size, limit: TOPIC_LIMIT });
        }
        self.tidy_messages(id, now);
        let device = self.device_mut(id)?;
        if device.inbox.len() == QUEUE_LIMIT {
            return Err(StateError::QueueFull(QUEUE_LIMIT));
        }
        let queued = device.inbox.push(message, now);
        self.inbox_changed(id);
        Ok(queued)
    }

    /// Delivers what is queued and not under way, if the device listens.
    pub(crate) fn deliver_messages(&mut self, id: &str, now: Timestamp) {
        self.tidy_messages(id, now);
        let Some(device) = self.devices.get_mut(id) else {
            return;
        };
        let Some(session) = device.listening(Subscription::CloudToDevice) else {
            return;
        };
        let mut sent = Vec::new();
        let by_packet = |inbox: &mut super::inbox::Inbox| Hold::Packet(inbox.free_packet());
        while let Some(queued) = device.inbox.hand_out(now, by_packet) {
            let Hold::Packet(packet) = queued.hold else { break };
            let topic = topics::message(id, &queued.message.properties);
            let (again, payload) = (queued.deliveries > 1, queued.message.body.clone());
            self.effects.push(Effect::Deliver { session, packet, again, topic, payload });
            sent.push(queued.number);
        }
        for number in sent {
            self.command_passed(id, number, Passage::Sent, now);
        }
        self.inbox_changed(id);
    }

    /// Hands out the next message to a device that asks by HTTPS, with the token of its lock; `None` when there is none.
    pub(crate) fn receive_message(
        &mut self,
        id: &str,
        lock: Duration,
        now: Timestamp,
    ) -> Result<Option<(String, Queued)>, StateError> {
        self.tidy_messages(id, now);
        let token = format!("{:032x}", fastrand::u128(..));
        let until = now.checked_add(lock).unwrap_or(Timestamp::MAX);
        let device = self.device_mut(id)?;
        device.record.last_seen = Some(now);
        let hold = Hold::Lock { token: token.clone(), until };
        let received = device.inbox.hand_out(now, |_| hold).cloned();
        self.inbox_changed(id);
        Ok(received.map(|queued| (token, queued)))
    }

    /// A device says what is to become of a message that it has locked.
    pub(crate) fn settle_message(
        &mut self,
        id: &str,
        token: &str,
        settlement: Settlement,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let device = self.device_mut(id)?;
        let is_held = match settlement {
            Settlement::Abandon => device.inbox.give_back(token, now),
            Settlement::Complete => self.end(id, Outcome::Success, now, |one| one.has_lock(token, now)) == 1,
            Settlement::Reject => self.end(id, Outcome::Rejected, now, |one| one.has_lock(token, now)) == 1,
        };
        self.inbox_changed(id);
        if is_held { Ok(()) } else { Err(StateError::LockLost) }
    }

    /// Forgets all messages for a device; answers how many there were.
    pub(crate) fn purge_messages(&mut self, id: &str, now: Timestamp) -> Result<usize, StateError> {
        self.device(id)?;
        Ok(self.end(id, Outcome::Purged, now, |_| true))
    }

    /// The device has acknowledged a packet.
    pub(crate) fn message_completed(&mut self, id: &str, session: SessionId, packet: u16, now: Timestamp) {
        if self.session_mut(id, session).is_some() {
            self.end(id, Outcome::Success, now, |queued| queued.hold == Hold::Packet(packet));
        }
    }

    /// Gives up what is too old in the queues of all devices, also while nothing else happens.
    pub(crate) fn expire_messages(&mut self, now: Timestamp) {
        let waiting = self.devices.values().filter(|device| device.inbox.is_late(now));
        let late: Vec<String> = waiting.map(|device| device.record.id.clone()).collect();
        for id in late {
            self.tidy_messages(&id, now);
        }
    }

    /// Gives up what is too old or came too often.
    pub(super) fn tidy_messages(&mut self, id: &str, now: Timestamp) {
        self.end(id, Outcome::Expired, now, |queued| queued.expires <= now && queued.is_free(now));
        let often = |queued: &Queued| queued.deliveries >= DELIVERY_LIMIT && queued.is_free(now);
        let count = self.end(id, Outcome::DeliveryCountExceeded, now, often);
        if count > 0 {
            let text = format!("{count} messages were given up after {DELIVERY_LIMIT} deliveries each");
            self.refuse(Some(id), &text, now);
        }
    }

    /// Ends messages in one way; answers how many.
    fn end(&mut self, id: &str, outcome: Outcome, now: Timestamp, which: impl Fn(&Queued) -> bool) -> usize {
        let Some(device) = self.devices.get_mut(id) else {
            return 0;
        };
        let ended = device.inbox.take_where(which);
        let generation = device.record.generation.clone();
        for queued in &ended {
            self.tell_outcome(id, &generation, &queued.message, outcome, now);
            self.command_passed(id, queued.number, Passage::from(outcome), now);
        }
        self.inbox_changed(id);
        ended.len()
    }

    /// Has what changed in a device's queue written to the disk.
    pub(super) fn inbox_changed(&mut self, id: &str) {
        if let Some(device) = self.devices.get_mut(id) {
            let changed = device.inbox.take_changed();
            self.dirty.extend(changed.into_iter().map(|number| StoreKey::Message(id.to_owned(), number)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::{NOW, state};

    const LOCK: Duration = Duration::from_secs(60);

    fn message(id: &str) -> CloudToDevice {
        CloudToDevice::new("hello").with_property("$.mid", id).with_property("iothub-ack", "full")
    }

    /// Connects and subscribes; what is delivered: packet ids, and whether again.
    fn connect(state: &mut State, clean: bool) -> (SessionId, Vec<(u16, bool)>) {
        let session = state.next_session();
        state.connect("d", session, None, clean, NOW).unwrap();
        state.subscribe("d", session, Subscription::CloudToDevice, clean, NOW);
        (session, delivered(state))
    }

    fn delivered(state: &mut State) -> Vec<(u16, bool)> {
        let packet = |effect| match effect {
            Effect::Deliver { packet, again, .. } => Some((packet, again)),
            _ => None,
        };
        state.take_effects().into_iter().filter_map(packet).collect()
    }

    fn registered() -> State {
        let mut state = state();
        state.create("d", None, true, NOW).unwrap();
        state
    }

    #[test]
    fn what_is_not_acknowledged_comes_again_on_the_next_connection_and_only_there() {
        let mut state = registered();
        let (first, none) = connect(&mut state, false);
        assert!(none.is_empty());
        state.send_message("d", message("a"), NOW).unwrap();
        state.send_message("d", message("b"), NOW).unwrap();
        assert_eq!(delivered(&mut state), [(1, false), (2, false)]);
        state.message_completed("d", first, 1, NOW);
        state.deliver_messages("d", NOW);
        assert!(delivered(&mut state).is_empty());
        let (_, again) = connect(&mut state, false);
        assert_eq!(again, [(3, true)]);
        state.message_completed("d", first, 3, NOW);
        assert_eq!(
            state.device("d").unwrap().inbox.len(),
            1,
            "the old connection acknowledges nothing any more"
        );
    }

    #[test]
    fn a_clean_session_hears_what_was_queued_when_it_subscribes_and_the_log_says_that_azure_drops_it() {
        let mut state = registered();
        state.send_message("d", message("a"), NOW).unwrap();
        let session = state.next_session();
        assert!(!state.connect("d", session, None, true, NOW).unwrap());
        assert!(delivered(&mut state).is_empty(), "it has not subscribed");
        assert!(state.log().any(|row| row.message.contains("clean session while 1 messages wait")));
        state.subscribe("d", session, Subscription::CloudToDevice, true, NOW);
        assert_eq!(delivered(&mut state), [(1, false)]);
        let (session, again) = connect(&mut state, true);
        assert_eq!(again, [(2, true)], "it was not acknowledged");
        state.message_completed("d", session, 2, NOW);
        assert!(connect(&mut state, true).1.is_empty());
    }

    #[test]
    fn a_session_that_is_kept_hears_its_messages_before_it_subscribes_again() {
        let mut state = registered();
        connect(&mut state, false);
        let session = state.next_session();
        assert!(state.connect("d", session, None, false, NOW).unwrap());
        state.send_message("d", message("a"), NOW).unwrap();
        assert_eq!(delivered(&mut state).len(), 1);
    }

    #[test]
    fn the_queue_is_bounded_and_messages_age_and_wear_out() {
        let mut state = registered();
        for _ in 0..QUEUE_LIMIT {
            state.send_message("d", message("a"), NOW).unwrap();
        }
        assert_eq!(state.send_message("d", message("a"), NOW), Err(StateError::QueueFull(QUEUE_LIMIT)));
        let later = NOW + Duration::from_secs(3601);
        state.send_message("d", message("b"), later).unwrap();
        assert_eq!(state.device("d").unwrap().inbox.len(), 1);
        let deliveries = (0..12).filter(|_| !connect(&mut state, false).1.is_empty()).count();
        assert_eq!(deliveries, 10);
        let large = CloudToDevice::new(vec![0; SIZE_LIMIT + 1]);
        assert!(matches!(state.send_message("d", large, NOW), Err(StateError::MessageSize { .. })));
    }

    #[test]
    fn a_message_whose_properties_fit_no_topic_is_refused_when_it_is_sent() {
        let mut state = registered();
        let with = |length: usize| CloudToDevice::new("").with_property("p", "%".repeat(length));
        let around = topics::message("d", &with(0).properties).len();
        let most = (TOPIC_LIMIT - around) / 3;
        assert_eq!(state.send_message("d", with(most), NOW), Ok(()));
        let refused = state.send_message("d", with(most + 1), NOW);
        assert!(matches!(refused, Err(StateError::MessageTopic { .. })), "{refused:?}");
    }

    #[test]
    fn a_locked_message_is_settled_by_its_lock_while_that_lasts() {
        let mut state = registered();
        for id in ["a", "b"] {
            state.send_message("d", message(id), NOW).unwrap();
        }
        let receive = |state: &mut State, now| state.receive_message("d", LOCK, now).unwrap();
        let (first, queued) = receive(&mut state, NOW).unwrap();
        assert_eq!(queued.message.properties["$.mid"], "a");
        let (second, _) = receive(&mut state, NOW).unwrap();
        assert_eq!(receive(&mut state, NOW).map(|(token, _)| token), None);
        state.settle_message("d", &second, Settlement::Abandon, NOW).unwrap();
        let (second, queued) = receive(&mut state, NOW).unwrap();
        assert_eq!((queued.message.properties["$.mid"].as_str(), queued.deliveries), ("b", 2));
        state.settle_message("d", &second, Settlement::Reject, NOW).unwrap();
        let late = NOW + LOCK;
        let lost = state.settle_message("d", &first, Settlement::Complete, late);
        assert_eq!(lost, Err(StateError::LockLost));
        let (first, _) = receive(&mut state, late).unwrap();
        state.settle_message("d", &first, Settlement::Complete, late).unwrap();
        assert_eq!(state.device("d").unwrap().inbox.len(), 0);
    }

    #[test]
    fn whoever_asked_for_it_is_told_what_became_of_a_message() {
        let mut state = registered();
        let send = |state: &mut State, ack: &str| {
            let message = message(ack).with_property("iothub-ack", ack);
            state.send_message("d", message, NOW).unwrap();
        };
        ["none", "full", "positive", "negative"].iter().for_each(|ack| send(&mut state, ack));
        let (session, _) = connect(&mut state, false);
        for packet in 1..=4 {
            state.message_completed("d", session, packet, NOW);
        }
        send(&mut state, "negative");
        state.disconnect("d", session, "gone", NOW);
        assert_eq!(state.purge_messages("d", NOW), Ok(1));
        send(&mut state, "full");
        let late = NOW + Duration::from_secs(3600);
        let told: Vec<String> = state
            .receive_feedback(late)
            .map(|(_, told)| told)
            .unwrap()
            .iter()
            .map(|one| format!("{} {:?}", one.message_id, one.outcome))
            .collect();
        let wanted = ["full Success", "positive Success", "negative Purged", "full Expired"];
        assert_eq!(told, wanted);
    }
}
