//! The example's temperature controller against the local hub, over real TLS: what one thermostat does is not the other's.

#![allow(clippy::print_stdout, reason = "the example prints what it does")]

mod support;

#[path = "../examples/temperature_controller/controller.rs"]
mod controller;
#[path = "../examples/temperature_controller/thermostat.rs"]
mod thermostat;

use std::time::{Duration, SystemTime};

use controller::temperature_controller::Client;
use controller::{Work, assemble};
use device_model::time::DateTime;
use hyper::Method;
use serde_json::{Value, json};
use support::{DEVICE, Running};

/// The example's device, connected, and its work, which has not begun.
async fn start() -> (Running<Client>, Work) {
    let (device, work) = assemble(Duration::from_millis(10));
    (Running::start(device, |client| client.states()).await, work)
}

fn moment(value: &Value) -> SystemTime {
    let moment: DateTime = value.as_str().and_then(|text| text.parse().ok()).expect("a dateTime");
    SystemTime::try_from(&moment).expect("one of this century")
}

#[tokio::test]
async fn each_thermostat_sends_and_reports_as_its_own_component() {
    let (running, work) = start().await;
    work.thermostat1.measure(&running.client.thermostat1).await.expect("acknowledged");
    work.thermostat2.measure(&running.client.thermostat2).await.expect("acknowledged");
    let (_, raw) =
        running.operator.page(Method::GET, &format!("/api/devices/{DEVICE}/raw?limit=1000"), None).await;
    let rows = raw["items"].as_array().into_iter().flatten();
    let mut sent: Vec<_> =
        rows.filter(|row| row["kind"] == "telemetry").map(|row| (&row["component"], &row["bodyText"])).collect();
    sent.reverse();
    let first = (&json!("thermostat1"), &json!(r#"{"temperature":17.0}"#));
    let second = (&json!("thermostat2"), &json!(r#"{"temperature":23.25}"#));
    assert_eq!(sent, [first, second]);
    let reported = running.reported().await;
    assert_eq!(reported["thermostat1"], json!({ "__t": "c", "maxTempSinceLastReboot": 17.0 }));
    assert_eq!(reported["thermostat2"], json!({ "__t": "c", "maxTempSinceLastReboot": 23.25 }));
    running.end(async |client| client.close().await).await;
}

#[tokio::test]
async fn an_operator_sees_sets_and_calls_the_components_of_a_model_in_several_files() {
    let (running, work) = start().await;
    work.thermostat2.measure(&running.client.thermostat2).await.expect("acknowledged");
    let (_, page) = running.operator.page(Method::GET, &format!("/api/devices/{DEVICE}"), None).await;
    let group = &page["model"]["groups"][2];
    assert_eq!((&group["component"], &group["title"]), (&json!("thermostat2"), &json!("Thermostat Two")));
    assert_eq!(group["telemetry"][0]["unit"], "°C");
    let latest = &page["latest"][0];
    assert_eq!((&latest["component"], &latest["value"]), (&json!("thermostat2"), &json!(23.25)), "{page}");

    // the operator's form knows what may be set, and where
    let path = format!("/api/devices/{DEVICE}/properties");
    let write =
        |component: &str| Some(json!([{ "component": component, "name": "targetTemperature", "value": 19 }]));
    assert_eq!(running.operator.page(Method::PATCH, &path, write("thermostat3")).await.0, 400);
    let mut events = running.operator.events(DEVICE).await;
    assert_eq!(running.operator.page(Method::PATCH, &path, write("thermostat1")).await.0, 200);
    events.property_of("thermostat1", "targetTemperature", |property| property["sync"] == "synced").await;

    let call =
        json!({ "component": "thermostat2", "name": "getMaxMinReport", "request": "2026-01-01T00:00:00Z" });
    let path = format!("/api/devices/{DEVICE}/commands");
    let (_, row) = running.operator.page(Method::POST, &path, Some(call)).await;
    assert_eq!((&row["state"], &row["response"]["maxTemp"]), (&json!("succeeded"), &json!(23.25)), "{row}");
    running.end(async |client| client.close().await).await;
}

#[tokio::test]
async fn a_target_is_acknowledged_where_it_was_set_and_nowhere_else() {
    let (running, work) = start().await;
    let (client, operator) = (&running.client, &running.operator);
    work.thermostat1.report_target(&client.thermostat1).await.expect("taken");
    work.thermostat2.report_target(&client.thermostat2).await.expect("taken");
    let initial = |value: f64| json!({ "value": value, "ac": 203, "av": 0, "ad": "initialize" });
    let reported = running.reported().await;
    assert_eq!(reported["thermostat1"]["targetTemperature"], initial(20.0));
    assert_eq!(reported["thermostat2"]["targetTemperature"], initial(21.0));

    let mut events = operator.events(DEVICE).await;
    let target = |value: Value| json!({ "thermostat1": { "__t": "c", "targetTemperature": value } });
    operator.desire(DEVICE, target(json!(28.0))).await;
    events.property_of("thermostat1", "targetTemperature", |property| property["sync"] == "synced").await;
    let reported = running.reported().await;
    let acknowledged = json!({ "value": 28.0, "ac": 200, "av": 2, "ad": "ok" });
    assert_eq!(reported["thermostat1"], json!({ "__t": "c", "targetTemperature": acknowledged }));
    assert_eq!(reported["thermostat2"]["targetTemperature"], initial(21.0));
    // the first room goes up to 28 °C, the second still down to 21 °C
    let (one, two) = (&client.thermostat1, &client.thermostat2);
    assert_eq!(work.thermostat1.measure(one).await.expect("acknowledged").value(), 19.0);
    assert_eq!(work.thermostat2.measure(two).await.expect("acknowledged").value(), 23.25);

    for (refused, note) in [(json!(31), "5 °C to 30 °C"), (json!("warm"), "expected a number")] {
        operator.desire(DEVICE, target(refused)).await;
        let answer = events.property_of("thermostat1", "targetTemperature", |p| p["sync"] == "error").await;
        assert_eq!((&answer["code"], &answer["reported"]), (&json!(400), &json!(28.0)), "{answer}");
        assert!(answer["note"].as_str().is_some_and(|text| text.contains(note)), "{answer}");
    }
    running.end(async |client| client.close().await).await;
}

#[tokio::test]
async fn a_report_is_made_of_the_components_own_measurements() {
    let (running, work) = start().await;
    let before = json!(DateTime::from(SystemTime::now()));
    for _ in 0..2 {
        work.thermostat1.measure(&running.client.thermostat1).await.expect("acknowledged");
    }
    let (status, report) = running.call("thermostat1*getMaxMinReport", before.clone()).await;
    assert_eq!(status, 200, "{report}");
    let numbers = ["maxTemp", "minTemp", "avgTemp"].map(|name| report[name].as_f64().expect("a number"));
    assert_eq!(numbers, [17.75, 17.0, 17.375]);
    let moments = [&before, &report["startTime"], &report["endTime"]].map(moment);
    assert!(moments.is_sorted(), "{report}");
    // from the second measurement on
    let (_, later) = running.call("thermostat1*getMaxMinReport", report["endTime"].clone()).await;
    assert_eq!((&later["minTemp"], &later["startTime"]), (&json!(17.75), &report["endTime"]));

    let (status, refusal) = running.call("thermostat2*getMaxMinReport", before.clone()).await;
    let nothing = format!("nothing was measured since {}", before.as_str().unwrap_or_default());
    assert_eq!((status, &refusal["message"]), (409, &json!(nothing)));
    running.end(async |client| client.close().await).await;
}

#[tokio::test]
async fn a_request_that_makes_no_sense_is_refused_with_its_place() {
    let (running, _work) = start().await;
    let report = "thermostat1*getMaxMinReport";
    let (status, refusal) = running.call(report, json!("yesterday")).await;
    assert_eq!((status, &refusal["at"]), (400, &json!("")), "{refusal}");
    let (status, refusal) = running.call(report, json!("9999-01-01T00:00:00Z")).await;
    assert_eq!((status, &refusal["message"]), (400, &json!("9999-01-01T00:00:00Z is still to come")));
    for (name, payload) in [("reboot", json!(1.5)), ("reboot", Value::Null), (report, Value::Null)] {
        let (status, refusal) = running.call(name, payload).await;
        assert_eq!((status, &refusal["at"]), (400, &json!("")), "{refusal}");
    }
    let (status, refusal) = running.call("reboot", json!(-1)).await;
    assert_eq!((status, &refusal["message"]), (400, &json!("the delay is 0 to 3600 seconds")));
    for unknown in ["getMaxMinReport", "thermostat1*reboot", "thermostat3*getMaxMinReport"] {
        assert_eq!(running.call(unknown, json!(0)).await.0, 404, "{unknown}");
    }
    running.end(async |client| client.close().await).await;
}

#[tokio::test]
async fn the_work_reports_what_the_device_is_and_begins_anew_after_a_reboot() {
    let (running, work) = start().await;
    let mut events = running.operator.events(DEVICE).await;
    let watch = async {
        events.telemetry(|message| message["values"]["temperature"].is_number()).await;
        let reported = running.reported().await;
        assert_eq!(reported["serialNumber"], "TC-0001");
        assert_eq!(reported["deviceInformation"]["__t"], "c");
        assert_eq!(reported["deviceInformation"]["model"], "temperature controller");
        if cfg!(target_os = "linux") {
            let own = |message: &Value| message["component"].is_null();
            let message = events.telemetry(own).await;
            assert!(message["values"]["workingSet"].as_f64().is_some_and(|size| size > 0.0), "{message}");
        }
        // The second room cools down: what is highest there falls only with a reboot.
        let highest = |least: f64, most: f64| {
            move |property: &Value| {
                property["reported"].as_f64().is_some_and(|value| (least..most).contains(&value))
            }
        };
        events
            .telemetry(|message| {
                message["component"] == "thermostat2"
                    && message["values"]["temperature"].as_f64().is_some_and(|value| value < 21.5)
            })
            .await;
        assert_eq!(running.reported().await["thermostat2"]["maxTempSinceLastReboot"], 23.25);
        assert_eq!(running.call("reboot", json!(0)).await.0, 200);
        events.property_of("thermostat2", "maxTempSinceLastReboot", highest(21.0, 21.5)).await;
    };
    tokio::select! {
        outcome = work.run(&running.client) => assert!(outcome.is_ok(), "{outcome:?}"),
        () = watch => {}
    }
    running.end(async |client| client.close().await).await;
}
