//! What the attribute may stand on, and its options, as they behave over real TLS: an Interface shared within a crate, a
//! generic struct, a function's body; in the modules what a device may leave to later, and what its Interfaces inherit.

mod inherited;
mod staged;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Mutex;

use device_model::time::DateTime;
use device_model::{CommandError, PropertyError, device_model};
use serde_json::json;
use support::{DEVICE, Operator, Running};

/// A thermostat for every device of the crate.
#[device_model("models/dtmi/com/example/thermostat-1.json")]
pub mod thermostat {}

/// What is implemented for the shared Interface, once.
#[derive(Default)]
struct Thermostat(Mutex<Vec<f64>>);

impl thermostat::Commands for Thermostat {
    async fn get_max_min_report(
        &self,
        _: DateTime,
        _: &thermostat::Client,
    ) -> Result<thermostat::GetMaxMinReport, CommandError> {
        let targets = self.0.lock().expect("not poisoned").clone();
        let max_temp = targets.iter().copied().reduce(f64::max);
        Ok(thermostat::GetMaxMinReport { max_temp, ..Default::default() })
    }
}

impl thermostat::Properties for Thermostat {
    async fn set_target_temperature(
        &self,
        target: f64,
        client: &thermostat::Client,
    ) -> Result<f64, PropertyError> {
        self.0.lock().expect("not poisoned").push(target);
        client.send(thermostat::Telemetry { temperature: Some(target) }).await?;
        Ok(target)
    }
}

/// What a board has: a device is generic over it.
trait Board: Send + Sync + 'static {
    fn reboot(&self, delay: i32) -> bool;
}

/// A device of two shared parts, generic and with a bound.
#[device_model(
    "models/dtmi/com/example/temperaturecontroller-1.json",
    with("dtmi:com:example:Thermostat;1" = crate::thermostat)
)]
struct Controller<T: Board> {
    thermostat1: Thermostat,
    thermostat2: Thermostat,
    #[allow(dead_code, reason = "the model gives this component nothing to handle")]
    device_information: (),
    board: T,
}

impl<T: Board> controller::Commands for Controller<T> {
    async fn reboot(&self, delay: i32, _: &controller::Client) -> Result<(), CommandError> {
        if self.board.reboot(delay) { Ok(()) } else { Err(CommandError::unavailable("not now")) }
    }
}

struct Willing;

impl Board for Willing {
    fn reboot(&self, delay: i32) -> bool {
        delay > 0
    }
}

#[tokio::test]
async fn a_shared_interface_serves_each_component_as_its_own() {
    let [thermostat1, thermostat2] = [(); 2].map(|()| Thermostat::default());
    let device = Controller { thermostat1, thermostat2, device_information: (), board: Willing };
    let running = Running::start(device, |client| client.states()).await;
    let mut events = running.operator.events(DEVICE).await;
    let desired = json!({ "thermostat2": { "__t": "c", "targetTemperature": 22.5 } });
    running.operator.desire(DEVICE, desired).await;
    let sent = events.telemetry(|message| message["component"].is_string()).await;
    assert_eq!((&sent["component"], &sent["values"]["temperature"]), (&json!("thermostat2"), &json!(22.5)));
    events.property_of("thermostat2", "targetTemperature", |property| property["sync"] == "synced").await;
    assert!(running.reported().await.get("thermostat1").is_none());

    let since = json!("2026-01-01T00:00:00Z");
    let (_, first) = running.call("thermostat1*getMaxMinReport", since.clone()).await;
    let (_, second) = running.call("thermostat2*getMaxMinReport", since).await;
    assert_eq!((first, second), (json!({}), json!({ "maxTemp": 22.5 })));

    // a generic device's own command
    assert_eq!(running.call("reboot", json!(1)).await.0, 200);
    assert_eq!(running.call("reboot", json!(0)).await, (503, json!({ "message": "not now" })));
    running.end(async |client| client.close().await).await;
}

#[tokio::test]
async fn a_model_may_be_used_inside_a_function() {
    #[device_model("tests/ui/models/controller.json", unhandled = 501)]
    struct Local {
        thermostat1: Half,
        thermostat2: Half,
    }
    struct Half(f64);
    impl local::thermostat::Properties for Half {
        async fn set_target(&self, _: f64, _: &local::thermostat::Client) -> Result<f64, PropertyError> {
            Ok(self.0)
        }
    }
    let device = Local { thermostat1: Half(1.0), thermostat2: Half(2.0) };
    let running = Running::start(device, |client| client.states()).await;
    let mut events = running.operator.events(DEVICE).await;
    set(&running.operator, "thermostat1").await;
    set(&running.operator, "thermostat2").await;
    events.property_of("thermostat2", "target", |property| property["reported"].is_number()).await;
    let reported = running.reported().await;
    let kept = ["thermostat1", "thermostat2"].map(|component| reported[component]["target"]["value"].clone());
    assert_eq!(kept, [json!(1.0), json!(2.0)]);
    running.end(async |client| client.close().await).await;
}

async fn set(operator: &Operator, component: &str) {
    operator.desire(DEVICE, json!({ component: { "__t": "c", "target": 5 } })).await;
}
