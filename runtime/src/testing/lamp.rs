//! Lamps as generated code and its author would write them.

use std::time::Duration;

use crate::call::{CommandCall, CommandOutcome, DesiredChange, DesiredOutcome, answer, in_force};
use crate::client::Client;
use crate::device::Device;
use crate::refusal::PropertyError;
use crate::table::{Convention, ModelTable, PartTable, asynchronous, command, writable};

const PART: PartTable = PartTable {
    component: None,
    telemetry: &["temp"],
    properties: &[writable("brightness")],
    commands: &[command("blink"), asynchronous("diagnose")],
};

/// A lamp of 2020.
pub(crate) struct Lamp;

/// The same lamp in Plug and Play, and another one as its component.
pub(crate) struct Lamps;

async fn commanded(call: CommandCall<'_>) -> CommandOutcome {
    match call.name() {
        "blink" => answer(call.request::<i64>()?),
        _ => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            answer("fine")
        }
    }
}

fn desired(change: DesiredChange<'_>) -> DesiredOutcome {
    match change.value::<i64>()? {
        brightness @ 1..=3 => in_force(brightness),
        _ => Err(PropertyError::invalid("1 to 3")),
    }
}

impl Device for Lamp {
    type Client = Client;
    const MODEL: ModelTable =
        ModelTable { id: "urn:example:Lamp:1", convention: Convention::Central2020, parts: &[PART] };

    async fn __command(&self, call: CommandCall<'_>, _: &Client) -> CommandOutcome {
        commanded(call).await
    }

    async fn __desired(&self, change: DesiredChange<'_>, _: &Client) -> DesiredOutcome {
        desired(change)
    }
}

impl Device for Lamps {
    type Client = Client;
    const MODEL: ModelTable = ModelTable {
        id: "dtmi:com:example:Lamps;1",
        convention: Convention::Pnp,
        parts: &[PART, PartTable { component: Some("second"), ..PART }],
    };

    async fn __command(&self, call: CommandCall<'_>, _: &Client) -> CommandOutcome {
        commanded(call).await
    }

    async fn __desired(&self, change: DesiredChange<'_>, _: &Client) -> DesiredOutcome {
        desired(change)
    }
}
