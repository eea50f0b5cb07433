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
use super::target::Target;
use super::twins::Parts;
use super::{RestError, etag};
use crate::shared::Shared;
use crate::state::{self, StateError};

/// Most operations in a request, as IoT Hub has it.
const LIMIT: usize = 100;

/// One operation of a bulk request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Operation {
    id: String,
    module_id: Option<String>,
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
    Body { value: operations, .. }: Body<Vec<Value>>,
) -> Result<Response, RestError> {
    if operations.len() > LIMIT {
        return Err(RestError::bad_request(format!("a request has at most {LIMIT} devices")));
    }
    let mut seen = BTreeSet::new();
    let errors: Vec<Value> = operations
        .iter()
        .filter_map(|operation| {
            let error = run_one(&shared, &mut seen, operation).err()?;
            let (_, code, _) = numbers(&error);
            let named = |name: &str| operation.get(name).and_then(Value::as_str);
            let mut told =
                json!({ "deviceId": named("id"), "errorCode": code, "errorStatus": error.to_string() });
            if let Some(module) = named("moduleId") {
                told["moduleId"] = module.into();
            }
            Some(told)
        })
        .collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let body = json!({ "isSuccessful": errors.is_empty(), "errors": errors, "warnings": [] });
    Ok((status, Json(body)).into_response())
}

/// Does one operation; `seen` are those whose operations came before.
fn run_one(shared: &Shared, seen: &mut BTreeSet<String>, operation: &Value) -> Result<(), StateError> {
    let operation = Operation::deserialize(operation)
        .map_err(|error| StateError::BadOperation(error.to_string().chars().take(200).collect()))?;
    let target = Target { id: operation.id.clone(), mid: operation.module_id.clone() };
    let key = target.key()?;
    if !seen.insert(key.clone()) {
        return Err(StateError::Repeated(key));
    }
    shared.with(|state, now| perform(state, (&target, &key), &operation, now))
}

/// Does an operation to a device or a module, which has this key among all of them.
fn perform(
    state: &mut state::State,
    (target, key): (&Target, &str),
    operation: &Operation,
    now: Timestamp,
) -> Result<(), StateError> {
    let Operation { import_mode, etag, twin_etag, body, .. } = operation;
    let mode = import_mode.to_ascii_lowercase();
    let exists = state.device(key).is_ok();
    let (action, has_etag) = mode.strip_suffix("ifmatchetag").map_or((mode.as_str(), false), |a| (a, true));
    if has_etag && (exists || action != "createorupdate") {
        let device = state.device(key)?;
        let (given, current) = match action {
            "updatetwin" => (twin_etag, etag::of_twin(device)),
            _ => (etag, etag::of_identity(device)),
        };
        etag::check(given.as_deref().ok_or(StateError::NoEtag)?, &current)?;
    }
    match action {
        "create" if !has_etag => create_with_twin(state, (target, key), body, now),
        "update" => state.change(key, change(body)?, now).map(drop),
        "createorupdate" if exists => state.change(key, change(body)?, now).map(drop),
        "createorupdate" => create_with_twin(state, (target, key), body, now),
        "delete" => state.delete(key),
        "updatetwin" => patch_twin(state, key, body, now),
        _ => Err(StateError::BadMode(import_mode.chars().take(40).collect())),
    }
}

fn create_with_twin(
    state: &mut state::State,
    (target, key): (&Target, &str),
    body: &Value,
    now: Timestamp,
) -> Result<(), StateError> {
    create(state, (&target.id, target.mid.as_deref()), body, now)?;
    let described = patch_twin(state, key, body, now);
    if described.is_err() {
        state.delete(key)?;
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
