//! The bridge to another broker, against a broker of the test's own that says when it acknowledges and when it goes.

#![allow(clippy::panic, reason = "a test says what failed by failing")]

mod support;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::BytesMut;
use device_model_hub::{Bridge, Hub};
use rumqttc::mqttbytes::v4::{ConnAck, ConnectReturnCode, Packet, PubAck, Publish};
use support::online;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const PATIENCE: Duration = Duration::from_secs(20);

/// The broker's end of a connection.
struct Peer {
    socket: TcpStream,
    incoming: BytesMut,
}

impl Peer {
    /// Takes the next connection of a bridge, which says this user name.
    async fn accept(listener: &TcpListener, user: &str) -> Self {
        let (socket, _) =
            tokio::time::timeout(PATIENCE, listener.accept()).await.expect("in time").expect("a connection");
        let mut peer = Self { socket, incoming: BytesMut::new() };
        match peer.receive().await {
            Packet::Connect(connect) => assert_eq!(connect.login.expect("a login").username, user),
            other => panic!("expected CONNECT, got {other:?}"),
        }
        peer.send(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))).await;
        peer
    }

    async fn receive(&mut self) -> Packet {
        loop {
            if let Ok(packet) = Packet::read(&mut self.incoming, 1 << 20) {
                return packet;
            }
            let read = self.socket.read_buf(&mut self.incoming);
            let count = tokio::time::timeout(PATIENCE, read).await.expect("in time").expect("bytes");
            assert!(count > 0, "the bridge closed the connection");
        }
    }

    /// The next message, not acknowledged yet.
    async fn publish(&mut self) -> Publish {
        loop {
            match self.receive().await {
                Packet::Publish(publish) => return publish,
                Packet::PingReq => self.send(Packet::PingResp).await,
                other => panic!("expected PUBLISH, got {other:?}"),
            }
        }
    }

    async fn send(&mut self, packet: Packet) {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, 1 << 20).expect("a small packet");
        self.socket.write_all(&bytes).await.expect("an open socket");
    }
}

async fn hub(dir: &std::path::Path, broker: SocketAddr) -> Hub {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let bridge = Bridge::parse(&format!("mqtt://me:secret@{broker}/site/a")).expect("a good address");
    let builder = Hub::builder().dir(dir).mqtt(free).http(free).https(free).bridge(bridge);
    builder.start().await.expect("a start")
}

#[tokio::test]
async fn what_a_broker_has_not_acknowledged_comes_again_after_a_lost_connection() {
    let dir = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let hub = hub(dir.path(), listener.local_addr().unwrap()).await;
    let mut peer = Peer::accept(&listener, "me").await;
    assert!(hub.wait_for_bridge(|status| status.connected).await);
    let mut device = online(&hub, "d1").await;
    let mut topics = Vec::new();
    // made, its twin, connected: what these are is not this test's concern
    device.publish("devices/d1/messages/events/%24.sub=sensor", "{\"n\":1}").await;
    let first = loop {
        let publish = peer.publish().await;
        topics.push(publish.topic.clone());
        peer.send(Packet::PubAck(PubAck::new(publish.pkid))).await;
        if publish.topic.contains("telemetry") {
            break publish;
        }
    };
    assert_eq!(first.topic, "site/a/d1/telemetry/sensor");
    assert_eq!(first.payload, "{\"n\":1}");
    assert!(topics.contains(&"site/a/d1/lifecycle".to_owned()), "{topics:?}");
    assert!(topics.contains(&"site/a/d1/connection".to_owned()), "{topics:?}");
    device.publish("devices/d1/messages/events/", "{\"n\":2}").await;
    assert_eq!(peer.publish().await.payload, "{\"n\":2}");
    drop(peer);
    assert!(hub.wait_for_bridge(|status| !status.connected && status.failures > 0).await);
    device.publish("devices/d1/messages/events/", "{\"n\":3}").await;
    let mut peer = Peer::accept(&listener, "me").await;
    for wanted in ["{\"n\":2}", "{\"n\":3}"] {
        let publish = peer.publish().await;
        assert_eq!(publish.payload, wanted);
        peer.send(Packet::PubAck(PubAck::new(publish.pkid))).await;
    }
    let all = topics.len() as u64 + 2;
    assert!(hub.wait_for_bridge(|status| status.published == all && status.missed == 0).await);
    let status = hub.bridge_status().unwrap();
    assert!(!format!("{status:?}").contains("secret"), "{status:?}");
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_message_that_the_broker_refuses_does_not_keep_the_others_from_coming() {
    let dir = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let hub = hub(dir.path(), listener.local_addr().unwrap()).await;
    let broker = tokio::spawn(async move {
        loop {
            let mut peer = Peer::accept(&listener, "me").await;
            loop {
                let publish = peer.publish().await;
                if publish.payload.len() > 1_000 {
                    // closed without a word, as brokers do it with what is larger than they take
                    break;
                }
                peer.send(Packet::PubAck(PubAck::new(publish.pkid))).await;
                if publish.payload == "last" {
                    return;
                }
            }
        }
    });
    assert!(hub.wait_for_bridge(|status| status.connected).await);
    let mut device = online(&hub, "d1").await;
    device.publish("devices/d1/messages/events/", &"x".repeat(2_000)).await;
    device.publish("devices/d1/messages/events/", "last").await;
    broker.await.unwrap();
    assert!(hub.wait_for_bridge(|status| status.refused == 1 && status.missed == 0).await);
    hub.shutdown().await.unwrap();
}
