//! Bytes from the network to the state of the hub, without a socket: what the fuzz target drives.
//!
//! Built for fuzzing only. Begin with [`bytes_to_state`].

use bytes::BytesMut;
use jiff::{SignedDuration, Timestamp};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Connect, ConnectReturnCode, Packet, Publish, Subscribe};
use serde_json::json;

use crate::CloudToDevice;
use crate::mqtt::{Connection, End, Output, frame};
use crate::sas::{Key, sign};
use crate::state::{Enrollment, State};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
/// Longest text of a row in the log, in characters.
const LOG_TEXT: usize = 1000;

/// How a run begins and what it makes of the bytes.
struct Plan {
    /// The device is connected already.
    online: bool,
    /// Or it is being provisioned.
    registering: bool,
    tolerant: bool,
    /// The bytes are topics and bodies of well-formed messages, not packets.
    messages: bool,
    /// So many bytes come at a time.
    piece: usize,
}

/// Feeds a connection with bytes. Nothing may panic, every answer must be a packet, the log must stay small and must not
/// repeat a token, and the device must be gone in the end.
pub fn bytes_to_state(input: &[u8]) {
    let Some((first, bytes)) = input.split_first() else { return };
    let plan = Plan {
        online: first & 1 != 0,
        registering: first & 2 != 0,
        tolerant: first & 4 != 0,
        messages: first & 8 != 0,
        piece: usize::from(first >> 4) * 7 + 1,
    };
    let mut state = state(plan.tolerant);
    let mut connection = Connection::new(state.next_session());
    begin(&plan, &mut connection, &mut state);
    let clean = if plan.messages {
        feed_messages(bytes, &mut connection, &mut state)
    } else {
        feed_pieces(bytes, plan.piece, &mut connection, &mut state)
    };
    connection.close("over", clean, &mut state, NOW);
    check(&mut state);
}

/// A hub with a device that has everything there is: a twin, a message that waits, no keys of others.
fn state(tolerant: bool) -> State {
    let key = |text: &str| Key::parse(text).expect("base64 of 16 bytes");
    let enrollment = Enrollment {
        id_scope: "0ne1".to_owned(),
        primary: key("MDEyMzQ1Njc4OWFiY2RlZg=="),
        secondary: key("ZmVkY2JhOTg3NjU0MzIxMA=="),
    };
    let mut state = State::new(enrollment);
    state.tolerates_unknown_topics = tolerant;
    state.observed = true;
    state.create("d1", None, true, NOW).expect("a new device");
    state.send_message("d1", CloudToDevice::new("hello"), NOW).expect("an empty queue");
    state
}

fn begin(plan: &Plan, connection: &mut Connection, state: &mut State) {
    if !plan.online && !plan.registering {
        return;
    }
    let mut connect = Connect::new("d1");
    let key = state.device("d1").expect("it was made").record.primary.clone();
    let (user, resource) = if plan.online {
        ("h/d1/?api-version=2021-04-12", "h/devices/d1")
    } else {
        ("0ne1/registrations/d1/api-version=2019-03-31", "0ne1/registrations/d1")
    };
    connect.set_login(user, sign(resource, &key, 3600, None));
    let output = connection.handle(Packet::Connect(connect), state, NOW);
    assert!(matches!(&*output.send, [Packet::ConnAck(ack)] if ack.code == ConnectReturnCode::Success));
    if !plan.online {
        return;
    }
    for filter in ["$iothub/twin/res/#", "$iothub/methods/POST/#", "devices/d1/messages/devicebound/#"] {
        let subscribe = Subscribe { pkid: 1, ..Subscribe::new(filter, QoS::AtLeastOnce) };
        let _ = connection.handle(Packet::Subscribe(subscribe), state, NOW);
    }
    state.start_call("d1", None, "blink", Some(json!(1)), NOW).expect("it listens");
}

/// Packets from pieces of bytes, as a socket gives them; answers whether the end was clean.
fn feed_pieces(bytes: &[u8], piece: usize, connection: &mut Connection, state: &mut State) -> bool {
    let mut incoming = BytesMut::new();
    for (count, piece) in bytes.chunks(piece).enumerate() {
        incoming.extend_from_slice(piece);
        loop {
            match frame::read(&mut incoming, connection.is_new()) {
                Ok(None) => break,
                Ok(Some(packet)) => {
                    if let Some(end) = handle(packet, count, connection, state) {
                        return end == End::Clean;
                    }
                }
                Err(flaw) => {
                    flaw.answer().iter().for_each(write);
                    state.refuse(connection.name(), flaw.to_string(), NOW);
                    return false;
                }
            }
        }
    }
    false
}

/// Messages whose topics and bodies are the lines of a text; answers that the end was not clean.
fn feed_messages(bytes: &[u8], connection: &mut Connection, state: &mut State) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let mut count = 0;
    while let (Some(topic), Some(body)) = (lines.next(), lines.next()) {
        count += 1;
        let topic = String::from_utf8_lossy(topic).into_owned();
        let packet = Packet::Publish(Publish::new(topic, QoS::AtMostOnce, body));
        let mut bytes = BytesMut::new();
        if packet.write(&mut bytes, 1 << 20).is_err() {
            continue;
        }
        match frame::read(&mut bytes, false) {
            Ok(Some(packet)) => {
                if handle(packet, count, connection, state).is_some() {
                    return false;
                }
            }
            // a topic that nobody may publish to
            Ok(None) | Err(_) => {}
        }
    }
    false
}

fn handle(packet: Packet, seconds: usize, connection: &mut Connection, state: &mut State) -> Option<End> {
    let passed = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(0));
    let Output { send, late, end } = connection.handle(packet, state, NOW + passed);
    assert!(late.is_none(), "no fault was injected");
    send.iter().for_each(write);
    let _ = state.take_effects();
    if let Some(End::Refused(reason)) = &end {
        state.refuse(connection.name(), reason.clone(), NOW);
    }
    end
}

fn write(packet: &Packet) {
    frame::write(packet, &mut BytesMut::new()).expect("an answer is a packet");
}

fn check(state: &mut State) {
    let device = state.device("d1").expect("no device can delete itself");
    assert!(device.session.is_none(), "the connection is closed");
    for row in state.log() {
        assert!(row.message.chars().count() <= LOG_TEXT, "{}", row.message);
        assert!(!row.message.contains("SharedAccessSignature sr="), "{}", row.message);
    }
    for (key, bytes) in state.take_dirty(usize::MAX) {
        assert!(bytes.is_some(), "{key:?} has changed and is gone");
    }
}
