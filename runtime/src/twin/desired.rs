//! Which desired value is applied when.
//!
//! A fresh process applies every desired value of the twin it fetches: a device's state does not survive its process,
//! so it has to be told again. After a reconnect only what changed is applied; a value that is unchanged while the
//! document is newer is acknowledged at the new version without calling its handler again.
//!
//! A patch says only what changes within a value (RFC 7396), but a handler always gets the whole value it leads to.
//!
//! A removal (null) calls nothing: there is no value to apply, the device stays as it is, and what it acknowledged stays
//! reported. The next value is applied whatever it is.
//!
//! What an earlier process has acknowledged can be restored: then a value that is still wanted is not acknowledged a
//! second time, and, where the device keeps its state over a restart, not applied a second time either.
//!
//! Invariant: one handler per property at a time, versions of a property only rise.

use std::collections::BTreeMap;

use serde_json::Map;

use super::kept::{Acknowledged, Record};
use crate::call::InForce;
use crate::convention::envelope;
use crate::json::{Json, merge};
use crate::refusal::PropertyError;
use crate::table::{Convention, ModelTable, PartTable};

/// Patches that are kept while the twin is being fetched; older ones are made up for by fetching again.
const MOST_HELD: usize = 32;

/// A writable property of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PropertyKey {
    pub(crate) component: Option<&'static str>,
    pub(crate) name: &'static str,
}

/// What is to be done next.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// Call the property's handler, and then [`Desired::ended`].
    Apply { key: PropertyKey, version: i64, value: Json },
    /// Report this acknowledgement.
    Acknowledge { key: PropertyKey, framed: Json },
    /// Fetch the twin again: a version was missed.
    Fetch,
}

/// A value the cloud wants.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    version: i64,
    value: Json,
    /// Whether somebody set it just now (a patch), rather than it standing in a fetched document.
    fresh: bool,
}

/// What is known of one property.
#[derive(Debug, Default)]
struct Entry {
    /// What the hub's document holds, frame included: the ground of the next patch.
    document: Option<Json>,
    running: Option<Asked>,
    /// Whether what runs was asked for by another twin, which is the only one to be told.
    foreign: bool,
    waiting: Option<Asked>,
    /// The last one handled, and whether it was refused.
    handled: Option<(Asked, bool)>,
    in_force: Option<Json>,
    /// What an earlier process has acknowledged.
    restored: Option<Record>,
}

/// The desired properties of a device.
#[derive(Debug)]
pub(crate) struct Desired {
    model: ModelTable,
    /// The version of the document as far as it is known; `None` before the first fetch.
    seen: Option<i64>,
    /// Patches that arrived while the twin is being fetched; `None` when it is not.
    held: Option<Vec<(i64, Map<String, Json>)>>,
    entries: BTreeMap<PropertyKey, Entry>,
}

impl Desired {
    pub(crate) fn new(model: ModelTable) -> Self {
        Self { model, seen: None, held: None, entries: BTreeMap::new() }
    }

    /// Takes over what an earlier process has acknowledged. `in_force` says whether the device still is as it was then;
    /// otherwise everything is applied again.
    pub(crate) fn restore(&mut self, records: Vec<(PropertyKey, Record)>, in_force: bool) {
        for (key, record) in records {
            let entry = self.entries.entry(key).or_default();
            if in_force {
                let asked = Asked { version: record.version, value: record.asked.clone(), fresh: false };
                entry.handled = Some((asked, record.refused));
                entry.in_force = Some(record.in_force.clone());
            }
            entry.restored = Some(record);
        }
    }

    /// Another twin follows: nothing is known of it, and what the last one asked for is not acknowledged to it.
    pub(crate) fn forget(&mut self) {
        self.seen = None;
        for entry in self.entries.values_mut() {
            (entry.document, entry.handled, entry.restored, entry.waiting) = (None, None, None, None);
            entry.foreign = entry.running.is_some();
        }
    }

    /// The last acknowledgement of a property, to be kept when the hub has taken it.
    pub(crate) fn record(&self, key: PropertyKey) -> Option<Acknowledged> {
        let entry = self.entries.get(&key)?;
        let (asked, refused) = entry.handled.as_ref()?;
        let in_force = entry.in_force.as_ref().unwrap_or(&asked.value).clone();
        let (version, asked) = (asked.version, asked.value.clone());
        Some(Acknowledged { key, record: Record { version, asked, in_force, refused: *refused } })
    }

    /// The acknowledgement that a property's handler still runs; `None` when none does.
    pub(crate) fn pending(&self, key: PropertyKey, text: &str) -> Option<Json> {
        let entry = self.entries.get(&key)?;
        let asked = entry.running.as_ref().filter(|_| !entry.foreign)?;
        let kept = entry.in_force.as_ref().unwrap_or(&asked.value);
        Some(envelope::pending(self.model.convention, kept, asked.version, text))
    }

    /// The version of the document as far as it is known.
    pub(crate) fn version(&self) -> Option<i64> {
        self.seen
    }

    /// The twin has been asked for: hold patches back until it is here.
    pub(crate) fn fetching(&mut self) {
        self.held = Some(Vec::new());
    }

    /// The twin cannot be had now: what was held back is given up, and the next patch asks for the twin again.
    pub(crate) fn unavailable(&mut self) {
        self.held = None;
    }

    /// Whether a handler runs or waits to run.
    pub(crate) fn is_busy(&self) -> bool {
        self.entries.values().any(|entry| entry.running.is_some())
    }

    /// The version of a property that was acknowledged last.
    pub(crate) fn acknowledged(&self, key: PropertyKey) -> Option<i64> {
        let (asked, _) = self.entries.get(&key)?.handled.as_ref()?;
        Some(asked.version)
    }

    /// The device has reported this value by itself.
    pub(crate) fn reported(&mut self, key: PropertyKey, value: Json) {
        self.entries.entry(key).or_default().in_force = Some(value);
    }

    /// The desired part of a fetched twin.
    pub(crate) fn fetched(&mut self, document: &Map<String, Json>) -> Vec<Step> {
        let version = document.get("$version").and_then(Json::as_i64).unwrap_or(0);
        let held = self.held.take().unwrap_or_default();
        let mut steps = Vec::new();
        if self.newest().is_some_and(|newest| version < newest) {
            // The twin was made anew: its versions say nothing about what was handled before.
            for entry in self.entries.values_mut() {
                (entry.handled, entry.restored) = (None, None);
            }
        }
        if self.seen != Some(version) {
            self.forget_removed(document);
            self.entries.values_mut().for_each(|entry| entry.document = None);
            self.take(version, document, false, &mut steps);
            self.seen = Some(version);
        }
        for (version, patch) in held {
            steps.extend(self.patched(version, patch));
        }
        steps
    }

    /// A patch of the desired properties; `version` is the document's after it.
    pub(crate) fn patched(&mut self, version: i64, patch: Map<String, Json>) -> Vec<Step> {
        if let Some(held) = &mut self.held {
            if held.len() == MOST_HELD {
                held.remove(0);
            }
            held.push((version, patch));
            return Vec::new();
        }
        let seen = self.seen.unwrap_or(0);
        if version <= seen {
            tracing::debug!(version, seen, "desired patch is already known");
            return Vec::new();
        }
        if version > seen + 1 {
            tracing::debug!(version, seen, "desired patches were missed");
            self.fetching();
            return vec![Step::Fetch];
        }
        self.seen = Some(version);
        let mut steps = Vec::new();
        self.take(version, &patch, true, &mut steps);
        steps
    }

    /// A property's handler has ended.
    pub(crate) fn ended(&mut self, key: PropertyKey, result: &Result<InForce, PropertyError>) -> Vec<Step> {
        let Some(entry) = self.entries.get_mut(&key) else {
            return Vec::new();
        };
        let Some(asked) = entry.running.take() else {
            return Vec::new();
        };
        let refusal = result.as_ref().err();
        if let Ok(InForce(value)) = result {
            entry.in_force = Some(value.clone());
        }
        if std::mem::take(&mut entry.foreign) {
            let next = entry.waiting.take();
            return next.and_then(|asked| self.consider(key, asked)).into_iter().collect();
        }
        let kept = entry.in_force.as_ref().unwrap_or(&asked.value);
        let known = entry.restored.take().is_some_and(|record| {
            let same = (record.version, &record.asked) == (asked.version, &asked.value);
            same && !record.refused && refusal.is_none() && record.in_force == *kept
        });
        let framed = envelope::acknowledgement(self.model.convention, kept, asked.version, refusal);
        entry.handled = Some((asked, refusal.is_some()));
        let next = entry.waiting.take();
        let mut steps = Vec::new();
        if !known {
            steps.push(Step::Acknowledge { key, framed });
        }
        steps.extend(next.and_then(|asked| self.consider(key, asked)));
        steps
    }

    /// Goes through the writable properties that a document or patch names.
    fn take(&mut self, version: i64, fields: &Map<String, Json>, fresh: bool, steps: &mut Vec<Step>) {
        for (key, value) in self.named(fields) {
            if value.is_null() {
                let entry = self.entries.entry(key).or_default();
                (entry.waiting, entry.handled, entry.document) = (None, None, None);
                continue;
            }
            let entry = self.entries.entry(key).or_default();
            let document = entry.document.get_or_insert_default();
            merge(document, value);
            let value = envelope::desired_value(self.model.convention, document).clone();
            let asked = Asked { version, value, fresh };
            if entry.running.is_some() {
                entry.waiting = Some(asked);
            } else {
                steps.extend(self.consider(key, asked));
            }
        }
    }

    /// Applies a value, or just acknowledges it when it is the one that was applied last, unless that has been done.
    fn consider(&mut self, key: PropertyKey, asked: Asked) -> Option<Step> {
        let entry = self.entries.entry(key).or_default();
        match &mut entry.handled {
            Some((last, false)) if !asked.fresh && last.value == asked.value => {
                if last.version == asked.version {
                    return None;
                }
                last.version = asked.version;
                let kept = entry.in_force.as_ref().unwrap_or(&asked.value);
                let framed = envelope::acknowledgement(self.model.convention, kept, asked.version, None);
                Some(Step::Acknowledge { key, framed })
            }
            _ => {
                let step = Step::Apply { key, version: asked.version, value: asked.value.clone() };
                entry.running = Some(asked);
                Some(step)
            }
        }
    }

    /// The newest version of the document that anything is known of.
    fn newest(&self) -> Option<i64> {
        let handled = |entry: &Entry| entry.handled.as_ref().map(|(asked, _)| asked.version);
        let restored = |entry: &Entry| entry.restored.as_ref().map(|record| record.version);
        let entries = self.entries.values().flat_map(|entry| [handled(entry), restored(entry)]);
        entries.flatten().chain(self.seen).max()
    }

    fn forget_removed(&mut self, document: &Map<String, Json>) {
        let present: Vec<PropertyKey> = self.named(document).iter().map(|(key, _)| *key).collect();
        for (key, entry) in &mut self.entries {
            if !present.contains(key) {
                (entry.waiting, entry.handled) = (None, None);
            }
        }
    }

    /// The writable properties among the fields, with the component's ones where the convention has components.
    fn named<'a>(&self, fields: &'a Map<String, Json>) -> Vec<(PropertyKey, &'a Json)> {
        let mut found = Vec::new();
        for (name, value) in fields.iter().filter(|(name, _)| !name.starts_with('$')) {
            match self.model.convention {
                Convention::Central2020 => {
                    let owner = self.model.parts.iter().find(|part| part.writable(name).is_some());
                    collect(owner, name, value, &mut found);
                }
                Convention::Pnp => match (self.model.part(Some(name.as_str())), value) {
                    (part @ Some(_), Json::Object(inner)) => {
                        for (name, value) in inner.iter().filter(|(name, _)| *name != "__t") {
                            collect(part, name, value, &mut found);
                        }
                    }
                    (part @ Some(PartTable { properties, .. }), removed @ Json::Null) => {
                        for property in properties.iter().filter(|property| property.writable) {
                            collect(part, property.name, removed, &mut found);
                        }
                    }
                    _ => collect(self.model.part(None), name, value, &mut found),
                },
            }
        }
        found
    }
}

fn collect<'a>(
    part: Option<&PartTable>,
    name: &str,
    value: &'a Json,
    found: &mut Vec<(PropertyKey, &'a Json)>,
) {
    match part.and_then(|part| Some((part.component, part.writable(name)?))) {
        Some((component, property)) => found.push((PropertyKey { component, name: property.name }, value)),
        None => tracing::debug!(name, "desired property is not a writable one of the model"),
    }
}

#[cfg(test)]
#[path = "desired_tests.rs"]
mod tests;
