//! The page's API about one device: all of it, its credentials and properties.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::PageState;
use super::error::{Body, PageError};
use super::languages::Languages;
use super::qr;
use crate::state::{PropertyWrite, StateError};
use crate::template::json as template;

/// Rows of the command history on the device's page.
const COMMAND_ROWS: usize = 100;

pub(super) async fn read(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Languages(languages): Languages,
) -> Result<Json<Value>, PageError> {
    let (mut answer, of_device, model) = page.shared.with(|state, _| {
        let device = state.device(&id)?;
        let commands: Vec<_> = device.commands.iter().rev().take(COMMAND_ROWS).collect();
        let answer = json!({
            "device": state.item(device),
            "properties": state.properties_of(&id),
            "latest": device.latest.values().collect::<Vec<_>>(),
            "commands": commands,
        });
        Ok::<_, StateError>((answer, state.template_of(device).cloned(), state.model_of(device).cloned()))
    })?;
    // a model may be large, and devices need not wait until it is in the reader's language
    answer["template"] = json!(of_device.and_then(|one| template::published(&one, &languages)));
    answer["model"] = json!(model.map(|model| json!(model.view)));
    Ok(Json(answer))
}

#[derive(Deserialize)]
pub(super) struct Label {
    name: Option<String>,
    /// Merged with those there are; `null` takes one away.
    tags: Option<serde_json::Map<String, Value>>,
}

pub(super) async fn label(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Body { value: label, .. }: Body<Label>,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, now| {
        state.label(&id, label.name.as_deref(), label.tags.as_ref(), now)?;
        Ok(Json(state.item(state.device(&id)?)))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ModelChoice {
    model_id: Option<String>,
}

pub(super) async fn assign_model(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Body { value: choice, .. }: Body<ModelChoice>,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, now| {
        state.assign_model(&id, choice.model_id.as_deref(), now)?;
        Ok(Json(state.item(state.device(&id)?)))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TemplateChoice {
    template_id: Option<String>,
}

/// Gives a device a published template, or takes its template away.
pub(super) async fn assign_template(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Body { value: choice, .. }: Body<TemplateChoice>,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, _| {
        state.assign_template(&id, choice.template_id.as_deref())?;
        Ok(Json(state.item(state.device(&id)?)))
    })
}

pub(super) async fn credentials(
    State(page): State<PageState>,
    Path(id): Path<String>,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, _| {
        let key = state.device(&id)?.record.primary.reveal();
        let host = state.host_name();
        let scope = &page.shared.settings.id_scope;
        let coded = json!({ "idScope": scope, "deviceId": id, "primaryKey": key });
        Ok(Json(json!({
            "idScope": scope,
            "deviceId": id,
            "primaryKey": key,
            "host": page.shared.host,
            "port": page.shared.mqtt_port,
            "caFile": page.shared.settings.ca_file(),
            "connectionString": format!("HostName={host};DeviceId={id};SharedAccessKey={key}"),
            "qr": qr::code(&coded.to_string()),
        })))
    })
}

pub(super) async fn write_properties(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Body { value: writes, .. }: Body<Vec<PropertyWrite>>,
) -> Result<Json<Value>, PageError> {
    let version = page.shared.with(|state, now| state.write_properties(&id, &writes, now))?;
    Ok(Json(json!({ "version": version })))
}
