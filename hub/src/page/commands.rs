//! The page's API for commands: send one and wait for its end, or queue it for a device that is away.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::Value;

use super::PageState;
use super::error::{Body, PageError};
use crate::rest::is_method_name;
use crate::shared::MethodCall;
use crate::state::commands::{Command, Order};
use crate::state::queued::TIME_TO_LIVE;

/// How long a device may take to answer unless told, as in IoT Central, and the bounds of IoT Hub, in seconds.
const RESPONSE_TIMEOUT: u64 = 30;
const TIMEOUTS: std::ops::RangeInclusive<u64> = 5..=300;
/// Who the command history says it was.
const BY: &str = "operator's page";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request {
    #[serde(default)]
    component: Option<String>,
    name: String,
    #[serde(default)]
    request: Option<Value>,
    /// One way: it waits for a device that is away, and there is no answer.
    #[serde(default)]
    queue_if_offline: bool,
    /// Seconds to wait for the answer.
    #[serde(default)]
    timeout: Option<u64>,
    /// Seconds that a queued one is worth delivering.
    #[serde(default)]
    time_to_live: Option<u64>,
}

pub(super) async fn call(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Body { value: request, .. }: Body<Request>,
) -> Result<Json<Command>, PageError> {
    let Request { component, name, request, queue_if_offline, timeout, time_to_live } = request;
    if !component.iter().chain([&name]).all(|part| is_method_name(part)) {
        return Err(PageError::bad_request("a command's name has no '/', '+', '#' or blanks"));
    }
    if queue_if_offline {
        let lives = time_to_live.map_or(TIME_TO_LIVE, Duration::from_secs);
        let order = Order { component, name, request, by: Some(BY.to_owned()) };
        return Ok(Json(page.shared.with(|state, now| state.queue_command(&id, order, lives, now))?));
    }
    let timeout = timeout.unwrap_or(RESPONSE_TIMEOUT);
    if !TIMEOUTS.contains(&timeout) {
        return Err(PageError::bad_request("a device has 5 to 300 seconds to answer"));
    }
    let call = MethodCall {
        device: &id,
        component: component.as_deref(),
        name: &name,
        request,
        by: BY,
        connect_timeout: Duration::ZERO,
        response_timeout: Duration::from_secs(timeout),
    };
    Ok(Json(page.shared.call(call).await?))
}
