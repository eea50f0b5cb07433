//! The identity registry of the service API: one device or module at a time, and the list of devices.
//!
//! Decides which call does what; the JSON is [`super::identity`]'s. Begin with [`write`].

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

use super::RestError;
use super::error::Body;
use super::etag::{self, if_match};
use super::identity::{change, create, identity};
use super::target::Target;
use crate::shared::Shared;
use crate::state::device::Device;

/// Most devices a list holds.
const LIST_LIMIT: usize = 1000;

fn with_etag(device: &Device) -> Response {
    ([(ETAG, etag::header(&etag::of_identity(device)))], Json(identity(device))).into_response()
}

#[derive(Deserialize)]
pub(super) struct ListParameters {
    top: Option<usize>,
}

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Query(parameters): Query<ListParameters>,
) -> Json<Value> {
    let top = parameters.top.unwrap_or(LIST_LIMIT).min(LIST_LIMIT);
    Json(shared.with(|state, _| state.devices().take(top).map(identity).collect()))
}

pub(super) async fn read(
    State(shared): State<Arc<Shared>>,
    Path(target): Path<Target>,
) -> Result<Response, RestError> {
    let id = target.key()?;
    shared.with(|state, _| Ok(with_etag(state.device(&id)?)))
}

/// Makes a device, or with an etag (or `*`) changes one.
pub(super) async fn write(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(target): Path<Target>,
    Body { value: body, .. }: Body<Value>,
) -> Result<Response, RestError> {
    for (name, id) in [("deviceId", Some(&target.id)), ("moduleId", target.mid.as_ref())] {
        if body.get(name).and_then(Value::as_str).is_some_and(|named| id.is_some_and(|id| named != id)) {
            return Err(RestError::bad_request(format!("the {name} in the body is not the one in the path")));
        }
    }
    let id = target.key()?;
    let given = if_match(&headers);
    shared.with(|state, now| {
        match given {
            None => create(state, (&target.id, target.mid.as_deref()), &body, now)?,
            Some(given) => {
                etag::check(&given, &etag::of_identity(state.device(&id)?))?;
                state.change(&id, change(&body)?, now)?;
            }
        }
        Ok(with_etag(state.device(&id)?))
    })
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(target): Path<Target>,
) -> Result<StatusCode, RestError> {
    let id = target.key()?;
    shared.with(|state, _| {
        if let Some(given) = if_match(&headers) {
            etag::check(&given, &etag::of_identity(state.device(&id)?))?;
        }
        state.delete(&id)?;
        Ok(StatusCode::NO_CONTENT)
    })
}
