//! The newest part of one device's history: what is not in the history's files yet.
//!
//! Decides how rows are numbered and gathered into groups, the portions in which they are written to the files and read
//! by charts. How much there is of it is bounded by the journal, whose checkpoints take the rows away ([`crate::keep`]).
//! Begin with [`History`].

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::columns::Columns;
use crate::keep::{Packed, RowRef, to_rows};

/// Most rows of a group.
pub(crate) const GROUP_ROWS: usize = 256;
/// Bytes of texts (bodies, components, problems) with which a group is full.
pub(crate) const GROUP_BYTES: usize = 64 * 1024;

/// Rows in the order they came.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// Being written to a file.
    leaving: Vec<Arc<Group>>,
    full: Vec<Arc<Group>>,
    tail: Vec<Arc<Row>>,
    tail_bytes: usize,
    next: u64,
}

/// Rows that stay together, with their columns as soon as somebody asked for them.
#[derive(Debug)]
pub(crate) struct Group {
    /// Made of the packed ones as soon as somebody asks for them.
    rows: OnceLock<Vec<Arc<Row>>>,
    /// The rows as they were read at the start.
    packed: Option<Packed>,
    columns: OnceLock<Columns>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The properties of a message, an object of JSON, without those that were too long to be kept. Rows that follow one
    /// another mostly share theirs.
    pub(crate) properties: Option<Arc<str>>,
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
    pub(crate) fn text_bytes(&self) -> usize {
        let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let properties = self.properties.as_ref().map_or(0, |text| text.len());
        self.body.len() + optional(&self.component) + optional(&self.problem) + properties
    }
}

/// A number of rows, in words.
pub(crate) fn so_many_rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

impl Group {
    pub(crate) fn new(rows: Vec<Arc<Row>>) -> Self {
        Self { rows: rows.into(), packed: None, columns: OnceLock::new() }
    }

    /// A group of rows that are taken apart when somebody asks for them.
    pub(crate) fn of_packed(packed: Packed) -> Self {
        Self { rows: OnceLock::new(), packed: Some(packed), columns: OnceLock::new() }
    }

    /// The rows, which takes a while where they are packed.
    pub(crate) fn rows(&self) -> &[Arc<Row>] {
        self.rows.get_or_init(|| to_rows(self.packed.iter().flat_map(Packed::rows)))
    }

    /// The rows where they stand, for who looks at them once.
    pub(crate) fn row_refs(&self) -> Box<dyn DoubleEndedIterator<Item = RowRef<'_>> + '_> {
        match (&self.packed, self.rows.get()) {
            (Some(packed), None) => Box::new(packed.rows()),
            _ => Box::new(self.rows().iter().map(|row| RowRef::from(&**row))),
        }
    }

    /// What charts draw of it: made at the first call, which takes a while.
    pub(crate) fn columns(&self) -> &Columns {
        self.columns.get_or_init(|| Columns::of(self.rows()))
    }

    /// The same for who needs them once, as a checkpoint does: they are not remembered, which would take memory for every
    /// row of every device.
    pub(crate) fn columns_once(&self) -> Cow<'_, Columns> {
        self.columns.get().map_or_else(|| Cow::Owned(Columns::of(self.rows())), Cow::Borrowed)
    }
}

impl History {
    /// Numbers and keeps a row.
    pub(crate) fn push(&mut self, row: Row) -> Arc<Row> {
        let before = self.tail.last().and_then(|before| before.properties.clone());
        let properties = before.filter(|before| row.properties.as_ref() == Some(before)).or(row.properties);
        let row = Arc::new(Row { seq: self.next, properties, ..row });
        self.next = self.next.saturating_add(1);
        self.tail_bytes += row.text_bytes();
        self.tail.push(Arc::clone(&row));
        if self.tail.len() >= GROUP_ROWS || self.tail_bytes >= GROUP_BYTES {
            self.fill();
        }
        row
    }

    /// Takes groups back that were read from the journal, in order.
    pub(crate) fn restore(&mut self, groups: &[Arc<Group>]) {
        let last = groups.last().and_then(|group| group.row_refs().next_back());
        self.next = self.next.max(last.map_or(0, |row| row.seq.saturating_add(1)));
        self.full.extend_from_slice(groups);
    }

    fn fill(&mut self) {
        if !self.tail.is_empty() {
            self.full.push(Arc::new(Group::new(std::mem::take(&mut self.tail))));
            self.tail_bytes = 0;
        }
    }

    /// The number of the next row.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Goes on counting at this number.
    pub(crate) fn count_from(&mut self, next: u64) {
        self.next = next;
    }

    /// Hands all rows over to be written to a file; they stay readable until [`Self::left`].
    pub(crate) fn leave(&mut self) -> &[Arc<Group>] {
        self.fill();
        self.leaving.append(&mut self.full);
        &self.leaving
    }

    /// What was handed over is in a file.
    pub(crate) fn left(&mut self) {
        self.leaving = Vec::new();
    }

    /// All rows that are here, as groups, the oldest first.
    pub(crate) fn groups(&self) -> Vec<Arc<Group>> {
        let tail = (!self.tail.is_empty()).then(|| Arc::new(Group::new(self.tail.clone())));
        self.leaving.iter().chain(&self.full).cloned().chain(tail).collect()
    }

    /// All rows that are here, the oldest first.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = Arc<Row>> {
        let rows: Vec<_> = self.groups().iter().flat_map(|group| group.rows().to_vec()).collect();
        rows.into_iter()
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
            properties: None,
        }
    }

    #[test]
    fn a_group_is_full_by_rows_or_by_bytes_of_any_text() {
        let mut history = History::default();
        (0..=GROUP_ROWS).for_each(|_| drop(history.push(row("{}"))));
        let big = || Some("x".repeat(GROUP_BYTES));
        history.push(Row { component: big(), ..row("") });
        history.push(Row { problem: big(), ..row("") });
        history.push(Row { properties: big().map(Into::into), ..row("") });
        let lengths: Vec<_> = history.groups().iter().map(|group| group.rows().len()).collect();
        assert_eq!(lengths, [GROUP_ROWS, 2, 1, 1]);
    }

    #[test]
    fn rows_with_the_same_properties_share_them() {
        let mut history = History::default();
        let mut push = |text: &str| history.push(Row { properties: Some(text.into()), ..row("{}") });
        let [first, second, other] = ["{\"a\":\"b\"}", "{\"a\":\"b\"}", "{}"].map(&mut push);
        let shared = first.properties.as_ref().zip(second.properties.as_ref());
        assert!(shared.is_some_and(|(one, two)| Arc::ptr_eq(one, two)));
        assert_eq!(other.properties.as_deref(), Some("{}"));
    }

    #[test]
    fn columns_that_are_needed_once_are_not_remembered() {
        let group = Group::new(vec![Arc::new(row(r#"{"a":1}"#))]);
        assert_eq!(group.columns_once().columns.len(), 1);
        assert!(group.columns.get().is_none());
        let _ = group.columns();
        assert!(matches!(group.columns_once(), Cow::Borrowed(_)));
    }

    #[test]
    fn rows_stay_until_they_are_in_a_file_and_numbers_go_on() {
        let mut history = History::default();
        history.push(row("a"));
        assert_eq!(history.leave().len(), 1);
        history.push(row("b"));
        assert_eq!(history.iter().map(|row| row.seq).collect::<Vec<_>>(), [0, 1]);
        history.left();
        assert_eq!(history.iter().map(|row| row.seq).collect::<Vec<_>>(), [1]);
        assert_eq!(history.push(row("c")).seq, 2);
    }
}
