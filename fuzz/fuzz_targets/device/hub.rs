//! The far end: a hub and a provisioning service that go astray at a given point, and then come to their right mind.

use bytes::BytesMut;
use device_model_runtime::{Endpoint, Opening, Stream, Transport};
use rumqttc::mqttbytes::v4::{
    ConnAck, ConnectReturnCode, Packet, PubAck, Publish, SubAck, SubscribeReasonCode,
};
use rumqttc::mqttbytes::{Error, QoS};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;

const LARGEST: usize = 1 << 20;

/// What a connection is for.
#[derive(Clone, Copy, PartialEq)]
pub enum Service {
    Provisioning,
    Hub,
}

/// A transport whose far ends the hub holds.
pub struct Pipes(mpsc::Sender<DuplexStream>);

impl Transport for Pipes {
    fn open<'a>(&'a self, _: &'a Endpoint) -> Opening<'a> {
        Box::pin(async {
            let (near, far) = duplex(64 * 1024);
            self.0
                .send(far)
                .await
                .map_err(|_| std::io::Error::from(std::io::ErrorKind::ConnectionRefused))?;
            Ok(Box::new(near) as Box<dyn Stream>)
        })
    }
}

impl Pipes {
    pub fn new() -> (Self, Hub) {
        let (sender, receiver) = mpsc::channel(1);
        (Self(sender), Hub(receiver))
    }
}

/// Where the device's connections arrive.
pub struct Hub(mpsc::Receiver<DuplexStream>);

impl Hub {
    /// The next connection; `None` when the device has been closed.
    async fn next(&mut self) -> Option<Peer> {
        let stream = self.0.recv().await?;
        Some(Peer { stream, incoming: BytesMut::new() })
    }

    /// Serves the device's first connection as a service of that kind does until `stage`, and then sends junk.
    pub async fn misbehave(&mut self, service: Service, stage: u8, junk: &[u8]) {
        let mut peer = self.next().await.expect("a device connects");
        match stage % 4 {
            0 => {}
            1 => peer.serve_until(|packet| matches!(packet, Packet::Connect(_))).await,
            2 => peer.serve_until(|packet| matches!(packet, Packet::Subscribe(_))).await,
            _ => {
                let first = |packet: &Packet| matches!(packet, Packet::Publish(_));
                match service {
                    Service::Hub => peer.serve_until(first).await,
                    // an answer to the registration would be the end of it
                    Service::Provisioning => {
                        peer.serve_until(|packet| matches!(packet, Packet::Subscribe(_))).await;
                        peer.next().await;
                    }
                }
            }
        }
        if stage & 0x40 == 0 {
            peer.write(junk).await;
        } else {
            peer.publishes(junk).await;
        }
        // the device may answer; it may not wait for ever
        peer.end().await;
    }

    /// Serves every connection until the device has been closed.
    pub async fn serve(&mut self) {
        while let Some(mut peer) = self.next().await {
            peer.serve_until(|_| false).await;
        }
    }
}

/// The far end of one connection.
struct Peer {
    stream: DuplexStream,
    incoming: BytesMut,
}

impl Peer {
    /// Answers packets until one has been answered that is `last`, or the device hangs up.
    async fn serve_until(&mut self, last: impl Fn(&Packet) -> bool) {
        while let Some(packet) = self.next().await {
            if let Some(answer) = answer(&packet) {
                self.send(&answer).await;
            }
            if last(&packet) {
                return;
            }
        }
    }

    async fn next(&mut self) -> Option<Packet> {
        loop {
            match Packet::read(&mut self.incoming, LARGEST) {
                Ok(packet) => return Some(packet),
                Err(Error::InsufficientBytes(_)) => {
                    if self.stream.read_buf(&mut self.incoming).await.unwrap_or(0) == 0 {
                        return None;
                    }
                }
                Err(error) => panic!("the device wrote junk: {error}"),
            }
        }
    }

    async fn send(&mut self, packet: &Packet) {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, LARGEST).expect("a small packet");
        self.write(&bytes).await;
    }

    /// A device that has hung up does not read any more.
    async fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Publishes at either QoS: topic, zero, payload, zero, topic and so on.
    async fn publishes(&mut self, text: &[u8]) {
        let mut parts = text.split(|byte| *byte == 0);
        while let (Some(topic), Some(payload)) = (parts.next(), parts.next()) {
            let (qos, pkid) = match payload.len() % 2 {
                0 => (QoS::AtMostOnce, 0),
                _ => (QoS::AtLeastOnce, 7),
            };
            let mut publish = Publish::new(String::from_utf8_lossy(topic), qos, payload);
            publish.pkid = pkid;
            let mut bytes = BytesMut::new();
            if Packet::Publish(publish).write(&mut bytes, LARGEST).is_ok() {
                self.write(&bytes).await;
            }
        }
    }

    /// Reads what the device still says for as long as it takes to be done with everything, then leaves it.
    async fn end(mut self) {
        let silent = std::time::Duration::from_secs(10);
        while let Ok(Some(_)) = tokio::time::timeout(silent, self.next()).await {}
    }
}

fn answer(packet: &Packet) -> Option<Packet> {
    match packet {
        Packet::Connect(_) => Some(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))),
        Packet::Subscribe(subscribe) => {
            let granted = subscribe.filters.iter().map(|filter| SubscribeReasonCode::Success(filter.qos));
            Some(Packet::SubAck(SubAck::new(subscribe.pkid, granted.collect())))
        }
        Packet::PingReq => Some(Packet::PingResp),
        Packet::Publish(publish) if publish.topic.starts_with("devices/") => {
            Some(Packet::PubAck(PubAck::new(publish.pkid)))
        }
        Packet::Publish(publish) => publish_answer(&publish.topic),
        _ => None,
    }
}

fn publish_answer(topic: &str) -> Option<Packet> {
    let (_, id) = topic.split_once("$rid=")?;
    let (topic, body) = if topic.starts_with("$iothub/twin/GET/") {
        let twin = r#"{"desired":{"brightness":1,"$version":1},"reported":{"$version":1}}"#;
        (format!("$iothub/twin/res/200/?$rid={id}"), twin)
    } else if topic.starts_with("$iothub/twin/PATCH/properties/reported/") {
        (format!("$iothub/twin/res/204/?$rid={id}&$version=2"), "")
    } else if topic.starts_with("$dps/") {
        let id = id.split('&').next()?;
        let assigned = r#"{"status":"assigned","registrationState":{"assignedHub":"h","deviceId":"lamp"}}"#;
        (format!("$dps/registrations/res/200/?$rid={id}"), assigned)
    } else {
        return None;
    };
    Some(Packet::Publish(Publish::new(topic, QoS::AtMostOnce, body)))
}
