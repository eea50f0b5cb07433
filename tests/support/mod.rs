//! What the tests that cross crates share: a hub on free ports, its REST API and its events.

#![allow(clippy::panic, dead_code, reason = "a test says what failed by failing, and uses what it needs")]

pub(crate) mod proxy;

use std::net::SocketAddr;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use device_model::hub::{DeviceMessage, Hub};
use device_model::{Connection, Device, DeviceKey, Error, State};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proxy::Proxy;
use serde_json::Value;
use sha2::Sha256;
use tokio::sync::watch;

/// Long enough for a loaded machine; reached only when something is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const DEVICE: &str = "sensor-1";
/// The models that the hub knows.
const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models");

/// A hub whose state is in `dir`; `mqtt` is a fixed port when a device must find it again.
pub(crate) async fn hub(dir: &std::path::Path, mqtt: u16) -> Hub {
    let builder = Hub::builder().dir(dir).mqtt(loopback(mqtt)).http(loopback(0)).https(loopback(0));
    builder.models_dir(MODELS).start().await.expect("the hub starts on free ports")
}

/// A hub that devices reach through a proxy only, and whom it tells of every message.
pub(crate) async fn proxied_hub(
    dir: &std::path::Path,
    tell: impl Fn(DeviceMessage) + Send + Sync + 'static,
) -> (Hub, Proxy) {
    proxied_hub_at(0, dir, tell).await
}

/// As [`proxied_hub`], with the proxy on a port that devices know.
pub(crate) async fn proxied_hub_at(
    port: u16,
    dir: &std::path::Path,
    tell: impl Fn(DeviceMessage) + Send + Sync + 'static,
) -> (Hub, Proxy) {
    let proxy = Proxy::bind(port).await;
    let builder = Hub::builder().dir(dir).mqtt(loopback(0)).http(loopback(0)).https(loopback(0));
    let builder = builder.models_dir(MODELS).on_message(tell);
    // the usual port is never named
    let port = if proxy.port() == 8883 { String::new() } else { format!(":{}", proxy.port()) };
    let hub = builder.announce(format!("localhost{port}")).start().await;
    let hub = hub.expect("the hub starts on free ports");
    proxy.forward_to(hub.mqtt());
    (hub, proxy)
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// The key of a device of the hub's enrollment group, base64 (protocol reference, section 1.5).
pub(crate) fn derived_key(hub: &Hub, device: &str) -> String {
    let group_key = BASE64_STANDARD.decode(hub.group_key()).expect("a base64 key");
    let mut mac = Hmac::<Sha256>::new_from_slice(&group_key).expect("any length");
    mac.update(device.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// How a device of the hub's enrollment group connects.
pub(crate) fn connection(hub: &Hub, device: &str) -> Connection {
    connection_at(hub, hub.mqtt().port(), device)
}

/// As [`connection`], by way of another port.
pub(crate) fn connection_at(hub: &Hub, port: u16, device: &str) -> Connection {
    let key = DeviceKey::derived_from_group_key(hub.group_key(), device).expect("the hub's key is base64");
    let endpoint = format!("localhost:{port}");
    Connection::provisioned(&endpoint, hub.id_scope(), device, key)
        .and_then(|connection| connection.with_ca_file(hub.ca_file()))
        .expect("the hub's own values are valid")
}

/// A hub with a connected device.
pub(crate) struct Running<C> {
    pub(crate) hub: Hub,
    pub(crate) operator: Operator,
    pub(crate) client: C,
    _dir: tempfile::TempDir,
}

impl<C> Running<C> {
    /// `states` is how the device's client tells that it is connected: `|client| client.states()`.
    pub(crate) async fn start<D: Device<Client = C>>(
        device: D,
        states: impl FnOnce(&C) -> watch::Receiver<State>,
    ) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let hub = hub(dir.path(), 0).await;
        let operator = Operator::of(&hub);
        let client = device.connect(connection(&hub, DEVICE)).await.expect("a valid connection");
        let mut states = states(&client);
        let connected = tokio::time::timeout(PATIENCE, states.wait_for(State::is_connected)).await;
        connected.expect("connected in time").expect("not closed");
        Self { hub, operator, client, _dir: dir }
    }

    /// What the device has reported.
    pub(crate) async fn reported(&self) -> Value {
        self.operator.twin(DEVICE).await["properties"]["reported"].clone()
    }

    /// Closes the device's client, then the hub.
    pub(crate) async fn end(self, close: impl AsyncFnOnce(&C) -> Result<(), Error>) {
        close(&self.client).await.expect("a clean end");
        self.hub.shutdown().await.expect("a clean end");
    }

    /// Calls a command: the device's status and payload.
    pub(crate) async fn call(&self, name: &str, payload: Value) -> (u16, Value) {
        self.operator.command(DEVICE, name, payload).await
    }
}

/// The operator's side: page API and service REST.
pub(crate) struct Operator {
    address: SocketAddr,
    token: String,
}

impl Operator {
    pub(crate) fn of(hub: &Hub) -> Self {
        Self { address: hub.http(), token: token(&hub.service_connection_string()) }
    }

    /// A call of the service REST API.
    pub(crate) async fn service(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let separator = if path.contains('?') { '&' } else { '?' };
        self.call(method, &format!("{path}{separator}api-version=2021-04-12"), body).await
    }

    /// A call of the page's API.
    pub(crate) async fn page(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        self.call(method, path, body).await
    }

    pub(crate) async fn twin(&self, device: &str) -> Value {
        self.service(Method::GET, &format!("/twins/{device}"), None).await.1
    }

    pub(crate) async fn desire(&self, device: &str, desired: Value) {
        let patch = serde_json::json!({ "properties": { "desired": desired } });
        let (status, body) = self.service(Method::PATCH, &format!("/twins/{device}"), Some(patch)).await;
        assert_eq!(status, 200, "{body}");
    }

    /// A direct method: the device's status and payload.
    pub(crate) async fn command(&self, device: &str, name: &str, payload: Value) -> (u16, Value) {
        let request =
            serde_json::json!({ "methodName": name, "payload": payload, "responseTimeoutInSeconds": 30 });
        let (status, body) =
            self.service(Method::POST, &format!("/twins/{device}/methods"), Some(request)).await;
        assert_eq!(status, 200, "{body}");
        (body["status"].as_u64().expect("a status") as u16, body["payload"].clone())
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let response = self.send(method, path, body).await;
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.expect("the whole answer").to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Response<Incoming> {
        let stream = tokio::net::TcpStream::connect(self.address).await.expect("the hub accepts");
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("the hub speaks HTTP");
        tokio::spawn(connection);
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", format!("localhost:{}", self.address.port()))
            .header("content-type", "application/json")
            .header("authorization", &self.token)
            .body(Full::new(Bytes::from(body)))
            .expect("a valid request");
        sender.send_request(request).await.expect("an answer")
    }

    /// The page's events about a device, from now on.
    pub(crate) async fn events(&self, device: &str) -> Events {
        let response = self.send(Method::GET, &format!("/events?topics=devices,device:{device}"), None).await;
        assert_eq!(response.status(), 200);
        let mut events = Events { body: response.into_body(), text: String::new() };
        events.until("hello", |_| true).await;
        events
    }
}

/// A stream of server-sent events.
pub(crate) struct Events {
    body: Incoming,
    text: String,
}

impl Events {
    /// The next event of that name that fits; others are passed over.
    pub(crate) async fn until(&mut self, name: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                while let Some(end) = self.text.find("\n\n") {
                    let event: String = self.text.drain(..end + 2).collect();
                    let field =
                        |key: &str| event.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
                    let data = field("data:")
                        .and_then(|data| serde_json::from_str(data).ok())
                        .unwrap_or(Value::Null);
                    if field("event:") == Some(name) && fits(&data) {
                        return data;
                    }
                }
                let frame = self.body.frame().await.expect("the stream goes on").expect("a frame");
                if let Some(bytes) = frame.data_ref() {
                    self.text.push_str(std::str::from_utf8(bytes).expect("events are UTF-8"));
                }
            }
        });
        found.await.unwrap_or_else(|_| panic!("no event `{name}` that fits came in time"))
    }

    /// The next message that fits; messages come in batches.
    pub(crate) async fn telemetry(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        let all = |data: &Value| data["items"].as_array().cloned().unwrap_or_default();
        let event = self.until("telemetry", |data| all(data).iter().any(&fits)).await;
        all(&event).into_iter().find(fits).expect("it was there")
    }

    /// The next change of a property of a component (empty for the device's own) that fits.
    pub(crate) async fn property_of(
        &mut self,
        component: &str,
        name: &str,
        fits: impl Fn(&Value) -> bool,
    ) -> Value {
        let fits = |property: &Value| {
            let of = property["component"].as_str().unwrap_or_default();
            of == component && property["name"] == name && fits(property)
        };
        let all = |data: &Value| data["properties"].as_array().cloned().unwrap_or_default();
        let event = self.until("properties", |data| all(data).iter().any(fits)).await;
        all(&event).into_iter().find(fits).expect("it was there")
    }

    /// The property event that carries `name` in a state.
    pub(crate) async fn property(&mut self, name: &str, sync: &str) -> Value {
        let fits = |property: &Value| property["name"] == name && property["sync"] == sync;
        let all = |data: &Value| data["properties"].as_array().cloned().unwrap_or_default();
        let event = self.until("properties", |data| all(data).iter().any(fits)).await;
        all(&event).into_iter().find(fits).expect("it was there")
    }
}

/// `SharedAccessSignature` of the policy in a service connection string.
fn token(connection_string: &str) -> String {
    let part = |name: &str| {
        let mut parts = connection_string.split(';').filter_map(|part| part.split_once('='));
        parts
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
            .expect("a whole connection string")
    };
    let resource = utf8_percent_encode(&part("HostName"), NON_ALPHANUMERIC).to_string();
    let expiry =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs()
            + 3600;
    let key = BASE64_STANDARD.decode(part("SharedAccessKey")).expect("a base64 key");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length");
    mac.update(format!("{resource}\n{expiry}").as_bytes());
    let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    let signature = utf8_percent_encode(&signature, NON_ALPHANUMERIC);
    format!(
        "SharedAccessSignature sr={resource}&sig={signature}&se={expiry}&skn={}",
        part("SharedAccessKeyName")
    )
}
