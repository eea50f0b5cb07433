//! The tutorial's device against the local hub, over real TLS: each capability by its wire form, and a hub that restarts.

#![allow(clippy::panic, reason = "a test says what failed by failing")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use device_model::hub::Hub;
use device_model::{CommandError, Device, PropertyError, State, device_model};
use environmental_sensor::{BlinkResponse, Client, Reported, Telemetry};
use hyper::Method;
use serde_json::{Value, json};
use support::{DEVICE, Operator, PATIENCE, connection, hub};
use tokio::sync::Notify;

#[device_model("models/environmental_sensor.json")]
#[derive(Default)]
struct EnvironmentalSensor {
    diagnosed: Arc<Notify>,
}

impl environmental_sensor::Commands for EnvironmentalSensor {
    async fn blink(&self, interval: i64, _: &Client) -> Result<BlinkResponse, CommandError> {
        match interval {
            13 => panic!("thirteen"),
            0 => Err(CommandError::conflict("already blinking")),
            _ => Ok(BlinkResponse { description: Some(format!("blinking every {interval} s")) }),
        }
    }

    async fn turnon(&self, client: &Client) -> Result<(), CommandError> {
        client.report(Reported { state: Some(true), ..Default::default() }).await?;
        Ok(())
    }

    async fn turnoff(&self, client: &Client) -> Result<(), CommandError> {
        client.report(Reported { state: Some(false), ..Default::default() }).await?;
        Ok(())
    }

    async fn rundiagnostics(&self, _: &Client) -> Result<String, CommandError> {
        self.diagnosed.notified().await;
        Ok("all well".to_owned())
    }
}

impl environmental_sensor::Properties for EnvironmentalSensor {
    async fn set_name(&self, name: String, _: &Client) -> Result<String, PropertyError> {
        Ok(name)
    }

    async fn set_brightness(&self, brightness: i64, _: &Client) -> Result<i64, PropertyError> {
        if !(1..=3).contains(&brightness) {
            return Err(PropertyError::invalid("1 (high), 2 (medium) or 3 (low)"));
        }
        Ok(brightness)
    }
}

async fn connected(client: &Client) {
    tokio::time::timeout(PATIENCE, client.connected()).await.expect("connected in time").expect("not closed");
}

/// The bodies of the messages that the hub has stored, oldest first.
async fn messages(operator: &Operator) -> Vec<Value> {
    let path = format!("/api/devices/{DEVICE}/raw?limit=1000");
    let (status, raw) = operator.page(Method::GET, &path, None).await;
    assert_eq!(status, 200, "{raw}");
    let items = raw["items"].as_array().expect("a list").iter().rev();
    let telemetry = items.filter(|item| item["kind"] == "telemetry");
    telemetry
        .map(|item| serde_json::from_str(item["bodyText"].as_str().expect("a text")).expect("JSON"))
        .collect()
}

/// A hub and a connected device.
struct Running {
    hub: Hub,
    operator: Operator,
    client: Client,
    diagnosed: Arc<Notify>,
    dir: tempfile::TempDir,
}

impl Running {
    async fn start() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let hub = hub(dir.path(), 0).await;
        let operator = Operator::of(&hub);
        let sensor = EnvironmentalSensor::default();
        let diagnosed = sensor.diagnosed.clone();
        let client = sensor.connect(connection(&hub, DEVICE)).await.expect("a valid connection");
        connected(&client).await;
        Self { hub, operator, client, diagnosed, dir }
    }

    async fn reported(&self) -> Value {
        self.operator.twin(DEVICE).await["properties"]["reported"].clone()
    }

    async fn end(self) {
        self.client.close().await.expect("a clean end");
        assert!(matches!(self.client.state(), State::Closed));
        self.hub.shutdown().await.expect("a clean end");
    }
}

#[tokio::test]
async fn telemetry_is_flat_json_and_a_read_only_property_is_reported_bare() {
    let running = Running::start().await;
    let client = &running.client;
    client.send(Telemetry { temp: Some(71.5), humid: Some(40.0) }).await.expect("acknowledged");
    client.send(Telemetry { temp: Some(72.0), humid: None }).await.expect("acknowledged");
    assert_eq!(
        messages(&running.operator).await,
        [json!({ "temp": 71.5, "humid": 40.0 }), json!({ "temp": 72.0 })]
    );
    client.report(Reported { state: Some(true), ..Default::default() }).await.expect("taken");
    assert_eq!(running.reported().await["state"], true);
    running.end().await;
}

#[tokio::test]
async fn a_setting_is_acknowledged_with_its_version_or_refused_with_the_value_that_is_kept() {
    let running = Running::start().await;
    let operator = &running.operator;
    let mut events = operator.events(DEVICE).await;
    operator.desire(DEVICE, json!({ "brightness": { "value": 2 } })).await;
    events.property("brightness", "synced").await;
    operator.desire(DEVICE, json!({ "name": { "value": "" } })).await;
    events.property("name", "synced").await;
    let reported = running.reported().await;
    assert_eq!(reported["brightness"], json!({ "value": 2, "status": "completed", "desiredVersion": 2 }));
    assert_eq!(reported["name"], json!({ "value": "", "status": "completed", "desiredVersion": 3 }));

    // Central sends the value bare since July 2020.
    operator.desire(DEVICE, json!({ "brightness": 3 })).await;
    events.property("brightness", "synced").await;
    assert_eq!(running.reported().await["brightness"]["value"], 3);

    operator.desire(DEVICE, json!({ "brightness": { "value": 9 } })).await;
    let refused = events.property("brightness", "error").await;
    assert_eq!((&refused["code"], &refused["reported"]), (&json!(400), &json!(3)), "{refused}");
    assert!(refused["note"].as_str().is_some_and(|note| note.contains("3 (low)")), "{refused}");
    running.end().await;
}

#[tokio::test]
async fn a_command_answers_with_its_result_or_with_the_status_of_what_went_wrong() {
    let running = Running::start().await;
    let operator = &running.operator;
    let blinking = json!({ "description": "blinking every 5 s" });
    assert_eq!(operator.command(DEVICE, "blink", json!(5)).await, (200, blinking));
    assert_eq!(operator.command(DEVICE, "turnoff", Value::Null).await.0, 200);
    assert_eq!(running.reported().await["state"], false);
    assert_eq!(operator.command(DEVICE, "turnon", Value::Null).await.0, 200);
    assert_eq!(running.reported().await["state"], true);

    assert_eq!(operator.command(DEVICE, "blnik", json!(5)).await.0, 404);
    let (status, refusal) = operator.command(DEVICE, "blink", json!("five")).await;
    assert_eq!((status, &refusal["at"]), (400, &json!("")), "{refusal}");
    assert_eq!(operator.command(DEVICE, "blink", json!(0)).await.0, 409);
    assert_eq!(operator.command(DEVICE, "blink", json!(13)).await.0, 500);
    running.end().await;
}

#[tokio::test]
async fn an_asynchronous_command_is_accepted_at_once_and_reported_when_it_is_done() {
    let running = Running::start().await;
    let operator = &running.operator;
    let mut events = operator.events(DEVICE).await;
    assert_eq!(operator.command(DEVICE, "rundiagnostics", Value::Null).await.0, 202);
    // The one that is under way holds up no other.
    assert_eq!(operator.command(DEVICE, "blink", json!(1)).await.0, 200);
    running.diagnosed.notify_one();
    events.until("command", |row| row["name"] == "rundiagnostics" && row["state"] == "completed").await;
    assert_eq!(running.reported().await["rundiagnostics"], json!({ "value": "all well" }));
    running.end().await;
}

fn numbered(number: u32) -> Telemetry {
    Telemetry { temp: Some(f64::from(number)), humid: None }
}

/// The numbers of the stored messages, in order; one that was sent twice counts once.
async fn stored_numbers(operator: &Operator) -> Vec<u32> {
    let stored = messages(operator).await;
    let mut numbers: Vec<u32> =
        stored.iter().filter_map(|body| body["temp"].as_f64()).map(|temp| temp as u32).collect();
    numbers.dedup();
    numbers
}

#[tokio::test]
async fn nothing_acknowledged_is_missing_after_the_hub_restarts() {
    let running = Running::start().await;
    let (client, port) = (running.client, running.hub.mqtt().port());
    for number in 0..20 {
        client.send(numbered(number)).await.expect("acknowledged");
    }
    let mut states = client.states();
    running.hub.shutdown().await.expect("a clean end");
    let lost = tokio::time::timeout(PATIENCE, states.wait_for(|state| !state.is_connected())).await;
    lost.expect("noticed in time").expect("not closed");

    // While the hub is away messages wait in the outbox, and an operator's change waits for the device.
    let mut waiting = Vec::new();
    for number in 20..40 {
        waiting.push(client.enqueue(numbered(number)).await.expect("there is room"));
    }
    let again = hub(running.dir.path(), port).await;
    let operator = Operator::of(&again);
    let mut events = operator.events(DEVICE).await;
    operator.desire(DEVICE, json!({ "brightness": { "value": 3 } })).await;
    for delivery in waiting {
        tokio::time::timeout(PATIENCE, delivery).await.expect("in time").expect("acknowledged");
    }
    assert_eq!(stored_numbers(&operator).await, (0..40).collect::<Vec<_>>());
    let applied = events.property("brightness", "synced").await;
    assert_eq!(applied["reported"], 3, "{applied}");
    assert_eq!(client.counters().connects, 2);
    client.close().await.expect("a clean end");
    again.shutdown().await.expect("a clean end");
}

#[tokio::test]
async fn a_wrong_key_is_reported_and_tried_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let hub = hub(dir.path(), 0).await;
    let wrong =
        device_model::DeviceKey::from_base64("d3JvbmcgZGV2aWNlIGtleSBvZiAzMiBieXRlcy4uLi4=").expect("base64");
    let endpoint = format!("localhost:{}", hub.mqtt().port());
    let connection = device_model::Connection::provisioned(&endpoint, hub.id_scope(), DEVICE, wrong)
        .and_then(|connection| connection.with_ca_file(hub.ca_file()))
        .expect("well formed");
    let client = EnvironmentalSensor::default().connect(connection).await.expect("started");
    let mut states = client.states();
    let retrying =
        tokio::time::timeout(PATIENCE, states.wait_for(|state| matches!(state, State::Retrying { .. })));
    let State::Retrying { cause, next_in } = retrying.await.expect("in time").expect("not closed").clone()
    else {
        panic!("it was retrying")
    };
    assert!(cause.to_string().contains("401"), "{cause}");
    assert!(next_in > Duration::ZERO);
    let (_, log) = Operator::of(&hub).page(Method::GET, "/api/log", None).await;
    assert!(log["items"][0]["message"].as_str().is_some_and(|message| !message.is_empty()), "{log}");
    client.close().await.expect("a clean end");
    hub.shutdown().await.expect("a clean end");
}
