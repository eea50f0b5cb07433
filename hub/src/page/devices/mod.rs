//! The page's API for the list of devices, and for a new one.
//!
//! Decides what a request may ask of the list; [`listing`] finds and sorts. Without a question the answer is every device by
//! its id. With `q`, `template`, `status`, `conn`, `tag`, `sort`, `limit` or `offset` it is a part of them:
//!
//! ```json
//! { "items": [{ "id": "d1" }], "total": 3, "all": 10000, "offset": 0, "choices": { "tags": [], "templates": {}, "unassigned": true } }
//! ```
//!
//! where `total` is how many match, `all` how many there are, and `choices` what they can be filtered by. Without a `limit`
//! the answer has all that match. Begin with [`list`].

mod listing;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use self::listing::{Choices, Connection, Filter, Key, Sort};
use super::PageState;
use super::error::{Body, PageError};
use crate::shared::Shared;
use crate::state::StateError;
use crate::state::device::Device;
use crate::state::standing::Standing;

/// Devices and modules of a list that are looked at while devices wait.
const PORTION: usize = 256;
/// Most devices of an answer that has a limit.
const LIMIT: usize = 1000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    q: Option<String>,
    template: Option<String>,
    status: Option<Standing>,
    conn: Option<Connection>,
    tag: Option<String>,
    sort: Option<String>,
    limit: Option<usize>,
    offset: Option<usize>,
}

pub(super) async fn list(
    State(page): State<PageState>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, PageError> {
    let Query(wanted) = wanted.map_err(|error| PageError::bad_request(error.body_text()))?;
    let shared = &page.shared;
    let Wanted { q, template, status, conn, tag, sort, limit, offset } = wanted;
    let filter = Filter { text: q, template, status, connection: conn, tag };
    let is_question = sort.is_some() || limit.is_some() || offset.is_some() || !filter.is_empty();
    let sort = sort.map(|sort| Sort::parse(&sort)).transpose().map_err(PageError::bad_request)?;
    let mut found = look_through(shared, &filter, sort);
    if let Some(sort) = sort {
        found.keys.sort_by(|one, other| sort.compare(one, other));
    }
    let (total, offset) = (found.keys.len(), offset.unwrap_or(0));
    let limit = limit.map_or(usize::MAX, |limit| limit.min(LIMIT));
    let items = items(shared, found.keys.into_iter().skip(offset).take(limit).map(|(_, id)| id));
    Ok(Json(if is_question {
        json!({ "items": items, "total": total, "all": found.all, "offset": offset, "choices": found.choices })
    } else {
        json!({ "items": items })
    }))
}

/// What was found of a hub's devices.
#[derive(Default)]
struct Found {
    /// Those that match, by id.
    keys: Vec<(Key, String)>,
    all: usize,
    choices: Choices,
}

fn look_through(shared: &Shared, filter: &Filter, sort: Option<Sort>) -> Found {
    let mut found = Found::default();
    let mut last: Option<String> = None;
    loop {
        // devices get their turn between the portions; what changes meanwhile comes as an event
        let end = shared.with(|state, _| {
            let mut end = None;
            for device in state.all_after(last.as_deref()).take(PORTION) {
                end = Some(device.record.id.clone());
                if is_module(device) {
                    continue;
                }
                found.all += 1;
                found.choices.add(state, device);
                if filter.finds(state, device) {
                    let key = sort.map_or(Key::Number(0), |sort| sort.key(state, device));
                    found.keys.push((key, device.record.id.clone()));
                }
            }
            end
        });
        if end.is_none() {
            return found;
        }
        last = end;
    }
}

fn is_module(device: &Device) -> bool {
    device.record.id.contains('/')
}

/// The rows of these devices, without those that have gone meanwhile.
fn items(shared: &Shared, ids: impl Iterator<Item = String>) -> Vec<Value> {
    let mut ids = ids.peekable();
    let mut items = Vec::new();
    while ids.peek().is_some() {
        let portion = ids.by_ref().take(PORTION);
        items.extend(shared.with(|state, _| {
            portion.filter_map(|id| Some(state.item(state.device(&id).ok()?))).collect::<Vec<_>>()
        }));
    }
    items
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct New {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    template_id: Option<String>,
    /// Instead of a template: its model.
    #[serde(default)]
    model_id: Option<String>,
}

pub(super) async fn add(
    State(page): State<PageState>,
    Body { value: new, .. }: Body<New>,
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
