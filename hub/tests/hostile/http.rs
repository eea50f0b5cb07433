//! Hostile HTTP: heads and bodies that are too large, too slow or malformed, and too many connections.

use std::time::Duration;

use device_model_hub::Hub;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{hub, log, page};
use crate::{hub_with, serves};

const SHORT: Duration = Duration::from_millis(200);

/// What the hub answers to these bytes until it closes the connection.
async fn answer(hub: &Hub, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(hub.http()).await.unwrap();
    // it may answer and close before everything has been written
    let _ = socket.write_all(bytes).await;
    let mut text = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut text)).await;
    let _ = read.expect("the hub should answer and close");
    String::from_utf8_lossy(&text).into_owned()
}

fn head(method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{more}\r\n")
}

#[tokio::test]
async fn a_head_that_does_not_end_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(folder.path(), |limits| limits.head_deadline = SHORT).await;
    let text = answer(&hub, b"GET /api/hub HTTP/1.1\r\nhost: localhost\r\nx-slow: ").await;
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 408"), "{text}");
    serves(&hub).await;
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_connection_without_a_request_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(folder.path(), |limits| limits.head_deadline = SHORT).await;
    let mut socket = TcpStream::connect(hub.http()).await.unwrap();
    socket.write_all(b"GET /api/hub HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut text = Vec::new();
    socket.read_to_end(&mut text).await.unwrap();
    assert!(text.starts_with(b"HTTP/1.1 200"), "the answer, and then the end");
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(folder.path(), |limits| limits.body_deadline = SHORT).await;
    let text = answer(&hub, head("POST", "/api/devices", "content-length: 100\r\n").as_bytes()).await;
    assert!(text.starts_with("HTTP/1.1 400"), "{text}");
    serves(&hub).await;
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_body_larger_than_the_limit_is_refused_before_it_has_come_whole() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(folder.path(), |limits| limits.body_bytes = 1000).await;
    let request = head("POST", "/api/devices", "content-length: 3000000000\r\n");
    let text = answer(&hub, format!("{request}{}", "x".repeat(2000)).as_bytes()).await;
    assert!(text.starts_with("HTTP/1.1 413"), "{text}");
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_body_in_pieces_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(folder.path(), |limits| limits.body_bytes = 1000).await;
    let request = head("POST", "/api/devices", "transfer-encoding: chunked\r\n");
    let text =
        answer(&hub, format!("{request}3e8\r\n{0}\r\n3e8\r\n{0}\r\n", "x".repeat(1000)).as_bytes()).await;
    assert!(text.starts_with("HTTP/1.1 413"), "{text}");
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_head_larger_than_the_limit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(folder.path(), |limits| limits.head_bytes = 16 * 1024).await;
    let long = format!("x-long: {}\r\n", "x".repeat(64 * 1024));
    let text = answer(&hub, head("GET", "/api/hub", &long).as_bytes()).await;
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 431"), "{text}");
    let many: String = (0..1000).map(|n| format!("x-{n}: 1\r\n")).collect();
    let text = answer(&hub, head("GET", "/api/hub", &many).as_bytes()).await;
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 431"), "{text}");
    serves(&hub).await;
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn bytes_that_are_not_http_end_their_connection_only() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let cases: [&[u8]; 5] = [
        &[0xff; 100],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/devices HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n",
        b"POST /api/devices HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx",
    ];
    for bytes in cases {
        let text = answer(&hub, bytes).await;
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 400"), "{text}");
    }
    serves(&hub).await;
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_address_with_too_many_connections_gets_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(folder.path(), |limits| limits.http_connections_per_address = 2).await;
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut socket = TcpStream::connect(hub.http()).await.unwrap();
        socket.write_all(b"GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        socket.read_u8().await.unwrap();
        open.push(socket);
    }
    assert_eq!(answer(&hub, head("GET", "/api/hub", "").as_bytes()).await, "");
    drop(open);
    // the places are free when the hub has seen the ends
    while answer(&hub, head("GET", "/api/hub", "").as_bytes()).await.is_empty() {}
    assert!(log(&hub).await.iter().any(|row| row.contains("more than 2 connections to http")));
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_page_that_asks_too_often_is_told_to_wait() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(folder.path(), |limits| limits.page_requests_per_second = 1).await;
    assert_eq!(page(&hub, "GET", "/api/hub", "").await.0, 200);
    let text = answer(&hub, head("GET", "/api/hub", "").as_bytes()).await;
    assert!(text.starts_with("HTTP/1.1 429") && text.contains("retry-after: 1\r\n"), "{text}");
    hub.shutdown().await.unwrap();
}
