//! The page's API for a device's standing: approve, block, unblock, delete, and who must be approved at all.
//!
//! What these do is decided by the state; begin with [`approve`]. Rules: operator pages reference, section 1.3.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::PageState;
use super::error::{Body, PageError};
use crate::state::{self, Approval, StateError};

pub(super) async fn approve(
    State(page): State<PageState>,
    Path(id): Path<String>,
) -> Result<Json<Value>, PageError> {
    change(&page, &id, state::State::approve)
}

pub(super) async fn block(
    State(page): State<PageState>,
    Path(id): Path<String>,
) -> Result<Json<Value>, PageError> {
    change(&page, &id, state::State::block)
}

pub(super) async fn unblock(
    State(page): State<PageState>,
    Path(id): Path<String>,
) -> Result<Json<Value>, PageError> {
    change(&page, &id, state::State::unblock)
}

/// Does one of them; answers the device as it is in the list.
fn change(
    page: &PageState,
    id: &str,
    what: impl FnOnce(&mut state::State, &str, Timestamp) -> Result<(), StateError>,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, now| {
        what(state, id, now)?;
        Ok(Json(state.item(state.device(id)?)))
    })
}

pub(super) async fn delete(
    State(page): State<PageState>,
    Path(id): Path<String>,
) -> Result<StatusCode, PageError> {
    page.shared.with(|state, _| state.delete(&id))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether new devices are approved by the hub or by the operator.
#[derive(Serialize, Deserialize)]
pub(super) struct Choice {
    approval: Approval,
}

pub(super) async fn set(
    State(page): State<PageState>,
    Body { value: choice, .. }: Body<Choice>,
) -> Json<Choice> {
    page.shared.with(|state, _| state.set_approval(choice.approval));
    Json(choice)
}
