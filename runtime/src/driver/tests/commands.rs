use serde_json::json;

use super::peer::{connection, start};
use super::sensor::{Board, Sensor};
use crate::json::Json;

#[tokio::test(start_paused = true)]
async fn every_command_is_answered_whatever_its_handler_does() {
    let (_client, mut hub) = start(Sensor, connection());
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    assert_eq!(peer.call("blink", "5").await, (200, json!("every 5 s")));
    let (status, body) = peer.call("dance", "5").await;
    assert_eq!((status, body["message"].as_str().unwrap().contains("blink, crash")), (404, true));
    let (status, body) = peer.call("blink", "\"5\"").await;
    assert_eq!((status, &body["at"]), (400, &json!("")));
    assert_eq!(peer.call("crash", "").await, (500, json!({ "message": "the handler panicked" })));
    assert_eq!(peer.call("hang", "").await.0, 504);
    assert_eq!(peer.call("blink", "6").await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn an_asynchronous_command_is_accepted_and_its_result_reported() {
    let (_client, mut hub) = start(Sensor, connection());
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    assert_eq!(peer.call("rundiagnostics", "").await, (202, Json::Null));
    assert_eq!(peer.patched(204, &Json::Null).await["rundiagnostics"]["value"], "fine");
}

#[tokio::test(start_paused = true)]
async fn a_components_command_is_called_and_reported_by_its_full_name() {
    let (client, mut hub) = start(Board, connection());
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    assert_eq!(peer.call("sensor*blink", "5").await.0, 200);
    assert_eq!(peer.call("blink", "5").await.0, 404);
    assert_eq!(peer.call("sensor*rundiagnostics", "").await.0, 202);
    let reported = peer.patched(204, &Json::Null).await;
    assert_eq!(reported["sensor"]["__t"], "c");
    assert_eq!(reported["sensor"]["rundiagnostics"]["value"], "fine");
    assert_eq!(client.counters().commands_answered, 3);
}
