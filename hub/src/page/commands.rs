//! The page's API for commands: send one and wait for its end.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::Value;

use super::PageState;
use super::error::{Body, PageError};
use crate::rest::is_method_name;
use crate::shared::MethodCall;
use crate::state::commands::Command;

/// How long a device may take to answer, as in IoT Central.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Deserialize)]
pub(super) struct Request {
    #[serde(default)]
    component: Option<String>,
    name: String,
    #[serde(default)]
    request: Option<Value>,
}

pub(super) async fn call(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Body { value: request, .. }: Body<Request>,
) -> Result<Json<Command>, PageError> {
    let Request { component, name, request } = request;
    if !component.iter().chain([&name]).all(|part| is_method_name(part)) {
        return Err(PageError::bad_request("a command's name has no '/', '+', '#' or blanks"));
    }
    let call = MethodCall {
        device: &id,
        component: component.as_deref(),
        name: &name,
        request,
        connect_timeout: Duration::ZERO,
        response_timeout: RESPONSE_TIMEOUT,
    };
    Ok(Json(page.shared.call(call).await?))
}
