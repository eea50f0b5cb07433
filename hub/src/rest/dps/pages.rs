//! Queries of the provisioning service: all of a list, in pages.
//!
//! Decides what a query may say and how an answer goes on: behind the last item of the page before, whatever was made or
//! deleted since. A list is looked through a few items at a time, so that devices are served meanwhile. Begin with
//! [`Page::answer`]. Facts: protocol reference, section 5.3.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use super::error::DpsError;
use crate::body::BadRequest as _;
use crate::rest::rows::{PAGE_LIMIT, Rows};

/// Items that are looked at in one go.
pub(super) const PORTION: usize = 16;

/// What of a list is asked for.
#[derive(Debug)]
pub(super) struct Page {
    /// The key of the last item of the page before.
    after: Option<String>,
    size: usize,
}

impl Page {
    /// Reads the headers that ask for a page, and the query in the body, which may ask for everything only.
    pub(super) fn asked(headers: &HeaderMap, body: &[u8]) -> Result<Self, DpsError> {
        let text = |name: &str| {
            headers.get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty())
        };
        let wrong = |name: &str| bad(format!("{name} is not what this service said"));
        let size = text("x-ms-max-item-count").map(str::parse::<usize>).transpose();
        let size = size.map_err(|_| wrong("x-ms-max-item-count"))?.unwrap_or(PAGE_LIMIT);
        let after = text("x-ms-continuation").map(|text| percent_decode_str(text).decode_utf8()).transpose();
        let after = after.map_err(|_| wrong("x-ms-continuation"))?.map(Cow::into_owned);
        if !body.trim_ascii().is_empty() {
            let body: Value = serde_json::from_slice(body)
                .map_err(|error| bad(format!("the body is not JSON: {error}")))?;
            let query = match body.get("query") {
                None | Some(Value::Null) => "*",
                Some(query) => query.as_str().ok_or_else(|| bad("query must be a text".to_owned()))?,
            };
            if !is_everything(query) {
                return Err(bad(format!("this service answers SELECT * FROM a list and *, not {query:?}")));
            }
        }
        Ok(Self { after, size: size.clamp(1, PAGE_LIMIT) })
    }

    /// The answer with such a page of items: `portion` gives some that come behind a key, with their keys, in order.
    pub(super) async fn answer(
        self,
        kind: &'static str,
        portion: impl Fn(Option<&str>) -> Result<Vec<(String, Value)>, DpsError>,
    ) -> Result<Response, DpsError> {
        let mut rows = Rows::new(self.size);
        let mut last = self.after;
        let more = 'page: loop {
            // other tasks of this thread have their turn
            tokio::task::yield_now().await;
            let items = portion(last.as_deref())?;
            if items.is_empty() {
                break false;
            }
            for (key, item) in items {
                if !rows.add(&item) {
                    break 'page true;
                }
                last = Some(key);
            }
        };
        let mut response = rows.into_response();
        response.headers_mut().insert("x-ms-item-type", HeaderValue::from_static(kind));
        let next = last.filter(|_| more).map(|last| utf8_percent_encode(&last, NON_ALPHANUMERIC).to_string());
        if let Some(next) = next.and_then(|next| HeaderValue::from_str(&next).ok()) {
            // absent on the last page: an empty one makes clients ask for ever
            response.headers_mut().insert("x-ms-continuation", next);
        }
        Ok(response)
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
