//! Uploads, against a hub and a storage service by real TLS: exact paths, headers and bodies.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use rustls::version::TLS13;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::super::start;
use super::peer::Peer;
use super::sensor::Sensor;
use super::server::{Authority, Server};
use crate::auth::{Certificate, DeviceKey, Identity};
use crate::client::Client;
use crate::connection::Connection;
use crate::error::Error;
use crate::json::Json;
use crate::upload::Content;

/// A hub with MQTT, with HTTPS, and its storage service; a device that is connected to it.
struct Place {
    client: Client,
    https: Server,
    storage: Server,
    _mqtt: Peer,
}

impl Place {
    async fn new(identity: impl Into<Identity>, clients: Option<&Authority>) -> Self {
        let authority = Authority::new("servers");
        let mqtt = authority.server(clients, &[&TLS13]).await;
        let https = authority.server(clients, &[&TLS13]).await;
        let storage = authority.server(None, &[&TLS13]).await;
        let connection = Connection::to_hub(&mqtt.host(), "d", identity).unwrap();
        let connection = connection.with_ca_pem(authority.pem().as_bytes()).unwrap();
        let client = start(Sensor, connection.with_https_port(https.address().port())).unwrap();
        let (mut peer, _) = mqtt.next().await;
        peer.greet().await;
        peer.twin(json!({ "$version": 1 })).await;
        client.connected().await.unwrap();
        Self { client, https, storage, _mqtt: peer }
    }

    fn upload(&self, content: impl Into<Content>) -> tokio::task::JoinHandle<Result<(), Error>> {
        let (client, content) = (self.client.clone(), content.into());
        tokio::spawn(async move { client.upload("logs/a b.log", content).await })
    }

    /// Gives out a place, and the request that asked for it.
    async fn give_place(&self) -> Request {
        let mut request = Request::take(&self.https).await;
        let answer = json!({
            "correlationId": "c1", "hostName": self.storage.host(), "containerName": "uploads",
            "blobName": "d/logs/a b.log", "sasToken": "?sv=2021&sig=QQ%3D%3D",
        });
        request.answer("200 OK", &answer.to_string()).await;
        request
    }
}

fn key() -> DeviceKey {
    DeviceKey::from_base64("QUJD").unwrap()
}

/// A request as it arrived.
struct Request {
    stream: TlsStream<TcpStream>,
    line: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    async fn take(server: &Server) -> Self {
        let mut stream = server.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.trim_end().lines();
        let line = lines.next().unwrap().to_owned();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_ascii_lowercase(), value.to_owned())
        };
        let mut request = Self { stream, line, headers: lines.map(header).collect(), body: Vec::new() };
        let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
        request.body = vec![0; length];
        // A device that gives up sends less.
        let _ = request.stream.read_exact(&mut request.body).await;
        request
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap()
    }

    async fn answer(&mut self, status: &str, body: &str) {
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        self.stream.write_all(answer.as_bytes()).await.unwrap();
        self.stream.flush().await.unwrap();
    }
}

#[tokio::test]
async fn content_goes_where_the_hub_says_and_the_hub_is_told() {
    let place = Place::new(key(), None).await;
    let content: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    let uploading = place.upload(content.clone());

    let asked = place.give_place().await;
    assert_eq!(asked.line, "POST /devices/d/files?api-version=2021-04-12 HTTP/1.1");
    assert_eq!(asked.header("host"), Some(place.https.host().as_str()));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    let token = asked.header("authorization").unwrap();
    assert!(token.starts_with("SharedAccessSignature sr=localhost%2Fdevices%2Fd&sig="), "{token}");
    assert_eq!(asked.json(), json!({ "blobName": "logs/a b.log" }));

    let mut stored = Request::take(&place.storage).await;
    assert_eq!(stored.line, "PUT /uploads/d/logs/a%20b.log?sv=2021&sig=QQ%3D%3D HTTP/1.1");
    assert_eq!(stored.header("host"), Some(place.storage.host().as_str()));
    assert_eq!(stored.header("x-ms-blob-type"), Some("BlockBlob"));
    assert_eq!(stored.header("content-length"), Some("200000"));
    assert_eq!(stored.header("authorization"), None);
    assert!(stored.body == content);
    stored.answer("201 Created", "").await;

    let mut told = Request::take(&place.https).await;
    assert_eq!(told.line, "POST /devices/d/files/notifications?api-version=2021-04-12 HTTP/1.1");
    assert!(told.header("authorization").is_some());
    let ok =
        json!({ "correlationId": "c1", "isSuccess": true, "statusCode": 200, "statusDescription": "OK" });
    assert_eq!(told.json(), ok);
    told.answer("204 No Content", "").await;
    uploading.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_device_with_a_certificate_shows_it_to_the_hub_and_not_to_the_storage() {
    let clients = Authority::new("clients");
    let device = clients.issue("d");
    let certificate =
        Certificate::from_pem(device.certificate.pem().as_bytes(), device.key.serialize_pem().as_bytes())
            .unwrap();
    let place = Place::new(certificate, Some(&clients)).await;
    let uploading = place.upload("hello");
    let asked = place.give_place().await;
    assert_eq!(asked.header("authorization"), None);
    assert_eq!(asked.stream.get_ref().1.peer_certificates().unwrap(), [device.certificate.der().clone()]);
    let mut stored = Request::take(&place.storage).await;
    assert!(stored.stream.get_ref().1.peer_certificates().is_none());
    stored.answer("201 Created", "").await;
    Request::take(&place.https).await.answer("204 No Content", "").await;
    uploading.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_storage_that_refuses_is_told_to_the_hub_and_to_the_caller() {
    let place = Place::new(key(), None).await;
    let uploading = place.upload("hello");
    place.give_place().await;
    Request::take(&place.storage).await.answer("403 Forbidden", "AuthenticationFailed").await;
    let mut told = Request::take(&place.https).await;
    let failed = json!({
        "correlationId": "c1", "isSuccess": false, "statusCode": 403, "statusDescription": "AuthenticationFailed",
    });
    assert_eq!(told.json(), failed);
    told.answer("204 No Content", "").await;
    let error = uploading.await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "storing the content failed with status 403: AuthenticationFailed");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_hub_that_gives_no_place_ends_the_upload() {
    let place = Place::new(key(), None).await;
    let uploading = place.upload("hello");
    Request::take(&place.https).await.answer("429 Too Many Requests", "{}").await;
    let error = uploading.await.unwrap().unwrap_err();
    assert!(matches!(&error, Error::Upload { status: 429, .. }) && error.is_retryable(), "{error}");
    let error = place.client.upload("../other", "hello").await.unwrap_err();
    assert!(error.to_string().starts_with("the name of the upload: "), "{error}");
}

#[tokio::test]
async fn content_that_cannot_be_read_to_its_end_is_told_to_the_hub() {
    struct Broken(bool);

    impl AsyncRead for Broken {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            if std::mem::replace(&mut self.0, true) {
                return Poll::Ready(Err(io::Error::other("the card was pulled")));
            }
            buffer.put_slice(b"half");
            Poll::Ready(Ok(()))
        }
    }

    let place = Place::new(key(), None).await;
    let uploading = place.upload(Content::from_reader(Broken(false), 8));
    place.give_place().await;
    let (mut told, _) = tokio::join!(Request::take(&place.https), place.storage.accept());
    assert_eq!(told.json()["isSuccess"], json!(false));
    told.answer("204 No Content", "").await;
    let error = uploading.await.unwrap().unwrap_err();
    let Error::Connect { source, .. } = &error else { panic!("{error}") };
    assert!(source.to_string().contains("the card was pulled"), "{source}");
}
