#![deny(warnings)]
use controller::thermostat;
use device_model::{Device, Error, PropertyError, device_model};

#[device_model("tests/ui/models/controller.json")]
pub struct Controller {
    pub thermostat1: Thermostat,
    #[component("thermostat2")]
    pub second: Thermostat,
}

pub struct Thermostat;

impl thermostat::Properties for Thermostat {
    async fn set_target(&self, target: f64, client: &thermostat::Client) -> Result<f64, PropertyError> {
        client.report(thermostat::Reported { target: Some(target) }).await?;
        Ok(target)
    }
}

pub async fn measure(client: &controller::Client) -> Result<(), Error> {
    client.thermostat1.send(thermostat::Telemetry { temperature: Some(20.5) }).await?;
    client.second.send(thermostat::Telemetry { temperature: Some(19.5) }).await
}

fn is_device<D: Device>() {}

fn main() {
    is_device::<Controller>();
}
