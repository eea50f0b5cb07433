//! Any bytes from the network to the local hub: through its frames and a connection into its state.
//!
//! The first byte says what the connection is (new, being provisioned, online), whether the bytes are packets or the topics
//! and bodies of messages, line by line, and in which pieces they come. Whatever they are, what the hub writes are packets,
//! its log is bounded and repeats no token, and the device can connect afterwards.
//!
//! From this folder: `cargo fuzz run --sanitizer none hub ../target/fuzz/hub seeds/hub`.
#![no_main]

use std::time::{Duration, SystemTime};

use bytes::BytesMut;
use device_model_hub::CloudToDevice;
use device_model_hub::cores::{Effect, HubCore};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Connect, ConnectReturnCode, Packet, Publish, Subscribe};
use serde_json::json;

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZg==";
/// Tokens signed with that key, good for an hour.
const DEVICE: (&str, &str) = (
    "h/d1/?api-version=2021-04-12",
    "SharedAccessSignature sr=h%2Fdevices%2Fd1&sig=YqAkAU6YjY3k70ZHkgCyvWU5jvMC0sBJvdmNJsKwv%2F4%3D&se=3600",
);
const REGISTRATION: (&str, &str) = (
    "0neCORES/registrations/d1/api-version=2019-03-31",
    "SharedAccessSignature sr=0neCORES%2Fregistrations%2Fd1&sig=o9A9n4y1FkCPTR%2F6jkFs3YuP%2Ba%2BEZJS%2FH4z51G9mZCQ%3D&se=3600",
);
/// Longest text of a row in the log, in characters.
const LOG_TEXT: usize = 1000;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let mut hub = HubCore::new("d1", KEY, SystemTime::UNIX_EPOCH).expect("a good id and key");
    if first & 4 != 0 {
        hub.tolerate_unknown_topics();
    }
    assert!(hub.send(Duration::ZERO, CloudToDevice::new("hello")));
    let link = hub.open();
    begin(&mut hub, link, *first);
    let piece = usize::from(first >> 4) * 7 + 1;
    let bytes = if first & 8 != 0 { messages(bytes) } else { bytes.to_vec() };
    for (second, piece) in (0..).zip(bytes.chunks(piece)) {
        hub.received(Duration::from_millis(second), link, piece);
        check(hub.effects());
    }
    hub.ended(Duration::from_secs(60), link, "over");
    for row in hub.log() {
        assert!(row.chars().count() <= LOG_TEXT, "{row}");
        assert!([DEVICE, REGISTRATION].iter().all(|(_, token)| !row.contains(token)), "{row}");
    }
    let link = hub.open();
    connect(&mut hub, link, DEVICE);
});

fn begin(hub: &mut HubCore, link: u64, first: u8) {
    if first & 1 != 0 {
        connect(hub, link, DEVICE);
        for filter in ["$iothub/twin/res/#", "$iothub/methods/POST/#", "devices/d1/messages/devicebound/#"] {
            let subscribe = Subscribe { pkid: 1, ..Subscribe::new(filter, QoS::AtLeastOnce) };
            send(hub, link, &Packet::Subscribe(subscribe));
        }
        hub.call(Duration::ZERO, "blink", json!(1)).expect("it listens");
    } else if first & 2 != 0 {
        connect(hub, link, REGISTRATION);
    }
    check(hub.effects());
}

fn connect(hub: &mut HubCore, link: u64, (user, token): (&str, &str)) {
    check(hub.effects());
    let mut connect = Connect::new("d1");
    connect.set_login(user, token);
    send(hub, link, &Packet::Connect(connect));
    let answers = check(hub.effects());
    let accepted = |packet: &Packet| matches!(packet, Packet::ConnAck(ack) if ack.code == ConnectReturnCode::Success);
    assert!(answers.iter().any(accepted), "{answers:?}");
}

fn send(hub: &mut HubCore, link: u64, packet: &Packet) {
    let mut bytes = BytesMut::new();
    packet.write(&mut bytes, 1 << 20).expect("a packet");
    hub.received(Duration::ZERO, link, &bytes);
}

/// Messages whose topics and bodies are the lines of a text, as bytes.
fn messages(text: &[u8]) -> Vec<u8> {
    let mut lines = text.split(|byte| *byte == b'\n');
    let mut bytes = BytesMut::new();
    while let (Some(topic), Some(body)) = (lines.next(), lines.next()) {
        let topic = String::from_utf8_lossy(topic);
        // one that is too long to be written is left out
        let _ = Packet::Publish(Publish::new(topic, QoS::AtMostOnce, body)).write(&mut bytes, 1 << 20);
    }
    bytes.to_vec()
}

/// What the hub writes is packets.
fn check(effects: Vec<Effect>) -> Vec<Packet> {
    let written = effects.into_iter().filter_map(|effect| match effect {
        Effect::Write { bytes, .. } => Some(BytesMut::from(&bytes[..])),
        _ => None,
    });
    written.map(|mut bytes| Packet::read(&mut bytes, 1 << 22).expect("a packet")).collect()
}
