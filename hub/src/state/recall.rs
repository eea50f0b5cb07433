//! The newest values of a device out of many rows, after the hub has started: each name is read once, in the newest row
//! that has it, and not before somebody asks for the values.
//!
//! Decides the same as taking the rows one after the other as they came ([`super::telemetry::remember_all`]), in less time:
//! a value that is not the newest is passed over without being made. Begin with [`later`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, LazyLock};

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::{Deserializer, Map, Value};

use super::device::LatestValues;
use super::history::{Group, Kind};
use super::telemetry::{LATEST_LIMIT, remember, remember_all};
use crate::keep::RowRef;

/// Values that are there when somebody asks for them.
pub(crate) type LazyValues = LazyLock<LatestValues, Box<dyn FnOnce() -> LatestValues + Send>>;

/// Values that are known.
pub(super) fn now(values: LatestValues) -> LazyValues {
    later(values, Vec::new(), 0)
}

/// Values that were known, and those of rows from a number on.
pub(super) fn later(mut known: LatestValues, groups: Vec<Arc<Group>>, from: u64) -> LazyValues {
    LazyLock::new(Box::new(move || {
        recall(&mut known, &groups, from);
        known
    }))
}

fn recall(latest: &mut LatestValues, groups: &[Arc<Group>], from: u64) {
    let is_new = |row: &RowRef<'_>| row.kind == Kind::Telemetry && row.seq >= from;
    let rows = || groups.iter().flat_map(|group| group.row_refs()).filter(is_new);
    let known = latest.values().map(|one| one.at).max();
    // what came last is the newest, unless the device's times say otherwise
    if known.into_iter().chain(rows().map(|row| row.at)).is_sorted() {
        let mut newest = latest.clone();
        recall_backwards(&mut newest, rows().rev());
        // among too many names, those that came first have their places
        if newest.len() < LATEST_LIMIT {
            *latest = newest;
            return;
        }
    }
    for row in rows() {
        if let Ok(values) = serde_json::from_str::<Map<String, Value>>(row.body) {
            remember_all(latest, row.component, &values, row.at, row.received);
        }
    }
}

/// Takes the newest values out of rows, which come the newest first.
fn recall_backwards<'r>(latest: &mut LatestValues, rows: impl Iterator<Item = RowRef<'r>>) {
    let mut done: BTreeMap<Option<&str>, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        let done = done.entry(row.component).or_default();
        let mut reader = Deserializer::from_str(row.body);
        let unread = Unread(done).deserialize(&mut reader);
        // what is no JSON to its end has no values
        let Ok(values) = unread.and_then(|values| reader.end().map(|()| values)) else { continue };
        for (name, value) in values {
            if remember(latest, row.component, &name, &value, row.at) {
                done.insert(name);
            }
        }
    }
}

/// Reads the values of names that are not done.
struct Unread<'a>(&'a BTreeSet<String>);

impl<'de> DeserializeSeed<'de> for Unread<'_> {
    type Value = Map<String, Value>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Unread<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = members.next_key_seed(UnreadName(self.0))? {
            match name {
                Some(name) => drop(values.insert(name, members.next_value()?)),
                None => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(values)
    }
}

/// Reads a name, unless it is done.
struct UnreadName<'a>(&'a BTreeSet<String>);

impl<'de> DeserializeSeed<'de> for UnreadName<'_> {
    type Value = Option<String>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for UnreadName<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok((!self.0.contains(name)).then(|| name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::tests::{NOW, connected};
    use super::*;
    use crate::topics::Bag;

    #[test]
    fn what_is_recalled_is_what_was_remembered_as_it_came() {
        let (mut state, _) = connected("d");
        let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(5_000));
        for (component, body) in [
            ("", r#"{"a":1,"b":2}"#),
            ("c", r#"{"a":3}"#),
            ("", r#"{"a":4,"a":5,"nested":{"x":[1]}}"#),
            ("", &long),
            ("", r#"{"b":6"#),
            ("", r#"{"b":7} x"#),
            ("", "[8]"),
        ] {
            let bag = Bag::parse(&format!("$.sub={component}")).unwrap();
            state.telemetry("d", &bag, body.as_bytes(), NOW);
        }
        let device = state.device("d").unwrap();
        let recalled = later(LatestValues::new(), device.history.groups(), 0);
        assert_eq!(format!("{:?}", *recalled), format!("{:?}", *device.latest));
        assert_eq!(recalled.len(), 4);
    }

    #[test]
    fn values_that_came_late_are_recalled_as_they_were_remembered() {
        let (mut state, _) = connected("d");
        let mut say = |second: i64, body: &str| {
            let mut bag = Bag::default();
            bag.insert("iothub-creation-time-utc", &(NOW + SignedDuration::from_secs(second)).to_string());
            state.telemetry("d", &bag, body.as_bytes(), NOW);
        };
        say(-10, r#"{"a":1}"#);
        say(-5, r#"{"a":2,"b":3}"#);
        say(-7, r#"{"a":4,"c":5}"#);
        say(100, r#"{"c":6}"#);
        say(-6, r#"{"b":7,"c":8}"#);
        let device = state.device("d").unwrap();
        let recalled = later(LatestValues::new(), device.history.groups(), 0);
        assert_eq!(format!("{:?}", *recalled), format!("{:?}", *device.latest));
        let values: Vec<_> = recalled.values().map(|one| one.value.to_string()).collect();
        assert_eq!(values, ["2", "3", "8"]);
    }

    #[test]
    fn names_beyond_the_limit_are_left_out_as_they_were_when_they_came() {
        let (mut state, _) = connected("d");
        for first in [0, 300] {
            let names = (first..first + 300).map(|number| format!(r#""n{number}":{number}"#));
            let body = format!("{{{}}}", names.collect::<Vec<_>>().join(","));
            state.telemetry("d", &Bag::default(), body.as_bytes(), NOW);
        }
        let device = state.device("d").unwrap();
        let recalled = later(LatestValues::new(), device.history.groups(), 0);
        assert_eq!(recalled.len(), LATEST_LIMIT);
        assert!(recalled.keys().eq(device.latest.keys()));
    }
}
