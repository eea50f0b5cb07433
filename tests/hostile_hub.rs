//! A hub that sends what no hub should, before and within real TLS, before and after a good greeting: the device neither
//! panics nor ends, and sends to the first hub that behaves.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use device_model::{Connection, Device as _, State, device_model};
use environmental_sensor::Telemetry;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rumqttc::mqttbytes::v4::{
    ConnAck, ConnectReturnCode, Packet, PubAck, Publish, SubAck, SubscribeReasonCode,
};
use rumqttc::mqttbytes::{Error as Unreadable, QoS};
use rustls::pki_types::PrivateKeyDer;
use support::PATIENCE;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

#[device_model("models/environmental_sensor.json", unhandled = 501)]
struct EnvironmentalSensor;

impl environmental_sensor::Commands for EnvironmentalSensor {}

impl environmental_sensor::Properties for EnvironmentalSensor {}

/// What a hostile hub sends, and when.
enum Attack {
    /// Instead of TLS.
    BeforeTls(Vec<u8>),
    /// Instead of CONNACK.
    AtConnect(Vec<u8>),
    /// After SUBACK.
    Later(Vec<u8>),
}

fn publish(topic: &str, qos: QoS, body: &[u8]) -> Vec<u8> {
    let mut publish = Publish::new(topic, qos, body);
    publish.pkid = 7;
    let mut bytes = BytesMut::new();
    publish.write(&mut bytes).unwrap();
    bytes.to_vec()
}

fn attacks() -> Vec<Attack> {
    let packets: &[&[u8]] = &[
        b"GET / HTTP/1.1\r\n\r\n",
        &[0; 64],
        &[0xff; 64],
        // PUBLISH with a length of 256 MiB, and with a length that has no end
        &[0x30, 0xff, 0xff, 0xff, 0x7f],
        &[0x30, 0xff, 0xff, 0xff, 0xff, 0xff],
        // a topic longer than its packet, one that is not UTF-8, QoS 3, packet id 0
        &[0x30, 4, 0xff, 0xff, b'a', b'b'],
        &[0x30, 4, 0, 2, 0xff, 0xfe],
        &[0x36, 5, 0, 1, b'a', 0, 1],
        &[0x32, 5, 0, 1, b'a', 0, 0],
        // packets that only a client sends, or that have no place here
        &[0x10, 12, 0, 4, b'M', b'Q', b'T', b'T', 4, 2, 0, 60, 0, 0],
        &[0xe0, 0],
        &[0x82, 6, 0, 1, 0, 1, b'#', 0],
        // acknowledgements of nothing, too short, too long
        &[0x40, 2, 0x12, 0x34],
        &[0x40, 0],
        &[0x40, 3, 0, 0, 0],
        &[0x90, 3, 0, 9, 0x80],
        &[0x20, 2, 0, 5],
        &[0xd0, 5, 1, 2, 3, 4, 5],
    ];
    let topics = [
        "",
        "/",
        "$iothub/methods/POST/",
        "$iothub/methods/POST//?$rid=",
        "$iothub/methods/POST/blink",
        "$iothub/methods/POST/blink/?$rid=%00&$rid=2",
        "$iothub/methods/POST/sensor*blink*blink/?$rid=1",
        "$iothub/twin/res/200/?$rid=18446744073709551616",
        "$iothub/twin/res/99999/?$rid=1",
        "$iothub/twin/res/-1/?$rid=1",
        "$iothub/twin/PATCH/properties/desired/?$version=-9223372036854775809",
        "$iothub/twin/PATCH/properties/desired/?$version=1",
        "$dps/registrations/res/200/?$rid=1",
        "devices/d1/messages/devicebound/%24.mid=%",
        "devices/d1/messages/devicebound/a&&=&%24",
    ];
    let deep = "[".repeat(100_000);
    let bodies: [&[u8]; 5] =
        [b"", b"\xff\xfe", b"{\"brightness\":{\"value\":{}},\"$version\":\"x\"}", b"null", deep.as_bytes()];
    let mut attacks =
        vec![Attack::BeforeTls(vec![0xff; 100]), Attack::BeforeTls(vec![0x16, 3, 3, 0xff, 0xff])];
    attacks.extend(packets.iter().map(|bytes| Attack::AtConnect(bytes.to_vec())));
    attacks.extend(packets.iter().map(|bytes| Attack::Later(bytes.to_vec())));
    for topic in topics {
        let all = bodies.iter().map(|body| publish(topic, QoS::AtLeastOnce, body));
        attacks.push(Attack::Later(all.flatten().collect()));
    }
    attacks
}

/// The hub's end of a connection.
struct Peer {
    stream: TlsStream<TcpStream>,
    incoming: BytesMut,
}

impl Peer {
    async fn next(&mut self) -> Option<Packet> {
        loop {
            match Packet::read(&mut self.incoming, 1 << 20) {
                Ok(packet) => return Some(packet),
                Err(Unreadable::InsufficientBytes(_)) => {}
                Err(error) => panic!("the device wrote junk: {error}"),
            }
            if self.stream.read_buf(&mut self.incoming).await.ok()? == 0 {
                return None;
            }
        }
    }

    /// The device may have hung up.
    async fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
        let _ = self.stream.flush().await;
    }

    async fn send_packet(&mut self, packet: Packet) {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, 1 << 20).unwrap();
        self.send(&bytes).await;
    }

    /// CONNECT has come; up to SUBACK.
    async fn greet(&mut self) {
        self.send_packet(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))).await;
        let Some(Packet::Subscribe(subscribe)) = self.next().await else { panic!("no SUBSCRIBE") };
        let granted =
            subscribe.filters.iter().map(|filter| SubscribeReasonCode::Success(filter.qos)).collect();
        self.send_packet(Packet::SubAck(SubAck::new(subscribe.pkid, granted))).await;
    }
}

/// Takes one connection and attacks it; then hangs up, after what the device has to say to it.
async fn attack(listener: &TcpListener, tls: &TlsAcceptor, attack: Attack) {
    let (mut socket, _) = timeout(PATIENCE, listener.accept()).await.expect("it comes back").unwrap();
    if let Attack::BeforeTls(bytes) = &attack {
        return socket.write_all(bytes).await.unwrap();
    }
    let mut peer = Peer { stream: tls.accept(socket).await.unwrap(), incoming: BytesMut::new() };
    assert!(matches!(peer.next().await, Some(Packet::Connect(_))));
    match attack {
        Attack::BeforeTls(_) => {}
        Attack::AtConnect(bytes) => peer.send(&bytes).await,
        Attack::Later(bytes) => {
            peer.greet().await;
            // the twin's request comes: the device is in the middle of its work
            peer.next().await;
            peer.send(&bytes).await;
        }
    }
    let _ = peer.stream.shutdown().await;
    while peer.next().await.is_some() {}
}

#[tokio::test]
async fn a_device_outlives_whatever_a_hostile_hub_sends() {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let (tls, listener) =
        (TlsAcceptor::from(Arc::new(config)), TcpListener::bind(("127.0.0.1", 0)).await.unwrap());
    let port = listener.local_addr().unwrap().port();
    let text = format!("HostName=localhost:{port};DeviceId=d1;SharedAccessKey=QUJD");
    let connection = Connection::from_connection_string(&text).unwrap();
    let connection = connection.with_ca_pem(cert.pem().as_bytes()).unwrap();
    let connection = connection.with_backoff(Duration::from_millis(1), Duration::from_millis(5));
    let client = EnvironmentalSensor.connect(connection).await.unwrap();

    for one in attacks() {
        attack(&listener, &tls, one).await;
        assert!(!matches!(client.state(), State::Closed));
    }
    let (socket, _) = timeout(PATIENCE, listener.accept()).await.expect("it comes back").unwrap();
    let mut peer = Peer { stream: tls.accept(socket).await.unwrap(), incoming: BytesMut::new() };
    assert!(matches!(peer.next().await, Some(Packet::Connect(_))));
    peer.greet().await;
    let delivery = client.enqueue(Telemetry { temp: Some(1.0), humid: None }).await.unwrap();
    loop {
        match timeout(PATIENCE, peer.next()).await.expect("in time") {
            Some(Packet::Publish(publish)) if publish.topic.starts_with("devices/d1/messages/events/") => {
                peer.send_packet(Packet::PubAck(PubAck::new(publish.pkid))).await;
                break;
            }
            Some(_) => {}
            None => panic!("the device hung up on a hub that behaves"),
        }
    }
    timeout(PATIENCE, delivery).await.expect("in time").unwrap();
    let counters = client.counters();
    assert_eq!((counters.acknowledged, counters.queued, counters.rejected), (1, 0, 0));
}
