use device_model::device_model;
use device_model::units::{DegreeFahrenheit, Quantity};

#[device_model("tests/ui/models/thermostat.json", units)]
struct Thermostat;

fn main() {
    let temperature = Quantity::<DegreeFahrenheit>::new(71.5);
    let _ = thermostat::Telemetry { temperature: Some(temperature) };
    let _ = thermostat::Telemetry { temperature: Some(21.5) };
}
