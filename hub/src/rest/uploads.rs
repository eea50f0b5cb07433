//! The hub's side of file uploads: a place and a token, and the device's word on how it went.
//!
//! Decides the forms (protocol reference, section 2.8); the content goes to [`super::blobs`], which stands for the storage
//! service. Begin with [`begin`].

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::RestError;
use super::error::Body;
use crate::files::COUNT_LIMIT;
use crate::shared::Shared;
use crate::state;

/// The container of all files: the first part of their addresses.
pub(crate) const CONTAINER: &str = "uploads";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wanted {
    blob_name: String,
}

pub(super) async fn begin(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Body { value: wanted, .. }: Body<Wanted>,
) -> Result<Json<Value>, RestError> {
    let files = shared.files.as_ref().ok_or_else(RestError::no_storage)?;
    let name = wanted.blob_name;
    let is_new = !files.has(&id, &name).await;
    if is_new && files.list(&id).await.map_err(RestError::file)?.len() >= COUNT_LIMIT {
        return Err(RestError::bad_request(format!("the device has {COUNT_LIMIT} files: delete some")));
    }
    for late in shared.with(state::State::take_late_uploads) {
        files.forget(&late).await;
    }
    let (correlation, now) =
        shared.with(|state, now| Ok::<_, RestError>((state.begin_upload(&id, &name, now)?, now)))?;
    files.begin(&correlation);
    Ok(Json(json!({
        "correlationId": correlation,
        "hostName": format!("{}:{}", shared.host, shared.https_port),
        "containerName": CONTAINER,
        "blobName": format!("{id}/{name}"),
        "sasToken": files.token(&id, &name, &correlation, now),
    })))
}

/// How an upload went.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcome {
    correlation_id: Option<String>,
    is_success: bool,
    status_code: Option<i64>,
    #[serde(default)]
    status_description: Option<String>,
}

pub(super) async fn notify(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Body { value: outcome, .. }: Body<Outcome>,
) -> Result<StatusCode, RestError> {
    let missing = || RestError::bad_request("the correlationId is missing");
    let correlation = outcome.correlation_id.clone().ok_or_else(missing)?;
    end(&shared, &id, &correlation, &outcome).await
}

/// The same with the correlation id in the path, as the Node SDK has it.
pub(super) async fn notify_by_path(
    State(shared): State<Arc<Shared>>,
    Path((id, correlation)): Path<(String, String)>,
    Body { value: outcome, .. }: Body<Outcome>,
) -> Result<StatusCode, RestError> {
    end(&shared, &id, &correlation, &outcome).await
}

async fn end(
    shared: &Shared,
    id: &str,
    correlation: &str,
    outcome: &Outcome,
) -> Result<StatusCode, RestError> {
    let text = outcome.status_description.as_deref().unwrap_or_default();
    let reason = format!("{} {text}", outcome.status_code.unwrap_or_default());
    let failed = (!outcome.is_success).then_some(reason.trim());
    shared.with(|state, now| state.end_upload(id, correlation, failed, now))?;
    if let Some(files) = &shared.files {
        files.forget(correlation).await;
    }
    Ok(StatusCode::NO_CONTENT)
}
