//! Messages that must not be lost, hang or harm others: rows 3, 4, 5, 8, 10 and 14.

use std::time::Duration;

use device_model::hub::Fault;
use device_model::{Error, SendOptions, State, WhenFull};
use tokio::time::timeout;

use crate::rig::{Rig, Telemetry};
use crate::support::PATIENCE;
use crate::support::proxy::{Gate, Strike, Way};

fn numbered(number: i32) -> Telemetry {
    Telemetry { number: Some(number), ..Default::default() }
}

fn text(text: &str) -> Telemetry {
    Telemetry { text: Some(text.to_owned()), ..Default::default() }
}

#[tokio::test]
async fn a_message_that_is_never_acknowledged_ends_and_the_state_says_why() {
    let rig =
        Rig::start_with(|connection| connection.with_telemetry_time_to_live(Duration::from_secs(1))).await;
    rig.hub.inject(Fault::WithholdAcknowledgement);
    let (outcome, cause) =
        tokio::join!(rig.send(1), rig.state(|state| matches!(state, State::Retrying { .. })));
    assert!(matches!(outcome, Err(Error::Expired)), "{outcome:?}");
    assert!(cause.contains("acknowledgement"), "{cause}");
    rig.hub.clear_faults();
    rig.connected().await;
    rig.send(2).await.unwrap();
    rig.end().await;
}

#[tokio::test]
async fn too_large_a_message_is_refused_to_its_sender_and_harms_no_other() {
    let rig = Rig::start().await;
    let before = rig.client.enqueue(text("before")).await.unwrap();
    let refused = rig.client.send(text(&"x".repeat(300 * 1024))).await;
    assert!(matches!(refused, Err(Error::TooLarge { .. })), "{refused:?}");
    rig.client.send(text("after")).await.unwrap();
    before.await.unwrap();
    assert_eq!(rig.received.texts(), ["before", "after"]);
    assert_eq!(rig.client.counters().connects, 1);
    rig.end().await;
}

#[tokio::test]
async fn the_largest_message_that_is_taken_gets_through() {
    let rig = Rig::start().await;
    let mut size = 256 * 1024;
    let taken = loop {
        let message = "x".repeat(size);
        match rig.client.send(text(&message)).await {
            Ok(()) => break message,
            Err(Error::TooLarge { size: found, limit }) => size -= found - limit,
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(rig.received.texts(), [taken]);
    assert_eq!(rig.client.counters().connects, 1);
    rig.end().await;
}

#[tokio::test]
async fn any_character_arrives_as_it_was_sent() {
    let rig = Rig::start().await;
    let texts =
        ["#", "+", "a/b", "100%", "\u{0}", "\u{feff}", "\u{1F600} ä", "\"\\\u{7f}\r\n", "%24.mid=1&x"];
    for one in texts {
        rig.client.send(text(one)).await.unwrap();
    }
    assert_eq!(rig.received.texts(), texts);
    for one in texts {
        let options = SendOptions::new().property(one, one);
        rig.client.send_with(numbered(1), options).await.unwrap();
        assert_eq!(rig.received.last_properties().get(one).map(String::as_str), Some(one));
    }
    assert_eq!(rig.client.counters().connects, 1);
    rig.end().await;
}

#[tokio::test]
async fn what_no_hub_takes_as_a_property_is_refused_to_its_sender() {
    let rig = Rig::start().await;
    let large = "x".repeat(70_000);
    for (name, value) in [("", "1"), ("$.mid", "1"), ("iothub-x", "1"), ("large", large.as_str())] {
        let refused = rig.client.send_with(numbered(1), SendOptions::new().property(name, value)).await;
        assert!(matches!(refused, Err(Error::Property { .. })), "{name}: {refused:?}");
    }
    rig.send(2).await.unwrap();
    assert_eq!((rig.received.numbers(), rig.client.counters().connects), (vec![2], 1));
    rig.end().await;
}

#[tokio::test]
async fn every_message_ends_exactly_once_while_connections_break() {
    let rig = Rig::start().await;
    let mut deliveries = Vec::new();
    for number in 0..600 {
        deliveries.push(rig.client.enqueue(numbered(number)).await.unwrap());
        match number % 60 {
            10 => rig.proxy.strike(Way::ToDevice, 40, Strike::Cut),
            30 => rig.proxy.strike(Way::ToHub, 2_000, Strike::Reset),
            50 => rig.received.at_least(number as usize).await,
            _ => {}
        }
    }
    for delivery in deliveries {
        timeout(PATIENCE, delivery).await.expect("every message ends").unwrap();
    }
    assert_eq!(rig.received.numbers(), (0..600).collect::<Vec<_>>());
    let counters = rig.client.counters();
    assert_eq!((counters.acknowledged, counters.queued), (600, 0));
    assert!(counters.connects > 1, "nothing broke");
    rig.end().await;
}

#[tokio::test]
async fn an_outage_fills_the_outbox_to_its_bound_and_no_further() {
    let rig = Rig::start_with(|connection| connection.with_outbox(100, 1 << 20, WhenFull::DropOldest)).await;
    rig.proxy.gate(Gate::Refuse);
    rig.proxy.reset();
    rig.state(|state| !state.is_connected()).await;
    let mut deliveries = Vec::new();
    for number in 0..1_000 {
        deliveries.push(rig.client.enqueue(numbered(number)).await.unwrap());
    }
    let counters = rig.client.counters();
    assert_eq!((counters.queued, counters.dropped), (100, 900));
    rig.proxy.clear();
    let mut dropped = 0;
    for delivery in deliveries {
        match timeout(PATIENCE, delivery).await.expect("every message ends") {
            Ok(()) => {}
            Err(Error::Dropped) => dropped += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(dropped, 900);
    assert_eq!(rig.received.numbers(), (900..1_000).collect::<Vec<_>>());
    rig.end().await;
}

#[tokio::test]
async fn a_message_the_hub_always_cuts_at_is_put_aside_and_the_next_ones_arrive() {
    let rig = Rig::start().await;
    rig.hub.inject(Fault::CutAtMessage.times(10));
    let poison = rig.client.enqueue(numbered(1)).await.unwrap();
    let next = rig.client.enqueue(numbered(2)).await.unwrap();
    let outcome = timeout(PATIENCE, poison).await.expect("it ends");
    assert!(matches!(outcome, Err(Error::Rejected { .. })), "{outcome:?}");
    timeout(PATIENCE, next).await.expect("in time").unwrap();
    assert_eq!(rig.received.numbers(), [2]);
    let parked = rig.client.parked();
    assert_eq!((parked.len(), parked[0].cuts), (1, 10), "{parked:?}");
    rig.end().await;
}

#[tokio::test]
async fn thousands_of_waiting_messages_do_not_hinder_a_reconnect() {
    let rig = Rig::start().await;
    rig.proxy.gate(Gate::Refuse);
    rig.proxy.reset();
    rig.state(|state| !state.is_connected()).await;
    let mut deliveries = Vec::new();
    for number in 0..5_000 {
        deliveries.push(rig.client.enqueue(numbered(number)).await.unwrap());
    }
    rig.hub.inject(Fault::WithholdAcknowledgement);
    rig.proxy.clear();
    rig.connected().await;
    // with nothing acknowledged the hub is not flooded; commands go past what waits
    rig.received.at_least(1).await;
    assert_eq!(rig.operator.command(crate::support::DEVICE, "count", serde_json::Value::Null).await.0, 200);
    assert!(rig.received.len() < 5_000);
    rig.hub.clear_faults();
    rig.proxy.cut();
    for delivery in deliveries {
        timeout(PATIENCE, delivery).await.expect("every message ends").unwrap();
    }
    assert_eq!(rig.received.numbers(), (0..5_000).collect::<Vec<_>>());
    rig.end().await;
}
