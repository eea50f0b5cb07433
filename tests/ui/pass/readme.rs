use device_model::{CommandError, Connection, Device, PropertyError, device_model};
use environmental_sensor::{BlinkResponse, Client, Reported, Telemetry};

#[device_model("models/environmental_sensor.json")]
struct EnvironmentalSensor;

impl environmental_sensor::Commands for EnvironmentalSensor {
    async fn blink(&self, interval: i64, _: &Client) -> Result<BlinkResponse, CommandError> {
        Ok(BlinkResponse { description: Some(format!("blinking every {interval} s")) })
    }
    async fn turnon(&self, client: &Client) -> Result<(), CommandError> {
        Ok(client.report(Reported { state: Some(true), ..Default::default() }).await?)
    }
    async fn turnoff(&self, client: &Client) -> Result<(), CommandError> {
        Ok(client.report(Reported { state: Some(false), ..Default::default() }).await?)
    }
    // asynchronous in the model: the hub gets 202 at once; what this returns is reported when it is done
    async fn rundiagnostics(&self, _: &Client) -> Result<String, CommandError> {
        Ok("sensor in range".to_owned())
    }
}

impl environmental_sensor::Properties for EnvironmentalSensor {
    // Ok is the value now in force, acknowledged with the desired version; Err is acknowledged as refused
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

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = EnvironmentalSensor.connect(Connection::from_env()?).await?;
    client.send(Telemetry { temp: Some(71.5), humid: Some(40.0) }).await?;
    client.close().await?;
    Ok(())
}
