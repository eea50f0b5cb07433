#![deny(warnings)]
use device_model::{Device, device_model};

/// An Interface for others.
#[device_model("tests/ui/models/thermostat.json", units)]
pub mod thermostat {}

#[device_model("tests/ui/models/lamp.json", unhandled = 501, rename("level" = "brightness"), derive(all = [PartialOrd]))]
pub struct Lamp;

impl lamp::Commands for Lamp {}
impl lamp::Properties for Lamp {}

#[device_model("tests/ui/models/lamp.json", unhandled = 404, crate = ::device_model)]
pub struct SecondLamp;

impl second_lamp::Commands for SecondLamp {}
impl second_lamp::Properties for SecondLamp {}

fn is_device<D: Device>(_: &D) {}

fn main() {
    #[device_model("tests/ui/models/thermostat.json", derive("Telemetry" = [PartialOrd]))]
    struct Inner;

    is_device(&Lamp);
    is_device(&SecondLamp);
    is_device(&Inner);
    let telemetry = inner::Telemetry { temperature: Some(1.0) };
    assert!(telemetry < inner::Telemetry { temperature: Some(2.0) });
    assert_eq!(inner::Telemetry::TEMPERATURE_UNIT, "degreeCelsius");
    assert!(lamp::Reported { brightness: Some(1) } < lamp::Reported { brightness: Some(2) });
    let _ = thermostat::Telemetry { temperature: Some(device_model::units::Quantity::new(21.5)) };
}
