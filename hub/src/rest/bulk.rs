//! Many changes of the registry in one request.
//!
//! Decides what each import mode does and how failures are told: one that fails does not keep the others from being
//! done. Begin with [`run`].

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Body, numbers};
use super::identity::{change, create};
use super::twins::Parts;
use super::{RestError, etag};
use crate::shared::Shared;
use crate::state::{self, StateError};

/// Most operations in a request, as IoT Hub has it.
const LIMIT: usize = 100;

/// One operation of a bulk request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    id: String,
    import_mode: String,
    #[serde(alias = "eTag")]
    etag: Option<String>,
    #[serde(rename = "twinETag")]
    twin_etag: Option<String>,
    #[serde(flatten)]
    body: Value,
}

pub(super) async fn run(
    State(shared): State<Arc<Shared>>,
    Body { value: operations, .. }: Body<Vec<Operation>>,
) -> Result<Response, RestError> {
    if operations.len() > LIMIT {
        return Err(RestError::bad_request(format!("a request has at most {LIMIT} devices")));
    }
    let mut seen = BTreeSet::new();
    let errors: Vec<Value> = operations
        .iter()
        .filter_map(|operation| {
            let id = &operation.id;
            let result = if seen.insert(id) {
                shared.with(|state, now| perform(state, operation, now))
            } else {
                Err(StateError::Repeated(id.clone()))
            };
            let error = result.err()?;
            let (_, code, _) = numbers(&error);
            Some(json!({ "deviceId": id, "errorCode": code, "errorStatus": error.to_string() }))
        })
        .collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let body = json!({ "isSuccessful": errors.is_empty(), "errors": errors, "warnings": [] });
    Ok((status, Json(body)).into_response())
}

fn perform(state: &mut state::State, operation: &Operation, now: Timestamp) -> Result<(), StateError> {
    let Operation { id, import_mode, etag, twin_etag, body } = operation;
    let mode = import_mode.to_ascii_lowercase();
    let exists = state.device(id).is_ok();
    let (action, has_etag) = mode.strip_suffix("ifmatchetag").map_or((mode.as_str(), false), |a| (a, true));
    if has_etag && (exists || action != "createorupdate") {
        let device = state.device(id)?;
        let (given, current) = match action {
            "updatetwin" => (twin_etag, etag::of_twin(device)),
            _ => (etag, etag::of_identity(device)),
        };
        etag::check(given.as_deref().ok_or(StateError::NoEtag)?, &current)?;
    }
    match action {
        "create" if !has_etag => create_with_twin(state, id, body, now),
        "update" => state.change(id, change(body)?, now).map(drop),
        "createorupdate" if exists => state.change(id, change(body)?, now).map(drop),
        "createorupdate" => create_with_twin(state, id, body, now),
        "delete" => state.delete(id),
        "updatetwin" => patch_twin(state, id, body, now),
        _ => Err(StateError::BadMode(import_mode.chars().take(40).collect())),
    }
}

fn create_with_twin(
    state: &mut state::State,
    id: &str,
    body: &Value,
    now: Timestamp,
) -> Result<(), StateError> {
    create(state, (id, None), body, now)?;
    let described = patch_twin(state, id, body, now);
    if described.is_err() {
        state.delete(id)?;
    }
    described
}

fn patch_twin(state: &mut state::State, id: &str, body: &Value, now: Timestamp) -> Result<(), StateError> {
    let parts = Parts::read(body)?;
    if parts.desired.is_none() && parts.tags.is_none() {
        return Ok(());
    }
    state.patch_twin(id, parts.desired, parts.tags, now)
}
