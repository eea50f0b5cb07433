//! The page's API about one device: all of it, its credentials, telemetry, raw data and properties.

use axum::Json;
use axum::extract::{Path, Query, State};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::Limit;
use super::error::{Body, PageError};
use super::languages::Languages;
use super::{PageState, series};
use crate::keep::RowQuery;
use crate::state::PropertyWrite;
use crate::state::history::Kind;
use crate::template::json as template;

/// Rows of the command history on the device's page.
const COMMAND_ROWS: usize = 100;
/// Characters of a body in the raw data.
const BODY_CHARACTERS: usize = 4096;
/// The width of a chart, in pixels, when none is asked for, and at most.
const WIDTH: (usize, usize) = (600, 4000);

pub(super) async fn read(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Languages(languages): Languages,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, _| {
        let device = state.device(&id)?;
        let commands: Vec<_> = device.commands.iter().rev().take(COMMAND_ROWS).collect();
        Ok(Json(json!({
            "device": state.item(device),
            "template": state.template_of(device).and_then(|one| template::published(one, &languages)),
            "model": state.model_of(device).map(|model| &model.view),
            "properties": state.properties_of(&id),
            "latest": device.latest.values().collect::<Vec<_>>(),
            "commands": commands,
        })))
    })
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

pub(super) async fn credentials(
    State(page): State<PageState>,
    Path(id): Path<String>,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, _| {
        let key = state.device(&id)?.record.primary.reveal();
        let host = state.host_name();
        Ok(Json(json!({
            "idScope": page.shared.settings.id_scope,
            "deviceId": id,
            "primaryKey": key,
            "host": "localhost",
            "port": page.shared.mqtt_port,
            "caFile": page.shared.settings.ca_file(),
            "connectionString": format!("HostName={host};DeviceId={id};SharedAccessKey={key}"),
        })))
    })
}

#[derive(Deserialize)]
pub(super) struct SeriesQuery {
    name: String,
    component: Option<String>,
    from: Option<String>,
    to: Option<String>,
    width: Option<usize>,
}

pub(super) async fn telemetry(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Query(query): Query<SeriesQuery>,
) -> Result<Json<Value>, PageError> {
    let (from, to) = (moment("from", query.from.as_deref())?, moment("to", query.to.as_deref())?);
    let component = query.component.as_deref().filter(|component| !component.is_empty());
    let wanted =
        RowQuery { from, to, kinds: vec![Kind::Telemetry], limit: usize::MAX, ..RowQuery::default() };
    let rows = page.shared.rows(&id, wanted).await?.rows;
    let points = series::extract(&rows, component, &query.name);
    let raw = points.len();
    let width = query.width.unwrap_or(WIDTH.0).clamp(1, WIDTH.1);
    Ok(Json(json!({ "points": series::reduce(points, width), "raw": raw })))
}

/// A time as RFC 3339 or in milliseconds since 1970.
fn moment(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, PageError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let parsed = match text.parse::<i64>() {
        Ok(milliseconds) => Timestamp::from_millisecond(milliseconds).ok(),
        Err(_) => text.parse().ok(),
    };
    parsed.map(Some).ok_or_else(|| PageError::bad_request(format!("{name} is not an RFC 3339 time")))
}

pub(super) async fn raw(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Query(limit): Query<Limit>,
) -> Result<Json<Value>, PageError> {
    let query = RowQuery { newest_first: true, limit: limit.rows(), ..RowQuery::default() };
    let found = page.shared.rows(&id, query).await?;
    let items: Vec<Value> = found
        .rows
        .iter()
        .map(|row| {
            let body: String = row.body.chars().take(BODY_CHARACTERS).collect();
            json!({ "seq": row.seq, "at": row.at, "kind": row.kind, "component": row.component,
                    "body": body, "problem": row.problem })
        })
        .collect();
    Ok(Json(json!({ "items": items, "next": found.next, "damage": found.damage })))
}

pub(super) async fn write_properties(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Body { value: writes, .. }: Body<Vec<PropertyWrite>>,
) -> Result<Json<Value>, PageError> {
    let version = page.shared.with(|state, now| state.write_properties(&id, &writes, now))?;
    Ok(Json(json!({ "version": version })))
}
