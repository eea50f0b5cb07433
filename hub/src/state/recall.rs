//! The newest values of a device out of many rows, when the hub starts: each name is read once, in the newest row that
//! has it.
//!
//! Decides the same as taking the rows one after the other as they came ([`super::telemetry::remember`]), in less time: a
//! value that is not the newest is passed over without being made. Begin with [`recall`].

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::{Deserializer, Value};

use super::device::LatestValues;
use super::history::{Kind, Row};
use super::telemetry::remember;

/// Names by component.
type Names = BTreeSet<(Option<String>, String)>;

/// Takes the newest values out of rows, which come the newest first.
pub(super) fn recall<'r>(latest: &mut LatestValues, rows: impl Iterator<Item = &'r Arc<Row>>) {
    let mut done = Names::new();
    for row in rows.filter(|row| row.kind == Kind::Telemetry) {
        let component = row.component.as_deref();
        let mut reader = Deserializer::from_str(&row.body);
        let unread = Unread { done: &done, component }.deserialize(&mut reader);
        // what is no JSON to its end has no values
        let Ok(values) = unread.and_then(|values| reader.end().map(|()| values)) else { continue };
        for (name, value) in values {
            if remember(latest, component, &name, &value, row.at) {
                done.insert((row.component.clone(), name));
            }
        }
    }
}

/// Reads the values of names that are not done.
struct Unread<'a> {
    done: &'a Names,
    component: Option<&'a str>,
}

impl<'de> DeserializeSeed<'de> for Unread<'_> {
    type Value = serde_json::Map<String, Value>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Unread<'_> {
    type Value = serde_json::Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut values = serde_json::Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let name = (self.component.map(str::to_owned), name);
            if self.done.contains(&name) {
                members.next_value::<IgnoredAny>()?;
            } else {
                values.insert(name.1, members.next_value()?);
            }
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
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
        let rows: Vec<Arc<Row>> = device.history.iter().rev().collect();
        let mut recalled = LatestValues::new();
        recall(&mut recalled, rows.iter());
        assert_eq!(format!("{recalled:?}"), format!("{:?}", device.latest));
        assert_eq!(recalled.len(), 4);
    }
}
