//! The page's API about the hub as a whole: its addresses, log and models.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::PageState;
use super::error::PageError;

pub(super) async fn hub(State(page): State<PageState>) -> Json<Value> {
    let shared = &page.shared;
    Json(shared.with(|state, _| {
        let models: Vec<_> =
            state.models().map(|model| json!({ "id": model.view.id, "name": model.view.name })).collect();
        json!({
            "idScope": shared.settings.id_scope,
            "mqtt": format!("{}:{}", shared.host, shared.mqtt_port),
            "https": format!("{}:{}", shared.host, shared.https_port),
            "approval": state.approval(),
            "startedAt": shared.started,
            "devices": state.devices().count(),
            "connected": state.devices().filter(|device| device.session.is_some()).count(),
            "models": models,
        })
    }))
}

#[derive(Deserialize)]
pub(super) struct Limit {
    limit: Option<usize>,
}

impl Limit {
    /// The wanted number of rows: 100 unless told, at most 1000.
    pub(super) fn rows(&self) -> usize {
        self.limit.unwrap_or(100).min(1000)
    }
}

#[derive(Deserialize)]
pub(super) struct LogFilter {
    limit: Option<usize>,
    /// What a row's device or message must contain, in letters of any case.
    #[serde(default)]
    contains: String,
}

/// The newest rows of the log of refusals first.
pub(super) async fn log(State(page): State<PageState>, Query(filter): Query<LogFilter>) -> Json<Value> {
    let (rows, wanted) = (Limit { limit: filter.limit }.rows(), filter.contains.to_lowercase());
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let items: Vec<Value> = page.shared.with(|state, _| {
        let found =
            state.log().rev().filter(|row| has(&row.message) || row.device.as_deref().is_some_and(has));
        found.take(rows).map(|row| json!(row)).collect()
    });
    Json(json!({ "items": items }))
}

pub(super) async fn models(State(page): State<PageState>) -> Json<Value> {
    let items: Vec<Value> = page.shared.with(|state, _| {
        let item = |model: &std::sync::Arc<crate::state::Model>| {
            json!({ "id": model.view.id, "name": model.view.name, "language": model.language })
        };
        state.models().map(item).collect()
    });
    Json(json!({ "items": items }))
}

#[derive(Deserialize)]
pub(super) struct ModelName {
    name: Option<String>,
}

pub(super) async fn add_model(
    State(page): State<PageState>,
    Query(query): Query<ModelName>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), PageError> {
    let text =
        String::from_utf8(body.into()).map_err(|_| PageError::bad_request("the file is not UTF-8 text"))?;
    let name = query.name.unwrap_or_else(|| "model.json".to_owned());
    let file = name.clone();
    let reading = spawn_blocking(move || crate::models::add(&page.shared, &file, &text));
    let added = reading
        .await
        .map_err(|error| PageError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", error.to_string()))?;
    let model = added.map_err(|problems| {
        PageError::bad_request(format!("{name} is not a valid model")).with_details(json!(problems))
    })?;
    Ok((StatusCode::CREATED, Json(json!({ "id": model.view.id, "name": model.view.name }))))
}
