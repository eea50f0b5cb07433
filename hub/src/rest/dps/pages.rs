//! Queries of the provisioning service: all of a list, in pages.
//!
//! Decides what a query may say and how an answer goes on. Begin with [`answer`]. Facts: protocol reference, section 5.3.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use super::error::DpsError;
use crate::body::BadRequest as _;

const PAGE_LIMIT: usize = 1000;

/// What of a list is asked for.
#[derive(Debug)]
pub(super) struct Page {
    skip: usize,
    size: usize,
}

impl Page {
    /// Reads the headers that ask for a page, and the query in the body, which may ask for everything only.
    pub(super) fn asked(headers: &HeaderMap, body: &[u8]) -> Result<Self, DpsError> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let number = |name: &str| match text(name).filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => text
                .parse::<usize>()
                .map(Some)
                .map_err(|_| bad(format!("{name} is not what this service said"))),
        };
        let size = number("x-ms-max-item-count")?.unwrap_or(PAGE_LIMIT).clamp(1, PAGE_LIMIT);
        let skip = number("x-ms-continuation")?.unwrap_or(0);
        if !body.trim_ascii().is_empty() {
            let body: Value = serde_json::from_slice(body)
                .map_err(|error| bad(format!("the body is not JSON: {error}")))?;
            let query = body.get("query").and_then(Value::as_str).unwrap_or("*");
            if !is_everything(query) {
                return Err(bad(format!("this service answers SELECT * FROM a list and *, not {query:?}")));
            }
        }
        Ok(Self { skip, size })
    }

    /// The page of these items, and whether there are more.
    pub(super) fn of<T>(
        &self,
        items: impl Iterator<Item = T>,
        show: impl Fn(T) -> Value,
    ) -> (Vec<Value>, bool) {
        let mut items = items.skip(self.skip);
        let page = items.by_ref().take(self.size).map(show).collect();
        (page, items.next().is_some())
    }

    /// The answer with such a page.
    pub(super) fn answer(&self, kind: &'static str, (items, more): (Vec<Value>, bool)) -> Response {
        let mut response = Json(items).into_response();
        response.headers_mut().insert("x-ms-item-type", HeaderValue::from_static(kind));
        if more {
            // absent on the last page: an empty one makes clients ask for ever
            response.headers_mut().insert("x-ms-continuation", HeaderValue::from(self.skip + self.size));
        }
        response
    }
}

fn is_everything(query: &str) -> bool {
    let words: Vec<String> =
        query.trim().trim_end_matches(';').split_whitespace().map(str::to_ascii_lowercase).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["*"] | ["select", "*"] => true,
        ["select", "*", "from", list] => {
            ["enrollments", "enrollmentgroups", "registrations", "deviceregistrationstates"].contains(list)
        }
        _ => false,
    }
}

fn bad(message: String) -> DpsError {
    DpsError::bad_request(message)
}
