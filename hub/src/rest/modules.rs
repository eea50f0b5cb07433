//! The modules of a device in the service API: their list. One module is read and written as a device is
//! ([`super::devices`]). Begin with [`list`].

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use super::RestError;
use super::identity::identity;
use super::target::Target;
use crate::shared::Shared;

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Path(target): Path<Target>,
) -> Result<Json<Value>, RestError> {
    let id = target.key()?;
    shared.with(|state, _| {
        state.device(&id)?;
        Ok(Json(state.modules(&id).map(identity).collect()))
    })
}
