//! The page's API about the hub as a whole: its addresses, log, models and list of devices.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::PageState;
use super::error::{Body, PageError};
use crate::state::StateError;

pub(super) async fn hub(State(page): State<PageState>) -> Json<Value> {
    let shared = &page.shared;
    Json(shared.with(|state, _| {
        let models: Vec<_> =
            state.models().map(|model| json!({ "id": model.view.id, "name": model.view.name })).collect();
        json!({
            "idScope": shared.settings.id_scope,
            "mqtt": format!("localhost:{}", shared.mqtt_port),
            "https": format!("localhost:{}", shared.https_port),
            "approval": state.approval(),
            "startedAt": shared.started,
            "devices": state.devices().count(),
            "connected": state.devices().filter(|device| device.session.is_some()).count(),
            "models": models,
        })
    }))
}

/// Devices and modules of a list that are looked at while devices wait.
const DEVICES: usize = 256;

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

pub(super) async fn devices(State(page): State<PageState>) -> Json<Value> {
    let mut items: Vec<Value> = Vec::new();
    let mut last: Option<String> = None;
    loop {
        // devices get their turn between the portions; what changes meanwhile comes as an event
        let portion: Vec<(String, Option<Value>)> = page.shared.with(|state, _| {
            let all = state.all_after(last.as_deref()).take(DEVICES);
            all.map(|one| (one.record.id.clone(), (!one.record.id.contains('/')).then(|| state.item(one))))
                .collect()
        });
        let Some((id, _)) = portion.last() else { break };
        last = Some(id.clone());
        items.extend(portion.into_iter().filter_map(|(_, item)| item));
    }
    Json(json!({ "items": items }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewDevice {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    template_id: Option<String>,
    /// Instead of a template: its model.
    #[serde(default)]
    model_id: Option<String>,
}

pub(super) async fn add_device(
    State(page): State<PageState>,
    Body { value: new, .. }: Body<NewDevice>,
) -> Result<(StatusCode, Json<Value>), PageError> {
    let item = page.shared.with(|state, now| {
        let of_model = match &new.model_id {
            Some(model) => {
                Some(state.find_template(model, now).ok_or_else(|| StateError::UnknownModel(model.clone()))?)
            }
            None => None,
        };
        let template = new.template_id.or(of_model);
        if let Some(template) = &template {
            state.check_published(template)?;
        }
        state.prepare(&new.id, now)?;
        state.label(&new.id, new.name.as_deref(), None, now).inspect_err(|_| drop(state.delete(&new.id)))?;
        state.assign_template(&new.id, template.as_deref())?;
        Ok::<_, StateError>(state.item(state.device(&new.id)?))
    })?;
    Ok((StatusCode::CREATED, Json(item)))
}
