//! The list of enrollments: adding, changing and deleting them.
//!
//! Decides by etags whether a change is of what its author read, and what goes with an enrollment. Ids are compared without
//! their case. Begin with [`State::enroll`].

use jiff::Timestamp;

use super::enrollment::{Attestation, Enrollment, Kind, Settings};
use super::{DEFAULT_GROUP, Provisioning, behind, key};
use crate::certificate::{Certificate, CertificateError};
use crate::state::device::{is_device_id, is_registration_id};
use crate::state::{State, StateError, StoreKey};

/// Most enrollments of each kind.
const LIMIT: usize = 10_000;
/// The most that is remembered of a device, as JSON in bytes.
const INFORMATION_LIMIT: usize = 8 * 1024;
/// Longest name of a group.
const NAME_LIMIT: usize = 128;

/// Why an enrollment is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EnrollmentError {
    #[error("there is no enrollment {0:?}")]
    NotFound(String),
    #[error("there already is an enrollment {0:?}: give its etag in If-Match to change it")]
    Exists(String),
    #[error("the etag {given} is not the current one ({current})")]
    Etag { given: String, current: String },
    #[error("{0}")]
    Invalid(String),
    /// It cannot be the id.
    #[error("{0}")]
    Id(String),
    #[error(transparent)]
    State(#[from] StateError),
    #[error("there are {0} enrollments already, which is all that this hub takes")]
    Full(usize),
    #[error("{0}")]
    DefaultGroup(&'static str),
}

impl EnrollmentError {
    /// What of an enrollment is wrong, where it is one of its members.
    pub(crate) fn field(&self) -> Option<&'static str> {
        match self {
            Self::Exists(_) | Self::Id(_) => Some("id"),
            Self::State(StateError::BadId(_)) => Some("deviceId"),
            _ => None,
        }
    }
}

impl Provisioning {
    fn list(&self, kind: Kind) -> &std::collections::BTreeMap<String, Enrollment> {
        match kind {
            Kind::Individual => &self.individuals,
            Kind::Group => &self.groups,
        }
    }

    fn list_mut(&mut self, kind: Kind) -> &mut std::collections::BTreeMap<String, Enrollment> {
        match kind {
            Kind::Individual => &mut self.individuals,
            Kind::Group => &mut self.groups,
        }
    }
}

impl State {
    /// The enrollments of a kind whose keys come after this one, by key: their ids in lower case.
    pub(crate) fn enrollments(
        &self,
        kind: Kind,
        after: Option<&str>,
    ) -> impl Iterator<Item = (&str, &Enrollment)> {
        behind(self.provisioning.list(kind), after)
    }

    /// One enrollment.
    pub(crate) fn enrollment(&self, kind: Kind, id: &str) -> Result<&Enrollment, EnrollmentError> {
        let found = self.provisioning.list(kind).get(&key(id));
        found.ok_or_else(|| EnrollmentError::NotFound(id.to_owned()))
    }

    /// Makes an enrollment, or with `if_match` changes the one that has this etag (`*` is any).
    pub(crate) fn enroll(
        &mut self,
        kind: Kind,
        id: &str,
        attestation: Attestation,
        settings: Settings,
        if_match: Option<&str>,
        now: Timestamp,
    ) -> Result<&Enrollment, EnrollmentError> {
        check(kind, id, &attestation, &settings, now)?;
        self.check_certificates(kind, id, &attestation, now)?;
        let before = match (self.enrollment(kind, id), if_match) {
            (Ok(_), None) => return Err(EnrollmentError::Exists(id.to_owned())),
            (Ok(known), Some(given)) => {
                known.check_etag(given)?;
                if kind == Kind::Group && key(id) == DEFAULT_GROUP && known.attestation != attestation {
                    return Err(EnrollmentError::DefaultGroup(
                        "the keys of the group \"default\" are the hub's own and cannot be changed",
                    ));
                }
                Some((known.etag, known.created, known.id.clone()))
            }
            (Err(error), Some(given)) if given.trim_matches('"') != "*" => return Err(error),
            (Err(_), _) => None,
        };
        if before.is_none() && self.provisioning.list(kind).len() >= LIMIT {
            return Err(EnrollmentError::Full(LIMIT));
        }
        let (last, created, id) = before.unwrap_or((0, now, id.to_owned()));
        let enrollment =
            Enrollment { etag: next_etag(last, now), id, attestation, settings, created, updated: now };
        let key = key(&enrollment.id);
        self.dirty.insert(StoreKey::Provisioning(format!("{}{key}", kind.prefix())));
        Ok(&*self.provisioning.list_mut(kind).entry(key).insert_entry(enrollment).into_mut())
    }

    /// What has expired vouches for nobody: it is refused unless the enrollment has it already.
    fn check_certificates(
        &self,
        kind: Kind,
        id: &str,
        attestation: &Attestation,
        now: Timestamp,
    ) -> Result<(), EnrollmentError> {
        let known = self.enrollment(kind, id).ok().map(|known| known.attestation.certificates());
        let is_known = |one: &&Certificate| known.as_ref().is_some_and(|known| known.contains(one));
        let named = match attestation {
            Attestation::Authorities(names) => names.iter().filter_map(|name| self.authority(name)).collect(),
            other => other.certificates(),
        };
        for certificate in named.into_iter().filter(|one| !is_known(one)) {
            if let Err(error @ CertificateError::Expired(_)) = certificate.check_validity(now) {
                return Err(EnrollmentError::Invalid(format!("{error}: give one that is valid")));
            }
        }
        Ok(())
    }

    /// Deletes an enrollment with its registrations; the devices stay in the hub.
    pub(crate) fn unenroll(
        &mut self,
        kind: Kind,
        id: &str,
        if_match: Option<&str>,
    ) -> Result<(), EnrollmentError> {
        let known = self.enrollment(kind, id)?;
        if let Some(given) = if_match {
            known.check_etag(given)?;
        }
        let key = key(id);
        if kind == Kind::Group && key == DEFAULT_GROUP {
            return Err(EnrollmentError::DefaultGroup(
                "the group \"default\" belongs to the hub and cannot be deleted: disable it",
            ));
        }
        self.provisioning.list_mut(kind).remove(&key);
        self.dirty.insert(StoreKey::Provisioning(format!("{}{key}", kind.prefix())));
        self.forget_registrations_of(kind, &key);
        Ok(())
    }
}

impl Enrollment {
    /// The etag as clients read it.
    pub(crate) fn etag(&self) -> String {
        etag_text(self.etag)
    }

    fn check_etag(&self, given: &str) -> Result<(), EnrollmentError> {
        check_etag(self.etag, given)
    }
}

pub(super) fn etag_text(etag: u64) -> String {
    format!("\"{etag:016x}\"")
}

pub(super) fn check_etag(etag: u64, given: &str) -> Result<(), EnrollmentError> {
    let current = etag_text(etag);
    if given.trim_matches('"') == "*" || given.trim_matches('"') == current.trim_matches('"') {
        return Ok(());
    }
    Err(EnrollmentError::Etag { given: given.to_owned(), current })
}

/// An etag that none had before it, not even of something that was deleted.
pub(super) fn next_etag(last: u64, now: Timestamp) -> u64 {
    u64::try_from(now.as_microsecond()).unwrap_or(0).max(last + 1)
}

fn check(
    kind: Kind,
    id: &str,
    attestation: &Attestation,
    settings: &Settings,
    now: Timestamp,
) -> Result<(), EnrollmentError> {
    let invalid = |text: &str| Err(EnrollmentError::Invalid(text.to_owned()));
    let shown: String = id.chars().take(NAME_LIMIT + 10).collect();
    match kind {
        Kind::Individual if !is_registration_id(id) => {
            return Err(EnrollmentError::Id(format!("{shown:?} is not a registration id")));
        }
        Kind::Group if id.is_empty() || id.len() > NAME_LIMIT || id.contains('/') => {
            return Err(EnrollmentError::Id(format!(
                "{shown:?} is not a name for an enrollment group: 1 to {NAME_LIMIT} characters without /"
            )));
        }
        _ => {}
    }
    match (kind, attestation) {
        (Kind::Individual, Attestation::Signers(_)) => {
            return invalid(
                "an individual enrollment has clientCertificates or caReferences, not signingCertificates",
            );
        }
        (Kind::Group, Attestation::Client(_)) => {
            return invalid(
                "an enrollment group has signingCertificates or caReferences, not clientCertificates",
            );
        }
        _ => {}
    }
    match &settings.device_id {
        Some(_) if kind == Kind::Group => return invalid("an enrollment group has no deviceId"),
        Some(device) if !is_device_id(device) => {
            return Err(StateError::BadId(device.chars().take(140).collect()).into());
        }
        _ => {}
    }
    if let Some(information) = &settings.information {
        let size = serde_json::to_vec(information).map_or(usize::MAX, |json| json.len());
        if size > INFORMATION_LIMIT {
            let text = format!("optionalDeviceInformation has {size} bytes, more than {INFORMATION_LIMIT}");
            return Err(EnrollmentError::Invalid(text));
        }
    }
    // a twin that is refused is refused now and not when a device comes
    settings.initial_twin(now)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sas::Key;
    use crate::state::tests::{NOW, state};

    fn keys() -> Attestation {
        Attestation::Keys { primary: Key::random().unwrap(), secondary: Key::random().unwrap() }
    }

    #[test]
    fn an_enrollment_is_changed_and_deleted_only_as_it_was_read() {
        let mut state = state();
        let mut enroll = |settings: Settings, etag: Option<&str>| {
            let made = state.enroll(Kind::Individual, "R1", keys(), settings, etag, NOW);
            made.map(Enrollment::etag)
        };
        let first = enroll(Settings::default(), None).unwrap();
        assert_eq!(enroll(Settings::default(), None), Err(EnrollmentError::Exists("R1".into())));
        let disabled = Settings { enabled: false, ..Settings::default() };
        let second = enroll(disabled, Some(&first)).unwrap();
        assert!(matches!(enroll(Settings::default(), Some(&first)), Err(EnrollmentError::Etag { .. })));
        enroll(Settings::default(), Some("*")).unwrap();
        assert!(
            state.enrollment(Kind::Individual, "r1").unwrap().settings.enabled,
            "the case does not count"
        );
        let refused = state.unenroll(Kind::Individual, "r1", Some(&second));
        assert!(matches!(refused, Err(EnrollmentError::Etag { .. })));
        state.unenroll(Kind::Individual, "r1", None).unwrap();
        assert_eq!(state.unenroll(Kind::Individual, "r1", None), Err(EnrollmentError::NotFound("r1".into())));
    }

    #[test]
    fn the_default_group_stays_and_keeps_its_keys() {
        let mut state = state();
        let own = state.enrollment(Kind::Group, "default").unwrap().attestation.clone();
        let refused = state.enroll(Kind::Group, "default", keys(), Settings::default(), Some("*"), NOW);
        assert!(matches!(refused, Err(EnrollmentError::DefaultGroup(_))));
        let disabled = Settings { enabled: false, ..Settings::default() };
        state.enroll(Kind::Group, "default", own, disabled, Some("*"), NOW).unwrap();
        assert!(matches!(
            state.unenroll(Kind::Group, "default", None),
            Err(EnrollmentError::DefaultGroup(_))
        ));
    }

    #[test]
    fn what_could_never_work_is_refused_at_once() {
        let mut state = state();
        let device = |id: &str| Settings { device_id: Some(id.to_owned()), ..Settings::default() };
        let tags = serde_json::json!({ "a.b": 1 }).as_object().unwrap().clone();
        let bad_twin = Settings { tags, ..Settings::default() };
        for (kind, id, settings) in [
            (Kind::Individual, "no/id", Settings::default()),
            (Kind::Individual, "r1", device("no id")),
            (Kind::Individual, "r1", bad_twin),
            (Kind::Group, "", Settings::default()),
            (Kind::Group, "g", device("d1")),
        ] {
            assert!(state.enroll(kind, id, keys(), settings, None, NOW).is_err(), "{kind:?} {id}");
        }
    }
}
