//! Handlers still to come, commands that take their time, and values that may be null.

use std::sync::Arc;

use device_model::time::DateTime;
use device_model::{CommandError, device_model};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::{DEVICE, Running};

/// The shared Interface as the device itself.
#[device_model("models/dtmi/com/example/thermostat-1.json", asynchronous("getMaxMinReport"), unhandled = 501)]
struct Alone {
    ready: Arc<Notify>,
}

impl alone::Properties for Alone {}

impl alone::Commands for Alone {
    async fn get_max_min_report(
        &self,
        _: DateTime,
        _: &alone::Client,
    ) -> Result<alone::GetMaxMinReport, CommandError> {
        self.ready.notified().await;
        Err(CommandError::unavailable("the sensor is away"))
    }
}

/// A device whose handlers are written one after the other.
#[device_model("codegen/tests/models/commands.v4.json", unhandled = 501, asynchronous("reboot"))]
struct Staged {
    rebooted: Arc<Notify>,
}

impl staged::Commands for Staged {
    async fn echo(&self, text: String, _: &staged::Client) -> Result<String, CommandError> {
        Ok(text)
    }

    async fn wait(&self, span: Option<f64>, _: &staged::Client) -> Result<Option<DateTime>, CommandError> {
        let since = |span: f64| format!("1970-01-01T00:00:{span:02}Z").parse();
        Ok(span.map(since).transpose()?)
    }

    // what it answers is a text for the operator: the model gives the command no response
    async fn reboot(&self, _: &staged::Client) -> Result<String, CommandError> {
        self.rebooted.notified().await;
        Ok("as new".to_owned())
    }
}

#[tokio::test]
async fn handlers_still_to_come_answer_with_the_status_that_was_chosen() {
    let running =
        Running::start(Staged { rebooted: Arc::default() }, |client: &staged::Client| client.states()).await;
    assert_eq!(running.call("echo", json!("hello")).await, (200, json!("hello")));
    for (name, payload) in [("ping", Value::Null), ("survey", json!(3))] {
        let (status, refusal) = running.call(name, payload).await;
        assert_eq!(status, 501, "{refusal}");
        assert!(refusal["message"].as_str().is_some_and(|text| text.contains(name)), "{refusal}");
    }
    // what the request is wrong about is told before
    assert_eq!(running.call("survey", json!(256)).await.0, 400);
    running.end(async |client| client.close().await).await;
}

#[tokio::test]
async fn what_a_model_lets_be_null_is_null_on_the_wire() {
    let running =
        Running::start(Staged { rebooted: Arc::default() }, |client: &staged::Client| client.states()).await;
    assert_eq!(running.call("wait", json!(5)).await, (200, json!("1970-01-01T00:00:05Z")));
    assert_eq!(running.call("wait", Value::Null).await, (200, Value::Null));
    assert_eq!(running.call("wait", json!("long")).await.0, 400);
    assert_eq!(running.call("wait", json!(99)).await.0, 500);
    assert_eq!(running.call("echo", Value::Null).await.0, 400);
    running.end(async |client| client.close().await).await;
}

#[tokio::test]
async fn a_command_made_asynchronous_is_answered_at_once_and_reported_later() {
    let rebooted = Arc::new(Notify::new());
    let device = Staged { rebooted: Arc::clone(&rebooted) };
    let running = Running::start(device, |client| client.states()).await;
    let mut events = running.operator.events(DEVICE).await;
    assert_eq!(running.call("reboot", Value::Null).await.0, 202);
    assert!(running.reported().await.get("reboot").is_none());
    rebooted.notify_one();
    events.until("command", |row| row["name"] == "reboot" && row["state"] == "completed").await;
    assert_eq!(running.reported().await["reboot"], json!({ "value": "as new" }));
    running.end(async |client| client.close().await).await;
}

#[tokio::test]
async fn a_setter_still_to_come_and_an_asynchronous_failure_are_told() {
    let ready = Arc::new(Notify::new());
    let device = Alone { ready: Arc::clone(&ready) };
    let running = Running::start(device, |client: &alone::Client| client.states()).await;
    let mut events = running.operator.events(DEVICE).await;
    running.operator.desire(DEVICE, json!({ "targetTemperature": 20 })).await;
    let refused = events.property("targetTemperature", "error").await;
    assert_eq!(refused["code"], 501, "{refused}");

    assert_eq!(running.call("getMaxMinReport", json!("2026-01-01T00:00:00Z")).await.0, 202);
    ready.notify_one();
    events.until("command", |row| row["name"] == "getMaxMinReport" && row["state"] != "accepted").await;
    let reported = running.reported().await["getMaxMinReport"].clone();
    assert_eq!(reported["ac"], 503, "{reported}");
    running.end(async |client| client.close().await).await;
}
