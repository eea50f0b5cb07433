//! The environmental sensor, as generated code and its author would write it.

use std::time::Duration;

use crate::call::{Answer, CommandCall, DesiredChange, InForce, answer, in_force};
use crate::client::Client;
use crate::device::Device;
use crate::json::Json;
use crate::refusal::{CommandError, PropertyError};
use crate::table::{CommandTable, Convention, ModelTable, PartTable, PropertyTable};

pub(super) struct Sensor;

const fn command(name: &'static str, asynchronous: bool) -> CommandTable {
    CommandTable { name, asynchronous }
}

const PART: PartTable = PartTable {
    component: None,
    telemetry: &["temp", "humid"],
    properties: &[
        PropertyTable { name: "state", writable: false },
        PropertyTable { name: "brightness", writable: true },
        PropertyTable { name: "warmth", writable: true },
        PropertyTable { name: "tags", writable: true },
    ],
    commands: &[
        command("blink", false),
        command("crash", false),
        command("hang", false),
        command("rundiagnostics", true),
        command("calibrate", true),
        command("tell", false),
    ],
};

impl Device for Sensor {
    type Client = Client;
    const MODEL: ModelTable = ModelTable {
        id: "urn:example:EnvironmentalSensor:1",
        convention: Convention::Central2020,
        parts: &[PART],
    };

    async fn __command(&self, call: CommandCall<'_>, client: &Client) -> Result<Answer, CommandError> {
        match call.name() {
            "blink" => answer(format!("every {} s", call.request::<i64>()?)),
            "crash" => panic!("a handler's mistake"),
            "hang" => std::future::pending().await,
            "rundiagnostics" => answer("fine"),
            "calibrate" => {
                client.progress("40 %").await?;
                tokio::time::sleep(Duration::from_secs(60)).await;
                client.progress(90).await?;
                tokio::time::sleep(Duration::from_secs(60)).await;
                answer("done")
            }
            "tell" => Ok(client.progress("40 %").await.map(|()| Answer(Json::Null))?),
            _ => call.unknown(),
        }
    }

    async fn __desired(&self, change: DesiredChange<'_>, client: &Client) -> Result<InForce, PropertyError> {
        match change.name() {
            "brightness" => match change.value::<i64>()? {
                brightness @ 1..=3 => in_force(brightness),
                _ => Err(PropertyError::invalid("1 to 3")),
            },
            // Takes as many seconds; above 10 it says so at once.
            "warmth" => {
                let warmth = change.value::<u64>()?;
                if warmth > 10 {
                    client.pending("warming up").await?;
                }
                tokio::time::sleep(Duration::from_secs(warmth)).await;
                in_force(warmth)
            }
            "tags" => in_force(change.value::<Json>()?),
            _ => change.unknown(),
        }
    }
}

/// The same sensor as a component of a Plug and Play device.
pub(super) struct Board;

impl Device for Board {
    type Client = Client;
    const MODEL: ModelTable = ModelTable {
        id: "dtmi:com:example:Board;1",
        convention: Convention::Pnp,
        parts: &[PartTable { component: Some("sensor"), ..PART }],
    };

    async fn __command(&self, call: CommandCall<'_>, client: &Client) -> Result<Answer, CommandError> {
        assert_eq!(call.component(), "sensor");
        Sensor.__command(call, client).await
    }

    async fn __desired(&self, change: DesiredChange<'_>, client: &Client) -> Result<InForce, PropertyError> {
        Sensor.__desired(change, client).await
    }
}
