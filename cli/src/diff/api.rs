//! Two lists of API items side by side.
//!
//! Decides whom a difference breaks: code that was written against the old one. `diff --help` says how.

use std::collections::{BTreeMap, BTreeSet};

use device_model_codegen::{ApiItem, ApiKind};
use serde::Serialize;

/// One difference; as JSON an item of `api`.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Change {
    pub(super) path: String,
    pub(super) kind: &'static str,
    pub(super) change: Way,
    /// Its type before and now.
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
    pub(super) effect: Effect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Way {
    Added,
    Removed,
    Changed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Effect {
    Compatible,
    Breaking,
}

/// All differences, by path.
pub(super) fn compare(old: Vec<ApiItem>, new: Vec<ApiItem>) -> Vec<Change> {
    let by_path = |items: Vec<ApiItem>| -> BTreeMap<String, ApiItem> {
        items.into_iter().map(|item| (item.path.clone(), item)).collect()
    };
    let (mut old, mut new) = (by_path(old), by_path(new));
    let paths: BTreeSet<String> = old.keys().chain(new.keys()).cloned().collect();
    let changes = paths.into_iter().filter_map(|path| {
        let (old, new) = (old.remove(&path), new.remove(&path));
        change(path, old, new)
    });
    changes.collect()
}

fn change(path: String, old: Option<ApiItem>, new: Option<ApiItem>) -> Option<Change> {
    let kind = called(new.as_ref().or(old.as_ref())?.kind);
    let (way, is_breaking) = match (&old, &new) {
        (None, Some(item)) => (Way::Added, item.demanded),
        (Some(_), None) => (Way::Removed, true),
        (Some(old), Some(new)) if old.kind != new.kind || old.signature != new.signature => {
            (Way::Changed, true)
        }
        _ => return None,
    };
    let effect = if is_breaking { Effect::Breaking } else { Effect::Compatible };
    let signature = |item: Option<ApiItem>| item.map(|item| item.signature);
    Some(Change { path, kind, change: way, old: signature(old), new: signature(new), effect })
}

fn called(kind: ApiKind) -> &'static str {
    match kind {
        ApiKind::Module => "module",
        ApiKind::Type => "type",
        ApiKind::Field => "field",
        ApiKind::Variant => "variant",
        ApiKind::Constant => "constant",
        ApiKind::Trait => "trait",
        ApiKind::Handler => "handler",
        ApiKind::Component => "component",
        _ => "item",
    }
}
