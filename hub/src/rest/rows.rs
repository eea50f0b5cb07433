//! The rows of an answer as JSON, as many as fit into one page.
//!
//! Decides when a page is full: by the number of its rows, and by its bytes, as a row may take anything. Begin with
//! [`Rows::add`].

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// Most rows of a page.
pub(super) const PAGE_LIMIT: usize = 1000;
/// Most bytes of a page that has more than one row.
const BYTE_LIMIT: usize = 2 * 1024 * 1024;

/// An array that grows.
#[derive(Debug)]
pub(super) struct Rows {
    json: Vec<u8>,
    count: usize,
    size: usize,
}

impl Rows {
    /// An empty page of so many rows at most.
    pub(super) fn new(size: usize) -> Self {
        Self { json: vec![b'['], count: 0, size }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Adds a row; `false` when it does not fit any more. The first one always fits.
    pub(super) fn add(&mut self, row: &Value) -> bool {
        if self.count >= self.size {
            return false;
        }
        let before = self.json.len();
        if self.count > 0 {
            self.json.push(b',');
        }
        // writing to a vector cannot fail
        let _ = serde_json::to_writer(&mut self.json, row);
        if self.count > 0 && self.json.len() > BYTE_LIMIT {
            self.json.truncate(before);
            return false;
        }
        self.count += 1;
        true
    }
}

impl IntoResponse for Rows {
    fn into_response(mut self) -> Response {
        self.json.push(b']');
        ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], self.json).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_by_its_rows_or_its_bytes_but_has_one_row_in_any_case() {
        let mut few = Rows::new(2);
        assert_eq!([1, 2, 3].map(|number| few.add(&number.into())), [true, true, false]);
        assert_eq!(few.json, b"[1,2");
        let large = Value::from("x".repeat(BYTE_LIMIT));
        let mut heavy = Rows::new(10);
        assert_eq!([&large, &1.into(), &large].map(|row| heavy.add(row)), [true, false, false]);
        let mut mixed = Rows::new(10);
        assert_eq!([&1.into(), &large, &2.into()].map(|row| mixed.add(row)), [true, false, true]);
    }
}
