//! Changes of twins: what devices report and what the service side desires.
//!
//! Decides who is told of a change. The merge itself is in [`crate::twin`]. Begin with [`State::report`].

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::history::Kind;
use super::{Effect, State, StateError, StoreKey};
use crate::faults::Fault;
use crate::feed::Source;
use crate::topics::{self, Subscription};
use crate::twin;

impl State {
    /// A device's patch of its reported properties; answers the new version.
    pub(crate) fn report(
        &mut self,
        id: &str,
        patch: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<u64, StateError> {
        let before = self.properties_before(id);
        let twin = &mut self.device_mut(id)?.record.twin;
        let version = twin.reported.patch(patch, now)?;
        twin.version += 1;
        self.device_mut(id)?.record.last_seen = Some(now);
        self.push_row(id, Kind::Property, None, Value::Object(patch.clone()).to_string(), None, now);
        self.twin_changed(id, &before);
        self.tell_twin(id, &json!({ "properties": { "reported": patch } }));
        for (name, value) in patch {
            match value.as_object().filter(|inner| inner.contains_key("__t")) {
                Some(component) => {
                    for (inner, value) in component {
                        self.complete_command(id, Some(name), inner, value, now);
                    }
                }
                None => self.complete_command(id, None, name, value, now),
            }
        }
        Ok(version)
    }

    /// Merges desired properties; the device is told if it listens. Answers the new version.
    pub(crate) fn desire(
        &mut self,
        id: &str,
        patch: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<u64, StateError> {
        let before = self.properties_before(id);
        let twin = &mut self.device_mut(id)?.record.twin;
        let version = twin.desired.patch(patch, now)?;
        twin.count_revision();
        self.notify_desired(id, patch, version);
        self.twin_changed(id, &before);
        self.tell_twin(id, &json!({ "properties": { "desired": patch } }));
        Ok(version)
    }

    /// Changes desired properties and tags together, as the service API does: all or nothing.
    pub(crate) fn patch_twin(
        &mut self,
        id: &str,
        desired: Option<&Map<String, Value>>,
        tags: Option<&Map<String, Value>>,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let mut twin = self.device(id)?.record.twin.clone();
        if desired.is_none() && tags.is_none() {
            // nothing of what the service side may change: versions and etags stay
            return Ok(());
        }
        let before = self.properties_before(id);
        if let Some(tags) = tags {
            twin.patch_tags(tags)?;
        }
        let version = desired.map(|desired| twin.desired.patch(desired, now)).transpose()?;
        twin.count_revision();
        self.device_mut(id)?.record.twin = twin;
        if let (Some(desired), Some(version)) = (desired, version) {
            self.notify_desired(id, desired, version);
        }
        self.twin_changed(id, &before);
        self.tell_twin(id, &json!({ "tags": tags, "properties": { "desired": desired } }));
        Ok(())
    }

    /// Replaces desired properties and tags, where given; the device is told what is new and what is gone.
    pub(crate) fn replace_twin(
        &mut self,
        id: &str,
        desired: Option<&Map<String, Value>>,
        tags: Option<&Map<String, Value>>,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let before = self.properties_before(id);
        let mut twin = self.device(id)?.record.twin.clone();
        if let Some(tags) = tags {
            twin.tags = Map::new();
            twin.patch_tags(tags)?;
        }
        let mut told = None;
        if let Some(desired) = desired {
            let patch = twin::replacing(twin.desired.values(), desired);
            told = Some((patch, twin.desired.replace(desired, now)?));
        }
        twin.count_revision();
        self.device_mut(id)?.record.twin = twin;
        if let Some((patch, version)) = told {
            self.notify_desired(id, &patch, version);
        }
        self.twin_changed(id, &before);
        let body = json!({ "tags": tags, "properties": { "desired": desired } });
        self.tell(Source::Twin, id, "replaceTwin", &body);
        Ok(())
    }

    fn notify_desired(&mut self, id: &str, patch: &Map<String, Value>, version: u64) {
        let listening =
            self.devices.get(id).and_then(|device| device.listening(Subscription::DesiredPatches));
        if let Some(session) = listening {
            let payload = twin::notification(patch, version).to_string().into_bytes();
            let topic = topics::desired_patch(version);
            let patch = Effect::Send { session, topic, payload };
            if self.faults.strikes(id, Fault::LosePatch) {
                return;
            }
            if self.faults.strikes(id, Fault::RepeatPatch) {
                self.effects.push(patch.clone());
            }
            self.effects.push(patch);
        }
    }

    fn tell_twin(&mut self, id: &str, body: &Value) {
        self.tell(Source::Twin, id, "updateTwin", body);
    }

    fn twin_changed(&mut self, id: &str, before: &[super::properties::Prop]) {
        self.dirty.insert(StoreKey::Device(id.to_owned()));
        self.emit_properties(id, Some(before));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, connected};
    use super::*;

    fn object(value: &Value) -> &Map<String, Value> {
        value.as_object().unwrap()
    }

    #[test]
    fn tells_a_listening_device_what_is_desired() {
        let (mut state, session) = connected("d1");
        state.desire("d1", object(&json!({ "a": 1 })), NOW).unwrap();
        let sends = |state: &mut State| {
            let effects = state.take_effects();
            effects.into_iter().find_map(|effect| match effect {
                Effect::Send { session: to, topic, payload } => Some((to, topic, payload)),
                _ => None,
            })
        };
        assert_eq!(sends(&mut state), None, "not subscribed");
        state.subscribe("d1", session, Subscription::DesiredPatches, true, NOW);
        state.desire("d1", object(&json!({ "a": 2 })), NOW).unwrap();
        let (to, topic, payload) = sends(&mut state).unwrap();
        assert_eq!(to, session);
        assert_eq!(topic, "$iothub/twin/PATCH/properties/desired/?$version=3");
        assert_eq!(serde_json::from_slice::<Value>(&payload).unwrap(), json!({ "a": 2, "$version": 3 }));
    }

    #[test]
    fn a_replaced_twin_tells_what_is_gone_at_every_depth() {
        let (mut state, session) = connected("d1");
        state.subscribe("d1", session, Subscription::DesiredPatches, true, NOW);
        state.desire("d1", object(&json!({ "a": 1, "limits": { "low": 1, "high": 9 } })), NOW).unwrap();
        let _ = state.take_effects();
        let new = json!({ "b": 1, "limits": { "high": 8 } });
        state.replace_twin("d1", Some(object(&new)), None, NOW).unwrap();
        let told = state.take_effects().into_iter().find_map(|effect| match effect {
            Effect::Send { payload, .. } => serde_json::from_slice::<Value>(&payload).ok(),
            _ => None,
        });
        let limits = json!({ "low": null, "high": 8 });
        assert_eq!(told, Some(json!({ "a": null, "b": 1, "limits": limits, "$version": 3 })));
    }

    #[test]
    fn a_refused_patch_changes_neither_part() {
        let (mut state, _) = connected("d1");
        let (bad, tags) = (json!({ "a b": 1 }), json!({ "site": "x" }));
        assert!(state.patch_twin("d1", Some(object(&bad)), Some(object(&tags)), NOW).is_err());
        assert!(state.device("d1").unwrap().record.twin.tags.is_empty());
    }
}
