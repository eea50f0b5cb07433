//! What comes from the network must not take the hub down, and the log says why it was refused.

mod support;

use device_model_hub::Hub;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{ConnectReturnCode, Packet, Publish};
use support::{Client, connect, hub, log, online, provision};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Waits until the connection is closed by the hub.
async fn closed(client: &mut Client) {
    while let Some(packet) = client.receive().await {
        assert!(!matches!(packet, Packet::PubAck(_)), "nothing may be acknowledged");
    }
}

/// The hub still serves a device, and has logged a reason with `text`.
async fn survives(hub: &Hub, text: &str) {
    drop(online(hub, "witness").await);
    let log = log(hub).await;
    assert!(log.iter().any(|message| message.contains(text)), "no {text:?} in {log:#?}");
    assert!(!log.iter().any(|message| message.contains("sig=")), "{log:#?}");
}

#[tokio::test]
async fn junk_http_and_a_malformed_connect_end_their_connection_only() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let inputs: [(&[u8], &str); 4] = [
        (b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", "not MQTT"),
        (&[0xff; 64], "not MQTT"),
        (&[0x10, 4, 0, 9, b'M', b'Q'], "not MQTT"),
        (&[0x10, 0xff, 0xff, 0xff, 0xff, 0xff], "not MQTT"),
    ];
    for (bytes, text) in inputs {
        let mut client = Client::open(&hub).await;
        client.stream.write_all(bytes).await.unwrap();
        client.stream.flush().await.unwrap();
        closed(&mut client).await;
        survives(&hub, text).await;
    }
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_wrong_key_an_expired_token_and_an_unknown_device_are_refused_with_code_5() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let key = provision(&hub, "d1").await;
    let wrong = support::hmac(&key, "wrong");
    let cases = [
        ("d1", &wrong, 60, "does not match"),
        ("d1", &key, -3600, "expired"),
        ("nobody", &key, 60, "no device \"nobody\""),
    ];
    for (id, key, seconds, text) in cases {
        let mut client = Client::open(&hub).await;
        assert_eq!(connect(&mut client, id, key, seconds).await, ConnectReturnCode::NotAuthorized);
        closed(&mut client).await;
        survives(&hub, text).await;
    }
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_message_of_300_kb_ends_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut client = online(&hub, "d1").await;
    let mut message = Publish::new("devices/d1/messages/events/", QoS::AtLeastOnce, vec![b'x'; 300 * 1024]);
    message.pkid = 1;
    let mut bytes = bytes::BytesMut::new();
    message.write(&mut bytes).unwrap();
    // the hub may close before it has read everything
    let _ = client.stream.write_all(&bytes).await;
    let _ = client.stream.flush().await;
    closed(&mut client).await;
    survives(&hub, "larger than the limit").await;
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_client_that_never_finishes_its_handshake_blocks_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut half_open = Vec::new();
    for address in [hub.mqtt(), hub.https(), hub.http()] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(&[0x16, 0x03]).await.unwrap();
        half_open.push(socket);
    }
    drop(online(&hub, "d1").await);
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn bytes_that_are_not_tls_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut socket = TcpStream::connect(hub.mqtt()).await.unwrap();
    socket.write_all(b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00").await.unwrap();
    let mut rest = Vec::new();
    let _ = socket.read_to_end(&mut rest).await;
    survives(&hub, "TLS handshake failed").await;
    hub.shutdown().await.unwrap();
}
