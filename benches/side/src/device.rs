//! Our client: the tutorial's environmental sensor.

use device_model::{CommandError, Connection, Device, PropertyError, device_model};
pub use environmental_sensor::{BlinkResponse, Client, Telemetry};

/// A sensor whose handlers answer at once.
#[device_model("../../models/environmental_sensor.json")]
pub struct EnvironmentalSensor;

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

/// A connection to the peer.
pub fn connection(port: &str, ca_file: &str, device_id: &str) -> Connection {
    let text = format!("HostName=localhost:{port};DeviceId={device_id};SharedAccessKey=dGVzdA==");
    let connection = Connection::from_connection_string(&text).expect("well formed");
    connection.with_ca_file(ca_file).expect("the peer's authority")
}

/// A running device.
pub async fn connect(connection: Connection) -> Client {
    EnvironmentalSensor.connect(connection).await.expect("a valid connection")
}

/// One message.
pub fn telemetry() -> Telemetry {
    Telemetry { temp: Some(21.5), humid: Some(40.2) }
}
