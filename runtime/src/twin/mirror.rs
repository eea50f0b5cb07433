//! Which keys the hub's reported properties have, so that a value that replaces another also takes its keys away.
//!
//! A reported patch is merged into what the hub holds (RFC 7396): an entry that a map no longer has stays there unless
//! the patch says null. The keys are learned from the fetched twin and from every patch the hub has taken. Values are
//! not kept. Begin with [`Mirror::patch`].

use std::collections::BTreeMap;

use serde_json::Map;

use super::requests::Field;
use crate::convention::envelope;
use crate::json::Json;
use crate::table::{Convention, ModelTable};

/// The keys of an object, with those below them; what is no object has none.
#[derive(Debug, Default, PartialEq)]
struct Keys(BTreeMap<Box<str>, Keys>);

impl Keys {
    fn of(value: &Json) -> Self {
        let fields = value.as_object().into_iter().flatten();
        Self(fields.map(|(name, value)| (name.as_str().into(), Self::of(value))).collect())
    }

    /// What a merge patch leaves of them.
    fn merge(&mut self, patch: &Json) {
        let Json::Object(changes) = patch else {
            self.0.clear();
            return;
        };
        for (name, change) in changes {
            if change.is_null() {
                self.0.remove(name.as_str());
            } else {
                self.0.entry(name.as_str().into()).or_default().merge(change);
            }
        }
    }

    /// The patch that makes a value with these keys exactly `value`.
    fn replaced_by(&self, value: &Json) -> Json {
        let Json::Object(fields) = value else {
            return value.clone();
        };
        let none = Self::default();
        let keep = |(name, value): (&String, &Json)| {
            (name.clone(), self.0.get(name.as_str()).unwrap_or(&none).replaced_by(value))
        };
        let mut patch: Map<String, Json> = fields.iter().map(keep).collect();
        let gone = self.0.keys().filter(|name| !fields.contains_key(&***name));
        patch.extend(gone.map(|name| (String::from(&**name), Json::Null)));
        Json::Object(patch)
    }
}

/// What the hub holds, as far as it is known.
#[derive(Debug)]
pub(super) struct Mirror {
    model: ModelTable,
    keys: Keys,
}

impl Mirror {
    pub(super) fn new(model: ModelTable) -> Self {
        Self { model, keys: Keys::default() }
    }

    /// The hub's reported properties, whole. Those the model knows nothing of are never patched, so they are not kept.
    pub(super) fn fetched(&mut self, reported: &Map<String, Json>) {
        let known = |name: &str| match self.model.convention {
            Convention::Pnp if self.model.part(Some(name)).is_some() => true,
            Convention::Pnp => self.model.part(None).is_some_and(|part| part.has(name)),
            Convention::Central2020 => self.model.parts.iter().any(|part| part.has(name)),
        };
        let known = reported.iter().filter(|(name, _)| known(name));
        self.keys = Keys(known.map(|(name, value)| (name.as_str().into(), Keys::of(value))).collect());
    }

    /// The hub has taken a patch.
    pub(super) fn merged(&mut self, patch: &Json) {
        self.keys.merge(patch);
    }

    /// The patch after which the hub holds exactly these values in these fields.
    pub(super) fn patch<'a>(&self, fields: impl Iterator<Item = &'a Field>) -> Json {
        let none = Keys::default();
        let mut parts: BTreeMap<Option<&str>, Map<String, Json>> = BTreeMap::new();
        for Field { component, name, value, .. } in fields {
            let component = component.filter(|_| self.model.convention == Convention::Pnp);
            let owner = component.map_or(Some(&self.keys), |component| self.keys.0.get(component));
            let known = owner.and_then(|owner| owner.0.get(name.as_str())).unwrap_or(&none);
            parts.entry(component).or_default().insert(name.clone(), known.replaced_by(value));
        }
        let mut patch = Map::new();
        for (component, fields) in parts {
            patch.extend(envelope::patch(self.model.convention, component, fields));
        }
        Json::Object(patch)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::merge;

    fn value() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![any::<bool>().prop_map(Json::from), (0..9).prop_map(Json::from)];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
                proptest::collection::btree_map("[a-d]", inner, 0..4)
                    .prop_map(|fields| Json::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_merged_replacement_is_exactly_the_new_value(values in proptest::collection::vec(value(), 1..6)) {
            let (mut hub, mut keys) = (Json::Null, Keys::default());
            for value in values {
                let patch = keys.replaced_by(&value);
                merge(&mut hub, &patch);
                keys.merge(&patch);
                prop_assert_eq!(&hub, &value);
                prop_assert_eq!(&keys, &Keys::of(&hub));
            }
        }
    }

    #[test]
    fn a_component_keeps_its_other_fields() {
        const MODEL: ModelTable = ModelTable {
            id: "dtmi:x;1",
            convention: Convention::Pnp,
            parts: &[crate::table::PartTable {
                component: Some("sensor"),
                telemetry: &[],
                properties: &[],
                commands: &[],
            }],
        };
        let mut mirror = Mirror::new(MODEL);
        let reported =
            json!({ "sensor": { "__t": "c", "tags": { "a": 1, "b": 2 }, "on": true }, "old": { "x": 1 } });
        mirror.fetched(reported.as_object().unwrap());
        let field = Field::new(Some("sensor"), "tags", json!({ "b": 3 }));
        let patch = json!({ "sensor": { "__t": "c", "tags": { "a": null, "b": 3 } } });
        assert_eq!(mirror.patch([field].iter()), patch);
    }
}
