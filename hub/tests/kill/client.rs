//! Those who use the hub until it is gone: devices by MQTT, operators and services by HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::BytesMut;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Connect, Packet, PubAck, Publish, Subscribe};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::ledger::Ledger;
use crate::support::token;

/// Numbers of one life begin at a multiple of it: none is used twice.
const LIFE: u64 = 100_000;
/// Messages that wait for their acknowledgements at a time.
const WINDOW: u16 = 20;
/// Messages posted in a life: no more than fit into the device's queue in all of them.
const POSTS: u64 = 2;

/// A hub in another process.
#[derive(Debug)]
pub(crate) struct Target {
    ready: Value,
    is_over: watch::Sender<bool>,
}

impl Target {
    pub(crate) fn new(ready: &str) -> Self {
        let ready = serde_json::from_str(ready).expect("the hub's line of JSON");
        Self { ready, is_over: watch::Sender::new(false) }
    }

    /// The hub was killed.
    pub(crate) fn end(&self) {
        self.is_over.send_replace(true);
    }

    /// Waits until the hub was killed.
    async fn over(&self) -> Option<()> {
        self.is_over.subscribe().wait_for(|over| *over).await.ok()?;
        None
    }

    fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().expect("a text")
    }

    /// A request to the HTTP listener: status and body, or nothing when the hub is gone.
    async fn request(&self, method: &str, path: &str, head: &str, body: &str) -> Option<(u16, Value)> {
        let mut socket = TcpStream::connect(self.text("http")).await.ok()?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{head}\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(request.as_bytes()).await.ok()?;
        let mut text = String::new();
        socket.read_to_string(&mut text).await.ok()?;
        let (head, body) = text.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, serde_json::from_str(body).unwrap_or(Value::Null)))
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.request("GET", path, "", "").await.expect("the hub lives");
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Makes a device; nothing when the hub is gone.
    pub(crate) async fn create(&self, id: &str) -> Option<()> {
        let (status, body) =
            self.request("POST", "/api/devices", "", &json!({ "id": id }).to_string()).await?;
        assert_eq!(status, 201, "{body}");
        Some(())
    }

    async fn post(&self, id: &str, text: &str) -> Option<()> {
        let connection = self.text("service_connection_string");
        let key = connection.rsplit_once("SharedAccessKey=").expect("a key").1;
        let token = token("localhost", key, 600);
        let head = format!("authorization: {token}&skn=iothubowner\r\n");
        let path = format!("/devices/{id}/messages/devicebound?api-version=2021-04-12");
        let (status, body) = self.request("POST", &path, &head, text).await?;
        assert!((200..300).contains(&status), "{status}: {body}");
        Some(())
    }
}

/// A device's connection.
struct Device {
    stream: TlsStream<TcpStream>,
    incoming: BytesMut,
}

impl Device {
    async fn connect(target: &Target, id: &str) -> Option<Self> {
        let path = format!("/api/devices/{id}/credentials");
        let (_, credentials) = target.request("GET", &path, "", "").await?;
        let key = credentials["primaryKey"].as_str()?;
        let ca = std::fs::read(target.text("ca_file")).ok()?;
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&ca).ok()?).ok()?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .ok()?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        let socket = TcpStream::connect(target.text("mqtt")).await.ok()?;
        let name = ServerName::try_from("localhost").ok()?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, socket).await.ok()?;
        let mut device = Self { stream, incoming: BytesMut::new() };
        let mut connect = Connect::new(id);
        connect.clean_session = false;
        let password = token(&format!("localhost/devices/{id}"), key, 600);
        connect.set_login(format!("localhost/{id}/?api-version=2021-04-12"), password);
        device.send(Packet::Connect(connect)).await?;
        matches!(device.receive().await?, Packet::ConnAck(_)).then_some(device)
    }

    async fn send(&mut self, packet: Packet) -> Option<()> {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, 1 << 20).expect("a small packet");
        self.stream.write_all(&bytes).await.ok()?;
        self.stream.flush().await.ok()
    }

    async fn receive(&mut self) -> Option<Packet> {
        loop {
            if let Ok(packet) = Packet::read(&mut self.incoming, 1 << 20) {
                return Some(packet);
            }
            if self.stream.read_buf(&mut self.incoming).await.ok()? == 0 {
                return None;
            }
        }
    }

    async fn subscribe(&mut self, filter: &str) -> Option<()> {
        let mut subscribe = Subscribe::new(filter, QoS::AtLeastOnce);
        subscribe.pkid = 1;
        self.send(Packet::Subscribe(subscribe)).await
    }
}

/// Sends numbers, the device `large` with large bodies so that checkpoints come; ends with the hub.
pub(crate) async fn send(target: &Target, ledger: &Ledger, id: &'static str, life: u64) -> Option<()> {
    let mut device = Device::connect(target, id).await?;
    let padding = if id == "large" { "x".repeat(16 * 1024) } else { String::new() };
    for number in 1..u64::from(u16::MAX) {
        let body = format!(r#"{{"n":{},"text":"{padding}"}}"#, life * LIFE + number);
        let mut publish = Publish::new(format!("devices/{id}/messages/events/"), QoS::AtLeastOnce, body);
        publish.pkid = number as u16;
        device.send(Packet::Publish(publish)).await?;
        if number < u64::from(WINDOW) {
            continue;
        }
        match device.receive().await? {
            Packet::PubAck(PubAck { pkid }) => ledger.number(id, life * LIFE + u64::from(pkid)),
            other => panic!("{other:?}"),
        }
    }
    target.over().await
}

/// Reports one property again and again; ends with the hub.
pub(crate) async fn report(target: &Target, ledger: &Ledger, id: &str, life: u64) -> Option<()> {
    let mut device = Device::connect(target, id).await?;
    device.subscribe("$iothub/twin/res/#").await?;
    for number in 1.. {
        let number = life * LIFE + number;
        let topic = format!("$iothub/twin/PATCH/properties/reported/?$rid={number}");
        let publish = Publish::new(topic, QoS::AtMostOnce, json!({ "n": number }).to_string());
        device.send(Packet::Publish(publish)).await?;
        loop {
            if let Packet::Publish(answer) = device.receive().await? {
                assert!(answer.topic.starts_with("$iothub/twin/res/204/"), "{}", answer.topic);
                break ledger.reported(number);
            }
        }
    }
    None
}

/// Makes devices, one after the other; ends with the hub.
pub(crate) async fn make(target: &Target, ledger: &Ledger, life: u64) -> Option<()> {
    for number in 0..200 {
        let id = format!("made-{life}-{number}");
        target.create(&id).await?;
        ledger.made(id);
    }
    target.over().await
}

/// Posts a few messages to a device that is not there.
pub(crate) async fn post(target: &Target, ledger: &Ledger, id: &str, life: u64) -> Option<()> {
    for number in 0..POSTS {
        let text = format!("message {number} of life {life}");
        target.post(id, &text).await?;
        ledger.posted(text);
    }
    target.over().await
}

/// Takes messages until all that were accepted have come, and those the hub may have accepted beside.
pub(crate) async fn receive(target: &Target, id: &str, accepted: &BTreeSet<String>) -> Vec<String> {
    let mut device = Device::connect(target, id).await.expect("the hub lives");
    device.subscribe("$iothub/twin/res/#").await.expect("the hub lives");
    device.subscribe(&format!("devices/{id}/messages/devicebound/#")).await.expect("the hub lives");
    // what is queued comes before the answer to this
    let get = Publish::new("$iothub/twin/GET/?$rid=1", QoS::AtMostOnce, "");
    device.send(Packet::Publish(get)).await.expect("the hub lives");
    let mut got = Vec::new();
    let mut is_answered = false;
    while !is_answered || !accepted.iter().all(|text| got.contains(text)) {
        match device.receive().await.expect("the hub lives") {
            Packet::Publish(publish) if publish.topic.starts_with("$iothub/twin/res/") => is_answered = true,
            Packet::Publish(publish) => {
                got.push(String::from_utf8(publish.payload.to_vec()).expect("a text"));
                device.send(Packet::PubAck(PubAck::new(publish.pkid))).await.expect("the hub lives");
            }
            _ => {}
        }
    }
    got
}
