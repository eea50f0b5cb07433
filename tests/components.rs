//! The same device as a v3 model with components: the Plug and Play form of the wire, over real TLS.

mod support;

use device_model::{CommandError, PropertyError, device_model};
use environmental_sensor::{Client, device_information, environmental_sensor as sensor};
use hyper::Method;
use serde_json::{Value, json};
use support::{DEVICE, Running};

#[device_model("models/environmental_sensor.v3.json", asynchronous("rundiagnostics"))]
struct EnvironmentalSensor {
    sensor: Sensor,
    #[allow(dead_code, reason = "the model gives this component nothing to handle")]
    #[component("deviceInformation")]
    about: (),
}

struct Sensor;

impl sensor::Commands for Sensor {
    async fn blink(&self, interval: i64, _: &sensor::Client) -> Result<sensor::BlinkResponse, CommandError> {
        Ok(sensor::BlinkResponse { description: Some(format!("blinking every {interval} s")) })
    }

    async fn turnon(&self, client: &sensor::Client) -> Result<(), CommandError> {
        client.report(sensor::Reported { state: Some(true), ..Default::default() }).await?;
        Ok(())
    }

    async fn turnoff(&self, _: &sensor::Client) -> Result<(), CommandError> {
        Ok(())
    }

    async fn rundiagnostics(&self, _: &sensor::Client) -> Result<String, CommandError> {
        Ok("all well".to_owned())
    }
}

impl sensor::Properties for Sensor {
    async fn set_name(&self, name: String, _: &sensor::Client) -> Result<String, PropertyError> {
        Ok(name)
    }

    async fn set_brightness(&self, brightness: i64, _: &sensor::Client) -> Result<i64, PropertyError> {
        if !(1..=3).contains(&brightness) {
            return Err(PropertyError::invalid("1 (high), 2 (medium) or 3 (low)"));
        }
        Ok(brightness)
    }
}

async fn start() -> Running<Client> {
    let device = EnvironmentalSensor { sensor: Sensor, about: () };
    Running::start(device, |client| client.states()).await
}

#[tokio::test]
async fn what_a_component_sends_and_reports_is_marked_as_its_own() {
    let running = start().await;
    let client = &running.client;
    client.sensor.send(sensor::Telemetry { temp: Some(71.5), humid: None }).await.expect("acknowledged");
    let path = format!("/api/devices/{DEVICE}/raw");
    let (_, raw) = running.operator.page(Method::GET, &path, None).await;
    let telemetry = raw["items"].as_array().into_iter().flatten().find(|item| item["kind"] == "telemetry");
    let telemetry = telemetry.expect("the message is stored");
    assert_eq!((&telemetry["component"], &telemetry["bodyText"]), (&json!("sensor"), &json!(r#"{"temp":71.5}"#)));

    let about = device_information::Reported { manufacturer: Some("us".to_owned()), ..Default::default() };
    client.about.report(about).await.expect("taken");
    let reported = running.reported().await;
    assert_eq!(reported["deviceInformation"], json!({ "__t": "c", "manufacturer": "us" }));
    running.end(async |client| client.close().await).await;
}

#[tokio::test]
async fn a_setting_of_a_component_is_acknowledged_or_refused_in_the_component() {
    let running = start().await;
    let mut events = running.operator.events(DEVICE).await;
    running.operator.desire(DEVICE, json!({ "sensor": { "__t": "c", "brightness": 2 } })).await;
    events.property("brightness", "synced").await;
    let sensor = running.reported().await["sensor"].clone();
    let brightness = &sensor["brightness"];
    assert_eq!(sensor["__t"], "c");
    assert_eq!(
        (&brightness["value"], &brightness["ac"], &brightness["av"]),
        (&json!(2), &json!(200), &json!(2))
    );

    running.operator.desire(DEVICE, json!({ "sensor": { "__t": "c", "brightness": 7 } })).await;
    let refused = events.property("brightness", "error").await;
    assert_eq!((&refused["code"], &refused["reported"]), (&json!(400), &json!(2)), "{refused}");
    running.end(async |client| client.close().await).await;
}

#[tokio::test]
async fn a_command_of_a_component_is_called_with_its_name_before_a_star() {
    let running = start().await;
    let operator = &running.operator;
    let mut events = operator.events(DEVICE).await;
    let blinking = json!({ "description": "blinking every 5 s" });
    assert_eq!(operator.command(DEVICE, "sensor*blink", json!(5)).await, (200, blinking));
    assert_eq!(operator.command(DEVICE, "blink", json!(5)).await.0, 404);
    assert_eq!(operator.command(DEVICE, "sensor*turnon", Value::Null).await.0, 200);
    assert_eq!(running.reported().await["sensor"]["state"], true);
    assert_eq!(operator.command(DEVICE, "sensor*rundiagnostics", Value::Null).await.0, 202);
    events.until("command", |row| row["name"] == "rundiagnostics" && row["state"] == "completed").await;
    running.end(async |client| client.close().await).await;
}
