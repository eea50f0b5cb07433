//! The device registry: making, changing and deleting devices, and checking a device's token.
//!
//! Decides what an identity may look like and what a change of it closes. The service's JSON for it is
//! in [`crate::rest`]. Begin with [`State::create`].

use jiff::Timestamp;

use serde_json::json;

use super::device::{Device, Edge, Record, is_device_id};
use super::modules::split_module;
use super::{CloseReason, Effect, State, StateError, StoreKey};
use crate::certificate::{CertificateError, Known, Presented};
use crate::feed::Source;
use crate::sas::{Key, SasError, Token};
use crate::topic::Topic;
use crate::topics;
use crate::twin::Twin;

/// The two keys of a device.
#[derive(Debug, Clone)]
pub(crate) struct DeviceKeys {
    pub(crate) primary: Key,
    pub(crate) secondary: Key,
}

/// What to change of an identity; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeviceChange {
    pub(crate) enabled: Option<bool>,
    pub(crate) status_reason: Option<String>,
    pub(crate) primary: Option<Key>,
    pub(crate) secondary: Option<Key>,
    /// What the device is to be known by from now on.
    pub(crate) certificates: Option<Option<Known>>,
    pub(crate) edge: Option<Edge>,
}

/// Why a device's connection is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AuthError {
    #[error("there is no device {0:?} in the registry: provision it first, or create it")]
    Unknown(String),
    #[error("the device is disabled")]
    Disabled,
    #[error(
        "the token names the policy {0:?} (skn), which lets no device connect: name none with a device's own key, or one \
         that has the right (device, iothubowner)"
    )]
    Policy(String),
    #[error(transparent)]
    Token(#[from] SasError),
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

impl State {
    /// Makes a device; without keys it gets random ones.
    pub(crate) fn create(
        &mut self,
        id: &str,
        keys: Option<DeviceKeys>,
        enabled: bool,
        now: Timestamp,
    ) -> Result<&Device, StateError> {
        if !is_device_id(id) {
            return Err(StateError::BadId(id.chars().take(140).collect()));
        }
        self.insert(id, keys, enabled, now)
    }

    /// Makes a device or a module whose id is good.
    pub(super) fn insert(
        &mut self,
        id: &str,
        keys: Option<DeviceKeys>,
        enabled: bool,
        now: Timestamp,
    ) -> Result<&Device, StateError> {
        if self.devices.contains_key(id) {
            return Err(StateError::Exists(id.to_owned()));
        }
        let random = || Key::random().map_err(|error| StateError::Random(error.to_string()));
        let DeviceKeys { primary, secondary } = match keys {
            Some(keys) => keys,
            None => DeviceKeys { primary: random()?, secondary: random()? },
        };
        let record = Record {
            id: id.to_owned(),
            number: self.next_device,
            name: None,
            generation: now.as_nanosecond().to_string(),
            etag: 1,
            enabled,
            unapproved: None,
            status_reason: None,
            status_updated: None,
            primary,
            secondary,
            certificates: None,
            enrolled: false,
            edge: Edge::default(),
            model_id: None,
            template: None,
            cloud: std::collections::BTreeMap::new(),
            provisioned: false,
            created: now,
            last_seen: None,
            connection_changed: None,
            messages: 0,
            twin: Twin { version: 1, ..Twin::default() },
        };
        self.next_device += 1;
        self.insert_device(Device::new(record));
        self.dirty.extend([StoreKey::Counters(String::new()), StoreKey::Device(id.to_owned())]);
        self.emit_device(id);
        let operation =
            if split_module(id).is_some() { "createModuleIdentity" } else { "createDeviceIdentity" };
        self.tell(Source::Lifecycle, id, operation, &json!({}));
        self.device(id)
    }

    pub(super) fn insert_device(&mut self, device: Device) {
        let id = device.record.id.clone();
        self.lower_ids.insert((id.to_ascii_lowercase(), id.clone()));
        self.devices.insert(id, device);
    }

    /// The first device whose id is this one but for the case of its letters.
    pub(super) fn device_in_any_case(&self, id: &str) -> Option<&Device> {
        let lower = id.to_ascii_lowercase();
        let (found, id) = self.lower_ids.range((lower.clone(), String::new())..).next()?;
        self.devices.get(id).filter(|_| *found == lower)
    }

    /// Deletes a device or a module with all its history and its modules; its connection is closed.
    pub(crate) fn delete(&mut self, id: &str) -> Result<(), StateError> {
        self.device(id)?;
        self.with_modules(id).iter().try_for_each(|id| self.delete_one(id))
    }

    fn delete_one(&mut self, id: &str) -> Result<(), StateError> {
        let device = self.devices.remove(id).ok_or_else(|| StateError::NotFound(id.to_owned()))?;
        self.lower_ids.remove(&(id.to_ascii_lowercase(), id.to_owned()));
        if let Some(session) = device.session {
            self.effects.push(Effect::Close { session: session.id, reason: CloseReason::Deleted });
            // the rows of the calls are gone with the device: only their callers are told
            self.lose_calls(session.id, session.since);
        }
        let commands = device.commands.iter().map(|row| StoreKey::Command(id.to_owned(), row.id));
        let messages = device.inbox.numbers().map(|number| StoreKey::Message(id.to_owned(), number));
        let device = [StoreKey::Device(id.to_owned()), StoreKey::Pulse(id.to_owned())];
        self.dirty.extend(commands.chain(messages).chain(device));
        let is_device = split_module(id).is_none();
        if is_device {
            self.drop_uploads(id);
            let topics = vec![Topic::Devices, Topic::Device(id.to_owned())];
            self.emit("device", topics, json!({ "id": id, "deleted": true }));
        }
        let operation = if is_device { "deleteDeviceIdentity" } else { "deleteModuleIdentity" };
        self.tell(Source::Lifecycle, id, operation, &json!({}));
        Ok(())
    }

    /// Changes an identity; a device that is disabled by it is disconnected.
    pub(crate) fn change(
        &mut self,
        id: &str,
        change: DeviceChange,
        now: Timestamp,
    ) -> Result<&Device, StateError> {
        let device = self.device_mut(id)?;
        let record = &mut device.record;
        record.etag += 1;
        record.primary = change.primary.unwrap_or_else(|| record.primary.clone());
        record.secondary = change.secondary.unwrap_or_else(|| record.secondary.clone());
        if let Some(certificates) = change.certificates {
            record.certificates = certificates;
        }
        record.status_reason = change.status_reason;
        if let Some(edge) = change.edge {
            record.edge = edge;
        }
        if let Some(enabled) = change.enabled.filter(|enabled| *enabled != record.enabled) {
            record.enabled = enabled;
            record.status_updated = Some(now);
            record.unapproved = record.unapproved.filter(|_| !enabled);
        }
        if !device.record.enabled {
            let concerned = self.with_modules(id).into_iter();
            let sessions = concerned.filter_map(|id| Some(self.devices.get(&id)?.session.as_ref()?.id));
            let close = |session| Effect::Close { session, reason: CloseReason::Disabled };
            let closed: Vec<Effect> = sessions.map(close).collect();
            self.effects.extend(closed);
        }
        self.dirty.insert(StoreKey::Device(id.to_owned()));
        self.emit_device(id);
        self.device(id)
    }

    /// Lets a device be known by certificates from now on.
    pub(crate) fn know_by(&mut self, id: &str, certificates: Known) -> Result<(), StateError> {
        self.device_mut(id)?.record.certificates = Some(certificates);
        self.dirty.insert(StoreKey::Device(id.to_owned()));
        Ok(())
    }

    /// What else is known of a device that was just made.
    pub(crate) fn describe(
        &mut self,
        id: &str,
        status_reason: Option<String>,
        edge: Option<Edge>,
    ) -> Result<(), StateError> {
        let record = &mut self.device_mut(id)?.record;
        record.status_reason = status_reason;
        record.edge = edge.unwrap_or_default();
        Ok(())
    }

    /// Gives a device the published template of a model, which is made of one that was added before, or takes its
    /// template away.
    pub(crate) fn assign_model(
        &mut self,
        id: &str,
        model: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let Some(model) = model else { return self.assign_template(id, None) };
        let template = self.find_template(model, now);
        let template = template.ok_or_else(|| StateError::UnknownModel(model.to_owned()))?;
        self.assign_template(id, Some(&template))
    }

    /// Checks what a device comes with; answers when it expires.
    pub(crate) fn authenticate<'a>(
        &self,
        id: &str,
        presented: impl Into<Presented<'a>>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AuthError> {
        let Presented { password, certificate } = presented.into();
        let device = self.devices.get(id).ok_or_else(|| AuthError::Unknown(id.to_owned()))?;
        let owner = split_module(id).and_then(|(owner, _)| self.devices.get(owner));
        if !device.record.enabled || owner.is_some_and(|owner| !owner.record.enabled) {
            return Err(AuthError::Disabled);
        }
        if let Ok(token) = Token::parse(password)
            && let Some(policy) = token.policy()
        {
            let keys = self.device_policies.get(policy);
            let keys = keys.ok_or_else(|| AuthError::Policy(policy.chars().take(140).collect()))?;
            let path = format!("devices/{}", topics::path(id));
            let is_others = |key: String| self.devices.contains_key(&key);
            if !token.covers(&path) || token.names_other_than(&path).is_some_and(is_others) {
                let wanted = format!("{}/{path}", self.host_name);
                return Err(SasError::WrongResource { found: token.resource().to_owned(), wanted }.into());
            }
            token.verify(keys, now)?;
            return Ok(token.expires_at());
        }
        if let Some(known) = &device.record.certificates {
            known.check(id, certificate, self.authorities(), now)?;
            // it was there, or the check had failed
            return Ok(certificate.and_then(|presented| presented.certificate().until()));
        }
        let token = Token::parse(password)?;
        // the host part may be any name the device reached the hub by
        let (_, signed_for) = token.resource().rsplit_once("/devices/").unwrap_or_default();
        let path = topics::path(id);
        if !signed_for.eq_ignore_ascii_case(&path) {
            let wanted = format!("localhost/devices/{path}");
            return Err(SasError::WrongResource { found: token.resource().to_owned(), wanted }.into());
        }
        token.verify([&device.record.primary, &device.record.secondary], now)?;
        Ok(token.expires_at())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, connected, device_token, state};
    use super::*;
    use crate::sas::sign;

    #[test]
    fn a_device_authenticates_by_its_own_name_and_key() {
        let mut state = state();
        let key = state.create("d1", None, true, NOW).unwrap().record.primary.clone();
        state.create("d2", None, true, NOW).unwrap();
        for host in ["localhost", "localhost:8883", "127.0.0.1"] {
            let token = device_token(&format!("{host}/devices/d1"), &key);
            assert!(state.authenticate("d1", &token, NOW).is_ok(), "{host}");
            let other = state.authenticate("d2", &token, NOW);
            assert!(matches!(other, Err(AuthError::Token(SasError::WrongResource { .. }))));
        }
        assert_eq!(state.authenticate("nobody", "", NOW), Err(AuthError::Unknown("nobody".into())));
        assert_eq!(state.authenticate("d1", "", NOW), Err(AuthError::Token(SasError::Missing)));
    }

    #[test]
    fn the_token_of_a_policy_lets_every_device_connect_that_its_resource_covers() {
        let mut state = state();
        let policy = Key::random().unwrap();
        state.device_policies.insert("device", vec![policy.clone()]);
        let own = state.create("d1", None, true, NOW).unwrap().record.primary.clone();
        let token = |resource: &str, key: &Key, name| sign(resource, key, 3600, Some(name));
        for resource in ["localhost", "localhost/devices", "localhost/devices/d1"] {
            let expires = state.authenticate("d1", &token(resource, &policy, "device"), NOW);
            assert_eq!(expires, Ok(Some(Timestamp::from_second(3600).unwrap())), "{resource}");
        }
        let refused = |text: String| state.authenticate("d1", &text, NOW).unwrap_err();
        let other = refused(token("localhost/devices/d2", &policy, "device"));
        assert!(matches!(other, AuthError::Token(SasError::WrongResource { .. })), "{other}");
        assert_eq!(refused(token("localhost", &own, "device")), AuthError::Token(SasError::WrongKey));
        assert_eq!(
            refused(token("localhost", &policy, "service")),
            AuthError::Policy("service".into()),
            "it has not the right"
        );
        state.set_enabled("d1", false, NOW).unwrap();
        let disabled = state.authenticate("d1", &token("localhost", &policy, "device"), NOW);
        assert_eq!(disabled, Err(AuthError::Disabled));
    }

    #[test]
    fn a_device_is_found_by_its_id_in_any_case_while_it_is_there() {
        let mut state = state();
        for id in ["Dev", "dEv", "developer", "de"] {
            state.create(id, None, true, NOW).unwrap();
        }
        let found = |state: &State, id| state.device_in_any_case(id).map(|device| device.record.id.clone());
        assert_eq!(found(&state, "dev").as_deref(), Some("Dev"));
        state.delete("Dev").unwrap();
        assert_eq!(found(&state, "DEV").as_deref(), Some("dEv"));
        state.delete("dEv").unwrap();
        assert_eq!(found(&state, "dev"), None);
    }

    #[test]
    fn disabling_or_deleting_a_device_closes_its_connection() {
        let (mut state, session) = connected("d1");
        state.set_enabled("d1", false, NOW).unwrap();
        let close = |reason| Effect::Close { session, reason };
        assert!(state.take_effects().contains(&close(CloseReason::Disabled)));
        state.delete("d1").unwrap();
        assert!(state.take_effects().contains(&close(CloseReason::Deleted)));
        assert_eq!(state.delete("d1"), Err(StateError::NotFound("d1".into())));
    }

    #[test]
    fn a_newer_connection_takes_over() {
        let (mut state, first) = connected("d1");
        let second = state.next_session();
        state.connect("d1", second, None, true, NOW).unwrap();
        let close = Effect::Close { session: first, reason: CloseReason::TakenOver };
        assert!(state.take_effects().contains(&close));
        state.disconnect("d1", first, "late", NOW);
        assert!(state.device("d1").unwrap().session.is_some());
    }
}
