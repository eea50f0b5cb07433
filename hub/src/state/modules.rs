//! Module identities: a module is a device whose id is `{device}/{module}`, which is its MQTT client id.
//!
//! Decides how such an id is made and which ones belong to a device; everything else a module has (keys, twin, methods,
//! history) it has as a device has it. Lists of devices leave modules out. It has no messages from the cloud. Begin with
//! [`State::create_module`].

use jiff::Timestamp;

use super::device::{Device, is_device_id};
use super::registry::DeviceKeys;
use super::{State, StateError};

/// Most modules of one device, as in IoT Hub.
const MODULE_LIMIT: usize = 50;

/// The id of a module among all ids.
pub(crate) fn module_key(device: &str, module: &str) -> String {
    format!("{device}/{module}")
}

/// A module's device and its own id; `None` for the id of a device.
pub(crate) fn split_module(id: &str) -> Option<(&str, &str)> {
    id.split_once('/')
}

impl State {
    /// Makes a module of a device that exists; without keys it gets random ones.
    pub(crate) fn create_module(
        &mut self,
        device: &str,
        module: &str,
        keys: Option<DeviceKeys>,
        now: Timestamp,
    ) -> Result<&Device, StateError> {
        self.device(device)?;
        if !is_device_id(module) {
            return Err(StateError::BadId(module.chars().take(140).collect()));
        }
        let id = module_key(device, module);
        if !self.devices.contains_key(&id) && self.modules(device).count() >= MODULE_LIMIT {
            return Err(StateError::TooManyModules(MODULE_LIMIT));
        }
        self.insert(&id, keys, true, now)
    }

    /// The modules of a device, by id.
    pub(crate) fn modules(&self, device: &str) -> impl Iterator<Item = &Device> {
        let prefix = module_key(device, "");
        let from = self.devices.range(prefix.clone()..);
        from.take_while(move |(id, _)| id.starts_with(&prefix)).map(|(_, module)| module)
    }

    /// A device and its modules, by id.
    pub(super) fn with_modules(&self, device: &str) -> Vec<String> {
        let modules = self.modules(device).map(|module| module.record.id.clone());
        modules.chain([device.to_owned()]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::registry::AuthError;
    use super::super::tests::{NOW, device_token, state};
    use super::super::{CloseReason, Effect};
    use super::*;

    #[test]
    fn a_module_belongs_to_its_device_and_is_in_no_list_of_devices() {
        let mut state = state();
        assert_eq!(state.create_module("d1", "m", None, NOW).unwrap_err(), StateError::NotFound("d1".into()));
        for device in ["d1", "d1-", "d10"] {
            state.create(device, None, true, NOW).unwrap();
            state.create_module(device, "m", None, NOW).unwrap();
        }
        state.create_module("d1", "n", None, NOW).unwrap();
        let ids =
            |state: &State| -> Vec<_> { state.modules("d1").map(|one| one.record.id.clone()).collect() };
        assert_eq!(ids(&state), ["d1/m", "d1/n"]);
        assert_eq!(state.devices().count(), 3);
        state.delete("d1").unwrap();
        assert!(ids(&state).is_empty());
        assert!(state.device("d10/m").is_ok());
    }

    #[test]
    fn a_module_authenticates_by_its_own_key_while_its_device_is_enabled() {
        let mut state = state();
        let device = state.create("d1", None, true, NOW).unwrap().record.primary.clone();
        let own = state.create_module("d1", "m", None, NOW).unwrap().record.primary.clone();
        let resource = "localhost/devices/d1/modules/m";
        assert!(state.authenticate("d1/m", &device_token(resource, &own), NOW).is_ok());
        for (resource, key) in [(resource, &device), ("localhost/devices/d1", &own)] {
            assert!(matches!(
                state.authenticate("d1/m", &device_token(resource, key), NOW),
                Err(AuthError::Token(_))
            ));
        }
        let session = state.next_session();
        state.connect("d1/m", session, None, true, NOW).unwrap();
        state.set_enabled("d1", false, NOW).unwrap();
        let close = Effect::Close { session, reason: CloseReason::Disabled };
        assert!(state.take_effects().contains(&close));
        let refused = state.authenticate("d1/m", &device_token(resource, &own), NOW);
        assert_eq!(refused, Err(AuthError::Disabled));
    }

    #[test]
    fn a_device_has_fifty_modules_at_most() {
        let mut state = state();
        state.create("d1", None, true, NOW).unwrap();
        for number in 0..MODULE_LIMIT {
            state.create_module("d1", &format!("m{number}"), None, NOW).unwrap();
        }
        let refused = state.create_module("d1", "more", None, NOW).unwrap_err();
        assert_eq!(refused, StateError::TooManyModules(MODULE_LIMIT));
    }
}
