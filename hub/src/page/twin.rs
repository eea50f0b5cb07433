//! The page's API for a device's whole twin: read it, and merge desired properties or tags.
//!
//! What a twin may hold is decided by [`crate::twin`]. Begin with [`read`].

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::PageState;
use super::error::{Body, PageError};
use crate::state;

pub(super) async fn read(
    State(page): State<PageState>,
    Path(id): Path<String>,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, _| answer(state, &id))
}

/// Members that are `null` are taken away, others are merged.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patch {
    desired: Option<Map<String, Value>>,
    tags: Option<Map<String, Value>>,
}

pub(super) async fn patch(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Body { value: patch, .. }: Body<Patch>,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, now| {
        state.patch_twin(&id, patch.desired.as_ref(), patch.tags.as_ref(), now)?;
        if patch.tags.is_some() {
            state.tags_changed(&id);
        }
        answer(state, &id)
    })
}

fn answer(state: &state::State, id: &str) -> Result<Json<Value>, PageError> {
    let twin = &state.device(id)?.record.twin;
    Ok(Json(json!({
        "desired": twin.desired.values(),
        "desiredVersion": twin.desired.version(),
        "reported": twin.reported.values(),
        "reportedVersion": twin.reported.version(),
        "tags": twin.tags,
    })))
}
