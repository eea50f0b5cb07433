//! The enrollment group: who may be provisioned, and what comes of it.
//!
//! Decides whether a registration's token is good and which device it becomes. The packets of the
//! provisioning service are read in [`crate::mqtt`]. Begin with [`State::register`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::device::{Device, is_registration_id};
use super::registry::DeviceKeys;
use super::standing::Standing;
use super::{State, StateError, StoreKey};
use crate::certificate::{CertificateError, Presented};
use crate::sas::{Key, SasError, Token};

/// Who decides that a new device of a group may come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Approval {
    /// Good credentials are enough.
    #[default]
    Automatic,
    /// It waits until the operator approves it.
    Operator,
}

impl Approval {
    /// The key of the record that keeps it.
    pub(crate) const KEY: &str = "approval";
}

/// The group's identity and keys.
#[derive(Debug, Clone)]
pub(crate) struct Provisioning {
    pub(crate) id_scope: String,
    pub(crate) primary: Key,
    pub(crate) secondary: Key,
    pub(crate) approval: Approval,
}

impl Provisioning {
    /// The bytes to keep under a key, if there is something.
    pub(super) fn record(&self, key: &str) -> Option<Vec<u8>> {
        match key {
            Approval::KEY => serde_json::to_vec(&self.approval).ok(),
            _ => None,
        }
    }

    /// Takes back what was kept under a key.
    pub(super) fn restore(&mut self, key: &str, record: Value) -> Result<(), serde_json::Error> {
        if key == Approval::KEY {
            self.approval = serde_json::from_value(record)?;
        }
        Ok(())
    }
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
    #[error("the device is blocked: unblock it first")]
    Blocked,
    #[error("the device waits for the operator's approval")]
    Waiting,
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
        if scope != self.provisioning.id_scope {
            let (given, ours) = (scope.to_owned(), self.provisioning.id_scope.clone());
            return Err(RegistrationRefused::Scope { given, ours });
        }
        let Presented { password, certificate } = presented.into();
        if let Some(device) = self.find_registered(registration)
            && let Some(known) = &device.record.certificates
        {
            known.check(certificate)?;
            let id = admitted(device)?;
            return self.assign(id, payload, now);
        }
        let token = Token::parse(password)?;
        let wanted = format!("{scope}/registrations/{registration}");
        if !token.resource().eq_ignore_ascii_case(&wanted) {
            return Err(SasError::WrongResource { found: token.resource().to_owned(), wanted }.into());
        }
        let id = match self.find_registered(registration) {
            Some(device) => {
                token.verify([&device.record.primary, &device.record.secondary], now)?;
                admitted(device)?
            }
            None => {
                let keys = self.derived_keys(registration, &token, now)?;
                let admitted = self.provisioning.approval == Approval::Automatic;
                self.create(registration, Some(keys), admitted, now)?;
                if !admitted {
                    self.await_approval(registration)?;
                    return Err(RegistrationRefused::Waiting);
                }
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
        let group = &self.provisioning;
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

/// The id of a device that may come.
fn admitted(device: &Device) -> Result<String, RegistrationRefused> {
    match device.record.standing() {
        Standing::Blocked => Err(RegistrationRefused::Blocked),
        Standing::Waiting => Err(RegistrationRefused::Waiting),
        Standing::Registered | Standing::Provisioned => Ok(device.record.id.clone()),
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
        assert_eq!(device.record.standing(), Standing::Provisioned);
        assert_eq!(device.record.primary, state.provisioning.primary.derive("d1"));
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
    fn a_new_device_waits_for_approval_when_it_is_not_automatic() {
        let mut state = state();
        state.set_approval(Approval::Operator);
        let token = group_token(&state, "d1");
        let register = |state: &mut State| state.register("0neTEST", "d1", &token, &Value::Null, NOW);
        for _ in 0..2 {
            assert_eq!(register(&mut state), Err(RegistrationRefused::Waiting));
        }
        assert_eq!(state.device("d1").unwrap().record.standing(), Standing::Waiting);
        let bad = device_token("0neTEST/registrations/d2", &Key::random().unwrap());
        assert!(state.register("0neTEST", "d2", &bad, &Value::Null, NOW).is_err());
        assert!(state.device("d2").is_err(), "only good credentials make a device that waits");
        state.approve("d1", NOW).unwrap();
        assert_eq!(register(&mut state).as_deref(), Ok("d1"));
        assert_eq!(state.device("d1").unwrap().record.standing(), Standing::Provisioned);
    }

    #[test]
    fn refuses_a_disabled_device_another_scope_and_another_resource() {
        let mut state = state();
        let token = group_token(&state, "d1");
        state.register("0neTEST", "d1", &token, &Value::Null, NOW).unwrap();
        state.set_enabled("d1", false, NOW).unwrap();
        let refused = state.register("0neTEST", "d1", &token, &Value::Null, NOW);
        assert_eq!(refused, Err(RegistrationRefused::Blocked));
        let refused = state.register("0neX", "d1", &token, &Value::Null, NOW);
        assert!(matches!(refused, Err(RegistrationRefused::Scope { .. })));
        let refused = state.register("0neTEST", "d2", &token, &Value::Null, NOW);
        assert!(matches!(refused, Err(RegistrationRefused::Token(SasError::WrongResource { .. }))));
    }
}
