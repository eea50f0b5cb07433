//! The identity registry of the service API.
//!
//! Decides the JSON of an identity and reads changes of it. Begin with [`identity`].

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::RestError;
use super::auth::{Right, authorize};
use super::error::Body;
use crate::certificate::{Known, Thumbprint, Thumbprints};
use crate::sas::Key;
use crate::shared::Shared;
use crate::state::device::{Device, Record};
use crate::state::registry::DeviceKeys;
use crate::state::{self, DeviceChange, StateError};

/// What the service says of a time that has not come.
pub(super) const NEVER: &str = "0001-01-01T00:00:00Z";
/// Most devices a list holds.
const LIST_LIMIT: usize = 1000;

pub(super) fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| NEVER.to_owned(), |at| at.to_string())
}

/// An identity as clients read it.
pub(super) fn identity(device: &Device) -> Value {
    let record = &device.record;
    json!({
        "deviceId": record.id,
        "generationId": record.generation,
        "etag": etag(device),
        "connectionState": connection_state(device),
        "status": if record.enabled { "enabled" } else { "disabled" },
        "statusReason": record.status_reason,
        "connectionStateUpdatedTime": time(record.connection_changed),
        "statusUpdatedTime": time(record.status_updated),
        "lastActivityTime": time(record.last_seen),
        "cloudToDeviceMessageCount": device.inbox.len(),
        "authentication": authentication(record),
        "capabilities": { "iotEdge": false },
        "deviceScope": null,
        "parentScopes": [],
    })
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

fn etag(device: &Device) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(device.record.etag.to_string())
}

fn with_etag(device: &Device) -> Response {
    ([(ETAG, format!("\"{}\"", etag(device)))], Json(identity(device))).into_response()
}

#[derive(Deserialize)]
pub(super) struct ListParameters {
    top: Option<usize>,
}

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    Query(parameters): Query<ListParameters>,
) -> Result<Json<Value>, RestError> {
    authorize(&shared, &uri, &headers, Right::RegistryRead)?;
    let top = parameters.top.unwrap_or(LIST_LIMIT).min(LIST_LIMIT);
    Ok(Json(shared.with(|state, _| state.devices().take(top).map(identity).collect())))
}

pub(super) async fn read(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, RestError> {
    authorize(&shared, &uri, &headers, Right::RegistryRead)?;
    shared.with(|state, _| Ok(with_etag(state.device(&id)?)))
}

pub(super) async fn write(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body { value: body, .. }: Body<Value>,
) -> Result<Response, RestError> {
    authorize(&shared, &uri, &headers, Right::RegistryWrite)?;
    if body.get("deviceId").and_then(Value::as_str).is_some_and(|named| named != id) {
        return Err(RestError::bad_request("the deviceId in the body is not the one in the path"));
    }
    let given = if_match(&headers);
    shared.with(|state, now| {
        match given {
            None => create(state, &id, &body, now)?,
            Some(given) => {
                check_etag(state.device(&id)?, &given)?;
                state.change(&id, change(&body)?, now)?;
            }
        }
        Ok(with_etag(state.device(&id)?))
    })
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<StatusCode, RestError> {
    authorize(&shared, &uri, &headers, Right::RegistryWrite)?;
    shared.with(|state, _| {
        if let Some(given) = if_match(&headers) {
            check_etag(state.device(&id)?, &given)?;
        }
        state.delete(&id)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

/// One operation of a bulk request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BulkOperation {
    id: String,
    import_mode: String,
    #[serde(alias = "eTag")]
    etag: Option<String>,
    #[serde(flatten)]
    body: Value,
}

pub(super) async fn bulk(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    Body { value: operations, .. }: Body<Vec<BulkOperation>>,
) -> Result<Response, RestError> {
    authorize(&shared, &uri, &headers, Right::RegistryWrite)?;
    let errors: Vec<Value> = operations
        .iter()
        .filter_map(|operation| {
            let result = shared.with(|state, now| run_operation(state, operation, now));
            let error = result.err()?;
            Some(json!({ "deviceId": operation.id, "errorCode": 400_004, "errorStatus": error.to_string() }))
        })
        .collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let body = json!({ "isSuccessful": errors.is_empty(), "errors": errors, "warnings": [] });
    Ok((status, Json(body)).into_response())
}

fn run_operation(
    state: &mut state::State,
    operation: &BulkOperation,
    now: Timestamp,
) -> Result<(), StateError> {
    let BulkOperation { id, import_mode, etag, body } = operation;
    let mode = import_mode.to_ascii_lowercase();
    if mode.ends_with("ifmatchetag") {
        check_etag(state.device(id)?, etag.as_deref().ok_or(StateError::NoEtag)?)?;
    }
    match mode.as_str() {
        "update" | "updateifmatchetag" => state.change(id, change(body)?, now).map(drop),
        "createorupdate" if state.device(id).is_ok() => state.change(id, change(body)?, now).map(drop),
        "create" | "createorupdate" => create(state, id, body, now),
        "delete" | "deleteifmatchetag" => state.delete(id),
        other => Err(StateError::BadMode(other.to_owned())),
    }
}

fn create(state: &mut state::State, id: &str, body: &Value, now: Timestamp) -> Result<(), StateError> {
    let change = change(body)?;
    let keys = match (change.primary, change.secondary) {
        (Some(primary), secondary) => {
            Some(DeviceKeys { secondary: secondary.unwrap_or_else(|| primary.clone()), primary })
        }
        _ => None,
    };
    let certificates = change.certificates.flatten();
    state.create(id, keys, change.enabled.unwrap_or(true), now)?;
    match certificates {
        Some(certificates) => state.know_by(id, certificates),
        None => Ok(()),
    }
}

/// Reads what an identity's JSON asks for; empty keys mean that the service makes them.
fn change(body: &Value) -> Result<DeviceChange, StateError> {
    let key = |name: &str| {
        let text = body.pointer(&format!("/authentication/symmetricKey/{name}")).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
            .map(|text| Key::parse(text).ok_or(StateError::BadKey))
            .transpose()
    };
    Ok(DeviceChange {
        enabled: body.get("status").and_then(Value::as_str).map(|status| status != "disabled"),
        status_reason: body.get("statusReason").and_then(Value::as_str).map(str::to_owned),
        primary: key("primaryKey")?,
        secondary: key("secondaryKey")?,
        certificates: certificates(body)?,
    })
}

/// What a device is to be known by; `None` when the body does not say.
fn certificates(body: &Value) -> Result<Option<Option<Known>>, StateError> {
    let text = |path: &str| body.pointer(&format!("/authentication/{path}")).and_then(Value::as_str);
    match text("type") {
        None => Ok(None),
        Some("sas") => Ok(Some(None)),
        Some("certificateAuthority") => Ok(Some(Some(Known::BY_AUTHORITY))),
        Some("selfSigned") => {
            let thumbprint = |name: &str| {
                let text = text(&format!("x509Thumbprint/{name}")).filter(|text| !text.is_empty());
                text.map(|text| Thumbprint::parse(text).ok_or(StateError::BadThumbprint)).transpose()
            };
            let primary = thumbprint("primaryThumbprint")?.ok_or(StateError::BadThumbprint)?;
            let known = Thumbprints { primary, secondary: thumbprint("secondaryThumbprint")? };
            Ok(Some(Some(Known::Thumbprints(known))))
        }
        Some(other) => Err(StateError::BadAuthentication(other.chars().take(40).collect())),
    }
}

pub(super) fn if_match(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(IF_MATCH)?.to_str().ok()?.trim().to_owned())
}

fn check_etag(device: &Device, given: &str) -> Result<(), StateError> {
    let current = etag(device);
    let given = given.trim_matches('"');
    if given == "*" || given == current {
        return Ok(());
    }
    Err(StateError::Etag { given: given.to_owned(), current })
}

pub(super) async fn statistics(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Json<Value>, RestError> {
    authorize(&shared, &uri, &headers, Right::RegistryRead)?;
    let (total, enabled) = shared.with(|state, _| {
        (state.devices().count(), state.devices().filter(|device| device.record.enabled).count())
    });
    Ok(Json(json!({
        "totalDeviceCount": total,
        "enabledDeviceCount": enabled,
        "disabledDeviceCount": total - enabled,
    })))
}

pub(super) async fn service_statistics(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Json<Value>, RestError> {
    authorize(&shared, &uri, &headers, Right::Service)?;
    let connected = shared.with(|state, _| state.devices().filter(|d| d.session.is_some()).count());
    Ok(Json(json!({ "connectedDeviceCount": connected })))
}
