//! MQTT over WebSocket: whatever the messages' borders, on TLS only, and with MQTT's subprotocol only.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop here")]

mod support;

use bytes::BytesMut;
use device_model_hub::Hub;
use futures_util::{SinkExt as _, StreamExt as _};
use rumqttc::mqttbytes::v4::{Connect, ConnectReturnCode, Packet};
use support::{hub, log, page, provision, tls_to, token};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

type Socket = WebSocketStream<TlsStream<TcpStream>>;

async fn open(hub: &Hub, subprotocol: &'static str) -> Result<Socket, Error> {
    let mut request = "wss://localhost/$iothub/websocket?iothub-no-client-cert=true".into_client_request()?;
    request.headers_mut().insert("sec-websocket-protocol", subprotocol.parse()?);
    let stream = tls_to(hub, hub.https()).await;
    Ok(tokio_tungstenite::client_async(request, stream).await?.0)
}

/// The next packet; `None` is the end.
async fn receive(socket: &mut Socket) -> Option<Packet> {
    loop {
        match socket.next().await? {
            Ok(Message::Binary(bytes)) => {
                return Some(Packet::read(&mut BytesMut::from(&bytes[..]), 1 << 20).unwrap());
            }
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

fn bytes(packet: &Packet) -> Vec<u8> {
    let mut bytes = BytesMut::new();
    packet.write(&mut bytes, 1 << 20).unwrap();
    bytes.to_vec()
}

async fn connect_packet(hub: &Hub, id: &str) -> Packet {
    let key = provision(hub, id).await;
    let mut connect = Connect::new(id);
    let password = token(&format!("localhost/devices/{id}"), &key, 60);
    connect.set_login(format!("localhost/{id}/?api-version=2021-04-12"), password);
    Packet::Connect(connect)
}

#[tokio::test]
async fn packets_may_be_split_over_messages_and_share_them() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let connect = connect_packet(&hub, "d1").await;
    let mut socket = open(&hub, "mqtt").await.unwrap();
    let mut all = bytes(&connect);
    // the last byte comes with what follows
    let last = all.split_off(all.len() - 1);
    for byte in all {
        socket.send(Message::Binary(vec![byte].into())).await.unwrap();
    }
    let together = [last, bytes(&Packet::PingReq), bytes(&Packet::PingReq)].concat();
    socket.send(Message::Binary(together.into())).await.unwrap();
    match receive(&mut socket).await {
        Some(Packet::ConnAck(ack)) => assert_eq!(ack.code, ConnectReturnCode::Success),
        other => panic!("expected CONNACK, got {other:?}"),
    }
    socket.send(Message::Ping(Vec::new().into())).await.unwrap();
    let (_, devices) = page(&hub, "GET", "/api/devices/d1", "").await;
    assert_eq!(devices["device"]["connected"], true, "{devices}");
    socket.send(Message::Binary(bytes(&Packet::Disconnect).into())).await.unwrap();
    while receive(&mut socket).await.is_some() {}
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_text_is_not_mqtt_and_ends_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut socket = open(&hub, "mqtt").await.unwrap();
    socket.send(Message::Text("CONNECT".into())).await.unwrap();
    assert!(receive(&mut socket).await.is_none());
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_websocket_without_mqtts_subprotocol_or_without_tls_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let refused = open(&hub, "chat").await.err();
    assert!(matches!(&refused, Some(Error::Http(answer)) if answer.status() == 400), "{refused:?}");
    let plain = TcpStream::connect(hub.http()).await.unwrap();
    let refused = tokio_tungstenite::client_async("ws://localhost/$iothub/websocket", plain).await.err();
    assert!(matches!(&refused, Some(Error::Http(answer)) if answer.status() == 400), "{refused:?}");
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_device_that_is_refused_by_websocket_finds_the_reason_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut socket = open(&hub, "mqtt").await.unwrap();
    let mut connect = Connect::new("nobody");
    connect.set_login("localhost/nobody/?api-version=2021-04-12", "SharedAccessSignature x");
    socket.send(Message::Binary(bytes(&Packet::Connect(connect)).into())).await.unwrap();
    match receive(&mut socket).await {
        Some(Packet::ConnAck(ack)) => assert_eq!(ack.code, ConnectReturnCode::NotAuthorized),
        other => panic!("expected CONNACK, got {other:?}"),
    }
    assert!(receive(&mut socket).await.is_none());
    assert!(log(&hub).await.iter().any(|row| row.contains("no device \"nobody\"")));
    hub.shutdown().await.unwrap();
}
