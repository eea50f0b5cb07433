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
    /// Changes that break those who use the device by the old model.
    wire: usize,
    /// What the new model's version does not allow.
    versions: usize,
    /// Changes that break code written against the old model.
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
            wire: model.iter().filter(|entry| entry.is_breaking()).count(),
            versions: versions.len(),
            api: api.iter().filter(|change| change.effect == api::Effect::Breaking).count(),
        };
        let (old, new) = (before.id.text.clone(), after.id.text.clone());
        Some(Self { old, new, breaks, model, versions, api })
    }

    /// Whether anything breaks.
    pub(super) fn breaks(&self) -> bool {
        self.breaks.sum() > 0
    }

    /// The document, on one line.
    pub(super) fn json(&self) -> String {
        // plain data with names for keys is always JSON
        serde_json::to_string(self).map_or_else(|_| String::new(), |text| text + "\n")
    }

    /// As people read it.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{} -> {}\n", self.old, self.new);
        self.model_section(&mut text);
        self.wire_section(&mut text);
        self.api_section(&mut text);
        let Breaks { wire, versions, api } = self.breaks;
        let where_it_breaks = [(wire, "on the wire"), (versions, "by its version"), (api, "in the Rust API")];
        let some = where_it_breaks.iter().filter(|(count, _)| *count > 0);
        let some: Vec<String> = some.map(|(count, place)| format!("{place} ({count})")).collect();
        // writing to a String cannot fail
        let _ = match some.as_slice() {
            [] => writeln!(text, "\ncompatible"),
            some => writeln!(text, "\nbreaks {}", some.join(", ")),
        };
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
        match self.breaks {
            Breaks { wire: 0, versions: 0, .. } => text.push_str("  nothing\n"),
            Breaks { versions: 0, .. } => text.push_str("  version: it allows the change\n"),
            Breaks { .. } => {}
        }
    }

    fn api_section(&self, text: &mut String) {
        text.push_str("\nIn the Rust API\n");
        for api::Change { path, change, old, new, effect, .. } in &self.api {
            let effect = if *effect == api::Effect::Breaking { " (breaking)" } else { "" };
            let (old, new) = (old.as_deref().unwrap_or_default(), new.as_deref().unwrap_or_default());
            let _ = match change {
                api::Way::Added => writeln!(text, "  + {path}: {new}{effect}"),
                api::Way::Removed => writeln!(text, "  - {path}: {old}{effect}"),
                api::Way::Changed => {
                    writeln!(text, "  ~ {path}{effect}\n    was {old}\n    is  {new}")
                }
            };
        }
        if self.api.is_empty() {
            text.push_str("  nothing\n");
        }
        // the client has fields, too, which nobody writes
        let is_new_field = |change: &api::Change| {
            change.change == api::Way::Added && change.kind == "field" && !change.path.contains("::Client.")
        };
        if self.api.iter().any(is_new_field) {
            text.push_str("  note: struct literals without `..Default::default()` need the new fields\n");
        }
    }
}

impl Breaks {
    fn sum(&self) -> usize {
        self.wire + self.versions + self.api
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
        match self.path.as_str() {
            // what is said of ids names them
            path if path.is_empty() || self.change.contains(path) => self.change.clone(),
            path => format!("{path}: {}", self.change),
        }
    }

    /// `old.json:3:5 -> new.json:3:7`
    fn places(&self) -> String {
        let places = [&self.old, &self.new].map(|place| place.as_ref().map(Place::short));
        places.into_iter().flatten().collect::<Vec<_>>().join(" -> ")
    }
}
