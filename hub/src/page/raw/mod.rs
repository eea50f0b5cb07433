//! The page's API for raw data: the rows of a device's history by time and kind, and only the odd ones on request.
//!
//! Decides what a request asks for and how far it looks for odd rows. Files of it are [`export`]'s. Begin with [`rows`].

mod csv;
mod export;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::PageState;
use super::error::PageError;
use super::series::moment;
use crate::keep::RowQuery;
use crate::raw::{RawRow, describe};
use crate::shared::Shared;
use crate::state::history::Kind;
use crate::state::{Model, StateError};

pub(super) use export::export;

/// Rows of an answer: when none are asked for, and at most.
const ROWS: (usize, usize) = (100, 1000);
/// Rows read at a time in search of odd ones, and how often for one answer.
const SEARCHED: usize = 1000;
const SEARCHES: usize = 50;
/// An answer ends with the row that makes its bodies more than this, in bytes; the next one goes on.
const ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// Which rows are wanted.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Wanted {
    /// Kinds, separated by commas; none are all.
    #[serde(default)]
    kind: String,
    from: Option<String>,
    to: Option<String>,
    /// `1`: only rows with unmodeled data or problems.
    #[serde(default)]
    unmodeled: String,
    limit: Option<usize>,
    /// The `next` of the answer before.
    after: Option<u64>,
}

impl Wanted {
    fn query(&self, newest_first: bool) -> Result<RowQuery, PageError> {
        let names = self.kind.split(',').filter(|name| !name.is_empty());
        let kinds = names.map(kind).collect::<Result<Vec<Kind>, PageError>>()?;
        let (from, to) = (moment("from", self.from.as_deref())?, moment("to", self.to.as_deref())?);
        Ok(RowQuery { from, to, kinds, newest_first, limit: ROWS.0, after: self.after })
    }

    fn only_odd(&self) -> bool {
        self.unmodeled == "1"
    }
}

fn kind(name: &str) -> Result<Kind, PageError> {
    serde_json::from_value(Value::from(name))
        .map_err(|_| PageError::bad_request(format!("{name:?} is no kind of row")))
}

/// Rows, the newest first.
pub(super) async fn rows(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Value>, PageError> {
    let limit = wanted.limit.unwrap_or(ROWS.0).clamp(1, ROWS.1);
    let mut reader = Reader::new(&page.shared, &id, wanted.query(true)?, wanted.only_odd())?;
    let mut items: Vec<RawRow> = Vec::new();
    let mut damage = Vec::new();
    let mut next = None;
    for _ in 0..SEARCHES {
        let asked = if wanted.only_odd() { SEARCHED } else { limit - items.len() };
        let Some(portion) = reader.portion(asked).await? else {
            next = None;
            break;
        };
        damage.extend(portion.damage);
        items.extend(portion.rows);
        next = portion.next;
        let bytes: usize = items.iter().map(|row| row.body_text.len()).sum();
        if items.len() >= limit || bytes >= ANSWER_BYTES {
            break;
        }
    }
    if items.len() > limit {
        items.truncate(limit);
        next = items.last().map(|row| row.seq);
    }
    Ok(Json(json!({ "items": items, "next": next, "damage": damage })))
}

/// Reads described rows, portion by portion.
struct Reader {
    shared: Arc<Shared>,
    device: String,
    model: Option<Arc<Model>>,
    query: RowQuery,
    only_odd: bool,
    is_done: bool,
}

/// Rows with what to go on with.
struct Portion {
    rows: Vec<RawRow>,
    next: Option<u64>,
    damage: Vec<String>,
}

impl Reader {
    fn new(shared: &Arc<Shared>, device: &str, query: RowQuery, only_odd: bool) -> Result<Self, StateError> {
        let model = shared.with(|state, _| {
            let device = state.device(device)?;
            Ok::<_, StateError>(state.model_of(device).cloned())
        })?;
        Ok(Self {
            shared: Arc::clone(shared),
            device: device.to_owned(),
            model,
            query,
            only_odd,
            is_done: false,
        })
    }

    /// The next rows, or nothing when there are no more.
    async fn portion(&mut self, limit: usize) -> Result<Option<Portion>, StateError> {
        if self.is_done {
            return Ok(None);
        }
        let page = self.shared.rows(&self.device, RowQuery { limit, ..self.query.clone() }).await?;
        self.query.after = page.next;
        self.is_done = page.next.is_none();
        let view = self.model.as_ref().map(|model| &model.view);
        let described = page.rows.iter().map(|row| describe(row, view));
        let rows = described.filter(|row| !self.only_odd || row.is_odd()).collect();
        Ok(Some(Portion { rows, next: page.next, damage: page.damage }))
    }
}
