//! A fault as it is found: its code, whom it is about, and where. Made into a [`Diagnostic`] when it is collected.

use std::fmt::Display;

use super::codes::Code;
use super::{Details, Diagnostic};
use crate::source::Location;

/// How much of a value a sentence shows.
const SHOWN: usize = 100;

/// A fault, field by field. The fields are those of the reference parser's errors.
#[derive(Debug)]
pub(crate) struct Fault {
    code: Code,
    details: Details,
    observed: Option<usize>,
    expected: Option<usize>,
    hint: Option<String>,
    advice: Option<String>,
    /// Where a person should look, if not at the first place.
    shown: Option<Location>,
    /// Whether the second place says something to a person.
    both: bool,
}

impl Fault {
    pub(crate) fn new(code: Code, at: Location) -> Self {
        let details = Details::at(at);
        Self {
            code,
            details,
            observed: None,
            expected: None,
            hint: None,
            advice: None,
            shown: None,
            both: true,
        }
    }

    pub(crate) fn with_code(self, code: Code) -> Self {
        Self { code, ..self }
    }

    /// The element that the fault is about.
    pub(crate) fn id(mut self, id: impl Display) -> Self {
        self.details.id = Some(id.to_string());
        self
    }

    pub(crate) fn property(mut self, property: &str) -> Self {
        self.details.property = Some(property.to_owned());
        self
    }

    pub(crate) fn secondary(mut self, id: impl Display) -> Self {
        self.details.secondary = Some(id.to_string());
        self
    }

    pub(crate) fn aux(mut self, property: &str) -> Self {
        self.details.aux = Some(property.to_owned());
        self
    }

    pub(crate) fn kind(mut self, kind: impl Display) -> Self {
        self.details.kind = Some(kind.to_string());
        self
    }

    pub(crate) fn value(mut self, value: impl Display) -> Self {
        self.details.value = Some(value.to_string());
        self
    }

    pub(crate) fn restriction(mut self, restriction: impl Display) -> Self {
        self.details.restriction = Some(restriction.to_string());
        self
    }

    pub(crate) fn transformation(mut self, transformation: &str) -> Self {
        self.details.transformation = Some(transformation.to_owned());
        self
    }

    pub(crate) fn observed(self, count: usize) -> Self {
        Self { observed: Some(count), ..self }
    }

    pub(crate) fn expected(self, count: usize) -> Self {
        Self { expected: Some(count), ..self }
    }

    /// The name that was probably meant.
    pub(crate) fn hint<'n>(self, near: impl Into<Option<&'n str>>) -> Self {
        Self { hint: near.into().map(str::to_owned), ..self }
    }

    /// What to do, where more is known than the table's remedy.
    pub(crate) fn advice(self, advice: impl Into<Option<String>>) -> Self {
        Self { advice: advice.into(), ..self }
    }

    /// The second place.
    pub(crate) fn also(mut self, at: Location) -> Self {
        self.details.second_place = Some(at);
        self
    }

    /// Points a person to `at`, and to the other place as the second.
    pub(crate) fn shown_at(self, at: Location) -> Self {
        Self { shown: Some(at), ..self }
    }

    /// Points a person to `at` alone.
    pub(crate) fn only_at(self, at: Location) -> Self {
        Self { shown: Some(at), both: false, ..self }
    }

    pub(super) fn into_diagnostic(self) -> Diagnostic {
        let message = self.fill(self.code.cause());
        let mut help = self.advice.clone().unwrap_or_else(|| self.fill(self.code.remedy()));
        if let Some(near) = &self.hint {
            help = format!("did you mean `{near}`? Otherwise {help}");
        }
        let places = [Some(self.details.place), self.details.second_place];
        let at = self.shown.unwrap_or(self.details.place);
        let other = places.into_iter().flatten().find(|place| *place != at).filter(|_| self.both);
        let diagnostic = Diagnostic::new(self.code.as_str(), message, at).with_help(help);
        let mut diagnostic = match other {
            Some(other) => diagnostic.with_also(other, self.code.label()),
            None => diagnostic,
        };
        diagnostic.details = Box::new(self.details);
        diagnostic
    }

    /// A sentence of the table with the fault's fields in its braces.
    fn fill(&self, template: &str) -> String {
        let details = &self.details;
        let mut filled = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            let count = |count: Option<usize>| count.map(|count| count.to_string());
            let text = match name {
                "id" => details.id.clone(),
                "property" => details.property.as_deref().map(|name| term(name).to_owned()),
                "secondary" => details.secondary.clone(),
                "aux" => details.aux.clone(),
                "type" => details.kind.clone(),
                "value" => details.value.clone(),
                "restriction" => details.restriction.clone(),
                "transformation" => details.transformation.clone(),
                "observed" => count(self.observed),
                "expected" => count(self.expected),
                _ => None,
            };
            filled.push_str(&shortened(&text.unwrap_or_default()));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}

/// A co-type's member is known to people by its term.
fn term(name: &str) -> &str {
    crate::language::terms::term_of(name).unwrap_or(name)
}

fn shortened(text: &str) -> String {
    let clean = text.replace(['\n', '\r', '\t'], " ");
    match clean.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}...", &clean[..cut]),
        None => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_closes_its_braces() {
        let mut sources = crate::Sources::default();
        sources.add("a", "{}");
        let at = sources.files().next().map(|file| Location::new(file, 0..1));
        for code in Code::EVERY {
            let fault = Fault::new(*code, at.expect("a file was added"));
            for sentence in [fault.fill(code.cause()), fault.fill(code.remedy())] {
                assert!(
                    !sentence.contains(['{', '}']) && !sentence.is_empty(),
                    "{}: {sentence}",
                    code.as_str()
                );
            }
        }
    }
}
