//! The bounded history of one device: messages and connection events, oldest forgotten first.
//!
//! Decides what is kept and what is dropped; it does not write to disk. Begin with [`History`].

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Most rows kept for a device.
pub(crate) const ROW_LIMIT: usize = 20_000;
/// Most bytes of texts (bodies, components, problems) kept for a device.
pub(crate) const BYTE_LIMIT: usize = 16 * 1024 * 1024;

/// Rows in the order they came.
#[derive(Debug, Default)]
pub(crate) struct History {
    rows: VecDeque<Arc<Row>>,
    bytes: usize,
    next: u64,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// Counted up for each device, without a break.
    pub(crate) seq: u64,
    /// The time that the device gave, else when the hub took it.
    pub(crate) at: Timestamp,
    /// When the hub took it.
    pub(crate) received: Timestamp,
    pub(crate) kind: Kind,
    pub(crate) component: Option<String>,
    /// As it came if it was text, else in hex and not more than its beginning.
    pub(crate) body: String,
    /// The size of what came, in bytes.
    pub(crate) size: u32,
    /// Why the row is not what a model or JSON would have.
    pub(crate) problem: Option<String>,
}

/// What sort of thing a row records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Telemetry,
    Connection,
    Property,
    Command,
}

impl Row {
    /// What its texts take, in bytes.
    fn text_bytes(&self) -> usize {
        let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        self.body.len() + optional(&self.component) + optional(&self.problem)
    }
}

impl History {
    /// Numbers and keeps a row.
    pub(crate) fn push(&mut self, row: Row) -> Arc<Row> {
        let row = Arc::new(Row { seq: self.next, ..row });
        self.restore(Arc::clone(&row));
        row
    }

    /// Keeps a row that has a number (read from the store, in order).
    pub(crate) fn restore(&mut self, row: Arc<Row>) {
        self.next = self.next.max(row.seq.saturating_add(1));
        self.bytes += row.text_bytes();
        self.rows.push_back(row);
        while self.rows.len() > ROW_LIMIT || (self.bytes > BYTE_LIMIT && self.rows.len() > 1) {
            if let Some(old) = self.rows.pop_front() {
                self.bytes -= old.text_bytes();
            }
        }
    }

    /// All rows, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Row>> {
        self.rows.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(body: &str) -> Row {
        Row {
            seq: 0,
            at: Timestamp::UNIX_EPOCH,
            received: Timestamp::UNIX_EPOCH,
            size: 0,
            kind: Kind::Telemetry,
            component: None,
            body: body.to_owned(),
            problem: None,
        }
    }

    #[test]
    fn forgets_the_oldest_row_when_there_are_too_many() {
        let mut history = History::default();
        (0..=ROW_LIMIT).for_each(|_| drop(history.push(row("{}"))));
        assert_eq!(history.iter().next().unwrap().seq, 1);
    }
}
