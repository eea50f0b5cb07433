//! Too much: connections, refusals, requests whose answers nobody reads.

use std::time::Duration;

use device_model_hub::CloudToDevice;
use rumqttc::mqttbytes::v4::{ConnectReturnCode, Packet};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Client, connect, hub, log, online, provision};
use crate::{closed, hub_with, survives};

#[tokio::test]
async fn an_address_with_too_many_connections_gets_no_more_until_one_ends() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(folder.path(), |limits| limits.device_connections_per_address = 3).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(Client::open(&hub).await);
    }
    for _ in 0..20 {
        let mut socket = TcpStream::connect(hub.mqtt()).await.unwrap();
        let mut rest = Vec::new();
        // closed or reset, before a byte has come
        let _ = socket.read_to_end(&mut rest).await;
        assert!(rest.is_empty());
    }
    let refusals =
        log(&hub).await.iter().filter(|row| row.contains("more than 3 connections to mqtt")).count();
    assert_eq!(refusals, 1, "a flood does not fill the log");
    open.pop().unwrap().stream.shutdown().await.unwrap();
    // its place is free when the hub has seen the end
    while TcpStream::connect(hub.mqtt()).await.unwrap().read_u8().await.is_err() {
        if log(&hub).await.iter().any(|row| row.contains("no CONNECT") || row.contains("TLS handshake")) {
            break;
        }
    }
    drop(open);
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_storm_of_connects_with_wrong_keys_is_refused_while_a_device_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut device = online(&hub, "d1").await;
    device.subscribe("$iothub/twin/res/#").await;
    let wrong = crate::support::hmac(&provision(&hub, "d2").await, "wrong");
    let storm = async {
        for _ in 0..10 {
            let mut clients = Vec::new();
            for _ in 0..10 {
                clients.push(Client::open(&hub).await);
            }
            for client in &mut clients {
                assert_eq!(connect(client, "d2", &wrong, 60).await, ConnectReturnCode::NotAuthorized);
            }
        }
    };
    let served = async {
        for rid in 0..50 {
            device.publish(&format!("$iothub/twin/GET/?$rid={rid}"), "").await;
            assert_eq!(device.receive_publish().await.0, format!("$iothub/twin/res/200/?$rid={rid}"));
        }
    };
    tokio::join!(storm, served);
    survives(&hub, "does not match").await;
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn connections_of_one_device_that_take_over_from_one_another_leave_one() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let key = provision(&hub, "d1").await;
    let mut clients = Vec::new();
    for _ in 0..30 {
        let mut client = Client::open(&hub).await;
        assert_eq!(connect(&mut client, "d1", &key, 60).await, ConnectReturnCode::Success);
        clients.push(client);
    }
    let mut last = clients.pop().unwrap();
    for mut client in clients {
        assert!(closed(&mut client).await.is_empty());
    }
    last.send(Packet::PingReq).await;
    assert_eq!(last.receive().await, Some(Packet::PingResp));
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_device_that_asks_and_does_not_read_is_cut_and_the_others_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let short = Duration::from_millis(200);
    let hub = hub_with(folder.path(), |limits| limits.write_deadline = short).await;
    let mut device = online(&hub, "d1").await;
    device.subscribe("$iothub/twin/res/#").await;
    let long = format!(r#"{{"text":"{}"}}"#, "x".repeat(4000));
    device.publish("$iothub/twin/PATCH/properties/reported/?$rid=1", &long).await;
    assert_eq!(device.receive_publish().await.0, "$iothub/twin/res/204/?$rid=1&$version=2");
    let mut bytes = bytes::BytesMut::new();
    for _ in 0..100 {
        let publish = rumqttc::mqttbytes::v4::Publish::new(
            "$iothub/twin/GET/?$rid=1",
            rumqttc::mqttbytes::QoS::AtMostOnce,
            "",
        );
        publish.write(&mut bytes).unwrap();
    }
    // until the hub has closed the connection
    while device.stream.write_all(&bytes).await.is_ok() {}
    survives(&hub, "does not read its messages").await;
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_device_whose_messages_pile_up_gets_no_more_than_its_queue_holds() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    provision(&hub, "d1").await;
    let sent =
        (0..200).filter(|_| hub.send_message("d1", CloudToDevice::new("x".repeat(1000))).is_ok()).count();
    assert_eq!((sent, hub.queued_messages("d1")), (50, 50));
    hub.shutdown().await.unwrap();
}
