//! One connection of a bridge, without its socket: packets in, packets out.
//!
//! Decides topics, packet ids and what is published again: everything that a former connection published and the broker
//! did not acknowledge, in order, so that each message comes once at least. A message that ends connection after
//! connection is left out, so that it does not keep the others from coming. Begin with [`Session::publish`].

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Connect, ConnectReturnCode, Packet, Publish};

use super::Bridge;
use crate::feed::{Item, Source};
use crate::state::modules::split_module;

/// Messages that may wait for their acknowledgement.
pub(super) const WINDOW: usize = 64;
/// In seconds.
pub(super) const KEEP_ALIVE: u16 = 30;
/// How often a message may end a connection, while nothing else is under way, before it is left out.
const TRIES: u32 = 3;
/// The longest name that becomes a level of a topic, in bytes: the names of components have 512 characters at most, and a
/// topic of some such levels is far below what MQTT can write.
const NAME_LIMIT: usize = 512;
/// What a level of a topic cannot hold.
const LEVEL: &AsciiSet = &CONTROLS.add(b'/').add(b'+').add(b'#').add(b'%');

/// A bridge's place in the stream, across its connections.
#[derive(Debug)]
pub(super) struct Session {
    prefix: String,
    /// The number of the message to publish next.
    pub(super) next: u64,
    /// What is not acknowledged, by packet id.
    waiting: BTreeMap<u16, u64>,
    last_packet: u16,
    /// What may have ended the last connection.
    suspect: Option<Suspect>,
}

/// A message that was the oldest without an acknowledgement when the broker closed the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Suspect {
    number: u64,
    /// How often it did so while it was alone under way.
    tries: u32,
}

impl Session {
    pub(super) fn new(bridge: &Bridge, next: u64) -> Self {
        Self { prefix: bridge.prefix.clone(), next, waiting: BTreeMap::new(), last_packet: 0, suspect: None }
    }

    /// A connection has ended, closed by the broker or otherwise: what has no acknowledgement is published again, the
    /// oldest alone at first. Answers the number of a message that is left out, as it is what the broker closes
    /// connections for.
    pub(super) fn lost(&mut self, by_broker: bool) -> Option<u64> {
        let was_alone = self.waiting.len() == 1;
        let oldest = self.waiting.values().copied().min()?;
        self.waiting.clear();
        self.next = oldest;
        let before =
            self.suspect.filter(|suspect| suspect.number == oldest).map_or(0, |suspect| suspect.tries);
        let tries = before + u32::from(was_alone && by_broker);
        self.suspect = Some(Suspect { number: oldest, tries });
        if tries < TRIES {
            return None;
        }
        self.skip(oldest);
        Some(oldest)
    }

    /// Leaves a message out.
    pub(super) fn skip(&mut self, number: u64) {
        self.waiting.retain(|_, waiting| *waiting != number);
        self.next = self.next.max(number + 1);
        self.suspect = None;
    }

    /// How many messages may be published before an acknowledgement comes.
    pub(super) fn room(&self) -> usize {
        let window = if self.suspect.is_some() { 1 } else { WINDOW };
        window.saturating_sub(self.waiting.len())
    }

    /// Whether the broker owes an acknowledgement.
    pub(super) fn is_owed(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The packet that publishes an item.
    pub(super) fn publish(&mut self, item: &Item) -> Packet {
        self.last_packet = self.last_packet.checked_add(1).unwrap_or(1);
        // the window is far smaller than the number of packet ids, so that this one is free again
        self.waiting.insert(self.last_packet, item.sequence);
        self.next = item.sequence + 1;
        let mut publish = Publish::new(topic(&self.prefix, item), QoS::AtLeastOnce, item.news.body.clone());
        publish.pkid = self.last_packet;
        Packet::Publish(publish)
    }

    /// A packet of the broker; answers how many messages it acknowledges. The error ends the connection.
    pub(super) fn handle(&mut self, packet: &Packet) -> Result<u64, String> {
        match packet {
            Packet::PubAck(ack) => {
                let taken = self.waiting.remove(&ack.pkid);
                // the broker takes messages: whichever was suspected, it is not refused
                self.suspect = self.suspect.filter(|suspect| taken != Some(suspect.number));
                Ok(u64::from(taken.is_some()))
            }
            Packet::PingResp => Ok(0),
            other => Err(format!("the broker sent what a publisher does not expect: {other:?}")),
        }
    }
}

/// The packet that opens a connection. Each has a name of its own, so that two bridges do not push each other out.
pub(super) fn connect(bridge: &Bridge, name: &str) -> Packet {
    let mut connect = Connect::new(name);
    connect.keep_alive = KEEP_ALIVE;
    connect.clean_session = true;
    if let Some((user, password)) = &bridge.login {
        connect.set_login(user.as_str(), password.as_str());
    }
    Packet::Connect(connect)
}

/// Whether the broker takes the connection.
pub(super) fn accepted(packet: &Packet) -> Result<(), String> {
    match packet {
        Packet::ConnAck(ack) if ack.code == ConnectReturnCode::Success => Ok(()),
        Packet::ConnAck(ack) => Err(format!("the broker refused the connection: {:?}", ack.code)),
        other => Err(format!("the broker answered the CONNECT with {other:?}")),
    }
}

/// `{prefix}/{device}[/modules/{module}]/{telemetry[/component]|twin|lifecycle|connection}`.
fn topic(prefix: &str, item: &Item) -> String {
    let level = |text: &str| {
        let begin = (0..=text.len().min(NAME_LIMIT)).rfind(|end| text.is_char_boundary(*end)).unwrap_or(0);
        utf8_percent_encode(&text[..begin], LEVEL).to_string()
    };
    let device = match split_module(&item.news.device) {
        Some((device, module)) => format!("{}/modules/{}", level(device), level(module)),
        None => level(&item.news.device),
    };
    let kind = match item.news.source {
        Source::Telemetry => match item.news.component() {
            Some(component) => format!("telemetry/{}", level(component)),
            None => "telemetry".to_owned(),
        },
        Source::Twin => "twin".to_owned(),
        Source::Lifecycle => "lifecycle".to_owned(),
        Source::Connection => "connection".to_owned(),
    };
    if prefix.is_empty() { format!("{device}/{kind}") } else { format!("{prefix}/{device}/{kind}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::News;
    use jiff::Timestamp;
    use rumqttc::mqttbytes::v4::PubAck;

    fn item(sequence: u64) -> Item {
        Item { sequence, at: Timestamp::UNIX_EPOCH, news: News::of(Source::Telemetry, "d1") }
    }

    fn session() -> Session {
        Session::new(&Bridge::parse("mqtt://localhost/p").unwrap(), 10)
    }

    fn packet_id(packet: &Packet) -> u16 {
        let Packet::Publish(publish) = packet else { panic!("not a PUBLISH: {packet:?}") };
        publish.pkid
    }

    #[test]
    fn what_is_not_acknowledged_is_published_again_from_the_oldest_on() {
        let mut session = session();
        let ids: Vec<u16> = (10..14).map(|sequence| packet_id(&session.publish(&item(sequence)))).collect();
        assert_eq!(session.handle(&Packet::PubAck(PubAck::new(ids[0]))), Ok(1));
        assert_eq!(session.handle(&Packet::PubAck(PubAck::new(ids[2]))), Ok(1));
        assert_eq!(session.handle(&Packet::PubAck(PubAck::new(ids[2]))), Ok(0));
        assert_eq!((session.next, session.room()), (14, WINDOW - 2));
        assert_eq!(session.lost(true), None);
        assert_eq!((session.next, session.room()), (11, 1), "the oldest goes alone at first");
        assert_eq!(session.lost(true), None);
        let again = packet_id(&session.publish(&item(11)));
        assert_eq!((session.next, session.room()), (12, 0));
        assert_eq!(session.handle(&Packet::PubAck(PubAck::new(again))), Ok(1));
        assert_eq!((session.next, session.room()), (12, WINDOW));
    }

    #[test]
    fn a_message_that_ends_connection_after_connection_is_left_out_and_no_other() {
        let mut session = session();
        (10..14).for_each(|number| drop(session.publish(&item(number))));
        assert_eq!(session.lost(true), None, "it may be any of the four");
        for _ in 1..TRIES {
            session.publish(&item(10));
            assert_eq!(session.lost(true), None);
        }
        session.publish(&item(10));
        assert_eq!(session.lost(false), None, "the network was lost, which is no message's fault");
        session.publish(&item(10));
        assert_eq!(session.lost(true), Some(10));
        assert_eq!((session.next, session.room()), (11, WINDOW));
        session.publish(&item(11));
        assert_eq!((session.lost(true), session.next), (None, 11));
    }

    #[test]
    fn packet_ids_are_never_nought() {
        let mut session = session();
        session.last_packet = u16::MAX;
        assert_eq!(packet_id(&session.publish(&item(10))), 1);
    }

    #[test]
    fn topics_say_device_and_kind_and_hold_no_wildcards() {
        let mut odd = item(1);
        odd.news.properties.insert("$.sub".to_owned(), "a/+#".to_owned());
        assert_eq!(topic("p/q", &odd), "p/q/d1/telemetry/a%2F%2B%23");
        let long = "/".repeat(70_000);
        odd.news.properties.insert("$.sub".to_owned(), long);
        assert_eq!(topic("p/q", &odd).len(), "p/q/d1/telemetry/".len() + 3 * NAME_LIMIT);
        odd.news.properties.insert("$.sub".to_owned(), "ä".repeat(NAME_LIMIT));
        assert_eq!(topic("p/q", &odd), format!("p/q/d1/telemetry/{}", "%C3%A4".repeat(NAME_LIMIT / 2)));
        odd.news.device = "d1/m1".to_owned();
        odd.news.source = Source::Twin;
        assert_eq!(topic("", &odd), "d1/modules/m1/twin");
    }

    #[test]
    fn a_broker_that_says_no_or_something_else_ends_the_connection() {
        use rumqttc::mqttbytes::v4::ConnAck;
        assert!(accepted(&Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))).is_ok());
        assert!(accepted(&Packet::ConnAck(ConnAck::new(ConnectReturnCode::NotAuthorized, false))).is_err());
        assert!(accepted(&Packet::PingResp).is_err());
        assert!(session().handle(&Packet::PingReq).is_err());
    }
}
