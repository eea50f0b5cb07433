use std::time::Duration;

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

#[tokio::test(start_paused = true)]
async fn an_asynchronous_command_tells_how_far_it_has_come_and_then_its_result() {
    let (_client, mut hub) = start(Sensor, connection());
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    assert_eq!(peer.call("calibrate", "").await, (202, Json::Null));
    let reported =
        |patch: Json| (patch["calibrate"]["value"].clone(), patch["calibrate"]["statusCode"].clone());
    assert_eq!(reported(peer.patched(204, &Json::Null).await), (json!("40 %"), json!(202)));
    assert_eq!(reported(peer.patched(204, &Json::Null).await), (json!(90), json!(202)));
    assert_eq!(reported(peer.patched(204, &Json::Null).await), (json!("done"), Json::Null));
}

#[tokio::test(start_paused = true)]
async fn progress_and_pending_elsewhere_are_errors_that_say_where_they_belong() {
    let (client, mut hub) = start(Sensor, connection());
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let (status, body) = peer.call("tell", "").await;
    let text = "progress belongs in the running handler of an asynchronous command: call it on the client that the \
                handler is given";
    assert_eq!((status, body["message"].as_str()), (500, Some(text)));
    assert_eq!(client.progress("40 %").await.unwrap_err().to_string(), text);
    assert!(
        client
            .pending("x")
            .await
            .unwrap_err()
            .to_string()
            .starts_with("pending belongs in the running handler")
    );
}

#[tokio::test(start_paused = true)]
async fn a_command_has_a_deadline_of_its_own() {
    let (_client, mut hub) = start(Sensor, connection().with_deadline_for("hang", Duration::from_secs(3)));
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let begin = super::super::now();
    assert_eq!(peer.call("hang", "").await.0, 504);
    assert_eq!(super::super::now() - begin, Duration::from_secs(3));
}
