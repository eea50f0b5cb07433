//! A hub on free ports and a raw MQTT client over real TLS, for tests of the whole.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop here")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::BytesMut;
use device_model_hub::Hub;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Connect, ConnectReturnCode, Packet, Publish, Subscribe};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Longer than anything should take; reached only when something is wrong.
const PATIENCE: Duration = Duration::from_secs(20);

/// A loopback address with a port that is free.
pub(crate) const FREE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A hub in `dir` on free ports.
pub(crate) async fn hub(dir: &std::path::Path) -> Hub {
    Hub::builder().dir(dir).mqtt(FREE).http(FREE).https(FREE).start().await.unwrap()
}

/// HMAC-SHA256 of `text` under a base64 key, base64.
pub(crate) fn hmac(key: &str, text: &str) -> String {
    let mut mac = <Hmac<sha2::Sha256>>::new_from_slice(&BASE64.decode(key).unwrap()).unwrap();
    mac.update(text.as_bytes());
    BASE64.encode(mac.finalize().into_bytes())
}

/// A token for `resource`, good for `seconds` from now (or expired that long ago).
pub(crate) fn token(resource: &str, key: &str, seconds: i64) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let (sr, se) = (encode(resource), jiff::Timestamp::now().as_second() + seconds);
    let sig = encode(&hmac(key, &format!("{sr}\n{se}")));
    format!("SharedAccessSignature sr={sr}&sig={sig}&se={se}")
}

/// A TLS connection to the hub's MQTT listener that trusts its CA.
pub(crate) async fn tls(hub: &Hub) -> TlsStream<TcpStream> {
    tls_to(hub, hub.mqtt()).await
}

/// A TLS connection to one of the hub's listeners.
pub(crate) async fn tls_to(hub: &Hub, address: SocketAddr) -> TlsStream<TcpStream> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(hub.ca_pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let socket = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, socket).await.unwrap()
}

/// A client that speaks packets.
pub(crate) struct Client {
    pub(crate) stream: TlsStream<TcpStream>,
    incoming: BytesMut,
}

impl Client {
    pub(crate) async fn open(hub: &Hub) -> Self {
        Self { stream: tls(hub).await, incoming: BytesMut::new() }
    }

    pub(crate) async fn send(&mut self, packet: Packet) {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, 1 << 22).unwrap();
        self.stream.write_all(&bytes).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// The next packet, or `None` when the hub has closed the connection.
    pub(crate) async fn receive(&mut self) -> Option<Packet> {
        loop {
            if let Ok(packet) = Packet::read(&mut self.incoming, 1 << 22) {
                return Some(packet);
            }
            let read = self.stream.read_buf(&mut self.incoming);
            match tokio::time::timeout(PATIENCE, read).await.expect("the hub should answer or close") {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Connects and gives the hub's return code.
    pub(crate) async fn connect(&mut self, id: &str, username: &str, password: &str) -> ConnectReturnCode {
        let mut connect = Connect::new(id);
        connect.keep_alive = 60;
        connect.set_login(username, password);
        self.send(Packet::Connect(connect)).await;
        match self.receive().await {
            Some(Packet::ConnAck(ack)) => ack.code,
            other => panic!("expected CONNACK, got {other:?}"),
        }
    }

    pub(crate) async fn subscribe(&mut self, filter: &str) {
        let mut subscribe = Subscribe::new(filter, QoS::AtLeastOnce);
        subscribe.pkid = 1;
        self.send(Packet::Subscribe(subscribe)).await;
        assert!(matches!(self.receive().await, Some(Packet::SubAck(_))));
    }

    pub(crate) async fn publish(&mut self, topic: &str, body: &str) {
        self.send(Packet::Publish(Publish::new(topic, QoS::AtMostOnce, body))).await;
    }

    /// The next packet, which must be a PUBLISH: its topic and JSON body.
    pub(crate) async fn receive_publish(&mut self) -> (String, Value) {
        match self.receive().await {
            Some(Packet::Publish(one)) => {
                (one.topic.clone(), serde_json::from_slice(&one.payload).unwrap_or(Value::Null))
            }
            other => panic!("expected PUBLISH, got {other:?}"),
        }
    }
}

/// Provisions `id` through the enrollment group; gives the device's key.
pub(crate) async fn provision(hub: &Hub, id: &str) -> String {
    let key = hmac(hub.group_key(), id);
    let mut client = Client::open(hub).await;
    let resource = format!("{}/registrations/{id}", hub.id_scope());
    let username = format!("{resource}/api-version=2019-03-31");
    let code = client.connect(id, &username, &token(&resource, &key, 60)).await;
    assert_eq!(code, ConnectReturnCode::Success);
    client.subscribe("$dps/registrations/res/#").await;
    client.publish("$dps/registrations/PUT/iotdps-register/?$rid=1", "{}").await;
    let (_, body) = client.receive_publish().await;
    let operation = body["operationId"].as_str().expect("the hub accepts the registration");
    let poll = format!("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId={operation}");
    client.publish(&poll, " ").await;
    let (_, body) = client.receive_publish().await;
    assert_eq!(body["status"], "assigned", "{body}");
    key
}

/// A provisioned and connected device.
pub(crate) async fn online(hub: &Hub, id: &str) -> Client {
    let key = provision(hub, id).await;
    let mut client = Client::open(hub).await;
    assert_eq!(connect(&mut client, id, &key, 3600).await, ConnectReturnCode::Success);
    client
}

/// Connects `id` with a token that is good for `seconds`.
pub(crate) async fn connect(client: &mut Client, id: &str, key: &str, seconds: i64) -> ConnectReturnCode {
    let password = token(&format!("localhost/devices/{id}"), key, seconds);
    client.connect(id, &format!("localhost/{id}/?api-version=2021-04-12"), &password).await
}

/// A request to the page's API: status and JSON.
pub(crate) async fn page(hub: &Hub, method: &str, path: &str, body: &str) -> (u16, Value) {
    let answer = page_with(hub, method, path, "", body).await;
    (answer.status, answer.body)
}

/// An HTTP answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Value,
}

impl Answer {
    /// The value of a header, its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// A request to the page's API with more headers, each with its line end.
pub(crate) async fn page_with(hub: &Hub, method: &str, path: &str, more: &str, body: &str) -> Answer {
    let more = format!("host: localhost:{}\r\n{more}", hub.http().port());
    raw(hub, method, path, &more, body).await
}

/// A request to the page's API with these headers, each with its line end.
pub(crate) async fn raw(hub: &Hub, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    // a hub that listens on all addresses is reached by this one, too
    let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, hub.http().port())).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nconnection: close\r\n{headers}\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    tokio::time::timeout(PATIENCE, socket.read_to_string(&mut text)).await.unwrap().unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: serde_json::from_str(body).unwrap_or(Value::Null) }
}

/// The messages of the hub's log, newest first.
pub(crate) async fn log(hub: &Hub) -> Vec<String> {
    let (_, body) = page(hub, "GET", "/api/log", "").await;
    let items = body["items"].as_array().unwrap();
    items.iter().map(|item| item["message"].as_str().unwrap().to_owned()).collect()
}

/// A page's stream of events.
pub(crate) struct Events {
    socket: TcpStream,
    text: String,
}

impl Events {
    pub(crate) async fn open(hub: &Hub, path: &str) -> Self {
        let mut socket = TcpStream::connect(hub.http()).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        Self { socket, text: String::new() }
    }

    /// The data of the next event of this name; others are passed over.
    pub(crate) async fn next(&mut self, name: &str) -> Value {
        let head = format!("event: {name}\n");
        loop {
            if let Some(found) = self.text.find(&head)
                && let Some(end) = self.text[found..].find("\n\n")
            {
                let event: String = self.text.drain(..found + end).skip(found).collect();
                let data = event.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
                return serde_json::from_str(data).unwrap();
            }
            let mut bytes = [0; 4096];
            let read = self.socket.read(&mut bytes);
            let count = tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
            assert!(count > 0, "the stream ended before {name:?}");
            self.text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
        }
    }
}
