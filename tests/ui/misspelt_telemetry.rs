use device_model::device_model;

#[device_model("tests/ui/models/thermostat.json")]
struct Thermostat;

fn main() {
    let _ = thermostat::Telemetry { temprature: Some(21.5) };
}
