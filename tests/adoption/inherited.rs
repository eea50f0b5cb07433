//! Interfaces that extend another: what they inherit is handled with their own.

use device_model::{CommandError, PropertyError, device_model};
use serde_json::{Value, json};

use crate::support::{DEVICE, Running};

/// Two Interfaces that extend a third: each is handled as one, inherited contents among its own.
#[device_model("codegen/tests/models/inherited.v3.json")]
struct Pumps {
    inlet: Pump,
    outlet: Pump,
    spare: Pump,
}

struct Pump;

impl pumps::small_pump::Commands for Pump {
    async fn stop(&self, _: &pumps::small_pump::Client) -> Result<pumps::small_pump::Limits, CommandError> {
        Ok(pumps::small_pump::Limits { least: Some(0.5), ..Default::default() })
    }
}

impl pumps::small_pump::Properties for Pump {
    async fn set_limits(
        &self,
        limits: pumps::small_pump::Limits,
        client: &pumps::small_pump::Client,
    ) -> Result<pumps::small_pump::Limits, PropertyError> {
        client.send(pumps::small_pump::Telemetry { flow: limits.least, ..Default::default() }).await?;
        Ok(limits)
    }
}

impl pumps::big_pump::Commands for Pump {
    async fn stop(&self, _: &pumps::big_pump::Client) -> Result<pumps::big_pump::Limits, CommandError> {
        Ok(pumps::big_pump::Limits { least: Some(5.0), ..Default::default() })
    }
}

impl pumps::big_pump::Properties for Pump {
    async fn set_limits(
        &self,
        _: pumps::big_pump::Limits,
        _: &pumps::big_pump::Client,
    ) -> Result<pumps::big_pump::Limits, PropertyError> {
        Err(PropertyError::invalid("it is sealed"))
    }
}

#[tokio::test]
async fn what_an_interface_inherits_belongs_to_the_component() {
    let device = Pumps { inlet: Pump, outlet: Pump, spare: Pump };
    let running = Running::start(device, |client: &pumps::Client| client.states()).await;
    assert_eq!(running.call("inlet*stop", Value::Null).await, (200, json!({ "least": 0.5 })));
    assert_eq!(running.call("outlet*stop", Value::Null).await, (200, json!({ "least": 5.0 })));

    let mut events = running.operator.events(DEVICE).await;
    let limits = json!({ "least": 2.5, "unit": 1 });
    let desired = |component: &str, limits: &Value| json!({ component: { "__t": "c", "limits": limits } });
    running.operator.desire(DEVICE, desired("spare", &limits)).await;
    let sent = events.telemetry(|_| true).await;
    assert_eq!((&sent["component"], &sent["values"]), (&json!("spare"), &json!({ "flow": 2.5 })));
    let applied = events.property_of("spare", "limits", |property| property["sync"] == "synced").await;
    assert_eq!(applied["reported"], limits, "{applied}");

    running.operator.desire(DEVICE, desired("outlet", &limits)).await;
    let refused = events.property_of("outlet", "limits", |property| property["sync"] == "error").await;
    assert_eq!((&refused["code"], &refused["note"]), (&json!(400), &json!("it is sealed")));
    // a value that is none of the Enum's never comes to the handler
    running.operator.desire(DEVICE, desired("inlet", &json!({ "unit": 7 }))).await;
    let refused = events.property_of("inlet", "limits", |property| property["sync"] == "error").await;
    assert!(refused["note"].as_str().is_some_and(|note| note.starts_with("/unit: ")), "{refused}");
    running.end(async |client| client.close().await).await;
}
