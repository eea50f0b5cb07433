//! The page's API for the newest values of telemetries one by one: lists of events.
//!
//! Decides how far back it looks. Begin with [`newest`].

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::PageState;
use super::error::PageError;
use super::series::moment;
use crate::keep::RowQuery;
use crate::state::history::{Kind, Row};

/// Values of an answer: when none are asked for, and at most.
const VALUES: (usize, usize) = (50, 500);
/// Rows read at a time, and how often for one answer.
const ROWS: usize = 1000;
const READS: usize = 50;

#[derive(Deserialize)]
pub(super) struct Wanted {
    /// Paths of telemetries, separated by commas: `name` or `component/name`.
    paths: String,
    from: Option<String>,
    to: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn newest(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Value>, PageError> {
    let limit = wanted.limit.unwrap_or(VALUES.0).min(VALUES.1);
    let (from, to) = (moment("from", wanted.from.as_deref())?, moment("to", wanted.to.as_deref())?);
    let kinds = vec![Kind::Telemetry];
    let mut query = RowQuery { from, to, kinds, newest_first: true, limit: ROWS, after: None };
    let mut items: Vec<Value> = Vec::new();
    for _ in 0..READS {
        let portion = page.shared.rows(&id, query.clone()).await?;
        items.extend(portion.rows.iter().flat_map(|row| values(row, &wanted.paths)));
        query.after = portion.next;
        if items.len() >= limit || portion.next.is_none() {
            break;
        }
    }
    items.truncate(limit);
    Ok(Json(json!({ "items": items })))
}

/// What a row has of the paths.
fn values(row: &Row, paths: &str) -> Vec<Value> {
    let names = paths.split(',').filter_map(|path| {
        let (component, name) =
            path.split_once('/').map_or((None, path), |(component, name)| (Some(component), name));
        (component == row.component.as_deref()).then_some((path, name))
    });
    let names: Vec<(&str, &str)> = names.collect();
    if names.is_empty() {
        return Vec::new();
    }
    let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
    let found = names.into_iter().filter_map(|(path, name)| Some((path, body.get(name)?)));
    found.map(|(path, value)| json!({ "at": row.at, "path": path, "value": value })).collect()
}
