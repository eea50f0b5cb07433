//! A device twin: desired and reported properties with versions and metadata.
//!
//! Decides what a merge patch does, when it is refused and what the documents look like on the wire.
//! It does not know devices or connections. Begin with [`Twin`]; one side of it is a [`Side`].
//! Limits: protocol reference, section 2.6.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Size limits of the service, in bytes as it measures them (keys and values; numbers 8, booleans 4). What has no size
/// of its own (`null` in an array, what is empty) and what has less counts as a boolean, so that the count of properties
/// and elements is limited too.
const SIDE_LIMIT: usize = 32 * 1024;
const TAGS_LIMIT: usize = 8 * 1024;
const LEAST_SIZE: usize = 4;
const DEPTH_LIMIT: usize = 10;
const KEY_LIMIT: usize = 1024;
const STRING_LIMIT: usize = 4096;
/// Whole numbers must stay within plus and minus 2^52.
const INTEGER_LIMIT: f64 = 4_503_599_627_370_496.0;

/// The three parts of a twin.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Twin {
    pub(crate) desired: Side,
    pub(crate) reported: Side,
    pub(crate) tags: Map<String, Value>,
    /// Counts changes of any part: the `version` of the service's twin document.
    pub(crate) version: u64,
    /// Counts changes by the service side, tags and desired properties: what the etag is made of.
    #[serde(default)]
    pub(crate) revision: u64,
}

/// One side of a twin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Side {
    values: Map<String, Value>,
    metadata: Map<String, Value>,
    version: u64,
}

impl Default for Side {
    fn default() -> Self {
        Self { values: Map::new(), metadata: Map::new(), version: 1 }
    }
}

/// Why a patch is refused; the text goes to whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TwinError {
    #[error(
        "the property name {0:?} is not allowed: 1 to 1024 bytes without '.', '$', blanks or control characters"
    )]
    Key(String),
    #[error("the value of {0:?} is nested more than {DEPTH_LIMIT} levels deep")]
    Depth(String),
    #[error("the string in {0:?} is longer than {STRING_LIMIT} bytes")]
    StringLength(String),
    #[error(
        "the whole number in {0:?} is not from -4503599627370496 to 4503599627370496, all that a twin holds"
    )]
    Integer(String),
    #[error("the document would take {0} bytes, more than the limit of {1}")]
    Size(usize, usize),
}

/// What a twin has against the value of one property, alone or in a component.
pub(crate) fn value_problem(name: &str, value: &Value, in_component: bool) -> Option<TwinError> {
    check_value(name, value, if in_component { 2 } else { 1 }).err()
}

impl Twin {
    /// What a device gets: both sides with their `$version`, without metadata.
    pub(crate) fn for_device(&self) -> Value {
        json!({ "desired": self.desired.for_device(), "reported": self.reported.for_device() })
    }

    /// Counts a change by the service side.
    pub(crate) fn count_revision(&mut self) {
        self.version += 1;
        self.revision += 1;
    }

    /// Merges tags; `null` deletes.
    pub(crate) fn patch_tags(&mut self, patch: &Map<String, Value>) -> Result<(), TwinError> {
        check_object(patch, 1)?;
        let mut tags = self.tags.clone();
        merge(&mut tags, patch);
        check_size(&tags, TAGS_LIMIT)?;
        self.tags = tags;
        Ok(())
    }
}

impl Side {
    /// The version after the last accepted patch; 1 before the first.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The properties without `$version` and `$metadata`.
    pub(crate) fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// Merges `patch` at `now`; answers the new version. Nothing changes when it is refused.
    pub(crate) fn patch(&mut self, patch: &Map<String, Value>, now: Timestamp) -> Result<u64, TwinError> {
        let patch = without_reserved(patch);
        check_object(&patch, 1)?;
        let mut values = self.values.clone();
        merge(&mut values, &patch);
        check_size(&values, SIDE_LIMIT)?;
        self.values = values;
        self.version += 1;
        // always with three digits of a second: so written, times are in order as texts, too
        stamp(&mut self.metadata, &patch, &format!("{now:.3}"), self.version);
        Ok(self.version)
    }

    /// Replaces all properties at `now`; answers the new version.
    pub(crate) fn replace(&mut self, values: &Map<String, Value>, now: Timestamp) -> Result<u64, TwinError> {
        let mut fresh = Self { version: self.version, ..Self::default() };
        let version = fresh.patch(values, now)?;
        *self = fresh;
        Ok(version)
    }

    /// `(version, time)` at which the property at `path` (one name, or component and name) was last written.
    pub(crate) fn written(&self, path: &[&str]) -> Option<(u64, &str)> {
        let mut entry = self.metadata.get(*path.first()?)?;
        for name in &path[1..] {
            entry = entry.get(name)?;
        }
        Some((entry.get("$lastUpdatedVersion")?.as_u64()?, entry.get("$lastUpdated")?.as_str()?))
    }

    fn for_device(&self) -> Value {
        let mut document = self.values.clone();
        document.insert("$version".to_owned(), self.version.into());
        Value::Object(document)
    }

    /// What the service API shows: with `$metadata` and `$version`.
    pub(crate) fn for_service(&self) -> Value {
        let mut document = self.values.clone();
        document.insert("$metadata".to_owned(), Value::Object(self.metadata.clone()));
        document.insert("$version".to_owned(), self.version.into());
        Value::Object(document)
    }
}

/// A patch as the device is told: the patch and the version it led to.
pub(crate) fn notification(patch: &Map<String, Value>, version: u64) -> Value {
    let mut document = without_reserved(patch);
    document.insert("$version".to_owned(), version.into());
    Value::Object(document)
}

/// Service tools send documents back as they read them: `$version` and `$metadata` are not properties.
fn without_reserved(patch: &Map<String, Value>) -> Map<String, Value> {
    let reserved = |key: &str| matches!(key, "$version" | "$metadata");
    patch.iter().filter(|(key, _)| !reserved(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn merge(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (key, value) in patch {
        match value {
            Value::Null => {
                target.remove(key);
            }
            Value::Object(inner) => {
                let slot = target.entry(key.clone()).or_insert_with(|| Value::Object(Map::new()));
                if !slot.is_object() {
                    *slot = Value::Object(Map::new());
                }
                if let Value::Object(existing) = slot {
                    merge(existing, inner);
                }
            }
            other => {
                target.insert(key.clone(), other.clone());
            }
        }
    }
}

/// The merge patch that makes `current` into `wanted`: all of `wanted`, and `null` for what it lacks.
///
/// A merge alone keeps the old keys of an object, at any depth; arrays are always replaced.
pub(crate) fn replacing(current: &Map<String, Value>, wanted: &Map<String, Value>) -> Map<String, Value> {
    let gone = current.keys().filter(|key| !wanted.contains_key(*key)).map(|key| (key.clone(), Value::Null));
    let kept = wanted.iter().map(|(key, value)| (key.clone(), replacing_value(current.get(key), value)));
    kept.chain(gone).collect()
}

/// The same for one value, of which there may be none yet.
pub(crate) fn replacing_value(current: Option<&Value>, wanted: &Value) -> Value {
    match (current, wanted) {
        (Some(Value::Object(current)), Value::Object(wanted)) => Value::Object(replacing(current, wanted)),
        _ => wanted.clone(),
    }
}

/// Records time and version of everything the patch names; a deleted property loses its record.
fn stamp(metadata: &mut Map<String, Value>, patch: &Map<String, Value>, at: &str, version: u64) {
    metadata.insert("$lastUpdated".to_owned(), at.into());
    metadata.insert("$lastUpdatedVersion".to_owned(), version.into());
    for (key, value) in patch {
        if value.is_null() {
            metadata.remove(key);
            continue;
        }
        let slot = metadata.entry(key.clone()).or_insert_with(|| Value::Object(Map::new()));
        if !value.is_object() {
            *slot = Value::Object(Map::new());
        }
        if let Value::Object(inner) = slot {
            stamp(inner, value.as_object().unwrap_or(&Map::new()), at, version);
        }
    }
}

fn check_object(object: &Map<String, Value>, depth: usize) -> Result<(), TwinError> {
    object.iter().try_for_each(|(key, value)| {
        let bad = |c: char| matches!(c, '.' | '$' | ' ') || c.is_control();
        // `$iotin:` names the components of the 2019 preview devices
        let name = key.strip_prefix("$iotin:").unwrap_or(key);
        if name.is_empty() || key.len() > KEY_LIMIT || name.contains(bad) {
            return Err(TwinError::Key(key.chars().take(80).collect()));
        }
        check_value(key, value, depth)
    })
}

fn check_value(key: &str, value: &Value, depth: usize) -> Result<(), TwinError> {
    match value {
        Value::String(text) if text.len() > STRING_LIMIT => Err(TwinError::StringLength(key.to_owned())),
        Value::Number(n) if !n.is_f64() && n.as_f64().is_none_or(|v| v.abs() > INTEGER_LIMIT) => {
            Err(TwinError::Integer(key.to_owned()))
        }
        Value::Object(_) | Value::Array(_) if depth >= DEPTH_LIMIT => Err(TwinError::Depth(key.to_owned())),
        Value::Object(inner) => check_object(inner, depth + 1),
        Value::Array(items) => items.iter().try_for_each(|item| check_value(key, item, depth + 1)),
        _ => Ok(()),
    }
}

fn check_size(values: &Map<String, Value>, limit: usize) -> Result<(), TwinError> {
    let size = object_size(values);
    if size > limit { Err(TwinError::Size(size, limit)) } else { Ok(()) }
}

fn object_size(object: &Map<String, Value>) -> usize {
    object.iter().map(|(key, value)| key.len() + value_size(value)).sum()
}

fn value_size(value: &Value) -> usize {
    let size = match value {
        Value::Null | Value::Bool(_) => LEAST_SIZE,
        Value::Number(_) => 8,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(value_size).sum(),
        Value::Object(inner) => object_size(inner),
    };
    size.max(LEAST_SIZE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn object(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    fn patch(side: &mut Side, value: Value) -> Result<u64, TwinError> {
        side.patch(&object(value), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn versions_start_at_one_and_rise_with_each_accepted_patch() {
        let mut side = Side::default();
        assert_eq!(side.version(), 1);
        assert_eq!(patch(&mut side, json!({ "a": 1 })), Ok(2));
        assert_eq!(patch(&mut side, json!({ "a b": 1 })), Err(TwinError::Key("a b".into())));
        assert_eq!(side.version(), 2);
        assert_eq!(patch(&mut side, json!({ "b": { "c": 1 }, "$version": 9 })), Ok(3));
        assert_eq!(side.written(&["a"]).unwrap().0, 2);
        assert_eq!(side.written(&["b", "c"]).unwrap().0, 3);
    }

    #[test]
    fn null_deletes_and_objects_merge() {
        let mut side = Side::default();
        patch(&mut side, json!({ "a": { "b": 1, "c": 2 }, "d": 3 })).unwrap();
        patch(&mut side, json!({ "a": { "b": null, "e": [1] }, "d": null })).unwrap();
        assert_eq!(Value::Object(side.values().clone()), json!({ "a": { "c": 2, "e": [1] } }));
        assert_eq!(side.written(&["d"]), None);
    }

    #[test]
    fn the_patch_of_a_replacement_removes_at_every_depth() {
        let current = object(json!({ "a": { "b": { "c": 1, "d": 2 }, "e": 3 }, "f": 4, "g": [1, 2] }));
        let wanted = object(json!({ "a": { "b": { "d": 5 } }, "g": [2], "h": { "i": 6 } }));
        let patch = replacing(&current, &wanted);
        let expected = json!({ "a": { "b": { "c": null, "d": 5 }, "e": null }, "f": null, "g": [2],
            "h": { "i": 6 } });
        assert_eq!(Value::Object(patch.clone()), expected);
        let mut merged = current;
        merge(&mut merged, &patch);
        assert_eq!(merged, wanted);
    }

    #[test]
    fn refuses_what_the_service_refuses() {
        let mut deep = json!(1);
        for _ in 0..10 {
            deep = json!({ "x": deep });
        }
        let mut side = Side::default();
        assert!(matches!(patch(&mut side, json!({ "a": deep })), Err(TwinError::Depth(_))));
        let long = "x".repeat(4097);
        assert!(matches!(patch(&mut side, json!({ "a": long })), Err(TwinError::StringLength(_))));
        let big = 4_503_599_627_370_497_i64;
        assert!(matches!(patch(&mut side, json!({ "a": [big] })), Err(TwinError::Integer(_))));
        let many: Vec<_> = (0..9).map(|_| "x".repeat(4000)).collect();
        assert!(matches!(patch(&mut side, json!({ "a": many })), Err(TwinError::Size(..))));
        assert_eq!(side, Side::default());
    }

    #[test]
    fn what_is_empty_has_a_size_so_that_there_is_not_any_number_of_it() {
        let names: Vec<_> = (0..8_000).map(|n| format!("{n}")).collect();
        for empty in [json!(null), json!([]), json!({}), json!("")] {
            let mut side = Side::default();
            let items = vec![empty.clone(); 9_000];
            assert!(matches!(patch(&mut side, json!({ "a": items })), Err(TwinError::Size(..))), "{empty}");
            let many: Map<_, _> = names.iter().map(|name| (name.clone(), empty.clone())).collect();
            let refused = side.patch(&many, Timestamp::UNIX_EPOCH).is_err();
            assert_eq!(refused, !empty.is_null(), "{empty}");
        }
    }

    #[test]
    fn takes_a_component_with_its_marker() {
        let mut side = Side::default();
        assert_eq!(patch(&mut side, json!({ "sensor": { "__t": "c", "state": true } })), Ok(2));
    }

    proptest! {
        #[test]
        fn merging_a_patch_twice_changes_nothing_more(a in 0..9i64, b in proptest::option::of(0..9i64)) {
            let mut side = Side::default();
            let change = json!({ "a": a, "b": { "c": b } });
            patch(&mut side, change.clone()).unwrap();
            let once = side.values().clone();
            patch(&mut side, change).unwrap();
            prop_assert_eq!(&once, side.values());
        }
    }
}
