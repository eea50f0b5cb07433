//! The scripted hub: takes the device's pipes, speaks packets.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use rumqttc::mqttbytes;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{
    ConnAck, Connect, ConnectReturnCode, Packet, PubAck, Publish, SubAck, SubscribeReasonCode,
};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;

use super::super::transport::{Opening, Stream, Transport};
use super::super::{now, start_on};
use crate::client::Client;
use crate::connection::{Connection, Endpoint};
use crate::device::Device;
use crate::json::Json;

/// A transport whose far ends the test holds.
struct Pipes(mpsc::Sender<(String, DuplexStream)>);

impl Transport for Pipes {
    fn open<'a>(&'a self, endpoint: &'a Endpoint) -> Opening<'a> {
        Box::pin(async move {
            let (near, far) = duplex(8 * 1024);
            let refused = |_| io::Error::from(io::ErrorKind::ConnectionRefused);
            self.0.send((endpoint.to_string(), far)).await.map_err(refused)?;
            Ok(Box::new(near) as Box<dyn Stream>)
        })
    }
}

/// Where the device's connections arrive.
pub(super) struct Hub(mpsc::Receiver<(String, DuplexStream)>);

pub(super) fn connection() -> Connection {
    Connection::from_connection_string("HostName=hub.example;DeviceId=d;SharedAccessKey=QUJD").unwrap()
}

pub(super) fn start<D: Device>(device: D, connection: Connection) -> (Client, Hub) {
    let (sender, receiver) = mpsc::channel(1);
    (start_on(device, connection, Arc::new(Pipes(sender))).unwrap(), Hub(receiver))
}

impl Hub {
    /// The next connection and where it wanted to go.
    pub(super) async fn next(&mut self) -> (String, Peer) {
        let (endpoint, stream) = self.0.recv().await.unwrap();
        (endpoint, Peer::new(stream))
    }

    /// The next connection, greeted, with this desired document.
    pub(super) async fn serve(&mut self, desired: Json) -> Peer {
        self.serve_twin(desired, json!({ "$version": 1 })).await
    }

    /// The next connection, greeted, with both documents of the twin.
    pub(super) async fn serve_twin(&mut self, desired: Json, reported: Json) -> Peer {
        let (_, mut peer) = self.next().await;
        peer.greet().await;
        peer.twin_of(desired, reported).await;
        peer
    }
}

/// The far end of one connection.
pub(super) struct Peer {
    stream: Box<dyn Stream>,
    buffer: BytesMut,
}

impl Peer {
    pub(super) fn new(stream: impl Stream + 'static) -> Self {
        Self { stream: Box::new(stream), buffer: BytesMut::new() }
    }

    /// The next packet but pings, which are answered; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Packet> {
        loop {
            match Packet::read(&mut self.buffer, 1 << 20) {
                Ok(Packet::PingReq) => self.send(Packet::PingResp).await,
                Ok(packet) => return Some(packet),
                Err(mqttbytes::Error::InsufficientBytes(_)) => {
                    if self.stream.read_buf(&mut self.buffer).await.unwrap() == 0 {
                        return None;
                    }
                }
                Err(error) => panic!("the device wrote junk: {error}"),
            }
        }
    }

    pub(super) async fn send(&mut self, packet: Packet) {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, 1 << 20).unwrap();
        // A device that has hung up does not read any more.
        let _ = self.stream.write_all(&bytes).await;
        let _ = self.stream.flush().await;
    }

    pub(super) async fn connect(&mut self) -> Connect {
        match self.next().await {
            Some(Packet::Connect(connect)) => connect,
            other => panic!("not a CONNECT: {other:?}"),
        }
    }

    pub(super) async fn publish(&mut self) -> Publish {
        match self.next().await {
            Some(Packet::Publish(publish)) => publish,
            other => panic!("not a PUBLISH: {other:?}"),
        }
    }

    pub(super) async fn refuse(&mut self) {
        self.connect().await;
        self.send(Packet::ConnAck(ConnAck::new(ConnectReturnCode::NotAuthorized, false))).await;
    }

    /// Assigns this hub and device to whoever registers; who connected, and the body of the registration.
    pub(super) async fn assign(&mut self, hub: &str, device_id: &str) -> (Connect, Json) {
        let connect = self.connect().await;
        self.send(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))).await;
        let Some(Packet::Subscribe(subscribe)) = self.next().await else { panic!("not a SUBSCRIBE") };
        let granted = vec![SubscribeReasonCode::Success(QoS::AtLeastOnce)];
        self.send(Packet::SubAck(SubAck::new(subscribe.pkid, granted))).await;
        let register = self.publish().await;
        let state = json!({ "assignedHub": hub, "deviceId": device_id, "payload": { "zone": "a" } });
        let assigned = json!({ "status": "assigned", "registrationState": state });
        self.tell("$dps/registrations/res/200/?$rid=1", &assigned).await;
        assert!(matches!(self.next().await, Some(Packet::Disconnect)));
        (connect, serde_json::from_slice(&register.payload).unwrap())
    }

    /// CONNECT, CONNACK, SUBSCRIBE, SUBACK.
    pub(super) async fn greet(&mut self) -> Connect {
        let connect = self.connect().await;
        self.send(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))).await;
        let Some(Packet::Subscribe(subscribe)) = self.next().await else { panic!("not a SUBSCRIBE") };
        let granted =
            subscribe.filters.iter().map(|filter| SubscribeReasonCode::Success(filter.qos)).collect();
        self.send(Packet::SubAck(SubAck::new(subscribe.pkid, granted))).await;
        connect
    }

    /// Answers the twin GET.
    pub(super) async fn twin(&mut self, desired: Json) {
        self.twin_of(desired, json!({ "$version": 1 })).await;
    }

    async fn twin_of(&mut self, desired: Json, reported: Json) {
        let request = self.publish().await;
        let id = request.topic.strip_prefix("$iothub/twin/GET/?$rid=").unwrap();
        let body = json!({ "desired": desired, "reported": reported });
        self.tell(&format!("$iothub/twin/res/200/?$rid={id}"), &body).await;
    }

    /// Publishes to the device.
    pub(super) async fn tell(&mut self, topic: &str, body: &Json) {
        self.send(Packet::Publish(Publish::new(topic, QoS::AtMostOnce, body.to_string()))).await;
    }

    /// Calls a method and does not wait for the answer.
    pub(super) async fn ask(&mut self, name: &str, payload: &str) {
        let topic = format!("$iothub/methods/POST/{name}/?$rid={name}{}", fastrand::u32(..));
        self.send(Packet::Publish(Publish::new(topic, QoS::AtMostOnce, payload))).await;
    }

    /// Calls a method; the status and body of the answer.
    pub(super) async fn call(&mut self, name: &str, payload: &str) -> (u16, Json) {
        self.ask(name, payload).await;
        let answer = self.publish().await;
        let rest = answer.topic.strip_prefix("$iothub/methods/res/").unwrap();
        let status = rest.split_once('/').unwrap().0.parse().unwrap();
        (status, serde_json::from_slice(&answer.payload).unwrap())
    }

    /// The next reported patch, answered with `status`.
    pub(super) async fn patched(&mut self, status: u16, body: &Json) -> Json {
        let request = self.publish().await;
        let id = request.topic.strip_prefix("$iothub/twin/PATCH/properties/reported/?$rid=").unwrap();
        self.tell(&format!("$iothub/twin/res/{status}/?$rid={id}&$version=2"), body).await;
        serde_json::from_slice(&request.payload).unwrap()
    }

    /// Answers a reported patch with 204.
    pub(super) async fn take_patch(&mut self, request: &Publish) {
        let id = request.topic.strip_prefix("$iothub/twin/PATCH/properties/reported/?$rid=").unwrap();
        self.tell(&format!("$iothub/twin/res/204/?$rid={id}&$version=2"), &Json::Null).await;
    }

    pub(super) async fn acknowledge(&mut self, publish: &Publish) {
        self.send(Packet::PubAck(PubAck::new(publish.pkid))).await;
    }

    /// How long until the device hangs up, by the test's stopped clock.
    pub(super) async fn silence(&mut self) -> Duration {
        let begin = now();
        while self.stream.read_buf(&mut self.buffer).await.unwrap() > 0 {}
        now() - begin
    }
}
