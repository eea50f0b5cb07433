//! A file goes from the device to the local hub's folder, over real HTTPS.

mod support;

use device_model::{CommandError, Connection, Content, Device, PropertyError, device_model};
use environmental_sensor::{BlinkResponse, Client};
use hyper::Method;
use support::{DEVICE, Operator, PATIENCE, connection, hub};

#[device_model("models/environmental_sensor.json")]
struct EnvironmentalSensor;

impl environmental_sensor::Commands for EnvironmentalSensor {
    async fn blink(&self, _: i64, _: &Client) -> Result<BlinkResponse, CommandError> {
        Ok(BlinkResponse { description: None })
    }

    async fn turnon(&self, _: &Client) -> Result<(), CommandError> {
        Ok(())
    }

    async fn turnoff(&self, _: &Client) -> Result<(), CommandError> {
        Ok(())
    }

    async fn rundiagnostics(&self, _: &Client) -> Result<String, CommandError> {
        Ok(String::new())
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

async fn start(connection: Connection) -> Client {
    let client = EnvironmentalSensor.connect(connection).await.expect("a valid connection");
    tokio::time::timeout(PATIENCE, client.connected()).await.expect("in time").expect("not closed");
    client
}

#[tokio::test]
async fn a_file_of_the_device_is_in_the_hubs_folder_and_on_its_page() {
    let dir = tempfile::tempdir().expect("a folder");
    let hub = hub(dir.path(), 0).await;
    let client = start(connection(&hub, DEVICE).with_https_port(hub.https().port())).await;
    let content = vec![7; 300_000];
    client.upload("logs/today.log", content.clone()).await.expect("the hub takes it");
    client.upload("empty", Content::from("")).await.expect("the hub takes it");
    let stored = std::fs::read(dir.path().join("files").join(DEVICE).join("logs%2Ftoday.log"));
    assert_eq!(stored.expect("the file"), content);
    let (_, listed) =
        Operator::of(&hub).page(Method::GET, &format!("/api/devices/{DEVICE}/files"), None).await;
    let names: Vec<&str> = listed["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| item["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(names, ["empty", "logs/today.log"]);
    client.close().await.expect("a clean end");
    hub.shutdown().await.expect("a clean end");
}
