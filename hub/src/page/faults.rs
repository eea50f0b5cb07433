//! The hub's misbehaviour by the page's API: what is in force, more of it, and an end of it.
//!
//! What a fault does is decided in [`crate::faults`]. Begin with [`list`].

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::PageState;
use super::error::{Body, PageError};
use crate::faults::Injection;

/// The faults in force, oldest first.
pub(super) async fn list(State(page): State<PageState>) -> Json<Value> {
    Json(page.shared.with(|state, _| json!({ "items": state.faults.active() })))
}

/// Puts a fault in force.
pub(super) async fn inject(
    State(page): State<PageState>,
    Body { value: injection, .. }: Body<Injection>,
) -> Result<(StatusCode, Json<Value>), PageError> {
    let active = page.shared.with(|state, _| {
        let injected = state.faults.inject(injection).map(|active| json!(active));
        injected.map_err(|error| PageError::bad_request(error.to_string()))
    })?;
    Ok((StatusCode::CREATED, Json(active)))
}

/// Ends one fault.
pub(super) async fn end(State(page): State<PageState>, Path(id): Path<u64>) -> Result<StatusCode, PageError> {
    let there_was = page.shared.with(|state, _| state.faults.end(id));
    let none = || PageError::not_found(format!("no fault {id} is in force (any more)"));
    there_was.then_some(StatusCode::NO_CONTENT).ok_or_else(none)
}

/// Ends all faults.
pub(super) async fn clear(State(page): State<PageState>) -> StatusCode {
    page.shared.with(|state, _| state.faults.clear());
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cut {
    device: Option<String>,
}

/// Cuts the connection of a device, or of all, once; answers how many there were.
pub(super) async fn cut(
    State(page): State<PageState>,
    Body { value: Cut { device }, .. }: Body<Cut>,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, _| {
        device.as_deref().map(|id| state.device(id).map(drop)).transpose()?;
        Ok(Json(json!({ "cut": state.cut(device.as_deref()) })))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::Site;

    #[tokio::test]
    async fn the_connection_of_a_device_that_does_not_exist_cannot_be_cut() {
        let site = Site::new();
        let none = site.page("POST", "/api/faults/cut", json!({ "device": "nobody" })).await;
        assert_eq!(none.0, StatusCode::NOT_FOUND, "{none:?}");
        let all = site.page("POST", "/api/faults/cut", json!({})).await;
        assert_eq!(all, (StatusCode::OK, json!({ "cut": 0 })));
    }
}
