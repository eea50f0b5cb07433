//! The same device as a v3 model with components: the Plug and Play form of the wire, over real TLS.

mod support;

use device_model::{CommandError, Device, PropertyError, device_model};
use environmental_sensor::{device_information, environmental_sensor as sensor};
use hyper::Method;
use serde_json::{Value, json};
use support::{DEVICE, Operator, PATIENCE, connection, hub};

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
        Ok(sensor::BlinkResponse {
            description: Some(format!("blinking every {interval} s")),
        })
    }

    async fn turnon(&self, client: &sensor::Client) -> Result<(), CommandError> {
        client
            .report(sensor::Reported {
                state: Some(true),
                ..Default::default()
            })
            .await?;
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

#[tokio::test]
async fn components_are_named_on_the_wire_as_plug_and_play_says() {
    let dir = tempfile::tempdir().expect("a folder");
    let hub = hub(dir.path(), 0).await;
    let operator = Operator::of(&hub);
    let device = EnvironmentalSensor {
        sensor: Sensor,
        about: (),
    };
    let client = device
        .connect(connection(&hub, DEVICE))
        .await
        .expect("a valid connection");
    tokio::time::timeout(PATIENCE, client.connected())
        .await
        .expect("in time")
        .expect("not closed");
    let mut events = operator.events(DEVICE).await;

    // telemetry: flat JSON, the component beside it
    client
        .sensor
        .send(sensor::Telemetry {
            temp: Some(71.5),
            humid: None,
        })
        .await
        .expect("acknowledged");
    let (_, raw) = operator
        .page(Method::GET, &format!("/api/devices/{DEVICE}/raw"), None)
        .await;
    let telemetry = raw["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|item| item["kind"] == "telemetry");
    let telemetry = telemetry.expect("the message is stored");
    assert_eq!(
        (&telemetry["component"], &telemetry["body"]),
        (&json!("sensor"), &json!(r#"{"temp":71.5}"#))
    );

    // read-only properties, marked as a component's
    let about = device_information::Reported {
        manufacturer: Some("us".to_owned()),
        ..Default::default()
    };
    client.about.report(about).await.expect("taken");
    let reported = operator.twin(DEVICE).await["properties"]["reported"].clone();
    assert_eq!(
        reported["deviceInformation"],
        json!({ "__t": "c", "manufacturer": "us" })
    );

    // a writable property, acknowledged with its version, then refused with the value that is kept
    operator
        .desire(DEVICE, json!({ "sensor": { "__t": "c", "brightness": 2 } }))
        .await;
    events.property("brightness", "synced").await;
    let reported = operator.twin(DEVICE).await["properties"]["reported"]["sensor"].clone();
    assert_eq!(reported["__t"], "c");
    let acknowledged = &reported["brightness"];
    assert_eq!(
        (&acknowledged["value"], &acknowledged["ac"], &acknowledged["av"]),
        (&json!(2), &json!(200), &json!(2))
    );
    operator
        .desire(DEVICE, json!({ "sensor": { "__t": "c", "brightness": 7 } }))
        .await;
    let refused = events.property("brightness", "error").await;
    assert_eq!(
        (&refused["code"], &refused["reported"]),
        (&json!(400), &json!(2)),
        "{refused}"
    );

    // commands carry the component before a star
    let blinking = json!({ "description": "blinking every 5 s" });
    assert_eq!(
        operator.command(DEVICE, "sensor*blink", json!(5)).await,
        (200, blinking)
    );
    assert_eq!(operator.command(DEVICE, "blink", json!(5)).await.0, 404);
    assert_eq!(
        operator.command(DEVICE, "sensor*turnon", Value::Null).await.0,
        200
    );
    assert_eq!(
        operator
            .command(DEVICE, "sensor*rundiagnostics", Value::Null)
            .await
            .0,
        202
    );
    events
        .until("command", |row| {
            row["name"] == "rundiagnostics" && row["state"] == "completed"
        })
        .await;

    client.close().await.expect("a clean end");
    hub.shutdown().await.expect("a clean end");
}
