//! The enrollment group: who may be provisioned, and what comes of it.
//!
//! Decides whether a registration's token is good and which device it becomes. The packets of the
//! provisioning service are read in [`crate::mqtt`]. Begin with [`State::register`].

use jiff::Timestamp;
use serde_json::Value;

use super::device::{Device, is_registration_id};
use super::registry::DeviceKeys;
use super::{State, StateError, StoreKey};
use crate::certificate::{CertificateError, Presented};
use crate::sas::{Key, SasError, Token};

/// The group's identity and keys.
#[derive(Debug, Clone)]
pub(crate) struct Enrollment {
    pub(crate) id_scope: String,
    pub(crate) primary: Key,
    pub(crate) secondary: Key,
}

/// Why a registration is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RegistrationRefused {
    #[error("{0:?} is not a registration id")]
    BadId(String),
    #[error("the id scope is {given:?}, but this hub's is {ours:?}")]
    Scope { given: String, ours: String },
    #[error(transparent)]
    Token(#[from] SasError),
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error("the device is disabled")]
    Disabled,
    #[error(transparent)]
    State(#[from] StateError),
}

impl State {
    /// Provisions `registration`: it is checked against its own certificates or keys when the device exists, else its
    /// token against the keys derived from the group's, and then the device is made. Answers the device's id.
    pub(crate) fn register<'a>(
        &mut self,
        scope: &str,
        registration: &str,
        presented: impl Into<Presented<'a>>,
        payload: &Value,
        now: Timestamp,
    ) -> Result<String, RegistrationRefused> {
        if !is_registration_id(registration) {
            return Err(RegistrationRefused::BadId(registration.to_owned()));
        }
        if scope != self.enrollment.id_scope {
            let (given, ours) = (scope.to_owned(), self.enrollment.id_scope.clone());
            return Err(RegistrationRefused::Scope { given, ours });
        }
        let Presented { password, certificate } = presented.into();
        if let Some(device) = self.find_registered(registration)
            && let Some(known) = &device.record.certificates
        {
            known.check(certificate)?;
            let (id, enabled) = (device.record.id.clone(), device.record.enabled);
            return if enabled { self.assign(id, payload, now) } else { Err(RegistrationRefused::Disabled) };
        }
        let token = Token::parse(password)?;
        let wanted = format!("{scope}/registrations/{registration}");
        if !token.resource().eq_ignore_ascii_case(&wanted) {
            return Err(SasError::WrongResource { found: token.resource().to_owned(), wanted }.into());
        }
        let id = match self.find_registered(registration) {
            Some(device) => {
                token.verify([&device.record.primary, &device.record.secondary], now)?;
                if !device.record.enabled {
                    return Err(RegistrationRefused::Disabled);
                }
                device.record.id.clone()
            }
            None => {
                let keys = self.derived_keys(registration, &token, now)?;
                self.create(registration, Some(keys), true, now)?;
                registration.to_owned()
            }
        };
        self.assign(id, payload, now)
    }

    fn assign(&mut self, id: String, payload: &Value, now: Timestamp) -> Result<String, RegistrationRefused> {
        self.mark_provisioned(&id, announced_model(payload), now)?;
        Ok(id)
    }

    /// Registration ids are case-insensitive, device ids are not: the exact one wins.
    fn find_registered(&self, registration: &str) -> Option<&Device> {
        self.devices.get(registration).or_else(|| {
            self.devices.values().find(|device| device.record.id.eq_ignore_ascii_case(registration))
        })
    }

    fn derived_keys(&self, id: &str, token: &Token<'_>, now: Timestamp) -> Result<DeviceKeys, SasError> {
        let group = &self.enrollment;
        let derive = |id: &str| [group.primary.derive(id), group.secondary.derive(id)];
        let as_given = derive(id);
        let lower_case = derive(&id.to_ascii_lowercase());
        let [primary, secondary] = match token.verify(&as_given, now) {
            Err(SasError::WrongKey) => token.verify(&lower_case, now).map(|()| lower_case)?,
            other => other.map(|()| as_given)?,
        };
        Ok(DeviceKeys { primary, secondary })
    }

    fn mark_provisioned(&mut self, id: &str, model: Option<&str>, now: Timestamp) -> Result<(), StateError> {
        let record = &mut self.device_mut(id)?.record;
        record.provisioned = true;
        record.last_seen = Some(now);
        if let Some(model) = model {
            self.announced(id, model, now)?;
        }
        self.dirty.insert(StoreKey::Device(id.to_owned()));
        self.emit_device(id);
        Ok(())
    }
}

/// The model id in a registration's payload, in any of the three forms devices have used.
fn announced_model(payload: &Value) -> Option<&str> {
    let current = payload.get("modelId");
    let early_2020 = || payload.get("iotcModelId");
    let of_2019 = || payload.get("__iot:interfaces")?.get("CapabilityModelId");
    current.or_else(early_2020).or_else(of_2019)?.as_str().filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, device_token, group_token, state};
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_the_model_id_of_all_three_eras() {
        let eras = [
            json!({ "modelId": "dtmi:x;1" }),
            json!({ "iotcModelId": "dtmi:x;1" }),
            json!({ "__iot:interfaces": { "CapabilityModelId": "dtmi:x;1" } }),
        ];
        for payload in eras {
            assert_eq!(announced_model(&payload), Some("dtmi:x;1"), "{payload}");
        }
        assert_eq!(announced_model(&Value::Null), None);
    }

    #[test]
    fn makes_a_device_for_a_derived_key_and_finds_it_again() {
        let mut state = state();
        let token = group_token(&state, "d1");
        for _ in 0..2 {
            let id = state.register("0neTEST", "d1", &token, &json!({ "modelId": "dtmi:m;1" }), NOW);
            assert_eq!(id.as_deref(), Ok("d1"));
        }
        let device = state.device("d1").unwrap();
        assert_eq!(device.record.model_id.as_deref(), Some("dtmi:m;1"));
        assert_eq!(device.status(), "provisioned");
        assert_eq!(device.record.primary, state.enrollment.primary.derive("d1"));
    }

    #[test]
    fn takes_a_device_of_the_registry_by_its_own_key_only() {
        let mut state = state();
        state.create("own", None, true, NOW).unwrap();
        let key = state.device("own").unwrap().record.primary.clone();
        let foreign = group_token(&state, "own");
        let refused = state.register("0neTEST", "own", &foreign, &Value::Null, NOW);
        assert_eq!(refused, Err(RegistrationRefused::Token(SasError::WrongKey)));
        let own = device_token("0neTEST/registrations/own", &key);
        assert_eq!(state.register("0neTEST", "own", &own, &Value::Null, NOW).as_deref(), Ok("own"));
    }

    #[test]
    fn refuses_a_disabled_device_another_scope_and_another_resource() {
        let mut state = state();
        let token = group_token(&state, "d1");
        state.register("0neTEST", "d1", &token, &Value::Null, NOW).unwrap();
        state.set_enabled("d1", false, NOW).unwrap();
        let refused = state.register("0neTEST", "d1", &token, &Value::Null, NOW);
        assert_eq!(refused, Err(RegistrationRefused::Disabled));
        let refused = state.register("0neX", "d1", &token, &Value::Null, NOW);
        assert!(matches!(refused, Err(RegistrationRefused::Scope { .. })));
        let refused = state.register("0neTEST", "d2", &token, &Value::Null, NOW);
        assert!(matches!(refused, Err(RegistrationRefused::Token(SasError::WrongResource { .. }))));
    }
}
