//! Messages on their way to a device: the queue IoT Hub keeps, and what MQTT lets a device do with it.
//!
//! Decides what is queued, delivered, delivered again and forgotten (protocol reference, sections 2.3 and 2.7). An
//! acknowledged message is completed; one that is not comes again on the device's next connection, ten times at most. A
//! CONNECT with a clean session drops the queue. Queues outlive the hub's process; nothing is sent again while a
//! connection lasts. Begin with [`State::send_message`].

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::commands::Passage;
use super::device::SessionId;
use super::{Effect, State, StateError, StoreKey};
use crate::message::CloudToDevice;
use crate::topics::{self, Subscription};

/// How many messages are queued for a device.
const QUEUE_LIMIT: usize = 50;
/// The largest message, properties included, in bytes.
const SIZE_LIMIT: usize = 64 * 1024;
/// How often a message is delivered before it is given up.
const DELIVERY_LIMIT: u32 = 10;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Queued {
    number: u64,
    message: CloudToDevice,
    expires: Timestamp,
    deliveries: u32,
    /// The packet it went out with on the present connection.
    #[serde(skip)]
    packet: Option<u16>,
}

/// The messages for one device.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    queue: VecDeque<Queued>,
    last_packet: u16,
    /// The number of the message that is queued next.
    next: u64,
    /// The numbers of messages that are not on disk as they are here.
    changed: BTreeSet<u64>,
    /// What became of messages since the command history was told.
    passages: Vec<(u64, Passage)>,
}

impl Inbox {
    /// How many messages have not been completed.
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }

    /// The numbers of the messages that have not been completed.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.queue.iter().map(|queued| queued.number)
    }

    /// The message with this number.
    pub(super) fn get(&self, number: u64) -> Option<&Queued> {
        self.queue.iter().find(|queued| queued.number == number)
    }

    /// Takes back a message, the oldest first.
    pub(super) fn restore(&mut self, queued: Queued) {
        self.next = self.next.max(queued.number + 1);
        self.queue.push_back(queued);
    }

    /// A connection begins.
    pub(super) fn connected(&mut self, clean: bool) {
        self.disconnected();
        if clean {
            self.drop_where(Passage::Dropped, |_| true);
        }
    }

    pub(super) fn disconnected(&mut self) {
        self.queue.iter_mut().for_each(|queued| queued.packet = None);
    }

    /// Drops what is too old or came too often; what was given up for coming too often.
    fn tidy(&mut self, now: Timestamp) -> usize {
        self.drop_where(Passage::Expired, |queued| queued.expires <= now && queued.packet.is_none());
        self.drop_where(Passage::WornOut, |queued| {
            queued.deliveries >= DELIVERY_LIMIT && queued.packet.is_none()
        })
    }

    /// Forgets messages; answers how many.
    fn drop_where(&mut self, passage: Passage, condition: impl Fn(&Queued) -> bool) -> usize {
        let before = self.queue.len();
        self.queue.retain(|queued| {
            let dropped = condition(queued);
            if dropped {
                self.changed.insert(queued.number);
                self.passages.push((queued.number, passage));
            }
            !dropped
        });
        before - self.queue.len()
    }

    fn free_packet(&mut self) -> u16 {
        loop {
            self.last_packet = self.last_packet.wrapping_add(1);
            let taken = self.queue.iter().any(|queued| queued.packet == Some(self.last_packet));
            if self.last_packet != 0 && !taken {
                return self.last_packet;
            }
        }
    }
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
        let device = self.device_mut(id)?;
        let size = message.size();
        if size > SIZE_LIMIT {
            return Err(StateError::MessageSize { size, limit: SIZE_LIMIT });
        }
        let given_up = device.inbox.tidy(now);
        let is_full = device.inbox.len() == QUEUE_LIMIT;
        let expires = now.checked_add(message.time_to_live).unwrap_or(Timestamp::MAX);
        let number = device.inbox.next;
        if !is_full {
            device.inbox.restore(Queued { number, message, expires, deliveries: 0, packet: None });
            device.inbox.changed.insert(number);
        }
        self.inbox_changed(id, now);
        self.note_given_up(id, given_up, now);
        if is_full {
            return Err(StateError::QueueFull(QUEUE_LIMIT));
        }
        Ok((number, expires))
    }

    /// Delivers what is queued and not under way, if the device listens.
    pub(crate) fn deliver_messages(&mut self, id: &str, now: Timestamp) {
        let Some(device) = self.devices.get_mut(id) else {
            return;
        };
        let Some(session) = device.listening(Subscription::CloudToDevice) else {
            return;
        };
        let given_up = device.inbox.tidy(now);
        for index in 0..device.inbox.queue.len() {
            if device.inbox.queue[index].packet.is_some() {
                continue;
            }
            let packet = device.inbox.free_packet();
            let queued = &mut device.inbox.queue[index];
            queued.packet = Some(packet);
            queued.deliveries += 1;
            device.inbox.changed.insert(queued.number);
            device.inbox.passages.push((queued.number, Passage::Sent));
            let topic = topics::message(id, &queued.message.properties);
            let (again, payload) = (queued.deliveries > 1, queued.message.body.clone());
            self.effects.push(Effect::Deliver { session, packet, again, topic, payload });
        }
        self.inbox_changed(id, now);
        self.note_given_up(id, given_up, now);
    }

    fn note_given_up(&mut self, id: &str, count: usize, now: Timestamp) {
        if count > 0 {
            let text = format!("{count} messages were given up after {DELIVERY_LIMIT} deliveries each");
            self.refuse(Some(id), text, now);
        }
    }

    /// The device has acknowledged a packet.
    pub(crate) fn message_completed(&mut self, id: &str, session: SessionId, packet: u16, now: Timestamp) {
        if self.session_mut(id, session).is_some()
            && let Some(device) = self.devices.get_mut(id)
        {
            device.inbox.drop_where(Passage::Delivered, |queued| queued.packet == Some(packet));
            self.inbox_changed(id, now);
        }
    }

    /// Has what changed in a device's queue written to the disk and told to the command history.
    pub(super) fn inbox_changed(&mut self, id: &str, now: Timestamp) {
        let Some(device) = self.devices.get_mut(id) else {
            return;
        };
        let changed = std::mem::take(&mut device.inbox.changed);
        self.dirty.extend(changed.into_iter().map(|number| StoreKey::Message(id.to_owned(), number)));
        for (number, passage) in std::mem::take(&mut device.inbox.passages) {
            self.command_passed(id, number, passage, now);
        }
    }

    /// Gives up what is too old in the queues of all devices.
    pub(crate) fn expire_messages(&mut self, now: Timestamp) {
        let late =
            |device: &&mut super::Device| device.inbox.queue.iter().any(|queued| queued.expires <= now);
        let ids = self.devices.values_mut().filter(late).map(|device| {
            let worn_out = device.inbox.tidy(now);
            (device.record.id.clone(), worn_out)
        });
        for (id, worn_out) in ids.collect::<Vec<_>>() {
            self.inbox_changed(&id, now);
            self.note_given_up(&id, worn_out, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::state::tests::{NOW, state};

    fn message(id: &str) -> CloudToDevice {
        CloudToDevice::new("hello").with_property("$.mid", id)
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
    fn a_clean_session_drops_what_was_queued() {
        let mut state = registered();
        state.send_message("d", message("a"), NOW).unwrap();
        assert!(connect(&mut state, true).1.is_empty());
        state.send_message("d", message("b"), NOW).unwrap();
        assert_eq!(delivered(&mut state).len(), 1);
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
}
