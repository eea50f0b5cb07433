//! How messages end: one outcome each, whatever the hub does.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::peer::{Hub, Peer, connection, start};
use super::sensor::Sensor;
use crate::client::Client;
use crate::error::Error;
use crate::json::Json;
use crate::outbox::{LARGEST, Priority, WhenFull};
use crate::outcome::Delivery;
use crate::send::SendOptions;

/// Served, with an empty twin.
async fn serve(hub: &mut Hub) -> Peer {
    hub.serve(json!({ "$version": 1 })).await
}

async fn enqueue(client: &Client, number: u64, options: SendOptions) -> Delivery {
    client.enqueue_with(&json!({ "temp": number }), &options).await.unwrap()
}

/// The number in the next message, which is acknowledged.
async fn taken(peer: &mut Peer) -> u64 {
    let message = peer.publish().await;
    peer.acknowledge(&message).await;
    let payload: Json = serde_json::from_slice(&message.payload).unwrap();
    payload["temp"].as_u64().unwrap()
}

#[tokio::test(start_paused = true)]
async fn peers_03_a_message_that_is_never_acknowledged_does_not_wait_behind_others_that_are() {
    let (client, mut hub) = start(Sensor, connection());
    let mut peer = serve(&mut hub).await;
    let forgotten = enqueue(&client, 0, SendOptions::new()).await;
    peer.publish().await;
    let begin = super::super::now();
    // Others are acknowledged all the while: that is no sign of life for the first.
    for number in 1..=5 {
        let delivery = enqueue(&client, number, SendOptions::new()).await;
        assert_eq!(taken(&mut peer).await, number);
        delivery.await.unwrap();
        tokio::time::advance(Duration::from_secs(5)).await;
    }
    peer.silence().await;
    assert_eq!(super::super::now() - begin, Duration::from_secs(30));
    let mut peer = serve(&mut hub).await;
    assert_eq!(taken(&mut peer).await, 0);
    forgotten.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn peers_04_a_message_that_is_too_large_fails_alone() {
    let (client, mut hub) = start(Sensor, connection());
    let mut peer = serve(&mut hub).await;
    let error = client.__send(&json!({ "log": "x".repeat(LARGEST) })).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: LARGEST, .. }));
    let delivery = enqueue(&client, 1, SendOptions::new()).await;
    assert_eq!(taken(&mut peer).await, 1);
    delivery.await.unwrap();
    let counters = client.counters();
    assert_eq!((counters.refused, counters.accepted, counters.disconnects), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn peers_05_every_message_ends_once_over_a_renewal_of_the_token() {
    let (client, mut hub) = start(Sensor, connection().with_token_life(Duration::from_secs(100)));
    let mut peer = serve(&mut hub).await;
    let early = enqueue(&client, 0, SendOptions::new()).await;
    tokio::time::advance(Duration::from_secs(80)).await;
    let unanswered = peer.publish().await;
    let late = enqueue(&client, 1, SendOptions::new()).await;
    peer.acknowledge(&unanswered).await;
    early.await.unwrap();
    // The old connection says goodbye, the new one carries on.
    while peer.next().await.is_some() {}
    let mut peer = serve(&mut hub).await;
    assert_eq!(taken(&mut peer).await, 1);
    late.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn peers_08_an_outage_keeps_no_more_than_the_limits_and_says_what_was_dropped() {
    let (client, hub) = start(Sensor, connection().with_outbox(100, 1 << 20, WhenFull::DropOldest));
    drop(hub);
    let mut deliveries = Vec::new();
    for number in 0..1000 {
        deliveries.push(enqueue(&client, number, SendOptions::new()).await);
    }
    for delivery in deliveries.drain(..900) {
        assert!(matches!(delivery.await, Err(Error::Dropped)));
    }
    assert!(matches!(client.close().await, Err(Error::Undelivered { count: 100 })));
    for delivery in deliveries {
        assert!(matches!(delivery.await, Err(Error::Closed)));
    }
    let counters = client.counters();
    assert_eq!((counters.accepted, counters.dropped, counters.abandoned), (1000, 900, 100));
    assert_eq!((counters.queued, counters.queued_bytes), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn peers_10_a_message_the_hub_cuts_the_connection_at_is_parked_and_the_others_pass() {
    let (client, mut hub) = start(Sensor, connection().with_parking_after(3));
    let mut deliveries = Vec::new();
    for number in 0..3 {
        deliveries.push(enqueue(&client, number, SendOptions::new()).await);
    }
    for _ in 0..3 {
        let mut peer = serve(&mut hub).await;
        let poison = peer.publish().await;
        assert!(poison.payload.ends_with(b":0}"));
    }
    let mut peer = serve(&mut hub).await;
    assert_eq!([taken(&mut peer).await, taken(&mut peer).await], [1, 2]);
    let ends = [deliveries.remove(0).await, deliveries.remove(0).await, deliveries.remove(0).await];
    assert!(matches!(ends, [Err(Error::Rejected { times: 3 }), Ok(()), Ok(())]));
    let parked = client.parked();
    assert_eq!((parked.len(), parked[0].cuts, client.counters().parked), (1, 3, 1));
    assert!(parked[0].id.ends_with("-1") && parked[0].reason.contains("lost"), "{parked:?}");
}

#[tokio::test(start_paused = true)]
async fn peers_10_no_property_can_make_the_hub_cut_the_connection() {
    let (client, mut hub) = start(Sensor, connection());
    let mut peer = serve(&mut hub).await;
    let options = SendOptions::new().property("a b+#/", "ü &=?\u{0}");
    let _delivery = enqueue(&client, 1, options).await;
    let message = peer.publish().await;
    assert!(message.topic.ends_with("&a%20b%2B%23%2F=%C3%BC%20%26%3D%3F%00"), "{}", message.topic);
    let refused =
        client.enqueue_with(&json!({ "temp": 1 }), &SendOptions::new().property("$.mid", "1")).await;
    assert!(matches!(refused, Err(Error::Property { .. })));
}

#[tokio::test(start_paused = true)]
async fn peers_14_a_hub_that_comes_back_is_met_by_few_messages_at_first() {
    let (client, mut hub) = start(Sensor, connection());
    for number in 0..50 {
        drop(enqueue(&client, number, SendOptions::new()).await);
    }
    let mut peer = serve(&mut hub).await;
    let mut sent = Vec::new();
    while let Ok(message) = tokio::time::timeout(Duration::from_secs(5), peer.publish()).await {
        sent.push(message);
    }
    assert_eq!(sent.len(), 10);
    for message in &sent {
        peer.acknowledge(message).await;
    }
    for number in 10..30 {
        let message = peer.publish().await;
        assert!(message.payload.ends_with(format!(":{number}}}").as_bytes()));
    }
    assert!(tokio::time::timeout(Duration::from_secs(5), peer.publish()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn urgent_messages_pass_those_that_wait_and_a_short_life_ends_before_a_long_one() {
    let (client, mut hub) = start(Sensor, connection().with_in_flight(1));
    let normal = enqueue(&client, 0, SendOptions::new()).await;
    let short = enqueue(&client, 1, SendOptions::new().time_to_live(Duration::from_secs(5))).await;
    let low = enqueue(&client, 2, SendOptions::new().priority(Priority::Low)).await;
    let high = enqueue(&client, 3, SendOptions::new().priority(Priority::High)).await;
    assert!(matches!(short.await, Err(Error::Expired)));
    let mut peer = serve(&mut hub).await;
    assert_eq!([taken(&mut peer).await, taken(&mut peer).await, taken(&mut peer).await], [3, 0, 2]);
    for delivery in [normal, low, high] {
        delivery.await.unwrap();
    }
    assert_eq!(client.counters().expired, 1);
}

#[tokio::test(start_paused = true)]
async fn a_message_tells_when_it_was_created_if_the_hub_cannot_know() {
    let (client, mut hub) = start(Sensor, connection());
    let _early = enqueue(&client, 0, SendOptions::new()).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut peer = serve(&mut hub).await;
    let early = peer.publish().await;
    assert!(early.topic.contains("&iothub-creation-time-utc=20"), "{}", early.topic);
    let _prompt = enqueue(&client, 1, SendOptions::new()).await;
    assert!(!peer.publish().await.topic.contains("creation"));
    let past = SystemTime::UNIX_EPOCH + Duration::from_millis(1500);
    let _told = enqueue(&client, 2, SendOptions::new().created_at(past)).await;
    let told = peer.publish().await;
    assert!(told.topic.ends_with("&iothub-creation-time-utc=1970-01-01T00%3A00%3A01.5Z"), "{}", told.topic);
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_for_room_get_it_in_order_and_one_who_gives_up_is_passed_over() {
    let (client, mut hub) = start(Sensor, connection().with_outbox(1, 1000, WhenFull::Wait));
    let first = enqueue(&client, 0, SendOptions::new()).await;
    let waiting = |number: u64| {
        let client = client.clone();
        tokio::spawn(async move { enqueue(&client, number, SendOptions::new()).await.await })
    };
    let mut tasks = Vec::new();
    for number in 1..4 {
        tasks.push(waiting(number));
        tokio::task::yield_now().await;
    }
    tasks.remove(1).abort();
    let mut peer = serve(&mut hub).await;
    assert_eq!([taken(&mut peer).await, taken(&mut peer).await, taken(&mut peer).await], [0, 1, 3]);
    first.await.unwrap();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_waits_for_room_ends_when_its_life_is_over() {
    let (client, hub) = start(Sensor, connection().with_outbox(1, 1000, WhenFull::Wait));
    drop(hub);
    let _first = enqueue(&client, 0, SendOptions::new()).await;
    let options = SendOptions::new().time_to_live(Duration::from_secs(5));
    let begin = super::super::now();
    let late = client.enqueue_with(&json!({ "temp": 1 }), &options).await;
    assert!(matches!(late, Err(Error::Expired)));
    assert_eq!(super::super::now() - begin, Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn what_was_in_flight_is_dropped_for_whoever_waits_when_the_connection_is_lost() {
    let connection = connection().with_outbox(2, 1000, WhenFull::DropOldest);
    let (client, mut hub) = start(Sensor, connection);
    let mut peer = serve(&mut hub).await;
    let oldest = enqueue(&client, 0, SendOptions::new()).await;
    let _second = enqueue(&client, 1, SendOptions::new()).await;
    peer.publish().await;
    peer.publish().await;
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.__enqueue(&json!({ "temp": 2 })).await.map(drop) }
    });
    tokio::task::yield_now().await;
    drop((peer, hub));
    let accepted = tokio::time::timeout(Duration::from_secs(60), waiting).await;
    accepted.expect("it is not to wait for the whole outage").unwrap().unwrap();
    assert!(matches!(oldest.await, Err(Error::Dropped)));
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_room_when_the_client_is_closed_is_told() {
    let (client, hub) = start(Sensor, connection().with_outbox(1, 1000, WhenFull::Wait));
    drop(hub);
    let _first = enqueue(&client, 0, SendOptions::new()).await;
    let second = tokio::spawn({
        let client = client.clone();
        async move { client.__enqueue(&json!({ "temp": 1 })).await.map(drop) }
    });
    tokio::task::yield_now().await;
    assert!(matches!(client.close().await, Err(Error::Undelivered { count: 1 })));
    assert!(matches!(second.await.unwrap(), Err(Error::Closed)));
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_one_message_and_a_large_one_several_that_all_must_arrive() {
    let (client, mut hub) = start(Sensor, connection());
    let mut peer = serve(&mut hub).await;
    let send = |samples: Vec<Json>| {
        let client = client.clone();
        tokio::spawn(async move { client.send_batch(samples, SendOptions::new()).await })
    };
    let small = send(vec![json!({ "temp": 1 }), json!({ "temp": 2 })]);
    let message = peer.publish().await;
    assert_eq!(message.payload, r#"[{"temp":1},{"temp":2}]"#);
    peer.acknowledge(&message).await;
    small.await.unwrap().unwrap();
    let text = "x".repeat(LARGEST / 2 - 300);
    let large = send(vec![json!(text), json!(text), json!(text)]);
    let messages = [peer.publish().await, peer.publish().await];
    let counts = messages
        .each_ref()
        .map(|message| serde_json::from_slice::<Vec<String>>(&message.payload).unwrap().len());
    assert_eq!(counts, [2, 1]);
    peer.acknowledge(&messages[1]).await;
    tokio::task::yield_now().await;
    assert!(!large.is_finished());
    peer.acknowledge(&messages[0]).await;
    large.await.unwrap().unwrap();
    assert!(client.send_batch(Vec::<Json>::new(), SendOptions::new()).await.is_ok());
}
