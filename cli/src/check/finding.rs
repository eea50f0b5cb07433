//! What is wrong at one place of one file, apart from the reading that found it: data for `--json`, and as drawn.

use std::path::Path;

use dtdl::{Diagnostic, Sources, Style};
use serde::Serialize;

use crate::lookup::text::{NotUtf8, Unreadable};
use crate::models::cannot_read;
use crate::place::Place;

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

/// How a finding is drawn for people.
#[derive(Clone, Copy, Debug)]
pub(super) enum Drawing {
    /// Not at all.
    None,
    /// With the text around it.
    Snippet(Style),
    /// Without: the text is so large that looking for what stands around takes long.
    Bare,
}

/// The code of a file that the system does not let us read.
pub(super) const UNREADABLE: &str = "unreadable";

impl Finding {
    /// A diagnostic of a reading.
    pub(super) fn of(diagnostic: &Diagnostic, sources: &Sources, drawing: Drawing) -> Self {
        let details = diagnostic.details();
        let mut finding = Self {
            code: diagnostic.code(),
            message: diagnostic.message().to_owned(),
            help: diagnostic.help().map(str::to_owned),
            place: Place::of(diagnostic.at(), sources),
            id: details.id.clone(),
            property: details.property.clone(),
            also: diagnostic.also().map(|at| Place::of(at, sources)),
            drawn: None,
        };
        finding.drawn = match drawing {
            Drawing::None => None,
            Drawing::Snippet(style) => Some(diagnostic.render(sources, style)),
            Drawing::Bare => Some(finding.bare()),
        };
        finding
    }

    /// A file that has no text.
    pub(super) fn unreadable(path: &Path, why: &Unreadable) -> Self {
        match why {
            Unreadable::Io(error) => {
                let message = cannot_read(path, error);
                let drawn = Some(format!("error: {message}"));
                Self { drawn, ..Self::of_file(path, UNREADABLE, message) }
            }
            Unreadable::NotUtf8(fault) => Self::not_utf8(path, fault),
        }
    }

    fn not_utf8(path: &Path, fault: &NotUtf8) -> Self {
        let NotUtf8 { offset, line, column, .. } = *fault;
        let message = format!("from byte {offset} on, this is not UTF-8");
        let mut finding = Self::of_file(path, "notUtf8", message);
        finding.help = Some(fault.help().to_owned());
        let place = &mut finding.place;
        (place.line, place.column) = (Some(line), Some(column));
        (place.end_line, place.end_column) = (Some(line), Some(column));
        finding.drawn = Some(finding.bare());
        finding
    }

    fn of_file(path: &Path, code: &'static str, message: String) -> Self {
        let file = path.display().to_string();
        let place = Place { file, line: None, column: None, end_line: None, end_column: None };
        Self { code, message, help: None, place, id: None, property: None, also: None, drawn: None }
    }

    /// Drawn without a snippet.
    fn bare(&self) -> String {
        let Self { code, message, place, .. } = self;
        let place = place.short();
        let help = self.help.as_deref().map(|help| format!("\n  = help: {help}")).unwrap_or_default();
        format!("error[{code}]: {message}\n --> {place}{help}")
    }
}
