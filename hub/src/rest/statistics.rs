//! How many devices there are, in the service API. Begin with [`devices`].

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::shared::Shared;

pub(super) async fn devices(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let (total, enabled) = shared.with(|state, _| {
        (state.devices().count(), state.devices().filter(|device| device.record.enabled).count())
    });
    Json(json!({
        "totalDeviceCount": total,
        "enabledDeviceCount": enabled,
        "disabledDeviceCount": total - enabled,
    }))
}

pub(super) async fn service(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let connected = shared.with(|state, _| state.devices().filter(|d| d.session.is_some()).count());
    Json(json!({ "connectedDeviceCount": connected }))
}
