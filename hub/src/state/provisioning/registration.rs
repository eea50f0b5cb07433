//! Registrations: which device a registration has become, and what happens when it comes again.
//!
//! Decides, for somebody whose credentials are good, by the enrollment's settings which device it is, and whether that
//! begins anew. With one hub, "another hub" of the service is another device id. Begin with [`State::assign`].
//! Facts: protocol reference, sections 1.2 and 1.7.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::enroll::{EnrollmentError, check_etag, etag_text, next_etag};
use super::enrollment::{Kind, Reprovision, Settings};
use super::identify::{Credentials, Entry, Source};
use super::{Approval, RegistrationRefused, behind, key};
use crate::certificate::{Known, Thumbprints};
use crate::state::standing::Standing;
use crate::state::{DeviceChange, State, StateError, StoreKey};

/// How the keys of kept registrations begin.
pub(super) const PREFIX: &str = "registration/";

/// A registration as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Registration {
    pub(crate) id: String,
    pub(crate) source: Source,
    /// Where a device asks for the outcome.
    pub(crate) operation: String,
    pub(crate) outcome: Outcome,
    pub(crate) etag: u64,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

/// What has come of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Outcome {
    /// It waits for the operator.
    Unassigned {
        device: String,
    },
    Assigned {
        device: String,
        substatus: Substatus,
    },
    /// Its enrollment is disabled.
    Disabled {
        device: Option<String>,
    },
    /// No device could be made of it.
    Failed {
        reason: String,
    },
}

impl Outcome {
    /// The device it is or was, whether it may come or not.
    pub(crate) fn device(&self) -> Option<&str> {
        match self {
            Self::Unassigned { device } | Self::Assigned { device, .. } => Some(device),
            Self::Disabled { device } => device.as_deref(),
            Self::Failed { .. } => None,
        }
    }

    /// Why there is no device to be had of it, for good.
    pub(crate) fn refusal(&self) -> Option<String> {
        match self {
            Self::Unassigned { .. } | Self::Assigned { .. } => None,
            Self::Disabled { .. } => Some("the enrollment is disabled: enable it".to_owned()),
            Self::Failed { reason } => Some(reason.clone()),
        }
    }
}

/// How a device was assigned the last time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Substatus {
    InitialAssignment,
    DeviceDataMigrated,
    DeviceDataReset,
}

impl Registration {
    /// The etag as clients read it.
    pub(crate) fn etag(&self) -> String {
        etag_text(self.etag)
    }
}

impl State {
    /// What is known of a registration.
    pub(crate) fn registration(&self, id: &str) -> Result<&Registration, EnrollmentError> {
        let found = self.provisioning.registrations.get(&key(id));
        found.ok_or_else(|| EnrollmentError::NotFound(id.to_owned()))
    }

    /// The registrations that came by a group and whose keys come after this one, by key: their ids in lower case.
    pub(crate) fn registrations_of(
        &self,
        group: &str,
        after: Option<&str>,
    ) -> impl Iterator<Item = (&str, &Registration)> {
        let source = Source::Group(key(group));
        behind(&self.provisioning.registrations, after).filter(move |(_, one)| one.source == source)
    }

    /// Forgets a registration; its device stays in the hub.
    pub(crate) fn forget_registration(
        &mut self,
        id: &str,
        if_match: Option<&str>,
    ) -> Result<(), EnrollmentError> {
        let known = self.registration(id)?;
        if let Some(given) = if_match {
            check_etag(known.etag, given)?;
        }
        self.remove_registration(&key(id));
        Ok(())
    }

    pub(super) fn forget_registrations_of(&mut self, kind: Kind, enrollment: &str) {
        let of = match kind {
            Kind::Individual => Source::Individual(enrollment.to_owned()),
            Kind::Group => Source::Group(enrollment.to_owned()),
        };
        let all = self.provisioning.registrations.iter();
        let gone: Vec<String> = all.filter(|(_, one)| one.source == of).map(|(key, _)| key.clone()).collect();
        gone.iter().for_each(|key| self.remove_registration(key));
    }

    fn remove_registration(&mut self, key: &str) {
        self.provisioning.registrations.remove(key);
        self.dirty.insert(StoreKey::Provisioning(format!("{PREFIX}{key}")));
    }

    /// Makes a device of somebody whose credentials are good, or finds the one that it is.
    pub(super) fn assign(
        &mut self,
        registration: &str,
        entry: Entry,
        payload: &Value,
        now: Timestamp,
    ) -> Result<&Registration, RegistrationRefused> {
        let before = self.provisioning.registrations.get(&key(registration)).cloned();
        let last = before.as_ref().map(|known| known.outcome.clone());
        let outcome = if entry.settings.enabled {
            self.assign_device(registration, &entry, last.as_ref(), now)
        } else {
            let device = last.as_ref().and_then(Outcome::device).map(str::to_owned);
            Ok(Outcome::Disabled { device })
        };
        let (outcome, refused) = match outcome {
            Ok(outcome) => (outcome, None),
            Err(RegistrationRefused::Waiting { device }) => (
                Outcome::Unassigned { device: device.clone() },
                Some(RegistrationRefused::Waiting { device }),
            ),
            Err(RegistrationRefused::State(error)) => (Outcome::Failed { reason: error.to_string() }, None),
            Err(other) => return Err(other),
        };
        if let Outcome::Assigned { device, .. } = &outcome {
            self.mark_provisioned(device, super::announced_model(payload), now)?;
        }
        let kept = Registration {
            id: before.as_ref().map_or_else(|| registration.to_owned(), |known| known.id.clone()),
            source: entry.source,
            operation: format!("4.{:016x}.{:032x}", fastrand::u64(..), fastrand::u128(..)),
            outcome,
            etag: next_etag(before.as_ref().map_or(0, |known| known.etag), now),
            created: before.map_or(now, |known| known.created),
            updated: now,
        };
        let key = key(registration);
        self.dirty.insert(StoreKey::Provisioning(format!("{PREFIX}{key}")));
        let kept = &*self.provisioning.registrations.entry(key).insert_entry(kept).into_mut();
        refused.map_or(Ok(kept), Err)
    }

    fn assign_device(
        &mut self,
        registration: &str,
        entry: &Entry,
        last: Option<&Outcome>,
        now: Timestamp,
    ) -> Result<Outcome, RegistrationRefused> {
        let settings = &entry.settings;
        let known = last.and_then(Outcome::device).filter(|device| self.devices.contains_key(*device));
        let known = known.map(str::to_owned);
        let wanted = match &settings.device_id {
            Some(device) => device.clone(),
            None => entry.device.clone().or_else(|| known.clone()).unwrap_or_else(|| registration.to_owned()),
        };
        let assigned_before = match last {
            Some(Outcome::Assigned { substatus, .. }) => Some(*substatus),
            _ => None,
        };
        let Some((known, substatus)) = known.zip(assigned_before) else {
            self.begin(&wanted, entry, now)?;
            return Ok(Outcome::Assigned { device: wanted, substatus: Substatus::InitialAssignment });
        };
        self.admitted(&known)?;
        let Reprovision { update, migrate } = settings.reprovision;
        let (device, substatus) = match (update, migrate) {
            (true, true) if wanted == known => (known, substatus),
            (true, true) => (self.move_device(&known, wanted, entry, now)?, Substatus::DeviceDataMigrated),
            (true, false) => {
                if wanted != known {
                    self.delete(&known)?;
                    self.begin(&wanted, entry, now)?;
                }
                self.reset_twin(&wanted, settings, now)?;
                (wanted, Substatus::DeviceDataReset)
            }
            (false, _) => (known, substatus),
        };
        self.renew_credentials(&device, entry, now)?;
        Ok(Outcome::Assigned { device, substatus })
    }

    /// Makes the device, or takes over the one that the hub has already.
    fn begin(&mut self, device: &str, entry: &Entry, now: Timestamp) -> Result<(), RegistrationRefused> {
        if self.devices.contains_key(device) {
            self.admitted(device)?;
            return Ok(self.renew_credentials(device, entry, now)?);
        }
        let waits =
            self.provisioning.approval == Approval::Operator && matches!(entry.source, Source::Group(_));
        let twin = entry.settings.initial_twin(now)?;
        self.create(device, None, !waits, now)?;
        self.renew_credentials(device, entry, now)?;
        let record = &mut self.device_mut(device)?.record;
        record.enrolled = true;
        record.edge.is_edge = entry.settings.edge;
        record.twin = twin;
        if waits {
            self.await_approval(device)?;
            return Err(RegistrationRefused::Waiting { device: device.to_owned() });
        }
        Ok(())
    }

    /// Gives a device another id; its twin comes along.
    fn move_device(
        &mut self,
        from: &str,
        to: String,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<String, RegistrationRefused> {
        let twin = self.device(from)?.record.twin.clone();
        self.begin(&to, entry, now)?;
        self.device_mut(&to)?.record.twin = twin;
        self.delete(from)?;
        Ok(to)
    }

    fn reset_twin(&mut self, device: &str, settings: &Settings, now: Timestamp) -> Result<(), StateError> {
        let twin = settings.initial_twin(now)?;
        self.device_mut(device)?.record.twin.reported = twin.reported;
        // a device that is connected is told what is desired now
        self.replace_twin(device, Some(&settings.desired), Some(&settings.tags), now)
    }

    /// A device is known by what its enrollment knows it by, from its registration on.
    fn renew_credentials(&mut self, device: &str, entry: &Entry, now: Timestamp) -> Result<(), StateError> {
        let record = &self.device(device)?.record;
        let mut change =
            DeviceChange { status_reason: record.status_reason.clone(), ..DeviceChange::default() };
        match &entry.credentials {
            Credentials::OfDevice => return Ok(()),
            Credentials::Keys(keys) => {
                if (&record.primary, &record.secondary) == (&keys.primary, &keys.secondary)
                    && record.certificates.is_none()
                {
                    return Ok(());
                }
                change.primary = Some(keys.primary.clone());
                change.secondary = Some(keys.secondary.clone());
                change.certificates = Some(None);
            }
            Credentials::Certificate(thumbprint) => {
                let known = Known::Thumbprints(Thumbprints { primary: *thumbprint, secondary: None });
                if record.certificates.as_ref() == Some(&known) {
                    return Ok(());
                }
                change.certificates = Some(Some(known));
            }
        }
        self.change(device, change, now).map(drop)
    }

    pub(super) fn admitted(&self, device: &str) -> Result<(), RegistrationRefused> {
        match self.device(device)?.record.standing() {
            Standing::Blocked => Err(RegistrationRefused::Blocked),
            Standing::Waiting => Err(RegistrationRefused::Waiting { device: device.to_owned() }),
            Standing::Registered | Standing::Provisioned => Ok(()),
        }
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
