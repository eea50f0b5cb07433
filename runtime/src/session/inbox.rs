//! What the cloud sent to the device while nobody waited: messages, and commands for a device that was away.
//!
//! Decides in which order they are processed (one after the other, as they came), which of them came before, and which
//! the hub may forget. It runs no handlers. Begin with [`Inbox::arrived`].
//!
//! A hub keeps a message until its PUBLISH is acknowledged, which is all that MQTT has: the acknowledgement completes a
//! message, and nothing abandons or rejects one (protocol, section 2.7). So it is sent when the handler has succeeded. A
//! message whose handler failed stays unacknowledged; the hub delivers it again on the next connection, and after ten
//! deliveries gives it up and tells its sender.
//!
//! Invariant: a message is acknowledged at most once on a connection, and only with that connection's packet id.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::Bytes;

use crate::message::CloudMessage;
use crate::table::FoundCommand;

/// How many may wait for the one before them. A hub queues 50 for a device; what is beyond is left to its next delivery.
const MOST_WAITING: usize = 64;
/// How many completed ones are remembered.
const MOST_REMEMBERED: usize = 64;

/// What is to be done for a message.
#[derive(Debug, PartialEq)]
pub(super) enum Work {
    /// A command for a device that may have been away when it was called.
    Command { command: FoundCommand, payload: Bytes },
    /// A message.
    Message(CloudMessage),
}

/// How a message arrived.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    /// The packet id; `None` at QoS 0, where nothing is acknowledged.
    pub(super) packet: Option<u16>,
    /// Whether the hub says that it was delivered before.
    pub(super) again: bool,
    /// Tells messages apart; `None` for one without an id, of which nothing can be told.
    pub(super) print: Option<u64>,
}

impl Arrival {
    /// An id alone may be used more than once, so what tells a message apart is all of it.
    pub(super) fn new(packet: Option<u16>, again: bool, bag: &str, message: &CloudMessage) -> Self {
        let print = message.id().map(|_| {
            let mut hasher = DefaultHasher::new();
            (bag, message.payload()).hash(&mut hasher);
            hasher.finish()
        });
        Self { packet, again, print }
    }
}

/// The messages that have not ended.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    /// Counts the connections.
    connection: u64,
    waiting: VecDeque<(Arrival, Work)>,
    running: Option<Arrival>,
    /// The prints of completed ones, with the connection they were completed on.
    completed: VecDeque<(u64, u64)>,
}

impl Inbox {
    /// Whether a handler runs.
    pub(super) fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// A message has arrived; the packet to acknowledge at once, for one that was processed before.
    pub(super) fn arrived(&mut self, arrival: Arrival, work: Work) -> Option<u16> {
        if let Some(print) = arrival.print {
            let done =
                |(other, on): &(u64, u64)| *other == print && (arrival.again || *on != self.connection);
            if self.completed.iter().any(done) {
                tracing::debug!("a message was processed before");
                return arrival.packet;
            }
            let same =
                |other: &Arrival| other.print == Some(print) && (arrival.again || other.packet.is_none());
            let waiting = self.waiting.iter_mut().map(|(other, _)| other);
            if let Some(other) = self.running.iter_mut().chain(waiting).find(|other| same(other)) {
                other.packet = arrival.packet;
                return None;
            }
        }
        if self.waiting.len() == MOST_WAITING {
            tracing::warn!("too many messages wait: one is left to its next delivery");
            return None;
        }
        self.waiting.push_back((arrival, work));
        None
    }

    /// What is to be run next, when nothing runs.
    pub(super) fn next(&mut self) -> Option<Work> {
        if self.running.is_some() {
            return None;
        }
        let (arrival, work) = self.waiting.pop_front()?;
        self.running = Some(arrival);
        Some(work)
    }

    /// The handler has ended; the packet to acknowledge.
    pub(super) fn ended(&mut self, succeeded: bool) -> Option<u16> {
        let Arrival { packet, print, .. } = self.running.take()?;
        if !succeeded {
            return None;
        }
        if let Some(print) = print {
            if self.completed.len() == MOST_REMEMBERED {
                self.completed.pop_front();
            }
            self.completed.push_back((print, self.connection));
        }
        packet
    }

    /// The hub delivers again whatever was not acknowledged.
    pub(super) fn connection_lost(&mut self) {
        self.connection += 1;
        self.waiting.clear();
        if let Some(running) = &mut self.running {
            running.packet = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A message with this id, on this packet.
    fn arrive(inbox: &mut Inbox, packet: u16, again: bool, id: &str) -> Option<u16> {
        let bag = format!("%24.mid={id}");
        let message = CloudMessage::new(&bag, Bytes::new());
        inbox.arrived(Arrival::new(Some(packet), again, &bag, &message), Work::Message(message))
    }

    fn running(inbox: &mut Inbox) -> Option<String> {
        match inbox.next()? {
            Work::Message(message) => message.id().map(str::to_owned),
            Work::Command { .. } => None,
        }
    }

    #[test]
    fn messages_are_processed_one_after_the_other_and_acknowledged_when_that_has_succeeded() {
        let mut inbox = Inbox::default();
        assert_eq!((arrive(&mut inbox, 1, false, "a"), arrive(&mut inbox, 2, false, "b")), (None, None));
        assert_eq!(running(&mut inbox).as_deref(), Some("a"));
        assert_eq!(running(&mut inbox), None);
        assert_eq!(inbox.ended(true), Some(1));
        assert_eq!(running(&mut inbox).as_deref(), Some("b"));
        assert_eq!(inbox.ended(false), None);
        assert!(!inbox.is_busy());
    }

    #[test]
    fn one_whose_acknowledgement_was_lost_is_acknowledged_and_not_processed_again() {
        let mut inbox = Inbox::default();
        arrive(&mut inbox, 1, false, "a");
        running(&mut inbox);
        inbox.ended(true);
        inbox.connection_lost();
        assert_eq!(arrive(&mut inbox, 9, true, "a"), Some(9));
        assert_eq!(running(&mut inbox), None);
    }

    #[test]
    fn one_that_still_runs_when_it_is_delivered_again_is_acknowledged_there() {
        let mut inbox = Inbox::default();
        arrive(&mut inbox, 1, false, "a");
        running(&mut inbox);
        inbox.connection_lost();
        assert_eq!(arrive(&mut inbox, 7, true, "a"), None);
        assert_eq!(inbox.ended(true), Some(7));
        assert_eq!(running(&mut inbox), None);
    }

    #[test]
    fn one_that_is_delivered_again_on_the_same_connection_is_processed_once() {
        let mut inbox = Inbox::default();
        arrive(&mut inbox, 1, false, "a");
        arrive(&mut inbox, 2, false, "b");
        running(&mut inbox);
        assert_eq!((arrive(&mut inbox, 3, true, "a"), arrive(&mut inbox, 4, true, "b")), (None, None));
        assert_eq!(inbox.ended(true), Some(3), "the lock of the first delivery is over");
        assert!(running(&mut inbox).is_some());
        assert_eq!(inbox.ended(true), Some(4));
        assert_eq!(running(&mut inbox), None);
    }

    #[test]
    fn one_that_failed_is_processed_again_on_the_next_connection() {
        let mut inbox = Inbox::default();
        arrive(&mut inbox, 1, false, "a");
        running(&mut inbox);
        inbox.ended(false);
        inbox.connection_lost();
        assert_eq!(arrive(&mut inbox, 1, true, "a"), None);
        assert_eq!(running(&mut inbox).as_deref(), Some("a"));
    }

    #[test]
    fn a_sender_may_send_the_same_twice_and_messages_without_ids_are_never_the_same() {
        let mut inbox = Inbox::default();
        for packet in [1, 2] {
            arrive(&mut inbox, packet, false, "a");
            assert!(running(&mut inbox).is_some());
            assert_eq!(inbox.ended(true), Some(packet));
        }
        inbox.connection_lost();
        let anonymous = |packet| Arrival { packet: Some(packet), again: true, print: None };
        for packet in [3, 4] {
            let work = Work::Message(CloudMessage::new("", Bytes::new()));
            assert_eq!(inbox.arrived(anonymous(packet), work), None);
            assert!(inbox.next().is_some());
            assert_eq!(inbox.ended(true), Some(packet));
        }
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut inbox = Inbox::default();
        for packet in 0..200 {
            arrive(&mut inbox, packet, false, &packet.to_string());
        }
        assert_eq!(inbox.waiting.len(), MOST_WAITING);
    }

    proptest! {
        /// A hub that keeps what is not acknowledged: nothing is lost, and nothing that was completed runs again.
        #[test]
        fn every_message_is_processed_to_its_success_exactly_once(
            steps in proptest::collection::vec((0..4u8, any::<bool>()), 0..80),
        ) {
            let (mut inbox, mut hub, mut packets) = (Inbox::default(), Vec::new(), 0);
            let (mut sent, mut succeeded, mut at_work) = (0, Vec::new(), None);
            let deliver = |inbox: &mut Inbox, hub: &mut Vec<(u32, u16)>| {
                let mut index = 0;
                while let Some((id, packet)) = hub.get(index).copied() {
                    let done = arrive(inbox, packet, true, &id.to_string());
                    if done == Some(packet) { hub.remove(index); } else { index += 1; }
                }
            };
            for (step, succeeds) in steps {
                match step {
                    0 => {
                        (sent, packets) = (sent + 1, packets + 1);
                        hub.push((sent, packets));
                        arrive(&mut inbox, packets, false, &sent.to_string());
                    }
                    1 => at_work = running(&mut inbox).or(at_work),
                    2 => if let Some(id) = at_work.take() {
                        let acknowledged = inbox.ended(succeeds);
                        hub.retain(|(_, packet)| acknowledged != Some(*packet));
                        if succeeds { succeeded.push(id); }
                    },
                    _ => {
                        inbox.connection_lost();
                        deliver(&mut inbox, &mut hub);
                    }
                }
            }
            for _ in 0..2 {
                if at_work.take().is_some_and(|id| { succeeded.push(id); true }) {
                    inbox.ended(true);
                }
                inbox.connection_lost();
                deliver(&mut inbox, &mut hub);
                while let Some(id) = running(&mut inbox) {
                    let acknowledged = inbox.ended(true);
                    hub.retain(|(_, packet)| acknowledged != Some(*packet));
                    succeeded.push(id);
                }
            }
            succeeded.sort_unstable_by_key(|id| id.parse::<u32>().unwrap());
            prop_assert_eq!(succeeded, (1..=sent).map(|id| id.to_string()).collect::<Vec<_>>());
            prop_assert!(hub.is_empty());
        }
    }
}
