//! Several individual enrollments in one request.
//!
//! Each one succeeds or fails by itself; the answer lists the failures. Begin with [`run`].

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Body, DpsError};
use super::form;
use crate::body::BadRequest as _;
use crate::shared::Shared;
use crate::state;
use crate::state::provisioning::enrollment::Kind;

/// Most enrollments in one request, as the service has it.
const LIMIT: usize = 10;

#[derive(Deserialize)]
pub(super) struct Request {
    mode: Mode,
    enrollments: Vec<Value>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Mode {
    Create,
    Update,
    #[serde(rename = "updateIfMatchETag")]
    UpdateIfMatchEtag,
    Delete,
}

pub(super) async fn run(
    State(shared): State<Arc<Shared>>,
    Body { value: request, .. }: Body<Request>,
) -> Result<Json<Value>, DpsError> {
    if request.enrollments.len() > LIMIT {
        return Err(DpsError::bad_request(format!("a bulk operation has {LIMIT} enrollments at most")));
    }
    let errors: Vec<Value> = request
        .enrollments
        .iter()
        .filter_map(|one| {
            let id = one.get("registrationId").and_then(Value::as_str).unwrap_or_default();
            let error = shared.with(|state, now| run_one(state, request.mode, id, one, now)).err()?;
            Some(json!({ "registrationId": id, "errorCode": error.code(), "errorStatus": error.message() }))
        })
        .collect();
    Ok(Json(json!({ "isSuccessful": errors.is_empty(), "errors": errors })))
}

fn run_one(
    state: &mut state::State,
    mode: Mode,
    id: &str,
    body: &Value,
    now: Timestamp,
) -> Result<(), DpsError> {
    let kind = Kind::Individual;
    let etag = body.get("etag").and_then(Value::as_str);
    if matches!(mode, Mode::Delete) {
        return Ok(state.unenroll(kind, id, etag)?);
    }
    let if_match = match mode {
        Mode::Update => {
            state.enrollment(kind, id)?;
            Some("*")
        }
        Mode::UpdateIfMatchEtag => {
            let message = || "updateIfMatchETag needs the etag of each enrollment".to_owned();
            Some(etag.ok_or_else(|| DpsError::bad_request(message()))?)
        }
        Mode::Create | Mode::Delete => None,
    };
    let (attestation, settings) = form::read(state, kind, id, body)?;
    state.enroll(kind, id, attestation, settings, if_match, now)?;
    Ok(())
}
