//! What is wrong with a model, as a value: [`Diagnostic`] for callers, [`Faults`] to collect while reading.
//!
//! The sentences are in `texts`, the drawing with snippet and caret in `render`. Faults are collected, never thrown at
//! the first one, so that an author sees all of a file at once.

mod render;
pub(crate) mod texts;

pub use render::Style;

use self::texts::Fault;
use crate::source::Location;

/// One thing that is wrong: a stable code, a sentence, a place, often a second place and a remedy.
///
/// Codes are stable and may be matched on; wording is free to improve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    code: &'static str,
    message: String,
    at: Location,
    also: Option<(Location, String)>,
    help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic of a later stage (a generator's, say) about a place in the model.
    pub fn new(code: &'static str, message: impl Into<String>, at: Location) -> Self {
        Self { code, message: message.into(), at, also: None, help: None }
    }

    /// Adds what the reader can do about it.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Adds a second place and what stands there.
    #[must_use]
    pub fn with_also(self, at: Location, label: impl Into<String>) -> Self {
        Self { also: Some((at, label.into())), ..self }
    }

    /// The stable code, such as `unknownSchema`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// One sentence: what is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where.
    pub fn at(&self) -> Location {
        self.at
    }

    /// The second place, where two places disagree.
    pub fn also(&self) -> Option<Location> {
        self.also.as_ref().map(|(at, _)| *at)
    }

    /// What to do.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// The faults of one reading, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    found: Vec<Diagnostic>,
}

impl Faults {
    pub(crate) fn push(&mut self, fault: Fault, at: Location) {
        self.found.push(fault.at(at));
    }

    /// A fault between two places, the first of which is where the reader should look.
    pub(crate) fn push_pair(&mut self, fault: Fault, at: Location, first: Location) {
        self.found.push(fault.at(at).with_also(first, "the first is here"));
    }

    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| (diagnostic.at, diagnostic.code));
        self.found.dedup();
        self.found
    }
}
