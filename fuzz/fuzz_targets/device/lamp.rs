//! A device as generated code and its author would write it.

use device_model_runtime::{
    Client, CommandCall, CommandOutcome, Convention, DesiredChange, DesiredOutcome, Device, ModelTable,
    PartTable, answer, asynchronous, command, in_force, read_only, writable,
};

const PART: PartTable = PartTable {
    component: None,
    telemetry: &["temp"],
    properties: &[read_only("state"), writable("brightness"), writable("name")],
    commands: &[command("blink"), asynchronous("diagnose")],
};

pub struct Lamp;

impl Device for Lamp {
    type Client = Client;
    const MODEL: ModelTable = ModelTable {
        id: "dtmi:com:example:Lamp;1",
        convention: Convention::Pnp,
        parts: &[PART, PartTable { component: Some("second"), ..PART }],
    };

    async fn __command(&self, call: CommandCall<'_>, _: &Client) -> CommandOutcome {
        match call.name() {
            "blink" => answer(call.request::<i64>()?),
            _ => answer("fine"),
        }
    }

    async fn __desired(&self, change: DesiredChange<'_>, _: &Client) -> DesiredOutcome {
        match change.name() {
            "brightness" => in_force(change.value::<i64>()?),
            _ => in_force(change.value::<std::collections::BTreeMap<String, i64>>()?),
        }
    }
}
