//! Queries over twins in the service API.
//!
//! Decides how results are cut into pages; what a query means is [`crate::query`]'s. The registry is looked through a few
//! devices at a time, so that devices are served meanwhile, and a page goes on behind the last device of the one before,
//! whatever was made or deleted since. Begin with [`run`].

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;

use super::RestError;
use super::error::Body;
use super::twins::twin;
use crate::query::{Collection, Query};
use crate::shared::Shared;
use crate::state::device::Device;
use crate::state::modules::split_module;

/// Most rows of a page.
const PAGE_LIMIT: usize = 1000;
/// Devices that are looked at in one go.
const PORTION: usize = 32;

#[derive(Deserialize)]
pub(super) struct QueryText {
    query: String,
}

/// Where a page goes on.
#[derive(Debug, Default, PartialEq)]
struct Position {
    /// The last document of the page before.
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
        Some(mut groups) => {
            let mut documents = Documents::new(&shared, query.from, None);
            while let Some((_, document)) = documents.next().await {
                groups.add(&document);
            }
            (groups.rows().into_iter().take(query.top.unwrap_or(usize::MAX)).collect(), None)
        }
    };
    let mut response = Json(rows).into_response();
    let kind = if query.gives_documents() { "Twin" } else { "Raw" };
    response.headers_mut().insert("x-ms-item-type", HeaderValue::from_static(kind));
    if let Some(next) = next.and_then(|next| HeaderValue::from_str(&next.to_text()).ok()) {
        // absent on the last page: an empty one makes clients ask for ever
        response.headers_mut().insert("x-ms-continuation", next);
    }
    Ok(response)
}

/// The rows of a page, and where the next one goes on if there is one.
async fn page(shared: &Shared, query: &Query, from: Position, size: usize) -> (Vec<Value>, Option<Position>) {
    let left = query.top.map_or(usize::MAX, |top| top.saturating_sub(from.rows));
    let size = size.min(left);
    let (mut rows, mut last) = (Vec::new(), None);
    let mut documents = Documents::new(shared, query.from, from.after);
    while let Some((id, document)) = documents.next().await {
        let Some(row) = query.row(&document) else {
            continue;
        };
        if rows.len() == size {
            let next = Position { after: last, rows: from.rows + rows.len() };
            return (rows, (size < left).then_some(next));
        }
        rows.push(row);
        last = Some(id);
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
        let after = utf8_percent_encode(self.after.as_deref().unwrap_or_default(), NON_ALPHANUMERIC);
        format!("{}-{after}", self.rows)
    }

    fn parse(text: &str) -> Option<Self> {
        let (rows, after) = text.split_once('-')?;
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
        for junk in ["", "7", "x-y", "-1-y"] {
            assert_eq!(Position::parse(junk), None, "{junk}");
        }
    }
}
