//! The hub's misbehaviour, as a device on a real socket sees it.

mod support;

use std::sync::mpsc;
use std::time::Duration;

use device_model_hub::{Fault, Hub};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Connect, ConnectReturnCode, Packet, Publish};
use serde_json::json;
use support::{Client, connect, hub, online, page, provision};

fn message(id: u16) -> Packet {
    let mut publish = Publish::new("devices/d1/messages/events/%24.mid=m-1", QoS::AtLeastOnce, "{}");
    publish.pkid = id;
    Packet::Publish(publish)
}

#[tokio::test]
async fn a_connection_is_refused_with_the_code_that_was_asked_for_as_often_as_was_asked() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let key = provision(&hub, "d1").await;
    hub.inject(Fault::RefuseConnection { code: 3 }.times(2));
    let mut codes = Vec::new();
    for _ in 0..3 {
        let mut client = Client::open(&hub).await;
        codes.push(connect(&mut client, "d1", &key, 60).await);
    }
    let unavailable = ConnectReturnCode::ServiceUnavailable;
    assert_eq!(codes, [unavailable, unavailable, ConnectReturnCode::Success]);
    hub.inject(Fault::ClockAhead { seconds: 7200 });
    let mut client = Client::open(&hub).await;
    assert_eq!(connect(&mut client, "d1", &key, 60).await, ConnectReturnCode::NotAuthorized);
    hub.clear_faults();
    let mut client = Client::open(&hub).await;
    assert_eq!(connect(&mut client, "d1", &key, 60).await, ConnectReturnCode::Success);
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_message_is_acknowledged_never_or_late_or_cut_at() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut client = online(&hub, "d1").await;
    hub.inject(Fault::WithholdAcknowledgement.times(1));
    hub.inject(Fault::DelayAcknowledgement { by: Duration::from_millis(50) }.times(1));
    for id in [1, 2, 3] {
        client.send(message(id)).await;
    }
    let mut acknowledged = Vec::new();
    for _ in 0..2 {
        match client.receive().await {
            Some(Packet::PubAck(ack)) => acknowledged.push(ack.pkid),
            other => panic!("expected PUBACK, got {other:?}"),
        }
    }
    assert_eq!(acknowledged, [3, 2]);
    hub.inject(Fault::CutAtMessage.of("d1"));
    client.send(message(4)).await;
    assert!(client.receive().await.is_none());
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn twin_requests_are_refused_and_pings_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut client = online(&hub, "d1").await;
    client.subscribe("$iothub/twin/res/#").await;
    hub.inject(Fault::RefuseTwin { status: 500 }.times(1));
    for rid in [1, 2] {
        client.publish(&format!("$iothub/twin/GET/?$rid={rid}"), "").await;
    }
    assert_eq!(client.receive_publish().await.0, "$iothub/twin/res/500/?$rid=1");
    assert_eq!(client.receive_publish().await.0, "$iothub/twin/res/200/?$rid=2");
    hub.inject(Fault::IgnorePing.times(1));
    client.send(Packet::PingReq).await;
    client.publish("$iothub/twin/GET/?$rid=3", "").await;
    assert_eq!(client.receive_publish().await.0, "$iothub/twin/res/200/?$rid=3");
    client.send(Packet::PingReq).await;
    assert_eq!(client.receive().await, Some(Packet::PingResp));
    assert_eq!(hub.cut(Some("d1")), 1);
    assert!(client.receive().await.is_none());
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_observer_is_told_of_every_message_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let (sender, told) = mpsc::channel();
    let free = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let builder = Hub::builder().dir(folder.path()).mqtt(free).http(free).https(free);
    let hub = builder.on_message(move |message| sender.send(message).unwrap()).start().await.unwrap();
    let mut client = online(&hub, "d1").await;
    for id in [1, 2] {
        client.send(message(id)).await;
        assert!(matches!(client.receive().await, Some(Packet::PubAck(_))));
    }
    let messages: Vec<_> = told.try_iter().collect();
    assert_eq!(messages.len(), 2);
    assert_eq!((messages[1].device.as_str(), messages[1].properties["$.mid"].as_str()), ("d1", "m-1"));
    assert_eq!(messages[1].body, b"{}");
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_session_that_is_not_clean_keeps_its_subscriptions() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let key = provision(&hub, "d1").await;
    let password = support::token("localhost/devices/d1", &key, 60);
    for (round, clean) in [false, false, true].into_iter().enumerate() {
        let mut client = Client::open(&hub).await;
        let mut connect = Connect::new("d1");
        connect.clean_session = clean;
        connect.set_login("localhost/d1/?api-version=2021-04-12", &password);
        client.send(Packet::Connect(connect)).await;
        let Some(Packet::ConnAck(ack)) = client.receive().await else { panic!("no CONNACK") };
        assert_eq!(ack.session_present, round == 1);
        if round == 0 {
            client.subscribe("$iothub/twin/res/#").await;
        }
        client.publish("$iothub/twin/GET/?$rid=1", "").await;
        client.send(Packet::PingReq).await;
        let answered = matches!(client.receive().await, Some(Packet::Publish(_)));
        assert_eq!(answered, round < 2, "{round}");
    }
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_connection_ends_as_if_its_token_had_expired() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    hub.inject(Fault::ExpireToken { after: Duration::from_millis(100) }.of("d1"));
    let mut client = online(&hub, "d1").await;
    assert!(client.receive().await.is_none());
    assert!(support::log(&hub).await.iter().any(|row| row.contains("the token has expired")));
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn faults_are_injected_listed_and_ended_by_the_pages_api() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut client = online(&hub, "d1").await;
    client.subscribe("$iothub/twin/res/#").await;
    let refuse = r#"{"kind":"refuseTwin","status":429,"device":"d1","times":1}"#;
    let (status, fault) = page(&hub, "POST", "/api/faults", refuse).await;
    assert_eq!((status, &fault["kind"], &fault["hits"]), (201, &json!("refuseTwin"), &json!(0)));
    client.publish("$iothub/twin/GET/?$rid=1", "").await;
    assert_eq!(client.receive_publish().await.0, "$iothub/twin/res/429/?$rid=1");
    let (_, listed) = page(&hub, "GET", "/api/faults", "").await;
    assert_eq!(listed, json!({ "items": [] }), "it was for once");
    let (_, fault) = page(&hub, "POST", "/api/faults", r#"{"kind":"ignorePing","forSeconds":3600}"#).await;
    let path = format!("/api/faults/{}", fault["id"]);
    assert_eq!(page(&hub, "DELETE", &path, "").await.0, 204);
    assert_eq!(page(&hub, "DELETE", &path, "").await.0, 404);
    for wrong in
        [r#"{"kind":"gremlin"}"#, r#"{"kind":"refuseTwin"}"#, r#"{"kind":"ignorePing","probability":2}"#]
    {
        assert_eq!(page(&hub, "POST", "/api/faults", wrong).await.0, 400, "{wrong}");
    }
    assert_eq!(page(&hub, "DELETE", "/api/faults", "").await.0, 204);
    assert_eq!(page(&hub, "POST", "/api/faults/cut", r#"{"device":"d1"}"#).await, (200, json!({ "cut": 1 })));
    assert!(client.receive().await.is_none());
    hub.shutdown().await.unwrap();
}
