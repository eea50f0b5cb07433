//! What a comparison found: as text for people and as one JSON document.

use std::fmt::Write as _;

use dtdl::{Change, Effect, Reading, Sources};
use serde::Serialize;

use super::api;
use crate::place::Place;

/// The differences of two models. As JSON it is the document that `--json` prints.
#[derive(Serialize)]
pub(super) struct Report {
    old: String,
    new: String,
    breaks: Breaks,
    model: Vec<Entry>,
    versions: Vec<Entry>,
    api: Vec<api::Change>,
}

/// How much breaks.
#[derive(Serialize)]
struct Breaks {
    wire: usize,
    api: usize,
}

/// A change of the model.
#[derive(Serialize)]
struct Entry {
    path: String,
    change: String,
    effect: &'static str,
    old: Option<Place>,
    new: Option<Place>,
}

impl Report {
    /// The report on two models; `None` when one is not valid.
    pub(super) fn new(old: &Reading, new: &Reading, api: Vec<api::Change>) -> Option<Self> {
        let (before, after) = (old.valid()?, new.valid()?);
        let entries = |changes: Vec<Change>| -> Vec<Entry> {
            changes.into_iter().map(|change| Entry::new(change, old.sources(), new.sources())).collect()
        };
        let (model, versions) =
            (entries(dtdl::compare(before, after)), entries(dtdl::versioning(before, after)));
        let breaks = Breaks {
            wire: model.iter().filter(|entry| entry.is_breaking()).count() + versions.len(),
            api: api.iter().filter(|change| change.effect == api::Effect::Breaking).count(),
        };
        let (old, new) = (before.id.text.clone(), after.id.text.clone());
        Some(Self { old, new, breaks, model, versions, api })
    }

    /// Whether anything breaks.
    pub(super) fn breaks(&self) -> bool {
        self.breaks.wire + self.breaks.api > 0
    }

    /// The document, on one line.
    pub(super) fn json(&self) -> String {
        // plain data with names for keys is always JSON
        serde_json::to_string(self).map_or_else(|_| String::new(), |text| text + "\n")
    }

    /// As people read it.
    pub(super) fn text(&self) -> String {
        let Self { old, new, breaks, .. } = self;
        let mut text = format!("{old} -> {new}\n");
        self.model_section(&mut text);
        self.wire_section(&mut text);
        self.api_section(&mut text);
        let summary = match (breaks.wire, breaks.api) {
            (0, 0) => "compatible".to_owned(),
            (wire, 0) => format!("breaks on the wire ({wire})"),
            (0, api) => format!("breaks in the Rust API ({api})"),
            (wire, api) => format!("breaks on the wire ({wire}) and in the Rust API ({api})"),
        };
        // writing to a String cannot fail
        let _ = writeln!(text, "\n{summary}");
        text
    }

    fn model_section(&self, text: &mut String) {
        text.push_str("\nIn the model\n");
        if self.model.is_empty() {
            text.push_str("  nothing\n");
        }
        for entry in &self.model {
            let _ = writeln!(text, "  {} ({})\n    {}", entry.sentence(), entry.effect, entry.places());
        }
    }

    fn wire_section(&self, text: &mut String) {
        text.push_str("\nOn the wire, what breaks\n");
        for entry in self.model.iter().filter(|entry| entry.is_breaking()) {
            let _ = writeln!(text, "  {}", entry.sentence());
        }
        for entry in &self.versions {
            let _ = writeln!(text, "  version: {}\n    {}", entry.sentence(), entry.places());
        }
        if self.breaks.wire == 0 {
            text.push_str("  nothing\n");
        } else if self.versions.is_empty() {
            text.push_str("  version: it allows the change\n");
        }
    }

    fn api_section(&self, text: &mut String) {
        text.push_str("\nIn the Rust API\n");
        for api::Change { path, kind, change, old, new, effect } in &self.api {
            let effect = if *effect == api::Effect::Breaking { " (breaking)" } else { "" };
            let (old, new) = (old.as_deref().unwrap_or_default(), new.as_deref().unwrap_or_default());
            let _ = match change {
                api::Way::Added => writeln!(text, "  + {kind} {path}: {new}{effect}"),
                api::Way::Removed => writeln!(text, "  - {kind} {path}: {old}{effect}"),
                api::Way::Changed => {
                    writeln!(text, "  ~ {kind} {path}{effect}\n    was {old}\n    is  {new}")
                }
            };
        }
        if self.api.is_empty() {
            text.push_str("  nothing\n");
        }
        let is_new_field = |change: &&api::Change| change.change == api::Way::Added && change.kind == "field";
        if self.api.iter().any(|change| is_new_field(&change)) {
            text.push_str("  note: struct literals need `..Default::default()` to be spared new fields\n");
        }
    }
}

impl Entry {
    fn new(change: Change, old: &Sources, new: &Sources) -> Self {
        Self {
            effect: match change.effect {
                Effect::Neutral => "neutral",
                Effect::Compatible => "compatible",
                Effect::Breaking => "breaking",
            },
            change: change.kind.to_string(),
            path: change.path,
            old: change.old.map(|at| Place::of(at, old)),
            new: change.new.map(|at| Place::of(at, new)),
        }
    }

    fn is_breaking(&self) -> bool {
        self.effect == "breaking"
    }

    fn sentence(&self) -> String {
        let path = if self.path.is_empty() { "the model" } else { &self.path };
        format!("{path}: {}", self.change)
    }

    /// `old.json:3:5 -> new.json:3:7`
    fn places(&self) -> String {
        let places = [&self.old, &self.new].map(|place| place.as_ref().map(Place::short));
        places.into_iter().flatten().collect::<Vec<_>>().join(" -> ")
    }
}
