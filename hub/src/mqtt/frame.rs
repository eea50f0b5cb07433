//! Bytes to packets and back: the codec with the strictness that it lacks.
//!
//! Decides what is refused before a packet is looked at: what only a server sends, wrong reserved bits,
//! trailing bytes, bad topics and filters. Begin with [`read`].

use bytes::BytesMut;
use rumqttc::mqttbytes::v4::{ConnAck, ConnectReturnCode, Packet};
use rumqttc::mqttbytes::{self, Error, QoS, valid_filter, valid_topic};

use super::strict::{self, Flaw};
use crate::topics::TOPIC_LIMIT;

/// The largest message IoT Hub takes: 256 KiB with its topic.
pub(crate) const MESSAGE_LIMIT: usize = 256 * 1024;
/// The largest packet read: a message and what MQTT puts around it.
const PACKET_LIMIT: usize = MESSAGE_LIMIT + 1024;
/// The largest CONNECT read: a will's message of 64 KiB, which is all that fits its length, and the other fields.
/// Whoever has not been let in yet takes no more memory than this.
const CONNECT_LIMIT: usize = 72 * 1024;

/// Why a connection ends on the wire's account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WireError {
    #[error("a packet of {0} bytes is larger than the limit of {MESSAGE_LIMIT}")]
    TooLarge(usize),
    #[error("this is not MQTT (a connection must begin with CONNECT): {0}")]
    NotMqtt(String),
    #[error("malformed packet: {0}")]
    Malformed(String),
    #[error(
        "the client speaks another version of MQTT (level {0}): IoT Hub's endpoint is MQTT 3.1.1 (level 4)"
    )]
    Version(u8),
}

impl WireError {
    /// What the client is told before the connection ends.
    pub(crate) fn answer(&self) -> Option<Packet> {
        let code = ConnectReturnCode::RefusedProtocolVersion;
        matches!(self, Self::Version(_)).then(|| Packet::ConnAck(ConnAck::new(code, false)))
    }
}

/// Takes the next whole packet from `buffer`, if there is one. `first` asks for a CONNECT.
pub(crate) fn read(buffer: &mut BytesMut, first: bool) -> Result<Option<Packet>, WireError> {
    let Some(&head) = buffer.first() else {
        return Ok(None);
    };
    if first && head != 0x10 {
        let start = String::from_utf8_lossy(buffer.get(..buffer.len().min(16)).unwrap_or_default());
        return Err(WireError::NotMqtt(format!("{start:?}")));
    }
    check_head(head)?;
    let limit = if first { CONNECT_LIMIT } else { PACKET_LIMIT };
    if first && let Ok(header) = mqttbytes::check(buffer.iter(), limit) {
        check_connect(buffer.get(..header.frame_length()).unwrap_or_default())?;
    }
    let before = buffer.len();
    let packet = match Packet::read(buffer, limit) {
        Ok(packet) => packet,
        Err(Error::InsufficientBytes(_)) => return Ok(None),
        Err(Error::PayloadSizeLimitExceeded(size)) if !first => return Err(WireError::TooLarge(size)),
        Err(error) if first => return Err(WireError::NotMqtt(error.to_string())),
        Err(error) => return Err(WireError::Malformed(error.to_string())),
    };
    check(&packet, before - buffer.len())?;
    Ok(Some(packet))
}

/// [`read`] for whoever registers: before it has shown who it is, it takes no more memory than with its CONNECT.
pub(crate) fn read_registering(buffer: &mut BytesMut) -> Result<Option<Packet>, WireError> {
    match mqttbytes::check(buffer.iter(), CONNECT_LIMIT) {
        Err(Error::PayloadSizeLimitExceeded(size)) => Err(WireError::Malformed(format!(
            "a packet of {size} bytes, more than the {CONNECT_LIMIT} that a registration may have"
        ))),
        _ => read(buffer, false),
    }
}

/// Appends a packet to `buffer`.
pub(crate) fn write(packet: &Packet, buffer: &mut BytesMut) -> Result<(), WireError> {
    // the codec would write the low bits of a longer length, and the device would read something else
    if let Packet::Publish(publish) = packet
        && publish.topic.len() > TOPIC_LIMIT
    {
        let length = publish.topic.len();
        let reason = format!("an answer would need a topic of {length} bytes: use a shorter $rid");
        return Err(WireError::Malformed(reason));
    }
    // methods and twins stay far below this; it guards the writer against its own mistakes
    packet.write(buffer, 2 * PACKET_LIMIT).map(drop).map_err(|error| WireError::Malformed(error.to_string()))
}

/// Looks at a whole CONNECT before the codec does.
fn check_connect(frame: &[u8]) -> Result<(), WireError> {
    // the length takes bytes as long as their highest bit is set
    let length = 1 + frame.iter().skip(1).take_while(|byte| **byte & 0x80 != 0).count() + 1;
    strict::check_connect(frame.get(length..).unwrap_or_default()).map_err(|flaw| match flaw {
        Flaw::Level(level) => WireError::Version(level),
        Flaw::Malformed(reason) => WireError::NotMqtt(reason.to_owned()),
    })
}

/// Only what a client sends, with the reserved bits the standard asks for.
fn check_head(head: u8) -> Result<(), WireError> {
    let (kind, flags) = (head >> 4, head & 0x0f);
    let fits = match kind {
        3 => flags & 0b0110 != 0b0110 && (flags & 0b0110 != 0 || flags & 0b1000 == 0),
        1 | 4 | 5 | 7 | 12 | 14 => flags == 0,
        6 | 8 | 10 => flags == 2,
        _ => {
            return Err(WireError::Malformed(format!("a client does not send packets of type {kind}")));
        }
    };
    if fits { Ok(()) } else { Err(WireError::Malformed(format!("wrong flags in packet type {kind}"))) }
}

fn check(packet: &Packet, length: usize) -> Result<(), WireError> {
    let malformed = |text: &str| Err(WireError::Malformed(text.to_owned()));
    match packet {
        Packet::Publish(publish) => {
            let topic = &publish.topic;
            if topic.is_empty() || topic.contains('\0') || !valid_topic(topic) {
                return malformed("a topic is empty or has a wildcard");
            }
            if publish.payload.len() + topic.len() > MESSAGE_LIMIT {
                return Err(WireError::TooLarge(publish.payload.len() + topic.len()));
            }
            Ok(())
        }
        Packet::Subscribe(subscribe) => {
            if subscribe.pkid == 0 || subscribe.size() != length {
                return malformed("SUBSCRIBE has no packet id or trailing bytes");
            }
            let bad = |path: &str| path.is_empty() || path.contains('\0') || !valid_filter(path);
            if subscribe.filters.iter().any(|filter| bad(&filter.path)) {
                return malformed("a filter is not valid");
            }
            Ok(())
        }
        Packet::Unsubscribe(unsubscribe) => {
            let bad = |path: &String| path.is_empty() || path.contains('\0') || !valid_filter(path);
            if unsubscribe.pkid == 0 || unsubscribe.topics.is_empty() || unsubscribe.topics.iter().any(bad) {
                return malformed("UNSUBSCRIBE has no packet id or a filter that is not valid");
            }
            Ok(())
        }
        Packet::PubAck(ack) if ack.pkid == 0 || length != 4 => {
            malformed("PUBACK has no packet id or trailing bytes")
        }
        Packet::PingReq | Packet::Disconnect if length != 2 => malformed("a packet without content has some"),
        Packet::Connect(connect) => match &connect.last_will {
            Some(will) if will.qos == QoS::ExactlyOnce || !valid_topic(&will.topic) => {
                malformed("the will's topic or QoS is not valid")
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rumqttc::mqttbytes::v4::{Connect, Publish};

    fn bytes(packet: &Packet) -> BytesMut {
        let mut buffer = BytesMut::new();
        packet.write(&mut buffer, 1 << 21).unwrap();
        buffer
    }

    #[test]
    fn waits_for_a_whole_packet() {
        let whole = bytes(&Packet::Connect(Connect::new("d1")));
        let mut part = BytesMut::from(&whole[..5]);
        assert_eq!(read(&mut part, true), Ok(None));
        part.extend_from_slice(&whole[5..]);
        assert!(matches!(read(&mut part, true), Ok(Some(Packet::Connect(_)))));
        assert!(part.is_empty());
    }

    #[test]
    fn refuses_what_the_codec_alone_would_take() {
        let cases: [(&str, &[u8]); 15] = [
            ("server-only packet", &[0x20, 2, 0, 0]),
            ("SUBSCRIBE flags", &[0x80, 6, 0, 1, 0, 1, b'a', 0]),
            ("SUBSCRIBE packet id 0", &[0x82, 6, 0, 0, 0, 1, b'a', 0]),
            ("wildcard topic", &[0x30, 4, 0, 1, b'#', b'x']),
            ("DUP at QoS 0", &[0x38, 4, 0, 1, b'a', b'x']),
            ("PINGREQ with a body", &[0xc0, 1, 0]),
            ("DISCONNECT with a body", &[0xe0, 1, 0]),
            ("PUBACK packet id 0", &[0x40, 2, 0, 0]),
            ("PUBACK with a reason, as in MQTT 5", &[0x40, 3, 0, 1, 0]),
            ("an empty filter", &[0x82, 5, 0, 1, 0, 0, 0]),
            ("a filter with # in its middle", &[0x82, 10, 0, 1, 0, 5, b'a', b'/', b'#', b'/', b'b', 0]),
            ("UNSUBSCRIBE without a filter", &[0xa2, 2, 0, 1]),
            ("UNSUBSCRIBE packet id 0", &[0xa2, 5, 0, 0, 0, 1, b'a']),
            ("PUBLISH packet id 0", &[0x32, 5, 0, 1, b'a', 0, 0]),
            ("a topic longer than its packet", &[0x30, 3, 0, 9, b'a']),
        ];
        for (name, bytes) in cases {
            assert!(read(&mut BytesMut::from(bytes), false).is_err(), "{name}");
        }
    }

    #[test]
    fn a_connect_may_be_as_large_as_a_will_needs_and_no_larger() {
        // what is announced decides: nobody waits for the bytes
        let announced = |length: usize| {
            let [low, high] = [length % 128, length / 128 % 128].map(|part| part as u8 | 0x80);
            BytesMut::from(&[0x10, low, high, (length / 128 / 128) as u8][..])
        };
        assert_eq!(read(&mut announced(CONNECT_LIMIT), true), Ok(None));
        assert!(matches!(read(&mut announced(CONNECT_LIMIT + 1), true), Err(WireError::NotMqtt(_))));
    }

    #[test]
    fn who_registers_may_send_no_larger_packets_than_with_its_connect() {
        let register = |size| {
            let topic = "$dps/registrations/PUT/iotdps-register/?$rid=1";
            bytes(&Packet::Publish(Publish::new(topic, QoS::AtMostOnce, vec![b'x'; size])))
        };
        assert!(matches!(read_registering(&mut register(64 * 1024)), Ok(Some(Packet::Publish(_)))));
        let mut large = register(CONNECT_LIMIT);
        large.truncate(5);
        assert!(matches!(read_registering(&mut large), Err(WireError::Malformed(_))));
    }

    #[test]
    fn another_version_of_mqtt_is_answered_as_the_standard_asks() {
        let mut connect = BytesMut::from(&b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x00"[..]);
        let error = read(&mut connect, true).unwrap_err();
        let code = ConnectReturnCode::RefusedProtocolVersion;
        assert_eq!(error.answer(), Some(Packet::ConnAck(ConnAck::new(code, false))));
        assert_eq!(WireError::TooLarge(1).answer(), None);
    }

    #[test]
    fn names_the_size_of_a_message_that_is_too_large() {
        let publish = Publish::new("devices/d1/messages/events/", QoS::AtMostOnce, vec![0; 300 * 1024]);
        let error = read(&mut bytes(&Packet::Publish(publish)), false);
        assert!(matches!(error, Err(WireError::TooLarge(_))), "{error:?}");
    }

    #[test]
    fn a_topic_that_its_length_cannot_name_is_not_written() {
        let publish =
            |length: usize| Packet::Publish(Publish::new("t".repeat(length), QoS::AtMostOnce, vec![1]));
        let mut buffer = BytesMut::new();
        assert!(write(&publish(TOPIC_LIMIT + 1), &mut buffer).is_err());
        assert!(buffer.is_empty());
        assert_eq!(write(&publish(TOPIC_LIMIT), &mut buffer), Ok(()));
        assert!(matches!(read(&mut buffer, false), Ok(Some(Packet::Publish(_)))));
    }

    #[test]
    fn says_that_http_is_not_mqtt() {
        let error = read(&mut BytesMut::from(&b"GET / HTTP/1.1\r\n"[..]), true).unwrap_err();
        assert!(error.to_string().contains("GET / HTTP"), "{error}");
    }

    proptest! {
        #[test]
        fn reading_never_panics(mut input: Vec<u8>, first: bool) {
            let mut buffer = BytesMut::from(&input[..]);
            let _ = read(&mut buffer, first);
            input.insert(0, 0x30);
            let _ = read(&mut BytesMut::from(&input[..]), false);
        }
    }
}
