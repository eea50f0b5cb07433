//! The back end: devices made in bulk, methods called, over plain HTTP with a token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::process::Ready;

/// The key of every device.
pub(crate) const DEVICE_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZg==";
/// Devices that one request makes.
const BULK: usize = 100;

/// A token for an hour.
pub(crate) fn token(resource: &str, key: &str, policy: Option<&str>) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let (sr, se) = (encode(resource), jiff::Timestamp::now().as_second() + 3600);
    let mut mac = <Hmac<sha2::Sha256>>::new_from_slice(&BASE64.decode(key).unwrap()).unwrap();
    mac.update(format!("{sr}\n{se}").as_bytes());
    let sig = encode(&BASE64.encode(mac.finalize().into_bytes()));
    let skn = policy.map(|policy| format!("&skn={policy}")).unwrap_or_default();
    format!("SharedAccessSignature sr={sr}&sig={sig}&se={se}{skn}")
}

/// One connection, kept open.
pub(crate) struct Http {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Http {
    pub(crate) async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::new() }
    }

    /// Sends a request; `headers` end with their line's end.
    pub(crate) async fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{headers}content-length: {length}\r\n\r\n{body}"
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
    }

    /// Reads what has come; answers how much.
    pub(crate) async fn read_some(&mut self) -> usize {
        self.buffer.resize(64 * 1024, 0);
        let read = self.stream.read(&mut self.buffer).await.unwrap();
        assert!(read > 0, "the hub has closed the stream");
        read
    }

    /// Reads an answer: its status and JSON.
    async fn receive(&mut self) -> (u16, Value) {
        self.buffer.clear();
        loop {
            if let Some(head) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let text = std::str::from_utf8(&self.buffer[..head]).unwrap().to_ascii_lowercase();
                let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length.map_or(0, |length| length.parse().unwrap());
                if let Some(body) = self.buffer.get(head + 4..head + 4 + length) {
                    let status = text[9..12].parse().unwrap();
                    return (status, serde_json::from_slice(body).unwrap_or(Value::Null));
                }
            }
            assert!(
                self.stream.read_buf(&mut self.buffer).await.unwrap() > 0,
                "the hub has closed the connection"
            );
        }
    }
}

/// A caller of the service API.
pub(crate) struct Service {
    pub(crate) http: String,
    headers: String,
}

impl Service {
    pub(crate) fn new(ready: &Ready) -> Self {
        let token = token("localhost", &ready.key, Some("iothubowner"));
        Self { http: ready.http.clone(), headers: format!("authorization: {token}\r\n") }
    }

    /// Puts devices into the registry.
    pub(crate) async fn create(&self, ids: &[String]) {
        let mut http = Http::open(&self.http).await;
        for ids in ids.chunks(BULK) {
            let keys = json!({ "primaryKey": DEVICE_KEY, "secondaryKey": DEVICE_KEY });
            let row = |id| {
                let authentication = json!({ "type": "sas", "symmetricKey": keys });
                json!({ "id": id, "importMode": "create", "status": "enabled", "authentication": authentication })
            };
            let body = Value::Array(ids.iter().map(row).collect()).to_string();
            http.send("POST", "/devices?api-version=2021-04-12", &self.headers, &body).await;
            let (status, answer) = http.receive().await;
            assert_eq!((status, &answer["isSuccessful"]), (200, &json!(true)), "{answer}");
        }
    }

    /// Calls a method and waits for the device's answer.
    pub(crate) async fn call(&self, http: &mut Http, id: &str) {
        let body = json!({ "methodName": "blink", "payload": 1, "responseTimeoutInSeconds": 30 }).to_string();
        http.send("POST", &format!("/twins/{id}/methods?api-version=2021-04-12"), &self.headers, &body).await;
        let (status, answer) = http.receive().await;
        assert_eq!((status, &answer["status"]), (200, &json!(200)), "{answer}");
    }
}
