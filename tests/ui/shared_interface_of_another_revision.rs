use device_model::device_model;

#[device_model("tests/ui/models/thermostat.json")]
pub mod thermostat {}

// this device's model has a writable `target`, which the shared code knows nothing of
#[device_model("tests/ui/models/controller.json", with("dtmi:com:example:Thermostat;1" = crate::thermostat))]
struct Controller {
    thermostat1: (),
    thermostat2: (),
}

fn main() {}
