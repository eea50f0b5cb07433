//! A hub in another process, as those who use its HTTP listener see it.
//!
//! A request to a hub that is gone has no answer. Begin with [`Target`].

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

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
    pub(crate) async fn over(&self) -> Option<()> {
        self.is_over.subscribe().wait_for(|over| *over).await.ok()?;
        None
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().expect("a text")
    }

    /// A request to the HTTP listener: status and body, or nothing when the hub is gone.
    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        head: &str,
        body: &str,
    ) -> Option<(u16, Value)> {
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
}
