//! A temperature controller: two thermostats handled by one `impl`, device information, and a model in three files, in
//! version 2 of the language with its Plug and Play form on the wire.
//!
//! With nothing set it starts the local hub inside this program, registers itself and prints where the operator's page is.
//! With the `IOTHUB_DEVICE_*` variables set it connects there instead. The device is in `controller.rs`.
//!
//!     cargo run --example temperature_controller

#![allow(clippy::print_stdout, reason = "what it prints is for the person who runs it")]

mod controller;
#[path = "../support/mod.rs"]
mod support;
mod thermostat;

use std::error::Error;

use device_model::Device as _;
use support::Session;

/// The model as the local hub gets it.
const MODELS: [(&str, &str); 3] = [
    (
        "deviceinformation-1.json",
        include_str!("../../models/dtmi/azure/devicemanagement/deviceinformation-1.json"),
    ),
    ("thermostat-1.json", include_str!("../../models/dtmi/com/example/thermostat-1.json")),
    (
        "temperaturecontroller-1.json",
        include_str!("../../models/dtmi/com/example/temperaturecontroller-1.json"),
    ),
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let session = Session::start("temperature-controller", &MODELS).await?;
    let (device, work) = controller::assemble(session.interval());
    let client = device.connect(session.connection()).await?;
    session.run(&client, work.run(&client)).await
}
