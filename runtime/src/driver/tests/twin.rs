use serde_json::json;

use super::peer::{connection, start};
use super::sensor::{Board, Sensor};
use crate::error::Error;
use crate::json::Json;

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
