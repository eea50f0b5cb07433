//! What the cloud sends while nobody waits, over real TLS: messages, commands for a device that was away, progress.

#![allow(clippy::panic, reason = "a test says what failed by failing")]

mod support;

use std::path::Path;
use std::time::Duration;

use device_model::hub::{CloudToDevice, Hub};
use device_model::{
    CloudMessage, CommandError, Connection, Device, MessageError, PropertyError, device_model,
};
use environmental_sensor::{BlinkResponse, Client, Reported};
use hyper::Method;
use serde_json::{Value, json};
use support::{DEVICE, Operator, PATIENCE, connection, hub};
use tokio::sync::mpsc;

#[device_model("models/environmental_sensor.json")]
struct EnvironmentalSensor {
    blinks: mpsc::Sender<i64>,
}

impl environmental_sensor::Commands for EnvironmentalSensor {
    async fn blink(&self, interval: i64, _: &Client) -> Result<BlinkResponse, CommandError> {
        self.blinks.send(interval).await?;
        Ok(BlinkResponse { description: None })
    }

    async fn turnon(&self, _: &Client) -> Result<(), CommandError> {
        Ok(())
    }

    async fn turnoff(&self, _: &Client) -> Result<(), CommandError> {
        Ok(())
    }

    async fn rundiagnostics(&self, client: &Client) -> Result<String, CommandError> {
        client.progress("half of it").await?;
        Ok("all well".to_owned())
    }
}

impl environmental_sensor::Properties for EnvironmentalSensor {
    async fn set_name(&self, name: String, _: &Client) -> Result<String, PropertyError> {
        Ok(name)
    }

    async fn set_brightness(&self, brightness: i64, _: &Client) -> Result<i64, PropertyError> {
        Ok(brightness)
    }
}

/// Starts the device and waits until it is connected; what its `blink` was called with.
async fn start(connection: Connection) -> (Client, mpsc::Receiver<i64>) {
    let (blinks, called) = mpsc::channel(8);
    let client = EnvironmentalSensor { blinks }.connect(connection).await.expect("a valid connection");
    in_time(client.connected()).await.expect("not closed");
    (client, called)
}

async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("in time")
}

async fn local_hub(dir: &Path) -> (Hub, Connection) {
    let hub = hub(dir, 0).await;
    let backoff = Duration::from_millis(10);
    let connection = connection(&hub, DEVICE).with_backoff(backoff, 10 * backoff);
    (hub, connection)
}

/// Until the device has completed everything.
async fn until_completed(hub: &Hub) {
    in_time(async {
        while hub.queued_messages(DEVICE) > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_message_reaches_its_handler_and_one_that_failed_comes_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let (hub, connection) = local_hub(dir.path()).await;
    let (tell, mut told) = mpsc::channel(8);
    let connection = connection.with_message_handler(move |message: CloudMessage, client: Client| {
        let tell = tell.clone();
        async move {
            client.report(Reported { state: Some(true), ..Default::default() }).await?;
            let text: String = message.json()?;
            let tone = message.property("tone").unwrap_or_default();
            tell.send((text.clone(), tone.to_owned())).await?;
            if text == "busy" { Err(MessageError::new("come again")) } else { Ok(()) }
        }
    });
    let (client, _) = start(connection).await;
    let message = |text: &str| CloudToDevice::new(json!(text).to_string()).with_property("$.mid", text);
    hub.send_message(DEVICE, message("hello").with_property("tone", "a b/c&d")).expect("it is queued");
    assert_eq!(in_time(told.recv()).await, Some(("hello".to_owned(), "a b/c&d".to_owned())));
    until_completed(&hub).await;
    hub.send_message(DEVICE, message("busy")).expect("it is queued");
    assert_eq!(in_time(told.recv()).await.map(|(text, _)| text).as_deref(), Some("busy"));
    hub.send_message(DEVICE, message("later")).expect("it is queued");
    assert_eq!(in_time(told.recv()).await.map(|(text, _)| text).as_deref(), Some("later"));
    in_time(async {
        while hub.queued_messages(DEVICE) != 1 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(hub.cut(Some(DEVICE)), 1);
    assert_eq!(in_time(told.recv()).await.map(|(text, _)| text).as_deref(), Some("busy"));
    client.close().await.expect("a clean end");
    assert_eq!(hub.queued_messages(DEVICE), 1, "the hub keeps it");
    hub.shutdown().await.expect("a clean end");
}

#[tokio::test]
async fn a_command_called_while_the_device_is_away_is_run_when_it_is_back() {
    let dir = tempfile::tempdir().expect("a folder");
    let (hub, connection) = local_hub(dir.path()).await;
    let (client, _) = start(connection.clone()).await;
    client.close().await.expect("a clean end");
    let offline =
        |name: &str, body: &'static str| CloudToDevice::new(body).with_property("method-name", name);
    hub.send_message(DEVICE, offline("blink", "7")).expect("it is queued");
    hub.send_message(DEVICE, offline("dance", "@")).expect("it is queued");
    hub.send_message(DEVICE, offline("rundiagnostics", "@")).expect("it is queued");
    let (client, mut called) = start(connection.clone()).await;
    assert_eq!(in_time(called.recv()).await, Some(7));
    until_completed(&hub).await;
    client.close().await.expect("a clean end");
    let reported = Operator::of(&hub).twin(DEVICE).await["properties"]["reported"].clone();
    assert_eq!(reported["rundiagnostics"]["value"], "all well");
    hub.send_message(DEVICE, offline("blink", "8")).expect("it is queued");
    let (client, _called) = start(connection.clone().with_offline_commands(false)).await;
    assert_eq!(hub.queued_messages(DEVICE), 1, "a clean session leaves to the hub what was queued");
    client.close().await.expect("a clean end");
    let (client, mut called) = start(connection).await;
    assert_eq!(in_time(called.recv()).await, Some(8));
    client.close().await.expect("a clean end");
    hub.shutdown().await.expect("a clean end");
}

#[tokio::test]
async fn an_operator_sends_a_message_by_rest_and_sees_a_commands_progress_and_completion() {
    let dir = tempfile::tempdir().expect("a folder");
    let (hub, connection) = local_hub(dir.path()).await;
    let (tell, mut told) = mpsc::channel(8);
    let connection =
        connection.with_message_handler(move |message: CloudMessage, _: Client| {
            let tell = tell.clone();
            async move {
                Ok(tell.send((message.content_type().map(str::to_owned), message.json::<Value>()?)).await?)
            }
        });
    let operator = Operator::of(&hub);
    let (client, _called) = start(connection).await;
    let path = format!("/devices/{DEVICE}/messages/devicebound");
    assert_eq!(operator.service(Method::POST, &path, Some(json!({ "a": 1 }))).await.0, 204);
    let expected = (Some("application/json".to_owned()), json!({ "a": 1 }));
    assert_eq!(in_time(told.recv()).await, Some(expected));
    let mut events = operator.events(DEVICE).await;
    assert_eq!(operator.command(DEVICE, "rundiagnostics", Value::Null).await.0, 202);
    let progress = in_time(events.until("command", |row| row["progress"][0].is_object())).await;
    assert_eq!(
        (&progress["progress"][0]["value"], &progress["state"]),
        (&json!("half of it"), &json!("accepted"))
    );
    let done = in_time(events.until("command", |row| row["state"] == "completed")).await;
    assert_eq!(done["completion"], "all well");
    client.close().await.expect("a clean end");
    hub.shutdown().await.expect("a clean end");
}
