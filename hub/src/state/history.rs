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
    pub(crate) seq: u64,
    pub(crate) at: Timestamp,
    pub(crate) kind: Kind,
    pub(crate) component: Option<String>,
    pub(crate) body: String,
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
    /// Numbers and keeps a row; answers its number and the numbers of rows dropped for it.
    pub(crate) fn push(&mut self, row: Row) -> (u64, Vec<u64>) {
        let seq = self.next;
        let dropped = self.restore(Row { seq, ..row });
        (seq, dropped)
    }

    /// Keeps a row that has a number (read from the store, in order).
    pub(crate) fn restore(&mut self, row: Row) -> Vec<u64> {
        self.next = self.next.max(row.seq.saturating_add(1));
        self.bytes += row.text_bytes();
        self.rows.push_back(Arc::new(row));
        let mut dropped = Vec::new();
        while self.rows.len() > ROW_LIMIT || (self.bytes > BYTE_LIMIT && self.rows.len() > 1) {
            if let Some(old) = self.rows.pop_front() {
                self.bytes -= old.text_bytes();
                dropped.push(old.seq);
            }
        }
        dropped
    }

    /// The row with this number, if it is still kept.
    pub(crate) fn get(&self, seq: u64) -> Option<&Arc<Row>> {
        let at = self.rows.binary_search_by_key(&seq, |row| row.seq).ok()?;
        self.rows.get(at)
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
            kind: Kind::Telemetry,
            component: None,
            body: body.to_owned(),
            problem: None,
        }
    }

    #[test]
    fn forgets_the_oldest_row_when_there_are_too_many() {
        let mut history = History::default();
        for _ in 0..ROW_LIMIT {
            assert!(history.push(row("{}")).1.is_empty());
        }
        assert_eq!(history.push(row("{}")), (ROW_LIMIT as u64, vec![0]));
        assert!(history.get(0).is_none());
        assert_eq!(history.get(1).unwrap().seq, 1);
    }

    #[test]
    fn forgets_old_rows_when_they_take_too_much_room() {
        let mut history = History::default();
        let big = "x".repeat(BYTE_LIMIT / 2);
        history.push(row(&big));
        history.push(row(&big));
        assert_eq!(history.push(row("y")).1, vec![0]);
    }

    #[test]
    fn component_and_problem_texts_take_room_too() {
        let mut history = History::default();
        let big = || Some("x".repeat(BYTE_LIMIT / 2));
        history.push(Row { component: big(), ..row("") });
        history.push(Row { problem: big(), ..row("") });
        assert_eq!(history.push(row("y")).1, vec![0]);
        // the room of what was dropped is given back
        assert_eq!(history.push(row("z")).1, Vec::<u64>::new());
    }
}
