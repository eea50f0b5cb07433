//! The JSON of an enrollment: as tools read it, and what they want it to be.
//!
//! Decides forms and says clearly what this service does not do; keys are never shown here. Attestations are
//! [`super::attestation`]'s. Begin with [`show`] and [`read`].

use serde_json::{Map, Value, json};

use super::attestation;
use super::error::DpsError;
use crate::body::BadRequest as _;
use crate::provisioning::registration_state;
use crate::state::State;
use crate::state::provisioning::enrollment::{
    Allocation, Attestation, Enrollment, Kind, Reprovision, Settings,
};

/// The name of an enrollment's id.
pub(crate) fn id_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Individual => "registrationId",
        Kind::Group => "enrollmentGroupId",
    }
}

/// An enrollment as tools read it, without its keys.
pub(crate) fn show(state: &State, kind: Kind, enrollment: &Enrollment) -> Value {
    let settings = &enrollment.settings;
    let mut shown = json!({
        id_name(kind): enrollment.id,
        "attestation": attestation::show(&enrollment.attestation, false),
        "capabilities": { "iotEdge": settings.edge },
        "iotHubs": [state.host_name()],
        "initialTwin": {
            "tags": settings.tags,
            "properties": { "desired": settings.desired },
        },
        "etag": enrollment.etag(),
        "provisioningStatus": if settings.enabled { "enabled" } else { "disabled" },
        "reprovisionPolicy": {
            "updateHubAssignment": settings.reprovision.update,
            "migrateDeviceData": settings.reprovision.migrate,
        },
        "allocationPolicy": settings.allocation,
        "createdDateTimeUtc": enrollment.created,
        "lastUpdatedDateTimeUtc": enrollment.updated,
    });
    if kind == Kind::Individual {
        shown["deviceId"] = json!(settings.device_id);
        shown["registrationState"] = match state.registration(&enrollment.id) {
            Ok(known) => registration_state(known, state.host_name()),
            Err(_) => json!({ "registrationId": enrollment.id, "status": "unassigned" }),
        };
        if let Some(information) = &settings.information {
            shown["optionalDeviceInformation"] = json!(information);
        }
    }
    shown
}

/// What an enrollment is to be; `known` is the one that there is.
pub(crate) fn read(
    state: &State,
    kind: Kind,
    id: &str,
    body: &Value,
) -> Result<(Attestation, Settings), DpsError> {
    if let Some(named) = text(body, "", id_name(kind))?.filter(|named| !named.eq_ignore_ascii_case(id)) {
        let message = format!("the {} in the body is {named:?} and not the one in the path", id_name(kind));
        return Err(DpsError::bad_request(message));
    }
    check_hub(state, body)?;
    let known = state.enrollment(kind, id).ok().map(|known| &known.attestation);
    let attestation = attestation::read(body.get("attestation").unwrap_or(&Value::Null), kind, known)?;
    let default = Settings::default();
    let flag = |path: &str, name: &'static str, default: bool| match at(body, path).get(name) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => value.as_bool().ok_or_else(|| wrong(name, "true or false")),
    };
    let settings = Settings {
        device_id: text(body, "", "deviceId")?.filter(|id| !id.is_empty()),
        enabled: match text(body, "", "provisioningStatus")?.as_deref() {
            None | Some("enabled") => true,
            Some("disabled") => false,
            Some(_) => return Err(wrong("provisioningStatus", "enabled or disabled")),
        },
        tags: object(at(body, "/initialTwin"), "tags")?.unwrap_or_default(),
        desired: object(at(body, "/initialTwin/properties"), "desired")?.unwrap_or_default(),
        reprovision: Reprovision {
            update: flag("/reprovisionPolicy", "updateHubAssignment", default.reprovision.update)?,
            migrate: flag("/reprovisionPolicy", "migrateDeviceData", default.reprovision.migrate)?,
        },
        allocation: allocation(body)?,
        edge: flag("/capabilities", "iotEdge", false)?,
        information: object(body, "optionalDeviceInformation")?,
    };
    Ok((attestation, settings))
}

fn allocation(body: &Value) -> Result<Allocation, DpsError> {
    match text(body, "", "allocationPolicy")?.as_deref() {
        None | Some("hashed") => Ok(Allocation::Hashed),
        Some("geoLatency") => Ok(Allocation::GeoLatency),
        Some("static") => Ok(Allocation::Static),
        Some("custom") => Err(DpsError::bad_request(
            "this service calls no function to allocate devices: choose hashed or static instead of custom"
                .to_owned(),
        )),
        Some(_) => Err(wrong("allocationPolicy", "hashed, geoLatency or static")),
    }
}

/// Hubs that are named must be this one: the service is linked to no other.
fn check_hub(state: &State, body: &Value) -> Result<(), DpsError> {
    let listed = body.get("iotHubs").and_then(Value::as_array).into_iter().flatten();
    let named = listed.chain(body.get("iotHubHostName")).filter(|name| !name.is_null());
    let host = |name: &str| name.split(':').next().unwrap_or(name).to_ascii_lowercase();
    let own = host(state.host_name());
    for name in named {
        let name = name.as_str().ok_or_else(|| wrong("iotHubs", "names of hubs"))?;
        if !name.is_empty() && ![own.as_str(), "localhost"].contains(&host(name).as_str()) {
            let message = format!("the hub {name:?} is not linked to this service, only {own:?} is");
            return Err(DpsError::bad_request(message));
        }
    }
    Ok(())
}

fn at<'a>(body: &'a Value, path: &str) -> &'a Value {
    body.pointer(path).unwrap_or(&Value::Null)
}

pub(super) fn text(body: &Value, path: &str, name: &'static str) -> Result<Option<String>, DpsError> {
    match at(body, path).get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(name, "a text")),
    }
}

fn object(body: &Value, name: &'static str) -> Result<Option<Map<String, Value>>, DpsError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => {
            let mut object = object.clone();
            object.retain(|name, _| name != "$metadata" && name != "$version");
            Ok(Some(object))
        }
        Some(_) => Err(wrong(name, "an object")),
    }
}

fn wrong(name: &'static str, wanted: &str) -> DpsError {
    DpsError::bad_request(format!("{name} must be {wanted}")).at(name)
}
