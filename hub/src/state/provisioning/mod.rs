//! The provisioning service: who may be provisioned, and which device comes of it.
//!
//! [`enrollment`] is the data, [`enroll`] the list of it, [`identify`] checks who comes, [`registration`] makes the device,
//! [`authorities`] are whom the hub trusts. What the service says on the wire is in [`crate::provisioning`], its service
//! API in [`crate::rest`]. Begin with [`State::register`].

pub(crate) mod authorities;
pub(crate) mod enroll;
pub(crate) mod enrollment;
mod identify;
pub(crate) mod registration;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Bound;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::registry::DeviceKeys;
use super::{Device, State, StateError};
use crate::certificate::{CertificateError, Presented};
use crate::sas::SasError;
use enrollment::{Attestation, Enrollment, Kind, Settings};
use registration::Registration;

/// The group that is there from the start, with the hub's own keys.
const DEFAULT_GROUP: &str = "default";

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

/// Everything the provisioning service knows.
#[derive(Debug, Clone)]
pub(crate) struct Provisioning {
    id_scope: String,
    /// Of the group that is there from the start.
    own_keys: DeviceKeys,
    pub(super) approval: Approval,
    /// By registration id in lower case.
    individuals: BTreeMap<String, Enrollment>,
    /// By name in lower case.
    groups: BTreeMap<String, Enrollment>,
    /// By registration id in lower case.
    registrations: BTreeMap<String, Registration>,
    authorities: BTreeMap<String, authorities::Authority>,
    /// Whether the group that is there from the start is on the disk, too.
    is_default_kept: bool,
}

impl Provisioning {
    /// A service that has one group with these keys.
    pub(crate) fn new(id_scope: String, own_keys: DeviceKeys, now: Timestamp) -> Self {
        let group = Enrollment {
            id: DEFAULT_GROUP.to_owned(),
            attestation: Attestation::keys(&own_keys),
            settings: Settings::default(),
            etag: enroll::next_etag(0, now),
            created: now,
            updated: now,
        };
        Self {
            id_scope,
            own_keys,
            approval: Approval::default(),
            individuals: BTreeMap::new(),
            groups: BTreeMap::from([(DEFAULT_GROUP.to_owned(), group)]),
            registrations: BTreeMap::new(),
            authorities: BTreeMap::new(),
            is_default_kept: false,
        }
    }

    /// The bytes to keep under a key, if there is something.
    pub(super) fn record(&self, key: &str) -> Option<Vec<u8>> {
        if key == Approval::KEY {
            return serde_json::to_vec(&self.approval).ok();
        }
        let (prefix, id) = key.split_at(key.find('/')? + 1);
        match prefix {
            registration::PREFIX => serde_json::to_vec(self.registrations.get(id)?).ok(),
            authorities::PREFIX => serde_json::to_vec(self.authorities.get(id)?).ok(),
            _ if prefix == Kind::Group.prefix() => serde_json::to_vec(self.groups.get(id)?).ok(),
            _ => serde_json::to_vec(self.individuals.get(id)?).ok(),
        }
    }

    /// Takes back what was kept under a key.
    pub(super) fn restore(&mut self, key: &str, record: Value) -> Result<(), serde_json::Error> {
        if key == Approval::KEY {
            self.approval = serde_json::from_value(record)?;
            return Ok(());
        }
        let (prefix, id) = key.split_at(key.find('/').map_or(0, |slash| slash + 1));
        let id = id.to_owned();
        match prefix {
            registration::PREFIX => drop(self.registrations.insert(id, serde_json::from_value(record)?)),
            authorities::PREFIX => drop(self.authorities.insert(id, serde_json::from_value(record)?)),
            _ if prefix == Kind::Group.prefix() => {
                let mut group: Enrollment = serde_json::from_value(record)?;
                if id == DEFAULT_GROUP {
                    group.attestation = Attestation::keys(&self.own_keys);
                    self.is_default_kept = true;
                }
                self.groups.insert(id, group);
            }
            _ => drop(self.individuals.insert(id, serde_json::from_value(record)?)),
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
    #[error("there is no enrollment that could be meant")]
    NotEnrolled,
    #[error("it has not registered, or not by this operation: register first")]
    NotRegistered,
    #[error("the device is blocked: unblock it first")]
    Blocked,
    #[error("the device {device:?} waits for the operator's approval")]
    Waiting { device: String },
    #[error(transparent)]
    State(#[from] StateError),
}

impl State {
    /// The primary key of the group that is there from the start.
    #[cfg(test)]
    pub(crate) fn group_key(&self) -> &crate::sas::Key {
        &self.provisioning.own_keys.primary
    }

    /// Keeps the group that is there from the start, so that its times and etag are the same at the next start.
    pub(crate) fn keep_default_group(&mut self) {
        if !std::mem::replace(&mut self.provisioning.is_default_kept, true) {
            let key = format!("{}{DEFAULT_GROUP}", Kind::Group.prefix());
            self.dirty.insert(super::StoreKey::Provisioning(key));
        }
    }

    /// Makes a device that an operator prepares: with the keys that the group that is there from the start derives for it,
    /// as IoT Central does (operator pages reference, section 1.4), so that it may come with those.
    pub(crate) fn prepare(&mut self, id: &str, now: Timestamp) -> Result<&Device, StateError> {
        let group = self.provisioning.groups.get(DEFAULT_GROUP).filter(|group| group.settings.enabled);
        let keys = match group.map(|group| &group.attestation) {
            Some(Attestation::Keys { primary, secondary }) => {
                Some(DeviceKeys { primary: primary.derive(id), secondary: secondary.derive(id) })
            }
            _ => None,
        };
        self.create(id, keys, true, now)
    }

    /// Provisions `registration`, if it may come with what it presented.
    pub(crate) fn register<'a>(
        &mut self,
        scope: &str,
        registration: &str,
        presented: impl Into<Presented<'a>>,
        payload: &Value,
        now: Timestamp,
    ) -> Result<&Registration, RegistrationRefused> {
        let clock = self.faults.skewed(registration, now);
        let entry = self.identify(scope, registration, presented.into(), clock)?;
        self.assign(registration, entry, payload, now)
    }

    /// How it stands with a registration, if it may ask with what it presented when it is `clock` o'clock; with `operation`,
    /// of this one only.
    pub(crate) fn look_up(
        &self,
        scope: &str,
        registration: &str,
        presented: Presented<'_>,
        operation: Option<&str>,
        clock: Timestamp,
    ) -> Result<&Registration, RegistrationRefused> {
        self.identify(scope, registration, presented, clock)?;
        let known = self.provisioning.registrations.get(&key(registration));
        let known = known.filter(|known| operation.is_none_or(|operation| operation == known.operation));
        known.ok_or(RegistrationRefused::NotRegistered)
    }
}

/// What of a list comes after this key.
fn behind<'a, T>(
    list: &'a BTreeMap<String, T>,
    after: Option<&str>,
) -> impl Iterator<Item = (&'a str, &'a T)> {
    let begin = after.map_or(Bound::Unbounded, Bound::Excluded);
    list.range::<str, _>((begin, Bound::Unbounded)).map(|(key, one)| (key.as_str(), one))
}

/// Ids of the service are compared without their case.
fn key(id: &str) -> String {
    id.to_ascii_lowercase()
}

/// The model id in a registration's payload, in any of the three forms devices have used.
fn announced_model(payload: &Value) -> Option<&str> {
    let current = payload.get("modelId");
    let early_2020 = || payload.get("iotcModelId");
    let of_2019 = || payload.get("__iot:interfaces")?.get("CapabilityModelId");
    current.or_else(early_2020).or_else(of_2019)?.as_str().filter(|id| !id.is_empty())
}
