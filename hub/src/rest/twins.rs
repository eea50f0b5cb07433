//! Twins in the service API.
//!
//! Decides the JSON of a twin and how a patch of it is read. Begin with [`twin`].

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::RestError;
use super::auth::{Right, authorize};
use super::devices::{authentication_type, connection_state, if_match, thumbprints, time};
use super::error::Body;
use crate::shared::Shared;
use crate::state::device::Device;
use crate::state::{self, StateError};

/// A twin as clients read it.
pub(super) fn twin(device: &Device) -> Value {
    let record = &device.record;
    let twin = &record.twin;
    let mut document = json!({
        "deviceId": record.id,
        "etag": etag(device),
        "deviceEtag": record.etag.to_string(),
        "version": twin.version,
        "status": if record.enabled { "enabled" } else { "disabled" },
        "statusUpdateTime": time(record.status_updated),
        "connectionState": connection_state(device),
        "lastActivityTime": time(record.last_seen),
        "cloudToDeviceMessageCount": 0,
        "authenticationType": authentication_type(record),
        "x509Thumbprint": thumbprints(record),
        "tags": twin.tags,
        "properties": { "desired": twin.desired.for_service(), "reported": twin.reported.for_service() },
        "capabilities": { "iotEdge": false },
    });
    if let Some(model) = &record.model_id {
        document["modelId"] = model.as_str().into();
    }
    document
}

fn etag(device: &Device) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(format!("twin-{}", device.record.twin.version))
}

fn with_etag(device: &Device) -> Response {
    ([(ETAG, format!("\"{}\"", etag(device)))], Json(twin(device))).into_response()
}

pub(super) async fn read(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, RestError> {
    authorize(&shared, &uri, &headers, Right::Service)?;
    shared.with(|state, _| Ok(with_etag(state.device(&id)?)))
}

pub(super) async fn patch(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body { value: body, .. }: Body<Value>,
) -> Result<Response, RestError> {
    change(&shared, (&uri, &headers), &id, &body, state::State::patch_twin)
}

pub(super) async fn replace(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body { value: body, .. }: Body<Value>,
) -> Result<Response, RestError> {
    change(&shared, (&uri, &headers), &id, &body, state::State::replace_twin)
}

type Object = Map<String, Value>;

/// How a twin takes new desired properties and tags.
type Change =
    fn(&mut state::State, &str, Option<&Object>, Option<&Object>, Timestamp) -> Result<(), StateError>;

fn change(
    shared: &Shared,
    (uri, headers): (&Uri, &HeaderMap),
    id: &str,
    body: &Value,
    apply: Change,
) -> Result<Response, RestError> {
    authorize(shared, uri, headers, Right::Service)?;
    let parts = Parts::read(body)?;
    shared.with(|state, now| {
        check_etag(state.device(id)?, headers)?;
        apply(state, id, parts.desired, parts.tags, now)?;
        Ok(with_etag(state.device(id)?))
    })
}

/// The parts of a twin that the service side may change.
struct Parts<'a> {
    desired: Option<&'a Object>,
    tags: Option<&'a Object>,
}

impl<'a> Parts<'a> {
    fn read(body: &'a Value) -> Result<Self, RestError> {
        let part = |pointer: &str| match body.pointer(pointer) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(RestError::bad_request(format!("{pointer} must be a JSON object"))),
        };
        Ok(Self { desired: part("/properties/desired")?, tags: part("/tags")? })
    }
}

fn check_etag(device: &Device, headers: &HeaderMap) -> Result<(), StateError> {
    let Some(given) = if_match(headers) else {
        return Ok(());
    };
    let (given, current) = (given.trim_matches('"').to_owned(), etag(device));
    if given == "*" || given == current { Ok(()) } else { Err(StateError::Etag { given, current }) }
}
