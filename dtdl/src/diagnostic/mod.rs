//! What is wrong with a model, as a value: [`Diagnostic`] for callers, [`Faults`] to collect while reading.
//!
//! The sentences are in `codes`, the drawing with snippet and caret in `render`. Faults are collected, never thrown at
//! the first one, so that an author sees all of a file at once.

mod codes;
mod fault;
mod render;

pub(crate) use codes::Code;
pub(crate) use fault::Fault;
pub use render::Style;

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
    details: Box<Details>,
}

/// What a fault is about, field by field, as the reference parser's errors have it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Details {
    /// The element that is wrong, by its id, inferred where it has none.
    pub id: Option<String>,
    /// The member of it.
    pub property: Option<String>,
    /// A second element.
    pub secondary: Option<String>,
    /// A member of the elements in `property`.
    pub aux: Option<String>,
    /// The type that is wanted or refused.
    pub kind: Option<String>,
    /// What was found.
    pub value: Option<String>,
    /// What is allowed instead.
    pub restriction: Option<String>,
    /// By what the fault came about.
    pub transformation: Option<String>,
    /// The first place, which is not always where a person should look first.
    pub place: Location,
    /// The second place.
    pub second_place: Option<Location>,
}

impl Diagnostic {
    /// A diagnostic of a later stage (a generator's, say) about a place in the model.
    pub fn new(code: &'static str, message: impl Into<String>, at: Location) -> Self {
        let details = Box::new(Details::at(at));
        Self { code, message: message.into(), at, also: None, help: None, details }
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

    /// What it is about, field by field.
    pub fn details(&self) -> &Details {
        &self.details
    }
}

impl Details {
    fn at(place: Location) -> Self {
        Self {
            id: None,
            property: None,
            secondary: None,
            aux: None,
            kind: None,
            value: None,
            restriction: None,
            transformation: None,
            place,
            second_place: None,
        }
    }
}

/// How many faults a reading keeps. A text of some megabytes can hold millions, which nobody reads.
const MOST: usize = 1000;

/// The faults of one reading, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    found: Vec<Diagnostic>,
    more: Option<(usize, Location)>,
}

impl Faults {
    pub(crate) fn push(&mut self, fault: Fault) {
        match &mut self.more {
            Some((count, _)) => *count += 1,
            None if self.found.len() >= MOST => self.more = Some((1, fault.into_diagnostic().at)),
            None => self.found.push(fault.into_diagnostic()),
        }
    }

    /// Whether further faults are only counted, so that no trouble need be taken over them.
    pub(crate) fn is_full(&self) -> bool {
        self.found.len() >= MOST
    }

    /// Reports a fault that nothing more can be read after.
    pub(crate) fn quit(&mut self, fault: Fault) -> crate::read::Quit {
        self.push(fault);
        crate::read::Quit
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| (diagnostic.at, diagnostic.code));
        self.found.dedup();
        if let Some((count, at)) = self.more {
            self.found.push(Fault::new(Code::TooManyFaults, at).observed(count).into_diagnostic());
        }
        self.found
    }
}
