//! Twins in the service API.
//!
//! Decides the JSON of a twin and how a patch of it is read. Begin with [`twin`].

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::RestError;
use super::error::Body;
use super::etag::{self, if_match};
use super::identity::{
    authentication_type, capabilities, connection_state, names, scope, status, thumbprints, time,
};
use super::target::Target;
use crate::shared::Shared;
use crate::state::device::Device;
use crate::state::{self, StateError};

/// A twin as clients read it.
pub(super) fn twin(device: &Device) -> Value {
    let record = &device.record;
    let twin = &record.twin;
    let (device_id, module_id) = names(record);
    let mut document = json!({
        "deviceId": device_id,
        "etag": etag::of_twin(device),
        "deviceEtag": etag::of_identity(device),
        "status": status(record),
        "statusReason": record.status_reason,
        "statusUpdateTime": time(record.status_updated),
        "connectionState": connection_state(device),
        "connectionStateUpdatedTime": time(record.connection_changed),
        "lastActivityTime": time(record.last_seen),
        "cloudToDeviceMessageCount": device.inbox.len(),
        "authenticationType": authentication_type(record),
        "x509Thumbprint": thumbprints(record),
        "modelId": record.model_id.as_deref().unwrap_or_default(),
        "version": twin.version,
        "tags": twin.tags,
        "properties": { "desired": twin.desired.for_service(), "reported": twin.reported.for_service() },
        "capabilities": capabilities(record),
        "deviceScope": scope(record),
        "parentScopes": record.edge.parents,
    });
    if let Some(module_id) = module_id {
        document["moduleId"] = module_id.into();
    }
    document
}

fn with_etag(device: &Device) -> Response {
    ([(ETAG, etag::header(&etag::of_twin(device)))], Json(twin(device))).into_response()
}

pub(super) async fn read(
    State(shared): State<Arc<Shared>>,
    Path(target): Path<Target>,
) -> Result<Response, RestError> {
    let id = target.key()?;
    shared.with(|state, _| Ok(with_etag(state.device(&id)?)))
}

pub(super) async fn patch(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(target): Path<Target>,
    Body { value: body, .. }: Body<Value>,
) -> Result<Response, RestError> {
    change(&shared, &headers, &target.key()?, &body, state::State::patch_twin)
}

pub(super) async fn replace(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(target): Path<Target>,
    Body { value: body, .. }: Body<Value>,
) -> Result<Response, RestError> {
    change(&shared, &headers, &target.key()?, &body, state::State::replace_twin)
}

type Object = Map<String, Value>;

/// How a twin takes new desired properties and tags.
type Change =
    fn(&mut state::State, &str, Option<&Object>, Option<&Object>, Timestamp) -> Result<(), StateError>;

fn change(
    shared: &Shared,
    headers: &HeaderMap,
    id: &str,
    body: &Value,
    apply: Change,
) -> Result<Response, RestError> {
    let parts = Parts::read(body)?;
    shared.with(|state, now| {
        if let Some(given) = if_match(headers) {
            etag::check(&given, &etag::of_twin(state.device(id)?))?;
        }
        apply(state, id, parts.desired, parts.tags, now)?;
        Ok(with_etag(state.device(id)?))
    })
}

/// The parts of a twin that the service side may change.
pub(super) struct Parts<'a> {
    pub(super) desired: Option<&'a Object>,
    pub(super) tags: Option<&'a Object>,
}

impl<'a> Parts<'a> {
    pub(super) fn read(body: &'a Value) -> Result<Self, StateError> {
        let object = |value: Option<&'a Value>, name: &'static str| match value {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(StateError::WrongType(name, "a JSON object")),
        };
        let whole = object(Some(body), "the body")?;
        let member =
            |of: Option<&'a Object>, name: &'static str| object(of.and_then(|of| of.get(name)), name);
        let desired = member(member(whole, "properties")?, "desired")?;
        Ok(Self { desired, tags: member(whole, "tags")? })
    }
}
