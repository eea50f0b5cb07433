//! The properties of a device as the page shows them, and the operator's changes of them.
//!
//! Decides which properties a twin and a model have together and how a change goes on the wire; the
//! sync state of each comes from [`crate::sync`]. Begin with [`State::properties_of`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::device::Device;
use super::{State, StateError};
use crate::sync::{self, Inputs, Sync};
use crate::twin::{replacing_value, value_problem};
use crate::view::{Convention, ModelView};

/// One property: the page's `PROP`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Prop {
    component: Option<String>,
    name: String,
    desired: Option<Value>,
    desired_version: Option<u64>,
    desired_at: Option<String>,
    reported: Option<Value>,
    reported_at: Option<String>,
    sync: Sync,
    code: Option<i64>,
    /// The version the device acknowledged.
    acknowledged: Option<u64>,
    /// The device's own words.
    description: Option<String>,
    /// Whether the device chose another value than it was asked for.
    differs: bool,
    note: Option<String>,
}

impl Prop {
    fn path(&self) -> Path<'_> {
        (self.component.as_deref(), &self.name)
    }
}

/// What an operator wants a property to be; `null` withdraws the wish.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct PropertyWrite {
    #[serde(default)]
    pub(crate) component: Option<String>,
    pub(crate) name: String,
    pub(crate) value: Value,
}

/// Why one property cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct PropertyProblem {
    pub(crate) component: Option<String>,
    pub(crate) name: String,
    pub(crate) message: String,
}

impl State {
    /// The properties in the twin or the model of a device, sorted by component and name.
    pub(crate) fn properties_of(&self, id: &str) -> Vec<Prop> {
        let Some(device) = self.devices.get(id) else {
            return Vec::new();
        };
        let model = self.model_of(device).map(|model| &model.view);
        let of_device = paths(device, model).into_iter();
        of_device
            .map(|(component, name)| prop(device, model, component, name))
            .chain(self.cloud_values(device))
            .collect()
    }

    /// The properties as they are, for whoever is told what changes; nothing when nobody looks at the device.
    pub(super) fn properties_before(&self, id: &str) -> Vec<Prop> {
        if self.followed.has_device(id) { self.properties_of(id) } else { Vec::new() }
    }

    /// Tells the pages which properties differ from `before` and which are gone; from nothing, all there are.
    pub(super) fn emit_properties(&mut self, id: &str, before: Option<&[Prop]>) {
        if !self.followed.has_device(id) {
            return;
        }
        let mut changed = self.properties_of(id);
        let mut removed: Vec<Value> = Vec::new();
        if let Some(before) = before {
            // by name: a twin has thousands of properties
            let before: BTreeMap<_, _> = before.iter().map(|prop| (prop.path(), prop)).collect();
            let after: BTreeSet<_> = changed.iter().map(Prop::path).collect();
            let gone = before.keys().filter(|path| !after.contains(*path));
            removed = gone.map(|(component, name)| json!({ "component": component, "name": name })).collect();
            changed.retain(|prop| before.get(&prop.path()).is_none_or(|before| *before != prop));
        }
        if !changed.is_empty() || !removed.is_empty() {
            let data = || json!({ "device": id, "properties": changed, "removed": removed });
            self.emit_about("properties", id, |_| data());
        }
    }

    /// Sets desired properties for an operator, checked against the model; answers the new version.
    ///
    /// A value replaces the one before: keys that an object no longer has are removed from it. Cloud properties stay in
    /// the hub.
    pub(crate) fn write_properties(
        &mut self,
        id: &str,
        writes: &[PropertyWrite],
        now: Timestamp,
    ) -> Result<u64, StateError> {
        let device = self.device(id)?;
        let model = self.model_of(device).map(|model| &model.view);
        let (cloud, writes): (Vec<_>, Vec<_>) =
            writes.iter().partition(|write| self.cloud_property(device, write).is_some());
        let cloud_problem =
            |write: &&PropertyWrite| self.cloud_property(device, write)?.problem(&write.value);
        let wrong = |write: &&PropertyWrite| {
            cloud_problem(write).map(|message| PropertyProblem {
                name: write.name.clone(),
                component: None,
                message,
            })
        };
        let problems: Vec<_> = writes
            .iter()
            .filter_map(|write| problem(model, write).or_else(|| unfit(write)))
            .chain(cloud.iter().filter_map(wrong))
            .collect();
        if !problems.is_empty() {
            return Err(StateError::Properties(problems));
        }
        let wrapped = is_wrapped(device, model);
        let mut patch = Map::new();
        for PropertyWrite { component, name, value } in writes {
            let value = if wrapped && !value.is_null() { json!({ "value": value }) } else { value.clone() };
            let path: Vec<&str> = component.as_deref().into_iter().chain([&**name]).collect();
            let value = replacing_value(lookup(device.record.twin.desired.values(), &path), &value);
            let target = match component {
                None => &mut patch,
                Some(component) => {
                    let slot = patch.entry(component.clone()).or_insert_with(|| json!({ "__t": "c" }));
                    match slot.as_object_mut() {
                        Some(inner) => inner,
                        None => continue,
                    }
                }
            };
            target.insert(name.clone(), value);
        }
        // what the twin refuses is all refused
        let version = match patch.is_empty() {
            true => self.device(id)?.record.twin.desired.version(),
            false => self.desire(id, &patch, now)?,
        };
        self.set_cloud_values(id, &cloud)?;
        Ok(version)
    }
}

impl Prop {
    /// A property that the hub keeps and no device knows.
    pub(super) fn of_cloud(name: &str, value: Option<&Value>) -> Self {
        Self {
            component: None,
            name: name.to_owned(),
            desired: value.cloned(),
            desired_version: None,
            desired_at: None,
            reported: None,
            reported_at: None,
            sync: if value.is_some() { Sync::Synced } else { Sync::None },
            code: None,
            acknowledged: None,
            description: None,
            differs: false,
            note: None,
        }
    }
}

fn problem(model: Option<&ModelView>, write: &PropertyWrite) -> Option<PropertyProblem> {
    let model = model?;
    let message = match model.property(write.component.as_deref(), &write.name) {
        None => "the model has no such property".to_owned(),
        Some(property) if !property.writable => "the property is not writable".to_owned(),
        Some(_) if write.value.is_null() => return None,
        Some(property) => property.schema.check(&write.value).err()?,
    };
    Some(PropertyProblem { component: write.component.clone(), name: write.name.clone(), message })
}

/// What the twin would refuse, said about the property that it is about.
fn unfit(write: &PropertyWrite) -> Option<PropertyProblem> {
    let PropertyWrite { component, name, value } = write;
    let message = value_problem(name, value, component.is_some())?.to_string();
    Some(PropertyProblem { component: component.clone(), name: name.clone(), message })
}

/// Devices of capability models read desired values out of `{"value": ..}`.
fn is_wrapped(device: &Device, model: Option<&ModelView>) -> bool {
    match model {
        Some(model) => model.convention == Convention::Central2020,
        None => device.record.model_id.as_deref().is_some_and(|id| id.starts_with("urn:")),
    }
}

type Path<'a> = (Option<&'a str>, &'a str);

fn paths<'a>(device: &'a Device, model: Option<&'a ModelView>) -> BTreeSet<Path<'a>> {
    let twin = &device.record.twin;
    let mut paths = BTreeSet::new();
    for values in [twin.desired.values(), twin.reported.values()] {
        for (key, value) in values {
            match value.as_object().filter(|inner| is_component(key, inner, model)) {
                Some(inner) => {
                    paths.extend(inner.keys().filter(|name| *name != "__t").map(|n| (Some(&**key), &**n)));
                }
                None => {
                    paths.insert((None, key));
                }
            }
        }
    }
    let Some(model) = model else { return paths };
    for group in &model.groups {
        let component = group.component.as_deref();
        paths.extend(group.properties.iter().map(|property| (component, &*property.name)));
        for command in &group.commands {
            // the progress of an asynchronous command is shown with the command
            if model.property(component, &command.name).is_none() {
                paths.remove(&(component, &*command.name));
            }
        }
    }
    paths
}

fn is_component(key: &str, value: &Map<String, Value>, model: Option<&ModelView>) -> bool {
    value.contains_key("__t") || model.is_some_and(|model| model.has_component(key))
}

fn prop(device: &Device, model: Option<&ModelView>, component: Option<&str>, name: &str) -> Prop {
    let twin = &device.record.twin;
    let path: Vec<&str> = component.into_iter().chain([name]).collect();
    let (desired, reported) = (lookup(twin.desired.values(), &path), lookup(twin.reported.values(), &path));
    let asked = desired.and(twin.desired.written(&path));
    let told = reported.and(twin.reported.written(&path));
    let outcome = sync::derive(&Inputs {
        desired,
        desired_version: asked.map(|(version, _)| version),
        reported,
        online: device.session.is_some(),
        wrapped: is_wrapped(device, model),
        schema: model.and_then(|model| Some(&model.property(component, name)?.schema)),
    });
    Prop {
        component: component.map(str::to_owned),
        name: name.to_owned(),
        desired: outcome.desired,
        desired_version: asked.map(|(version, _)| version),
        desired_at: asked.map(|(_, at)| at.to_owned()),
        reported: outcome.reported,
        reported_at: told.map(|(_, at)| at.to_owned()),
        sync: outcome.sync,
        code: outcome.code,
        acknowledged: outcome.acknowledged,
        description: outcome.description,
        differs: outcome.differs,
        note: outcome.note,
    }
}

fn lookup<'a>(values: &'a Map<String, Value>, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(values.get(*first)?, |value, name| value.get(name))
}

#[cfg(test)]
mod tests {
    use super::super::Effect;
    use super::super::templates::Target;
    use super::super::tests::{NOW, connected, sensor_model};
    use super::*;
    use crate::topic::{Followed, Topic};
    use crate::topics::Subscription;

    fn write(name: &str, value: Value) -> PropertyWrite {
        PropertyWrite { component: None, name: name.to_owned(), value }
    }

    #[test]
    fn wraps_desired_values_for_a_capability_model() {
        let (mut state, _) = connected("d1");
        state.add_model(sensor_model());
        state.assign_model("d1", Some("urn:test:sensor:1"), NOW).unwrap();
        assert_eq!(state.write_properties("d1", &[write("brightness", json!(2))], NOW), Ok(2));
        let device = state.device("d1").unwrap();
        let desired = Value::Object(device.record.twin.desired.values().clone());
        assert_eq!(desired, json!({ "brightness": { "value": 2 } }));
        let props = json!(state.properties_of("d1"));
        assert_eq!((&props[0]["desired"], &props[0]["sync"]), (&json!(2), &json!("pending")));
        assert_eq!(props[1]["sync"], json!("none"), "{props}");
    }

    #[test]
    fn a_map_that_lost_a_key_loses_it_in_the_twin_and_at_the_device() {
        for (model, wrapped) in [(None, false), (Some("urn:test:other:1"), true)] {
            let (mut state, session) = connected("d1");
            state.connect("d1", session, model, true, NOW).unwrap();
            state.subscribe("d1", session, Subscription::DesiredPatches, true, NOW);
            let full = json!({ "low": 1, "high": { "day": 8, "night": 9 } });
            state.write_properties("d1", &[write("limits", full)], NOW).unwrap();
            let _ = state.take_effects();
            let less = json!({ "high": { "day": 7 } });
            state.write_properties("d1", &[write("limits", less.clone())], NOW).unwrap();
            assert_eq!(json!(state.properties_of("d1"))[0]["desired"], less, "wrapped: {wrapped}");
            let told = state.take_effects().into_iter().find_map(|effect| match effect {
                Effect::Send { payload, .. } => serde_json::from_slice::<Value>(&payload).ok(),
                _ => None,
            });
            let removal = json!({ "low": null, "high": { "day": 7, "night": null } });
            let removal = if wrapped { json!({ "value": removal }) } else { removal };
            assert_eq!(told, Some(json!({ "limits": removal, "$version": 3 })));
        }
    }

    #[test]
    fn refuses_what_the_model_does_not_allow_naming_each_value() {
        let (mut state, _) = connected("d1");
        state.add_model(sensor_model());
        state.assign_model("d1", Some("urn:test:sensor:1"), NOW).unwrap();
        let writes = [write("brightness", json!("x")), write("state", json!(true)), write("z", json!(1))];
        let Err(StateError::Properties(problems)) = state.write_properties("d1", &writes, NOW) else {
            panic!("all three are wrong");
        };
        assert_eq!(problems.len(), 3);
        assert_eq!(problems[0].message, "expected a whole number, got string");
        assert_eq!(state.device("d1").unwrap().record.twin.desired.version(), 1);
    }

    #[test]
    fn of_many_properties_the_pages_are_told_the_one_that_changed() {
        let (mut state, _) = connected("d1");
        state.followed = Followed::new([Topic::Device("d1".to_owned())].iter());
        let many: Map<_, _> = (0..3000).map(|n| (format!("p{n}"), json!(""))).collect();
        state.report("d1", &many, NOW).unwrap();
        let told = |state: &mut State| {
            state.take_effects().into_iter().find_map(|effect| match effect {
                Effect::Emit(event) if event.name == "properties" => Some(event.data["properties"].clone()),
                _ => None,
            })
        };
        assert_eq!(told(&mut state).unwrap().as_array().unwrap().len(), 3000);
        let later = NOW + jiff::SignedDuration::from_secs(1);
        state.report("d1", json!({ "p7": "x" }).as_object().unwrap(), later).unwrap();
        let told = told(&mut state).unwrap();
        assert_eq!((told.as_array().unwrap().len(), &told[0]["name"]), (1, &json!("p7")));
    }

    #[test]
    fn what_a_twin_loses_is_told_to_the_pages() {
        let (mut state, _) = connected("d1");
        state.followed = Followed::new([Topic::Device("d1".to_owned())].iter());
        let told = |state: &mut State| {
            state.take_effects().into_iter().find_map(|effect| match effect {
                Effect::Emit(event) if event.name == "properties" => Some(event.data),
                _ => None,
            })
        };
        let reported = json!({ "a": 1, "b": 2, "c": { "__t": "c", "x": 1 } });
        state.report("d1", reported.as_object().unwrap(), NOW).unwrap();
        assert_eq!(told(&mut state).unwrap()["removed"], json!([]));
        state.report("d1", json!({ "b": null, "c": null }).as_object().unwrap(), NOW).unwrap();
        let gone = json!([{ "component": null, "name": "b" }, { "component": "c", "name": "x" }]);
        let data = told(&mut state).unwrap();
        assert_eq!((&data["removed"], &data["properties"]), (&gone, &json!([])));
        state.write_properties("d1", &[write("d", json!(1))], NOW).unwrap();
        let _ = state.take_effects();
        state.write_properties("d1", &[write("d", Value::Null)], NOW).unwrap();
        assert_eq!(told(&mut state).unwrap()["removed"], json!([{ "component": null, "name": "d" }]));
    }

    #[test]
    fn what_is_refused_of_the_twin_leaves_cloud_properties_as_they_were() {
        let (mut state, _) = connected("d1");
        state.add_model(sensor_model());
        state.assign_model("d1", Some("urn:test:sensor:1"), NOW).unwrap();
        let id = state.device("d1").unwrap().record.template.clone().unwrap();
        let target = Target { id: &id, etag: None };
        let cloud = json!([{ "name": "site", "schema": "string" }]);
        state.set_cloud_properties(target, serde_json::from_value(cloud).unwrap(), NOW).unwrap();
        state.publish_template(target, NOW).unwrap();
        let writes = [write("site", json!("here")), write("brightness", json!(1_i64 << 60))];
        assert!(state.write_properties("d1", &writes, NOW).is_err());
        assert!(state.device("d1").unwrap().record.cloud.is_empty());
    }

    #[test]
    fn marks_components_and_finds_them_again() {
        let (mut state, _) = connected("d1");
        let component = Some("sensor".to_owned());
        let writes = [PropertyWrite { component, name: "rate".into(), value: json!(5) }];
        state.write_properties("d1", &writes, NOW).unwrap();
        let ack = json!({ "sensor": { "__t": "c", "rate": { "value": 5, "ac": 200, "av": 2 } } });
        state.report("d1", ack.as_object().unwrap(), NOW).unwrap();
        let props = json!(state.properties_of("d1"));
        assert_eq!(props[0]["component"], json!("sensor"));
        assert_eq!(props[0]["sync"], json!("synced"));
    }
}
