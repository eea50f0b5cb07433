//! A place in a file, as JSON has it: what `check` and `diff` print for programs.

use dtdl::{Location, Sources};
use serde::Serialize;

/// A place in a file, counted from 1. A file that cannot be read has no lines.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: Option<usize>,
    pub(crate) column: Option<usize>,
    pub(crate) end_line: Option<usize>,
    pub(crate) end_column: Option<usize>,
}

impl Place {
    pub(crate) fn of(at: Location, sources: &Sources) -> Self {
        let (first, last) = (sources.position(at), sources.end(at));
        Self {
            file: first.file.to_owned(),
            line: Some(first.line),
            column: Some(first.column),
            end_line: Some(last.line),
            end_column: Some(last.column),
        }
    }

    /// `lamp.json:3:14`
    pub(crate) fn short(&self) -> String {
        let numbers = [self.line, self.column].into_iter().flatten();
        numbers.fold(self.file.clone(), |place, number| format!("{place}:{number}"))
    }
}
