use std::collections::BTreeMap;
use std::time::Duration;

use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::Packet;
use serde_json::json;

use super::peer::{connection, start};
use super::sensor::{Board, Sensor};
use crate::error::Error;
use crate::outbox::WhenFull;
use crate::state::State;

#[tokio::test(start_paused = true)]
async fn telemetry_ends_at_its_acknowledgement() {
    let (client, mut hub) = start(Board, connection());
    let sending = tokio::spawn({
        let sensor = client.__component("sensor");
        async move { sensor.__send(&json!({ "temp": 21.5 })).await }
    });
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let message = peer.publish().await;
    assert_eq!((message.qos, &message.payload[..]), (QoS::AtLeastOnce, &br#"{"temp":21.5}"#[..]));
    let head = "devices/d/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8&%24.mid=";
    assert!(
        message.topic.starts_with(head) && message.topic.ends_with("&%24.sub=sensor"),
        "{}",
        message.topic
    );
    assert!(!sending.is_finished());
    peer.acknowledge(&message).await;
    assert!(sending.await.unwrap().is_ok());
    let error = client.__send(&BTreeMap::from([("temp", f64::NAN)])).await.unwrap_err();
    assert!(matches!(error, Error::Value { .. }));
}

#[tokio::test(start_paused = true)]
async fn what_was_not_acknowledged_is_sent_again_in_order_with_the_same_id() {
    let (client, mut hub) = start(Sensor, connection());
    let mut deliveries = Vec::new();
    for number in 0..5 {
        deliveries.push(client.__enqueue(&json!({ "temp": number })).await.unwrap());
    }
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let mut first = Vec::new();
    for _ in 0..5 {
        first.push(peer.publish().await);
    }
    peer.acknowledge(&first[1]).await;
    let acknowledged = deliveries.remove(1);
    acknowledged.await.unwrap();
    drop(peer);

    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    for expected in [&first[0], &first[2], &first[3], &first[4]] {
        let again = peer.publish().await;
        assert_eq!(again.payload, expected.payload);
        let (same, late) = again.topic.split_at(expected.topic.len());
        assert_eq!(same, expected.topic);
        assert!(late.starts_with("&iothub-creation-time-utc="), "{late}");
        peer.acknowledge(&again).await;
    }
    for delivery in deliveries {
        delivery.await.unwrap();
    }
    let counters = client.counters();
    assert_eq!((counters.accepted, counters.acknowledged, counters.sent, counters.connects), (5, 5, 9, 2));
}

#[tokio::test(start_paused = true)]
async fn a_full_outbox_makes_senders_wait_until_something_is_acknowledged() {
    let (client, mut hub) = start(Sensor, connection().with_outbox(1, 1000, WhenFull::Wait));
    let first = client.__enqueue(&json!({ "temp": 1 })).await.unwrap();
    let mut second = tokio::spawn({
        let client = client.clone();
        async move { client.__enqueue(&json!({ "temp": 2 })).await?.await }
    });
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let message = peer.publish().await;
    assert!(tokio::time::timeout(Duration::from_secs(5), &mut second).await.is_err());
    peer.acknowledge(&message).await;
    first.await.unwrap();
    let message = peer.publish().await;
    peer.acknowledge(&message).await;
    second.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_hub_that_acknowledges_nothing_is_left_and_the_message_survives() {
    let (client, mut hub) = start(Sensor, connection());
    let delivery = client.__enqueue(&json!({ "temp": 1 })).await.unwrap();
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let first = peer.publish().await;
    assert_eq!(peer.silence().await, Duration::from_secs(30));
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let again = peer.publish().await;
    assert!(again.topic.starts_with(&first.topic));
    peer.acknowledge(&again).await;
    delivery.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn closing_waits_for_acknowledgements_and_says_goodbye() {
    let (client, mut hub) = start(Sensor, connection());
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let delivery = client.__enqueue(&json!({ "temp": 1 })).await.unwrap();
    let message = peer.publish().await;
    let closing = tokio::spawn({
        let client = client.clone();
        async move { client.close().await }
    });
    while peer.call("blink", "1").await.0 != 503 {
        tokio::task::yield_now().await;
    }
    assert!(!closing.is_finished());
    peer.acknowledge(&message).await;
    delivery.await.unwrap();
    assert!(matches!(peer.next().await, Some(Packet::Disconnect)));
    assert!(peer.next().await.is_none());
    closing.await.unwrap().unwrap();
    assert!(matches!(client.state(), State::Closed));
    client.close().await.unwrap();
    assert!(matches!(client.__send(&json!({ "temp": 1 })).await, Err(Error::Closed)));
}

#[tokio::test(start_paused = true)]
async fn closing_without_a_connection_says_what_was_not_delivered() {
    let (client, hub) = start(Sensor, connection());
    drop(hub);
    let delivery = client.__enqueue(&json!({ "temp": 1 })).await.unwrap();
    assert!(matches!(client.close().await, Err(Error::Undelivered { count: 1 })));
    assert!(matches!(delivery.await, Err(Error::Closed)));
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_ends_the_session() {
    let (client, mut hub) = start(Sensor, connection());
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    drop(client);
    assert!(matches!(peer.next().await, Some(Packet::Disconnect)));
    assert!(peer.next().await.is_none());
}
