//! The files that a device has uploaded, for its page: their list, one to download, and deleting one.
//!
//! Begin with [`list`].

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tokio_util::io::ReaderStream;

use super::PageState;
use super::error::PageError;
use crate::files::Files;

fn files<'a>(page: &'a PageState, device: &str) -> Result<&'a Files, PageError> {
    page.shared.with(|state, _| state.device(device).map(drop))?;
    page.shared.files.as_ref().ok_or_else(|| PageError::not_found("this hub has no folder for files"))
}

pub(super) async fn list(
    State(page): State<PageState>,
    Path(id): Path<String>,
) -> Result<Json<Value>, PageError> {
    let items = files(&page, &id)?.list(&id).await?;
    Ok(Json(json!({ "items": items })))
}

pub(super) async fn read(
    State(page): State<PageState>,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let found = files(&page, &id)?.read(&id, &name).await?;
    let (file, size) = found.ok_or_else(|| PageError::not_found(format!("there is no file {name:?}")))?;
    let mut response = Body::from_stream(ReaderStream::new(file)).into_response();
    let headers = response.headers_mut();
    // never shown in the page's own origin, whatever a device has put into it
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(size));
    let last = name.rsplit('/').next().unwrap_or_default();
    let attachment = format!("attachment; filename*=UTF-8''{}", utf8_percent_encode(last, NON_ALPHANUMERIC));
    if let Ok(value) = HeaderValue::from_str(&attachment) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

pub(super) async fn delete(
    State(page): State<PageState>,
    Path((id, name)): Path<(String, String)>,
) -> Result<StatusCode, PageError> {
    if files(&page, &id)?.delete(&id, &name).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(PageError::not_found(format!("there is no file {name:?}")))
}
