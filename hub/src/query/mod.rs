//! IoT Hub's query language over twins: `SELECT .. FROM devices WHERE .. GROUP BY ..`.
//!
//! Decides what a query's text means and what a document gives for it; it knows no devices, pages or HTTP. The text
//! becomes tokens ([`token`]), these a [`Query`] ([`parse`](mod@parse), [`expression`]), which is asked about one
//! document at a time ([`evaluate`], [`aggregate`]). Begin with [`Query::parse`]. Source: IoT Hub's reference of its
//! query language; names and functions that twins and message routes have are all known here.

mod aggregate;
mod evaluate;
mod expression;
mod functions;
mod parse;
mod path;
mod syntax;
mod token;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

pub(crate) use aggregate::Groups;
pub(crate) use syntax::{Collection, Query};
use syntax::{Content, Select};

/// The longest query in characters, as IoT Hub has it.
pub(crate) const LENGTH_LIMIT: usize = 8192;

/// Why a text is no query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the query is wrong at character {at}: {message}")]
pub(crate) struct QueryError {
    /// The place in the text, in characters counted from 1.
    pub(crate) at: usize,
    /// What is wrong and what would be right.
    pub(crate) message: String,
}

impl QueryError {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

impl Query {
    /// Reads a query.
    pub(crate) fn parse(text: &str) -> Result<Self, QueryError> {
        parse::parse(text)
    }

    /// Whether whole documents are asked for.
    pub(crate) fn gives_documents(&self) -> bool {
        matches!(self.select, Select::All)
    }

    /// Where the rows of groups are gathered, when the query asks for such: [`row`](Self::row) has no answers then.
    pub(crate) fn groups(&self) -> Option<Groups<'_>> {
        Groups::new(self)
    }

    /// What the query gives for a document; `None` when the document does not meet its condition.
    pub(crate) fn row(&self, document: &Value) -> Option<Value> {
        if !self.takes(document) {
            return None;
        }
        let Select::Columns(columns) = &self.select else {
            return Some(document.clone());
        };
        let mut row = Map::new();
        for column in columns {
            if let Content::Attribute(path) = &column.content
                && let Some(value) = path.find(document)
            {
                row.insert(column.name.clone(), value.clone());
            }
        }
        Some(Value::Object(row))
    }

    fn takes(&self, document: &Value) -> bool {
        self.condition.as_ref().is_none_or(|condition| evaluate::truth(condition, document) == Some(true))
    }
}
