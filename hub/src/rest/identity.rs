//! The JSON of an identity: as clients read it, and what they want changed of it.
//!
//! Decides forms only; the registry decides what happens. Begin with [`identity`] and [`change`].

use jiff::Timestamp;
use serde_json::{Value, json};

use super::etag;
use crate::certificate::{Known, Thumbprint, Thumbprints};
use crate::sas::Key;
use crate::state::device::{Device, Record};
use crate::state::modules::split_module;
use crate::state::registry::DeviceKeys;
use crate::state::{DeviceChange, State, StateError};

/// What the service says of a time that has not come.
pub(super) const NEVER: &str = "0001-01-01T00:00:00Z";

/// A time as clients read it, always with three digits of a second: so written, times are in order as texts, too.
pub(super) fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| NEVER.to_owned(), |at| format!("{at:.3}"))
}

/// The id of a device, and the module's own for a module of it.
pub(super) fn names(record: &Record) -> (&str, Option<&str>) {
    split_module(&record.id).map_or((record.id.as_str(), None), |(device, module)| (device, Some(module)))
}

/// An identity as clients read it.
pub(super) fn identity(device: &Device) -> Value {
    let record = &device.record;
    if let (device_id, Some(module_id)) = names(record) {
        return module_identity(device, device_id, module_id);
    }
    json!({
        "deviceId": record.id,
        "generationId": record.generation,
        "etag": etag::of_identity(device),
        "connectionState": connection_state(device),
        "status": status(record),
        "statusReason": record.status_reason,
        "connectionStateUpdatedTime": time(record.connection_changed),
        "statusUpdatedTime": time(record.status_updated),
        "lastActivityTime": time(record.last_seen),
        "cloudToDeviceMessageCount": device.inbox.len(),
        "authentication": authentication(record),
        "capabilities": capabilities(record),
        "deviceScope": scope(record),
        "parentScopes": record.edge.parents,
    })
}

fn module_identity(module: &Device, device_id: &str, module_id: &str) -> Value {
    let record = &module.record;
    json!({
        "moduleId": module_id,
        "managedBy": null,
        "deviceId": device_id,
        "generationId": record.generation,
        "etag": etag::of_identity(module),
        "connectionState": connection_state(module),
        "connectionStateUpdatedTime": time(record.connection_changed),
        "lastActivityTime": time(record.last_seen),
        "cloudToDeviceMessageCount": module.inbox.len(),
        "authentication": authentication(record),
    })
}

pub(super) fn status(record: &Record) -> &'static str {
    if record.enabled { "enabled" } else { "disabled" }
}

pub(super) fn capabilities(record: &Record) -> Value {
    json!({ "iotEdge": record.edge.is_edge })
}

/// An edge device has a scope of its own, which other devices name as theirs.
pub(super) fn scope(record: &Record) -> Option<String> {
    if record.edge.is_edge {
        return Some(format!("ms-azure-iot-edge://{}-{}", record.id, record.generation));
    }
    record.edge.scope.clone()
}

fn authentication(record: &Record) -> Value {
    let by_key = record.certificates.is_none();
    json!({
        "symmetricKey": {
            "primaryKey": by_key.then(|| record.primary.reveal()),
            "secondaryKey": by_key.then(|| record.secondary.reveal()),
        },
        "x509Thumbprint": thumbprints(record),
        "type": authentication_type(record),
    })
}

pub(super) fn authentication_type(record: &Record) -> &'static str {
    match record.certificates {
        None => "sas",
        Some(Known::Thumbprints(_)) => "selfSigned",
        Some(Known::Authority { .. }) => "certificateAuthority",
        Some(Known::Nothing { .. }) => "none",
    }
}

pub(super) fn thumbprints(record: &Record) -> Value {
    let known = match &record.certificates {
        Some(Known::Thumbprints(known)) => Some(known),
        _ => None,
    };
    json!({
        "primaryThumbprint": known.map(|known| known.primary.to_string()),
        "secondaryThumbprint": known.and_then(|known| known.secondary).map(|known| known.to_string()),
    })
}

pub(super) fn connection_state(device: &Device) -> &'static str {
    if device.session.is_some() { "Connected" } else { "Disconnected" }
}

/// Makes the device, or the module of one, that the JSON of an identity describes.
pub(super) fn create(
    state: &mut State,
    (device, module): (&str, Option<&str>),
    body: &Value,
    now: Timestamp,
) -> Result<(), StateError> {
    let change = change(body)?;
    let keys = match (change.primary, change.secondary) {
        (None, None) => None,
        (primary, secondary) => {
            Some(DeviceKeys { primary: or_random(primary)?, secondary: or_random(secondary)? })
        }
    };
    let made = match module {
        None => state.create(device, keys, change.enabled.unwrap_or(true), now)?,
        Some(module) => state.create_module(device, module, keys, now)?,
    };
    let id = made.record.id.clone();
    state.describe(&id, change.status_reason, change.edge)?;
    match change.certificates.flatten() {
        Some(certificates) => state.know_by(&id, certificates),
        None => Ok(()),
    }
}

fn or_random(key: Option<Key>) -> Result<Key, StateError> {
    key.map_or_else(|| Key::random().map_err(|error| StateError::Random(error.to_string())), Ok)
}

/// What the members of an identity's JSON are, where they are there: the path of each, and a JSON value of its type.
const MEMBERS: [(&str, Member); 17] = [
    ("/deviceId", Member::Text),
    ("/moduleId", Member::Text),
    ("/status", Member::Text),
    ("/statusReason", Member::Text),
    ("/authentication", Member::Object),
    ("/authentication/type", Member::Text),
    ("/authentication/symmetricKey", Member::Object),
    ("/authentication/symmetricKey/primaryKey", Member::Text),
    ("/authentication/symmetricKey/secondaryKey", Member::Text),
    ("/authentication/x509Thumbprint", Member::Object),
    ("/authentication/x509Thumbprint/primaryThumbprint", Member::Text),
    ("/authentication/x509Thumbprint/secondaryThumbprint", Member::Text),
    ("/capabilities", Member::Object),
    ("/capabilities/iotEdge", Member::Truth),
    ("/deviceScope", Member::Text),
    ("/parentScopes", Member::Texts),
    ("", Member::Object),
];

/// The type of a member.
#[derive(Debug, Clone, Copy)]
enum Member {
    Text,
    Truth,
    Object,
    Texts,
}

impl Member {
    fn has(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Truth => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::Texts => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Truth => "true or false",
            Self::Object => "a JSON object",
            Self::Texts => "a list of texts",
        }
    }
}

fn check_members(body: &Value) -> Result<(), StateError> {
    for (path, member) in MEMBERS {
        let found = body.pointer(path).filter(|found| !found.is_null());
        if found.is_some_and(|found| !member.has(found)) {
            let name = if path.is_empty() { "the body" } else { path.trim_start_matches('/') };
            return Err(StateError::WrongType(name, member.name()));
        }
    }
    Ok(())
}

/// Reads what an identity's JSON asks for; empty keys mean that the service makes them.
pub(super) fn change(body: &Value) -> Result<DeviceChange, StateError> {
    check_members(body)?;
    let key = |name: &str| {
        let text = body.pointer(&format!("/authentication/symmetricKey/{name}")).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
            .map(|text| Key::parse(text).ok_or(StateError::BadKey))
            .transpose()
    };
    Ok(DeviceChange {
        enabled: enabled(body)?,
        status_reason: body.get("statusReason").and_then(Value::as_str).map(str::to_owned),
        primary: key("primaryKey")?,
        secondary: key("secondaryKey")?,
        certificates: certificates(body)?,
        edge: edge(body),
    })
}

fn enabled(body: &Value) -> Result<Option<bool>, StateError> {
    match body.get("status").and_then(Value::as_str) {
        None => Ok(None),
        Some("enabled") => Ok(Some(true)),
        Some("disabled") => Ok(Some(false)),
        Some(other) => Err(StateError::BadStatus(other.chars().take(40).collect())),
    }
}

/// Where the device stands among edge devices, if the body says.
fn edge(body: &Value) -> Option<crate::state::device::Edge> {
    let is_edge = body.pointer("/capabilities/iotEdge").and_then(Value::as_bool);
    let scope = body.get("deviceScope").and_then(Value::as_str).filter(|scope| !scope.is_empty());
    let parents = body.get("parentScopes").and_then(Value::as_array);
    if is_edge.is_none() && scope.is_none() && parents.is_none() {
        return None;
    }
    let mut parents: Vec<String> =
        parents.into_iter().flatten().filter_map(|one| Some(one.as_str()?.to_owned())).collect();
    let is_edge = is_edge.unwrap_or(false);
    if parents.is_empty() && !is_edge {
        // the scope of a device that is none itself is that of its parent
        parents.extend(scope.map(str::to_owned));
    }
    Some(crate::state::device::Edge { is_edge, scope: scope.map(str::to_owned), parents })
}

/// What a device is to be known by; `None` when the body does not say. Thumbprints without a type mean themselves.
fn certificates(body: &Value) -> Result<Option<Option<Known>>, StateError> {
    let text = |path: &str| body.pointer(&format!("/authentication/{path}")).and_then(Value::as_str);
    let thumbprint = |name: &str| text(&format!("x509Thumbprint/{name}")).filter(|text| !text.is_empty());
    let (primary, secondary) = (thumbprint("primaryThumbprint"), thumbprint("secondaryThumbprint"));
    match text("type") {
        None if primary.is_none() && secondary.is_none() => Ok(None),
        Some("sas") => Ok(Some(None)),
        Some("none") => Ok(Some(Some(Known::NOTHING))),
        Some("certificateAuthority") => Ok(Some(Some(Known::BY_AUTHORITY))),
        None | Some("selfSigned") => {
            let read = |text: &str| Thumbprint::parse(text).ok_or(StateError::BadThumbprint);
            let primary = read(primary.ok_or(StateError::BadThumbprint)?)?;
            let known = Thumbprints { primary, secondary: secondary.map(read).transpose()? };
            Ok(Some(Some(Known::Thumbprints(known))))
        }
        Some(other) => Err(StateError::BadAuthentication(other.chars().take(40).collect())),
    }
}
