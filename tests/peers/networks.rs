//! Connections that fail: rows 1, 2, 11, 13 and 15.

use device_model::State;
use device_model::hub::Fault;

use crate::rig::{Rig, Telemetry};
use crate::support::PATIENCE;
use crate::support::proxy::{Gate, Strike, Way};

fn is_retrying(state: &State) -> bool {
    matches!(state, State::Retrying { .. })
}

#[tokio::test]
async fn a_device_comes_back_from_every_way_a_network_fails() {
    let rig = Rig::start().await;
    let ways: [fn(&Rig); 6] = [
        |rig| rig.proxy.cut(),
        |rig| rig.proxy.reset(),
        |rig| rig.proxy.half_open(),
        |rig| rig.proxy.strike(Way::ToDevice, 1, Strike::Corrupt),
        |rig| rig.proxy.strike(Way::ToHub, 1, Strike::Reset),
        |rig| assert_eq!(rig.hub.cut(None), 1),
    ];
    for (number, way) in (0..).zip(ways) {
        rig.comes_back_from(way).await;
        rig.send(number).await.unwrap();
    }
    rig.proxy.gate(Gate::Refuse);
    rig.proxy.reset();
    rig.state(is_retrying).await;
    rig.proxy.clear();
    rig.send(6).await.unwrap();
    assert_eq!(rig.received.numbers(), [0, 1, 2, 3, 4, 5, 6]);
    rig.end().await;
}

#[tokio::test]
async fn a_refusal_for_a_while_does_not_end_the_session() {
    let rig = Rig::start().await;
    rig.hub.inject(Fault::RefuseConnection { code: 5 });
    rig.proxy.cut();
    let cause = rig.state(|state| is_retrying(state) && format!("{state:?}").contains("Refused")).await;
    assert!(cause.contains("CONNACK code 5"), "{cause}");
    rig.hub.clear_faults();
    rig.send(1).await.unwrap();
    rig.end().await;
}

#[tokio::test]
async fn a_token_that_the_hub_finds_expired_is_replaced_by_a_fresh_one() {
    let rig = Rig::start().await;
    // to the hub it is two hours later, and the device's token was good for one
    rig.hub.inject(Fault::ClockAhead { seconds: 7_200 });
    rig.hub.cut(None);
    rig.state(|state| is_retrying(state) && format!("{state:?}").contains("Refused")).await;
    assert!(rig.hub_log().await.contains("expired"));
    rig.hub.clear_faults();
    rig.send(1).await.unwrap();
    rig.end().await;
}

#[tokio::test]
async fn a_hub_that_answers_no_ping_is_left() {
    let rig = Rig::start().await;
    // the second comes before the first has waited long enough
    rig.comes_back_from(|rig| rig.hub.inject(Fault::IgnorePing.times(2))).await;
    rig.send(1).await.unwrap();
    rig.end().await;
}

#[tokio::test]
async fn a_half_open_connection_is_noticed_while_messages_are_sent() {
    let rig = Rig::start().await;
    let mut deliveries = Vec::new();
    let mut number = 0;
    let before = rig.client.counters().connects;
    rig.proxy.half_open();
    // the device is never idle: if pings were left out while it publishes, nothing would be noticed
    while rig.client.counters().connects == before {
        let telemetry = Telemetry { number: Some(number), ..Default::default() };
        deliveries.push(rig.client.enqueue(telemetry).await.unwrap());
        number += 1;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    for delivery in deliveries {
        tokio::time::timeout(PATIENCE, delivery).await.expect("in time").unwrap();
    }
    assert_eq!(rig.received.numbers(), (0..i64::from(number)).collect::<Vec<_>>());
    rig.end().await;
}

#[tokio::test]
async fn a_throttled_registration_is_tried_again_until_it_is_assigned() {
    let throttle = Fault::RefuseRegistration { status: 429, retry_after: Some(1) };
    let rig = Rig::start_unconnected(|hub| hub.inject(throttle.times(2)), |connection| connection).await;
    rig.send(1).await.unwrap();
    rig.end().await;
}
