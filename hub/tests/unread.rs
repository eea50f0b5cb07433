//! Pages that do not read what they are sent: they must not be what the hub's memory is spent on.
//!
//! It is a program of its own, with one test, because it measures the memory of its process.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what helps a test fails as the test does")]

#[path = "support/mod.rs"]
mod support;

use device_model_hub::{Hub, Limits};
use support::{Client, FREE, online, page};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How many messages are sent each time, and how large they are: 100 MB.
const MESSAGES: usize = 500;
const SIZE: usize = 200_000;
const PAGES: usize = 20;
/// How much more memory the hub may take when it sends as much again, in bytes. What is kept for the pages would be 100 MB,
/// or 2 GB if it were kept for each.
const MOST: u64 = 40 * 1024 * 1024;

/// The memory of this process, hub and clients, in bytes.
fn memory() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

/// Opens a page that follows the device, and reads no more than the head of the answer.
async fn unread_page(hub: &Hub) -> TcpStream {
    let mut socket = TcpStream::connect(hub.http()).await.unwrap();
    let request = b"GET /events?topics=device:d1,raw:d1 HTTP/1.1\r\nhost: localhost\r\n\r\n";
    socket.write_all(request).await.unwrap();
    let mut status = [0; 15];
    socket.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 200 OK");
    socket
}

/// Sends messages; the most memory that the process had meanwhile.
async fn send(device: &mut Client) -> u64 {
    let text = "x".repeat(SIZE);
    let mut most = 0;
    for number in 0..MESSAGES {
        device.publish("devices/d1/messages/events/", &format!(r#"{{"text":"{number} {text}"}}"#)).await;
        if number % 10 == 0 {
            // answered when everything before it has come
            device.publish("$iothub/twin/GET/?$rid=1", "").await;
            assert!(device.receive_publish().await.0.starts_with("$iothub/twin/res/200/"));
            most = most.max(memory());
        }
    }
    most
}

#[tokio::test]
async fn a_page_that_does_not_read_its_events_takes_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut limits = Limits::default();
    limits.bytes_per_second = u32::MAX;
    let hub = Hub::builder().dir(folder.path()).mqtt(FREE).http(FREE).https(FREE).limits(limits);
    let hub = hub.start().await.unwrap();
    let mut device = online(&hub, "d1").await;
    device.subscribe("$iothub/twin/res/#").await;
    let mut pages = Vec::new();
    for _ in 0..PAGES {
        pages.push(unread_page(&hub).await);
    }
    // what the messages take, and the pages until they count as lost
    let before = send(&mut device).await;
    let after = send(&mut device).await;
    let grown = after.saturating_sub(before);
    assert!(grown < MOST && before < 2 * MESSAGES as u64 * SIZE as u64, "{grown} bytes more than {before}");
    let (status, _) = page(&hub, "GET", "/api/devices/d1", "").await;
    assert_eq!(status, 200);
    hub.shutdown().await.unwrap();
}
