//! Queries over twins in the service API.
//!
//! Decides how results are cut into pages; what a query means is [`crate::query`]'s. The registry is looked through a few
//! devices at a time, so that devices are served meanwhile, and a page goes on behind the last device of the one before,
//! whatever was made or deleted since. Begin with [`run`].

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;

use super::RestError;
use super::error::Body;
use super::rows::{PAGE_LIMIT, Rows};
use super::twins::twin;
use crate::query::{Collection, Groups, Query};
use crate::shared::Shared;
use crate::state::device::Device;
use crate::state::modules::split_module;

/// Devices that are looked at in one go: each may have a document of many times the size of its twin, for the metadata.
const PORTION: usize = 8;
/// The longest name that is written into a continuation: it is a header, of which clients take a few KiB.
const NAME_LIMIT: usize = 512;

#[derive(Deserialize)]
pub(super) struct QueryText {
    query: String,
}

/// Where a page goes on.
#[derive(Debug, Default, PartialEq)]
struct Position {
    /// The last document or group of the page before, unless its name is too long.
    after: Option<String>,
    /// How many rows the pages before had.
    rows: usize,
}

pub(super) async fn run(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<QueryText>,
) -> Result<Response, RestError> {
    let query = Query::parse(&body.query).map_err(|error| RestError::bad_request(error.to_string()))?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let size = match text("x-ms-max-item-count").map(str::parse::<usize>) {
        None => PAGE_LIMIT,
        Some(Ok(size @ 1..)) => size.min(PAGE_LIMIT),
        Some(_) => return Err(RestError::bad_request("x-ms-max-item-count is a number of rows, 1 or more")),
    };
    let position = match text("x-ms-continuation").filter(|text| !text.is_empty()) {
        None => Position::default(),
        Some(text) => Position::parse(text)
            .ok_or_else(|| RestError::bad_request("x-ms-continuation is not what this hub gave"))?,
    };
    let (rows, next) = match query.groups() {
        None => page(&shared, &query, position, size).await,
        Some(groups) => page_of_groups(&shared, &query, groups, position, size).await,
    };
    let mut response = rows.into_response();
    let kind = if query.gives_documents() { "Twin" } else { "Raw" };
    response.headers_mut().insert("x-ms-item-type", HeaderValue::from_static(kind));
    if let Some(next) = next.and_then(|next| HeaderValue::from_str(&next.to_text()).ok()) {
        // absent on the last page: an empty one makes clients ask for ever
        response.headers_mut().insert("x-ms-continuation", next);
    }
    Ok(response)
}

/// How many rows a query still wants.
fn left(query: &Query, from: &Position) -> usize {
    query.top.map_or(usize::MAX, |top| top.saturating_sub(from.rows))
}

/// The rows of a page, and where the next one goes on if there is one.
async fn page(shared: &Shared, query: &Query, from: Position, size: usize) -> (Rows, Option<Position>) {
    let left = left(query, &from);
    let (mut rows, mut last) = (Rows::new(size.min(left)), None);
    let mut documents = Documents::new(shared, query.from, from.after);
    while let Some((id, document)) = documents.next().await {
        let Some(row) = query.row(&document) else {
            continue;
        };
        if !rows.add(&row) {
            let next = Position { after: last, rows: from.rows + rows.count() };
            let more = rows.count() < left;
            return (rows, more.then_some(next));
        }
        last = Some(id);
    }
    (rows, None)
}

/// The same for groups, which are made anew of all documents for each page.
async fn page_of_groups(
    shared: &Shared,
    query: &Query,
    mut groups: Groups<'_>,
    from: Position,
    size: usize,
) -> (Rows, Option<Position>) {
    let mut documents = Documents::new(shared, query.from, None);
    while let Some((_, document)) = documents.next().await {
        groups.add(&document);
    }
    let left = left(query, &from);
    let (mut rows, mut last) = (Rows::new(size.min(left)), None);
    // a name that was too long to be told is that of the last row that the pages before had
    let skipped = if from.after.is_none() { from.rows } else { 0 };
    let is_new = |key: &String| from.after.as_ref().is_none_or(|after| key > after);
    for (key, row) in groups.rows().filter(|(key, _)| is_new(key)).skip(skipped) {
        if !rows.add(&row) {
            let next = Position { after: last, rows: from.rows + rows.count() };
            let more = rows.count() < left;
            return (rows, more.then_some(next));
        }
        last = Some(key).filter(|key| key.len() <= NAME_LIMIT);
    }
    (rows, None)
}

/// The documents of a collection in the order of their ids.
struct Documents<'a> {
    shared: &'a Shared,
    from: Collection,
    /// The last id that was fetched.
    after: Option<String>,
    fetched: std::vec::IntoIter<(String, Value)>,
}

impl<'a> Documents<'a> {
    fn new(shared: &'a Shared, from: Collection, after: Option<String>) -> Self {
        Self { shared, from, after, fetched: Vec::new().into_iter() }
    }

    async fn next(&mut self) -> Option<(String, Value)> {
        if let Some(next) = self.fetched.next() {
            return Some(next);
        }
        // other tasks of this thread have their turn
        tokio::task::yield_now().await;
        let after = self.after.as_deref();
        let wanted = |device: &&Device| {
            split_module(&device.record.id).is_some() == (self.from == Collection::Modules)
        };
        let portion: Vec<(String, Value)> = self.shared.with(|state, _| {
            let devices = state.all_after(after).filter(wanted).take(PORTION);
            devices.map(|device| (device.record.id.clone(), twin(device))).collect()
        });
        self.after = Some(portion.last()?.0.clone());
        self.fetched = portion.into_iter();
        self.fetched.next()
    }
}

impl Position {
    fn to_text(&self) -> String {
        let after = self.after.as_deref().map(|after| utf8_percent_encode(after, NON_ALPHANUMERIC));
        after.map_or_else(|| self.rows.to_string(), |after| format!("{}-{after}", self.rows))
    }

    fn parse(text: &str) -> Option<Self> {
        let Some((rows, after)) = text.split_once('-') else {
            return Some(Self { after: None, rows: text.parse().ok()? });
        };
        let after = percent_decode_str(after).decode_utf8().ok()?.into_owned();
        Some(Self { after: Some(after), rows: rows.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_was_written() {
        for id in ["d1", "a-b.c", "x:y=z'"] {
            let position = Position { after: Some(id.to_owned()), rows: 7 };
            assert_eq!(Position::parse(&position.to_text()), Some(position));
        }
        let nameless = Position { after: None, rows: 7 };
        assert_eq!(Position::parse(&nameless.to_text()), Some(nameless));
        for junk in ["", "x", "x-y", "-1-y"] {
            assert_eq!(Position::parse(junk), None, "{junk}");
        }
    }
}
