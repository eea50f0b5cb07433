//! Groups of documents and what is made of each: `COUNT`, `SUM`, `AVG`, `MIN`, `MAX`.
//!
//! Decides which group a document is in and what each column of the group becomes; without `GROUP BY` there is one group,
//! also of no documents. Values that cannot be used (undefined, or not numbers for `SUM` and `AVG`) are left out. Begin
//! with [`Groups::add`].

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::evaluate::{number, order};
use super::syntax::{Aggregate, Content, Query, Select};

/// The groups so far.
#[derive(Debug)]
pub(crate) struct Groups<'q> {
    query: &'q Query,
    /// By the JSON of the attributes that make a group.
    found: BTreeMap<String, Vec<Cell>>,
}

/// What a column of a group is made of.
#[derive(Debug, Clone)]
enum Cell {
    Value(Option<Value>),
    Count(u64),
    Numbers { sum: f64, count: u64, mean: bool },
    Extreme { kept: Option<Value>, wanted: Ordering },
}

impl<'q> Groups<'q> {
    /// Where documents are gathered, if the query asks for groups.
    pub(super) fn new(query: &'q Query) -> Option<Self> {
        let Select::Columns(columns) = &query.select else {
            return None;
        };
        let is_made = columns.iter().any(|column| !matches!(column.content, Content::Attribute(_)));
        if !is_made && query.group_by.is_empty() {
            return None;
        }
        let mut groups = Self { query, found: BTreeMap::new() };
        if query.group_by.is_empty() {
            groups.found.insert(String::new(), groups.cells(&Value::Null));
        }
        Some(groups)
    }

    /// Takes a document into its group, if it meets the query's condition.
    pub(crate) fn add(&mut self, document: &Value) {
        if !self.query.takes(document) {
            return;
        }
        let parts = self
            .query
            .group_by
            .iter()
            .map(|path| path.find(document).map(Value::to_string).unwrap_or_default());
        // a line feed cannot be part of JSON that is written in one line
        let key = parts.collect::<Vec<_>>().join("\n");
        if !self.found.contains_key(&key) {
            self.found.insert(key.clone(), self.cells(document));
        }
        let (Some(cells), Select::Columns(columns)) = (self.found.get_mut(&key), &self.query.select) else {
            return;
        };
        for (cell, column) in cells.iter_mut().zip(columns) {
            match &column.content {
                Content::Attribute(_) | Content::Count => cell.take(None),
                Content::Aggregate(_, path) => cell.take(path.find(document)),
            }
        }
    }

    /// The cells of a group that `document` is the first of.
    fn cells(&self, document: &Value) -> Vec<Cell> {
        let Select::Columns(columns) = &self.query.select else {
            return Vec::new();
        };
        let cell = |content: &Content| match content {
            Content::Attribute(path) => Cell::Value(path.find(document).cloned()),
            Content::Count => Cell::Count(0),
            Content::Aggregate(Aggregate::Sum, _) => Cell::Numbers { sum: 0.0, count: 0, mean: false },
            Content::Aggregate(Aggregate::Average, _) => Cell::Numbers { sum: 0.0, count: 0, mean: true },
            Content::Aggregate(Aggregate::Least, _) => Cell::Extreme { kept: None, wanted: Ordering::Less },
            Content::Aggregate(Aggregate::Greatest, _) => {
                Cell::Extreme { kept: None, wanted: Ordering::Greater }
            }
        };
        columns.iter().map(|column| cell(&column.content)).collect()
    }

    /// A row for each group, with what the group is known by, in the order of that.
    pub(crate) fn rows(self) -> impl Iterator<Item = (String, Value)> {
        let columns = match &self.query.select {
            Select::Columns(columns) => columns.as_slice(),
            Select::All => &[],
        };
        let row = move |(key, cells): (String, Vec<Cell>)| {
            let values = cells.into_iter().zip(columns);
            let named = values.filter_map(|(cell, column)| Some((column.name.clone(), cell.value()?)));
            (key, Value::Object(named.collect::<Map<_, _>>()))
        };
        self.found.into_iter().map(row)
    }
}

impl Cell {
    fn take(&mut self, value: Option<&Value>) {
        match self {
            Self::Value(_) => {}
            Self::Count(count) => *count += 1,
            Self::Numbers { sum, count, .. } => {
                if let Some(value) = value.and_then(Value::as_f64) {
                    *sum += value;
                    *count += 1;
                }
            }
            Self::Extreme { kept, wanted } => {
                let Some(value) = value.filter(|value| order(value, value).is_some()) else {
                    return;
                };
                if kept.as_ref().is_none_or(|kept| order(value, kept) == Some(*wanted)) {
                    *kept = Some(value.clone());
                }
            }
        }
    }

    fn value(self) -> Option<Value> {
        match self {
            Self::Value(value) => value,
            Self::Count(count) => Some(count.into()),
            Self::Numbers { count: 0, mean: true, .. } => None,
            // a count of documents is far below where floats lose whole numbers
            #[allow(clippy::cast_precision_loss, reason = "see above")]
            Self::Numbers { sum, count, mean } => number(if mean { sum / count as f64 } else { sum }),
            Self::Extreme { kept, .. } => kept,
        }
    }
}
