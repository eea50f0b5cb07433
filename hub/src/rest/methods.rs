//! Direct methods in the service API.
//!
//! Decides limits and answers; the call itself is [`Shared::call`]. Begin with [`call`].

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::RestError;
use super::error::Body;
use super::target::Target;
use crate::shared::{MethodCall, Shared};
use crate::state::commands::CommandState;
use crate::state::methods::PAYLOAD_LIMIT;

/// A call's body (protocol reference, section 5.3).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request {
    method_name: String,
    #[serde(default)]
    payload: Option<Value>,
    response_timeout_in_seconds: Option<u64>,
    connect_timeout_in_seconds: Option<u64>,
}

pub(super) async fn call(
    State(shared): State<Arc<Shared>>,
    Path(target): Path<Target>,
    Body { value: request, .. }: Body<Request>,
) -> Result<Json<Value>, RestError> {
    let id = target.key()?;
    let response_timeout = request.response_timeout_in_seconds.unwrap_or(30);
    let connect_timeout = request.connect_timeout_in_seconds.unwrap_or(0);
    if !(5..=300).contains(&response_timeout) || connect_timeout > 300 {
        return Err(RestError::bad_request(
            "responseTimeoutInSeconds must be 5 to 300 and connectTimeoutInSeconds 0 to 300",
        ));
    }
    let size = request.payload.as_ref().map_or(0, |payload| payload.to_string().len());
    if size > PAYLOAD_LIMIT {
        return Err(RestError::too_large(format!(
            "a payload has at most {PAYLOAD_LIMIT} bytes, this one {size}"
        )));
    }
    if !is_method_name(&request.method_name) {
        return Err(RestError::bad_request(
            "a method name has no '/', '+', '#', blanks or control characters",
        ));
    }
    shared.with(|state, _| state.device(&id).map(drop))?;
    let (component, name) = match request.method_name.split_once('*') {
        Some((component, name)) => (Some(component), name),
        None => (None, request.method_name.as_str()),
    };
    let command = shared
        .call(MethodCall {
            device: &id,
            component,
            name,
            request: request.payload,
            by: "service API",
            connect_timeout: Duration::from_secs(connect_timeout),
            response_timeout: Duration::from_secs(response_timeout),
        })
        .await?;
    match command.state {
        CommandState::Offline => Err(RestError::offline(Duration::from_secs(connect_timeout))),
        CommandState::Sent | CommandState::Timeout => {
            Err(RestError::no_answer(Duration::from_secs(response_timeout)))
        }
        _ => Ok(Json(json!({ "status": command.status, "payload": command.response }))),
    }
}

/// Whether a method's name can stand in a topic.
pub(crate) fn is_method_name(name: &str) -> bool {
    let bad = |c: char| c.is_control() || c.is_whitespace() || "/+#".contains(c);
    (1..=128).contains(&name.len()) && !name.contains(bad)
}
