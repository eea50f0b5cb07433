//! What is wrong at one place of one file, apart from the reading that found it: data for `--json`, and as drawn.

use std::path::Path;

use dtdl::{Diagnostic, Location, Sources, Style};
use serde::Serialize;

use super::text::{NotUtf8, Unreadable};
use crate::models::cannot_read;

/// A finding. As JSON it is an item of `diagnostics`, with every member always there.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) help: Option<String>,
    #[serde(flatten)]
    pub(super) place: Place,
    pub(super) id: Option<String>,
    pub(super) property: Option<String>,
    pub(super) also: Option<Place>,
    /// For people, unless there are too many in this file.
    #[serde(skip)]
    pub(super) drawn: Option<String>,
}

/// A place in a file, counted from 1. A file that cannot be read has no lines.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    pub(super) file: String,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
}

/// The code of a file that the system does not let us read.
pub(super) const UNREADABLE: &str = "unreadable";

impl Finding {
    /// A diagnostic of a reading; drawn where `style` says how.
    pub(super) fn of(diagnostic: &Diagnostic, sources: &Sources, style: Option<Style>) -> Self {
        let details = diagnostic.details();
        Self {
            code: diagnostic.code(),
            message: diagnostic.message().to_owned(),
            help: diagnostic.help().map(str::to_owned),
            place: Place::of(diagnostic.at(), sources),
            id: details.id.clone(),
            property: details.property.clone(),
            also: diagnostic.also().map(|at| Place::of(at, sources)),
            drawn: style.map(|style| diagnostic.render(sources, style)),
        }
    }

    /// A file that has no text.
    pub(super) fn unreadable(path: &Path, why: &Unreadable) -> Self {
        match why {
            Unreadable::Io(error) => {
                let message = cannot_read(path, error);
                let drawn = format!("error: {message}");
                Self::of_file(path, UNREADABLE, message, None, drawn)
            }
            Unreadable::NotUtf8(fault) => Self::not_utf8(path, fault),
        }
    }

    fn not_utf8(path: &Path, fault: &NotUtf8) -> Self {
        let NotUtf8 { offset, line, column, .. } = *fault;
        let message = format!("from byte {offset} on, this is not UTF-8");
        let help = fault.help();
        let drawn =
            format!("error[notUtf8]: {message}\n --> {}:{line}:{column}\n  = help: {help}", path.display());
        let mut finding = Self::of_file(path, "notUtf8", message, Some(help.to_owned()), drawn);
        let place = &mut finding.place;
        (place.line, place.column) = (Some(line), Some(column));
        (place.end_line, place.end_column) = (Some(line), Some(column));
        finding
    }

    fn of_file(
        path: &Path,
        code: &'static str,
        message: String,
        help: Option<String>,
        drawn: String,
    ) -> Self {
        let file = path.display().to_string();
        let place = Place { file, line: None, column: None, end_line: None, end_column: None };
        Self { code, message, help, place, id: None, property: None, also: None, drawn: Some(drawn) }
    }
}

impl Place {
    fn of(at: Location, sources: &Sources) -> Self {
        let (first, last) = (sources.position(at), sources.end(at));
        Self {
            file: first.file.to_owned(),
            line: Some(first.line),
            column: Some(first.column),
            end_line: Some(last.line),
            end_column: Some(last.column),
        }
    }
}
