use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use serde_json::json;

use super::super::now;
use super::peer::{connection, start};
use super::sensor::Sensor;
use crate::error::Error;
use crate::json::Json;
use crate::sampling::Sampling;

#[tokio::test(start_paused = true)]
async fn readings_are_taken_at_their_interval_sent_by_their_rules_and_end_with_the_client() {
    let (client, mut hub) = start(Sensor, connection());
    let readings = Rc::new(Cell::new(0_u64));
    let read = || {
        let number = readings.get();
        readings.set(number + 1);
        async move { json!({ "temp": number / 4, "humid": 40 }) }
    };
    let sampling = Sampling::every(Duration::from_secs(1)).on_change("temp").on_change("humid");
    let begin = now();
    let watch = async {
        let mut peer = hub.serve(json!({ "$version": 1 })).await;
        let mut seen = Vec::new();
        for _ in 0..3 {
            let message = peer.publish().await;
            peer.acknowledge(&message).await;
            seen.push((now() - begin, serde_json::from_slice::<Json>(&message.payload).unwrap()));
        }
        let closing = client.close();
        tokio::pin!(closing);
        tokio::select! {
            ended = &mut closing => ended.unwrap(),
            _ = async { while peer.next().await.is_some() {} } => closing.await.unwrap(),
        }
        seen
    };
    let (ended, seen) = tokio::join!(client.sample(sampling, read), watch);
    ended.unwrap();
    let expected =
        [(0, json!({ "temp": 0, "humid": 40 })), (4, json!({ "temp": 1 })), (8, json!({ "temp": 2 }))];
    assert_eq!(seen, expected.map(|(seconds, values)| (Duration::from_secs(seconds), values)));
}

#[tokio::test(start_paused = true)]
async fn a_slow_reading_is_not_made_up_for() {
    let (client, _hub) = start(Sensor, connection());
    let begin = now();
    let mut times = Vec::new();
    let read = || {
        times.push((now() - begin).as_millis());
        let slow = if times.len() == 2 { 2500 } else { 0 };
        async move {
            tokio::time::sleep(Duration::from_millis(slow)).await;
            json!({ "temp": 1 })
        }
    };
    let sampling = client.sample(Sampling::every(Duration::from_secs(1)), read);
    assert!(tokio::time::timeout(Duration::from_millis(5500), sampling).await.is_err());
    assert_eq!(times, [0, 1000, 4000, 5000]);
}

#[tokio::test(start_paused = true)]
async fn a_rule_for_no_telemetry_of_the_model_is_an_error_before_anything_is_read() {
    let (client, _hub) = start(Sensor, connection());
    let sampling = Sampling::every(Duration::from_secs(1)).on_change("pressure");
    let read = || async { panic!("nothing is to be read") };
    let error = client.sample::<Json, _, _>(sampling, read).await.unwrap_err();
    assert!(matches!(error, Error::Configuration { .. }));
    assert!(error.to_string().ends_with("but temp, humid"), "{error}");
}
