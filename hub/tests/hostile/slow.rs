//! Too little: handshakes that do not end, connections that say nothing, packets that never become whole.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Client, hub, log, online, page, provision, token};
use crate::{closed, hub_with, serves, survives, throw};

const SHORT: Duration = Duration::from_millis(200);

#[tokio::test]
async fn clients_that_never_finish_their_handshake_block_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut half_open = Vec::new();
    for address in [hub.mqtt(), hub.https(), hub.http()] {
        for _ in 0..50 {
            let mut socket = TcpStream::connect(address).await.unwrap();
            socket.write_all(&[0x16, 0x03]).await.unwrap();
            half_open.push(socket);
        }
    }
    drop(online(&hub, "d1").await);
    assert_eq!(page(&hub, "GET", "/api/hub", "").await.0, 200);
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_handshake_that_takes_too_long_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(folder.path(), |limits| limits.connect_deadline = SHORT).await;
    let mut socket = TcpStream::connect(hub.mqtt()).await.unwrap();
    socket.write_all(&[0x16, 0x03, 0x01]).await.unwrap();
    let mut rest = Vec::new();
    let _ = socket.read_to_end(&mut rest).await;
    assert!(log(&hub).await.iter().any(|row| row.contains("TLS handshake took more than 0.2 s")));
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_connect_that_does_not_come_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(folder.path(), |limits| limits.connect_deadline = SHORT).await;
    let mut client = Client::open(&hub).await;
    throw(&mut client, b"\x10\x40\0\x04MQTT").await;
    assert!(closed(&mut client).await.is_empty());
    assert!(log(&hub).await.iter().any(|row| row.contains("no CONNECT came in time")));
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_half_open_connection_ends_after_one_and_a_half_times_its_keep_alive() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let key = provision(&hub, "d1").await;
    let mut client = Client::open(&hub).await;
    let mut connect = rumqttc::mqttbytes::v4::Connect::new("d1");
    connect.keep_alive = 1;
    connect.set_login("localhost/d1/?api-version=2021-04-12", token("localhost/devices/d1", &key, 60));
    client.send(rumqttc::mqttbytes::v4::Packet::Connect(connect)).await;
    assert_eq!(closed(&mut client).await.len(), 1, "CONNACK");
    survives(&hub, "nothing was heard for 1.5 times the keep-alive").await;
    hub.shutdown().await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn packets_that_never_become_whole_take_no_more_than_their_size() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut clients = Vec::new();
    for _ in 0..50 {
        clients.push(Client::open(&hub).await);
    }
    let before = crate::memory();
    // 64 KiB of a CONNECT that promises a little more
    let part = [&[0x10, 0x80, 0x80, 0x04][..], &[0; 65_000]].concat();
    for client in &mut clients {
        throw(client, &part).await;
    }
    serves(&hub).await;
    let grown = crate::memory().saturating_sub(before);
    // twice 50 times 64 KiB, and what the witness and the allocator take
    assert!(grown < 32 * 1024 * 1024, "{grown} bytes");
    hub.shutdown().await.unwrap();
}
