use controller::thermostat;
use device_model::{PropertyError, device_model};

#[device_model("tests/ui/models/controller.json")]
struct Controller {
    thermostat1: Thermostat,
    thermostt2: Thermostat,
    #[component("thermostat3")]
    spare: Thermostat,
}

struct Thermostat;

impl thermostat::Properties for Thermostat {
    async fn set_target(&self, target: f64, _: &thermostat::Client) -> Result<f64, PropertyError> {
        Ok(target)
    }
}

fn main() {}
