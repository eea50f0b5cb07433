//! Ids and versions: whether a model may be called a new version of another.
//!
//! An id with a version stands for one definition, for ever: whatever changes needs a higher version. That holds for
//! the model and for each Interface that both models have. An id without a version (v3, v4) promises nothing.
//!
//! v1-preview goes further ("version rules" of its element tables): a higher version may only add instances and
//! contents and change texts and units; all else needs a new id.

use super::contents::root;
use super::{Change, ChangeKind, Comparison, Effect, Piece, Reach, compare};
use crate::language::Version;
use crate::model::{Form, Interface, Model};

/// What of the new model its version does not allow. Empty when it may follow the old one as it is.
///
/// Every [`Change`] is [`Effect::Breaking`]: [`ChangeKind::OtherModel`] alone when the ids differ by more than their
/// versions; [`ChangeKind::LowerVersion`] and [`ChangeKind::SameVersion`] of the model (with an empty path) or of an
/// Interface (with its id as the path); and for models of v1-preview each change that a new version must not make.
pub fn versioning(old: &Model, new: &Model) -> Vec<Change> {
    let ids = (&old.id, &new.id);
    let change = |path: &str, kind, at: (_, _)| Change {
        path: path.to_owned(),
        kind,
        effect: Effect::Breaking,
        old: Some(at.0),
        new: Some(at.1),
    };
    let places = (ids.0.at, ids.1.at);
    if name(&ids.0.text) != name(&ids.1.text) {
        return vec![change("", ChangeKind::OtherModel(ids.0.text.clone(), ids.1.text.clone()), places)];
    }
    let mut found = Vec::new();
    if version(&ids.1.text) < version(&ids.0.text) {
        found.push(change("", ChangeKind::LowerVersion(ids.0.text.clone(), ids.1.text.clone()), places));
    } else if same_version(&ids.0.text, &ids.1.text) && differs(old, new, Comparison::models) {
        found.push(change("", ChangeKind::SameVersion(ids.1.text.clone()), places));
    }
    for (before, after) in interfaces(old, new) {
        let (from, to) = (&before.id.text, &after.id.text);
        let kind = if version(to) < version(from) {
            ChangeKind::LowerVersion(from.clone(), to.clone())
        } else if same_version(from, to)
            && differs(old, new, |comparison| comparison.interface(before, after))
        {
            ChangeKind::SameVersion(to.clone())
        } else {
            continue;
        };
        found.push(change(to, kind, (before.id.at, after.id.at)));
    }
    if [old.version, new.version] == [Version::V1Preview; 2] {
        let forbidden = compare(old, new).into_iter().filter(|change| !preview_allows(&change.kind));
        found.extend(forbidden.map(|change| Change { effect: Effect::Breaking, ..change }));
    }
    found
}

/// What v1-preview lets a higher version change.
fn preview_allows(kind: &ChangeKind) -> bool {
    use Piece::{Command, Instance, Property, Telemetry};
    match kind {
        ChangeKind::Added(piece) => matches!(piece, Instance | Telemetry | Property | Command),
        ChangeKind::Text(_) | ChangeKind::Unit(..) => true,
        _ => false,
    }
}

/// The Interfaces of both models that are versions of one another: those with the very same id, and of each name of
/// which there is none with the same id, the highest versions.
fn interfaces<'m>(old: &'m Model, new: &'m Model) -> Vec<(&'m Interface, &'m Interface)> {
    let is_root = |model: &Model, interface: &Interface| {
        model.form == Form::Interface && root(model).is_some_and(|root| root.id.text == interface.id.text)
    };
    let of_name = |model: &'m Model, wanted: &'m str| {
        model.interfaces().iter().filter(move |interface| name(&interface.id.text) == wanted)
    };
    let mut pairs = Vec::new();
    for before in old.interfaces().iter().filter(|interface| !is_root(old, interface)) {
        let id = before.id.text.as_str();
        if let Some(after) = of_name(new, name(id)).find(|after| after.id.text == id) {
            pairs.push((before, after));
            continue;
        }
        let highest = |model| of_name(model, name(id)).max_by_key(|interface| version(&interface.id.text));
        let is_highest = highest(old).is_some_and(|interface| interface.id.text == id);
        pairs.extend(highest(new).filter(|_| is_highest).map(|after| (before, after)));
    }
    pairs
}

/// Whether two definitions differ, those that they refer to left aside.
fn differs<'m>(old: &'m Model, new: &'m Model, compare: impl FnOnce(&mut Comparison<'m>)) -> bool {
    let mut comparison = Comparison::new(old, new, Reach::Definition);
    compare(&mut comparison);
    !comparison.changes.is_empty()
}

impl<'m> Comparison<'m> {
    fn interface(&mut self, old: &'m Interface, new: &'m Interface) {
        self.texts(&old.texts, &new.texts, (old.id.at, new.id.at));
        self.contents(old, new);
    }
}

/// An id without its version.
pub(super) fn name(id: &str) -> &str {
    split(id).0
}

/// Major and minor; `None` for an id that has no version.
fn version(id: &str) -> Option<(u64, u64)> {
    let version = split(id).1?;
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// Whether both have the same version, and have one.
fn same_version(old: &str, new: &str) -> bool {
    version(old).is_some_and(|old| version(new) == Some(old))
}

/// `dtmi:com:example:Lamp;1`, or `urn:example:Lamp:1` in v1-preview.
fn split(id: &str) -> (&str, Option<&str>) {
    let parts = if id.starts_with("urn:") { id.rsplit_once(':') } else { id.rsplit_once(';') };
    match parts {
        Some((name, version)) if version.starts_with(|first: char| first.is_ascii_digit()) => {
            (name, Some(version))
        }
        _ => (id, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_split_into_name_and_version() {
        let cases = [
            ("dtmi:com:example:Lamp;1", "dtmi:com:example:Lamp", Some((1, 0))),
            ("dtmi:com:example:Lamp;12.3", "dtmi:com:example:Lamp", Some((12, 3))),
            ("dtmi:com:example:Lamp", "dtmi:com:example:Lamp", None),
            ("urn:example:Lamp:7", "urn:example:Lamp", Some((7, 0))),
            ("urn:example:Lamp", "urn:example:Lamp", None),
        ];
        for (id, expected, number) in cases {
            assert_eq!((name(id), version(id)), (expected, number), "{id}");
        }
        assert!(version("dtmi:a;9") < version("dtmi:a;10"), "versions are numbers");
        assert!(version("dtmi:a;1.9") < version("dtmi:a;1.10"));
    }
}
