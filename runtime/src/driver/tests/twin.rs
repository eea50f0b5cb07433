use std::time::Duration;

use rumqttc::mqttbytes::v4::Packet;
use serde_json::json;

use super::peer::{connection, start};
use super::sensor::{Board, Sensor};
use crate::connection::{AfterRestart, Connection};
use crate::error::Error;
use crate::json::Json;
use crate::state::State;

#[tokio::test(start_paused = true)]
async fn desired_values_are_applied_and_acknowledged_or_refused() {
    let (_client, mut hub) = start(Sensor, connection());
    let mut peer = hub.serve(json!({ "brightness": { "value": 2 }, "$version": 5 })).await;
    let done = peer.patched(204, &Json::Null).await;
    assert_eq!(done["brightness"]["status"], "completed");
    assert_eq!((&done["brightness"]["value"], &done["brightness"]["desiredVersion"]), (&json!(2), &json!(5)));
    peer.tell(
        "$iothub/twin/PATCH/properties/desired/?$version=6",
        &json!({ "brightness": 9, "$version": 6 }),
    )
    .await;
    let refused = peer.patched(204, &Json::Null).await;
    assert_eq!(refused["brightness"]["status"], "failed");
    assert_eq!(refused["brightness"]["value"], 2);
    assert_eq!(refused["brightness"]["desiredVersion"], 6);
}

#[tokio::test(start_paused = true)]
async fn a_missed_change_is_applied_after_a_reconnect_and_a_known_one_is_not() {
    let (client, mut hub) = start(Board, connection());
    let mut peer = hub.serve(json!({ "sensor": { "__t": "c", "brightness": 1 }, "$version": 2 })).await;
    peer.patched(204, &Json::Null).await;
    drop(peer);
    let mut peer = hub.serve(json!({ "sensor": { "__t": "c", "brightness": 1 }, "$version": 2 })).await;
    assert_eq!(peer.call("sensor*blink", "1").await.0, 200);
    assert_eq!(client.counters().desired_applied, 1);
    drop(peer);
    let mut peer = hub.serve(json!({ "sensor": { "__t": "c", "brightness": 3 }, "$version": 4 })).await;
    let acknowledged =
        json!({ "sensor": { "__t": "c", "brightness": { "value": 3, "ac": 200, "av": 4, "ad": "ok" } } });
    assert_eq!(peer.patched(204, &Json::Null).await, acknowledged);
}

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_that_was_not_answered_is_sent_again() {
    let (_client, mut hub) = start(Sensor, connection());
    let mut peer = hub.serve(json!({ "brightness": 1, "$version": 2 })).await;
    let first = peer.publish().await;
    drop(peer);
    let mut peer = hub.serve(json!({ "brightness": 1, "$version": 2 })).await;
    let again = peer.patched(204, &Json::Null).await;
    assert_eq!(again, serde_json::from_slice::<Json>(&first.payload).unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_report_ends_with_the_hubs_answer() {
    let (client, mut hub) = start(Board, connection());
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let sensor = client.__component("sensor");
    let report = tokio::spawn(async move {
        let first = sensor.__report(&json!({ "state": true, "brightness": 1 })).await;
        (first, sensor.__report(&json!({ "state": false })).await)
    });
    let initial = json!({ "value": 1, "ac": 203, "av": 0, "ad": "initialize" });
    let expected = json!({ "sensor": { "__t": "c", "state": true, "brightness": initial } });
    assert_eq!(peer.patched(204, &Json::Null).await, expected);
    peer.patched(429, &Json::Null).await;
    peer.patched(400, &json!({ "message": "too deep" })).await;
    let (first, second) = report.await.unwrap();
    assert!(first.is_ok());
    assert!(matches!(second, Err(Error::Twin { status: 400, text }) if text == "too deep"));
}

#[tokio::test(start_paused = true)]
async fn a_report_while_unreachable_times_out_and_names_the_cause() {
    let (client, hub) = start(Sensor, connection());
    drop(hub);
    let error = client.__report(&json!({ "state": true })).await.unwrap_err();
    assert!(error.to_string().contains("60 s; last cause: cannot connect to hub.example:8883"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_long_is_acknowledged_as_pending_and_then_for_good() {
    let (_client, mut hub) = start(Sensor, connection());
    let mut peer = hub.serve(json!({ "warmth": 5, "$version": 2 })).await;
    let begin = super::super::now();
    let mut acknowledged = async |name: &str| peer.patched(204, &Json::Null).await["warmth"][name].clone();
    assert_eq!(acknowledged("statusCode").await, 202);
    assert_eq!(super::super::now() - begin, Duration::from_secs(2));
    assert_eq!(acknowledged("status").await, "completed");
    assert_eq!(super::super::now() - begin, Duration::from_secs(5));
    let patch = json!({ "warmth": 60, "$version": 3 });
    peer.tell("$iothub/twin/PATCH/properties/desired/?$version=3", &patch).await;
    let pending = peer.patched(204, &Json::Null).await["warmth"].clone();
    let expected = json!({
        "value": 5, "status": "pending", "desiredVersion": 3, "statusCode": 202, "message": "warming up"
    });
    assert_eq!(pending, expected, "the value in force until then, in the handler's own words");
    let last = peer.patched(204, &Json::Null).await["warmth"].clone();
    assert_eq!((&last["value"], &last["statusCode"]), (&json!(60), &Json::Null));
}

#[tokio::test(start_paused = true)]
async fn reports_made_while_offline_arrive_as_one_patch_and_all_are_told() {
    let (client, mut hub) = start(Board, connection());
    let mut states = client.states();
    let sensor = client.__component("sensor");
    let mut reports = tokio::task::JoinSet::new();
    for number in 0..200 {
        let sensor = sensor.clone();
        reports.spawn(async move {
            sensor.__report(&json!({ "state": number % 2 == 0, "brightness": number })).await
        });
    }
    drop(hub.next().await);
    states.wait_for(|state| matches!(state, State::Retrying { .. })).await.unwrap();
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let patch = peer.patched(204, &Json::Null).await;
    assert!(patch["sensor"]["brightness"]["value"].is_u64() && patch["sensor"]["state"].is_boolean());
    let outcomes = reports.join_all().await;
    assert!(outcomes.len() == 200 && outcomes.iter().all(Result::is_ok));
    assert_eq!(client.counters().reported, 1);
}

#[tokio::test(start_paused = true)]
async fn a_map_that_loses_an_entry_loses_it_in_the_acknowledgement_and_in_later_lives() {
    let (_client, mut hub) = start(Sensor, connection());
    let mut peer = hub.serve(json!({ "tags": { "a": 1, "b": 1 }, "$version": 2 })).await;
    peer.patched(204, &Json::Null).await;
    let patch = json!({ "tags": { "a": null }, "$version": 3 });
    peer.tell("$iothub/twin/PATCH/properties/desired/?$version=3", &patch).await;
    assert_eq!(peer.patched(204, &Json::Null).await["tags"]["value"], json!({ "a": null, "b": 1 }));
    drop(peer);
    let (_client, mut hub) = start(Sensor, connection());
    let reported = json!({ "tags": { "value": { "old": 1 } }, "$version": 7 });
    let mut peer = hub.serve_twin(json!({ "tags": { "b": 1 }, "$version": 3 }), reported).await;
    assert_eq!(peer.patched(204, &Json::Null).await["tags"]["value"], json!({ "b": 1, "old": null }));
}

#[tokio::test(start_paused = true)]
async fn what_a_twin_does_not_take_is_refused_at_once() {
    let (client, _hub) = start(Sensor, connection());
    let error = client.__report(&json!({ "tags": { "a.b": 1 } })).await.unwrap_err();
    assert!(error.to_string().contains("/tags/value/a.b: keys in a twin"), "{error}");
    let error = client.__report(&json!({ "state": 1u64 << 53 })).await.unwrap_err();
    assert!(error.to_string().contains("/state: integers in a twin"), "{error}");
}

/// Serves one process of the device until it has acknowledged, or answered a command without acknowledging; how many
/// patches it sent, and how many handlers it called.
async fn process(connection: &Connection, desired: &Json) -> (u64, u64) {
    let (client, mut hub) = start(Sensor, connection.clone());
    let mut peer = hub.serve(desired.clone()).await;
    let mut patches = 0;
    peer.ask("blink", "1").await;
    loop {
        let publish = peer.publish().await;
        if publish.topic.starts_with("$iothub/methods/res/") {
            break;
        }
        peer.take_patch(&publish).await;
        patches += 1;
    }
    let closing = tokio::spawn(async move { (client.close().await, client.counters().desired_applied) });
    while let Some(packet) = peer.next().await {
        if let Packet::Publish(publish) = packet {
            peer.take_patch(&publish).await;
            patches += 1;
        }
    }
    let (closed, applied) = closing.await.unwrap();
    closed.unwrap();
    (patches, applied)
}

#[tokio::test(start_paused = true)]
async fn a_restarted_process_applies_again_and_does_not_acknowledge_again() {
    let folder = tempfile::tempdir().unwrap();
    let connection = connection().with_state_dir(folder.path());
    let desired = json!({ "brightness": 2, "tags": { "a": 1 }, "$version": 2 });
    assert!(matches!(process(&connection, &desired).await, (1.., 2)));
    assert_eq!(process(&connection, &desired).await, (0, 2));
    let changed = json!({ "brightness": 3, "tags": { "a": 1 }, "$version": 3 });
    assert!(matches!(process(&connection, &changed).await, (1.., 2)));
}

#[tokio::test(start_paused = true)]
async fn a_device_that_keeps_its_state_is_told_only_of_changes_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let connection =
        connection().with_state_dir(folder.path()).with_after_restart(AfterRestart::ApplyChanges);
    let desired = json!({ "brightness": 2, "tags": { "a": 1 }, "$version": 2 });
    assert!(matches!(process(&connection, &desired).await, (1.., 2)));
    assert_eq!(process(&connection, &desired).await, (0, 0));
    let changed = json!({ "brightness": 3, "tags": { "a": 1 }, "$version": 3 });
    assert!(matches!(process(&connection, &changed).await, (1.., 1)));
    let anew = json!({ "brightness": 3, "tags": { "a": 1 }, "$version": 1 });
    assert!(matches!(process(&connection, &anew).await, (1.., 2)), "the twin was made anew");
    let other =
        Connection::from_connection_string("HostName=other.example;DeviceId=d;SharedAccessKey=QUJD").unwrap();
    let other = other.with_state_dir(folder.path()).with_after_restart(AfterRestart::ApplyChanges);
    assert!(matches!(process(&other, &anew).await, (1.., 2)), "it is another hub's twin");
}

#[tokio::test(start_paused = true)]
async fn to_remember_what_was_applied_needs_a_folder() {
    let connection = connection().with_after_restart(AfterRestart::ApplyChanges);
    let error = super::super::start(Sensor, connection).unwrap_err();
    assert!(error.to_string().contains("set with_state_dir as well"), "{error}");
}
