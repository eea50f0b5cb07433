//! Who somebody is that registers: the enrollment its credentials fit, or the device of the hub that it is.
//!
//! An individual enrollment of the registration id counts alone. A device that the operator made is known by its own key or
//! certificate alone. Everybody else must fit a group; one that was provisioned before may come with its own, too. Begin
//! with [`State::identify`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::enrollment::{Attestation, Enrollment, Settings};
use super::{RegistrationRefused, key};
use crate::certificate::{
    Certificate, CertificateError, Known, Presented, Question, Thumbprint, Thumbprints, Verified,
};
use crate::sas::{Key, SasError, Token};
use crate::state::State;
use crate::state::device::{Device, is_registration_id};
use crate::state::registry::DeviceKeys;

/// By what a registration came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    Individual(String),
    Group(String),
    /// By a device that the hub had already.
    Device,
}

/// Somebody whose credentials are good.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) source: Source,
    pub(super) settings: Settings,
    pub(super) credentials: Credentials,
    /// The device of the hub that it is.
    pub(super) device: Option<String>,
}

/// What the hub is to know the device by.
#[derive(Debug)]
pub(super) enum Credentials {
    /// As it does.
    OfDevice,
    Keys(DeviceKeys),
    Certificate(Thumbprint),
}

/// Who asks, and with what.
struct Caller<'a> {
    registration: &'a str,
    /// What a token must be for.
    resource: String,
    presented: Presented<'a>,
    now: Timestamp,
}

impl State {
    pub(super) fn identify(
        &self,
        scope: &str,
        registration: &str,
        presented: Presented<'_>,
        now: Timestamp,
    ) -> Result<Entry, RegistrationRefused> {
        if !is_registration_id(registration) {
            return Err(RegistrationRefused::BadId(registration.chars().take(140).collect()));
        }
        if scope != self.provisioning.id_scope {
            let (given, ours) = (scope.chars().take(140).collect(), self.provisioning.id_scope.clone());
            return Err(RegistrationRefused::Scope { given, ours });
        }
        let resource = format!("{scope}/registrations/{registration}");
        let caller = Caller { registration, resource, presented, now };
        if let Some(own) = self.provisioning.individuals.get(&key(registration)) {
            return self.fits(&caller, own, Source::Individual(key(registration)), false);
        }
        let device = self.find_registered(registration);
        match device {
            Some(device) if !device.record.enrolled => self.is_device(&caller, device),
            Some(device) => self.comes_again(&caller, device),
            None => self.in_group(&caller),
        }
    }

    /// An enrolled device comes by the group that it came by, or with its own credentials: the key of another group does
    /// not make somebody a device that is there already. Who deletes its registration, alone or with its enrollment, lets
    /// any enrollment have it.
    fn comes_again(&self, caller: &Caller<'_>, device: &Device) -> Result<Entry, RegistrationRefused> {
        let Some(known) = self.provisioning.registrations.get(&key(caller.registration)) else {
            return self.in_group(caller).or_else(|_| self.is_device(caller, device));
        };
        if let Source::Group(name) = &known.source
            && let Some(group) = self.provisioning.groups.get(name)
        {
            let entry = self.fits(caller, group, Source::Group(name.clone()), true);
            return entry.or_else(|_| self.is_device(caller, device));
        }
        let own = self.is_device(caller, device)?;
        Ok(self.in_group(caller).unwrap_or(own))
    }

    /// Registration ids are case-insensitive, device ids are not: the exact one wins.
    fn find_registered(&self, registration: &str) -> Option<&Device> {
        let known = self.provisioning.registrations.get(&key(registration));
        let known = known.and_then(|known| self.devices.get(known.outcome.device()?));
        // whoever asks is not known yet: it must not cost a look at every device
        known.or_else(|| self.devices.get(registration)).or_else(|| self.device_in_any_case(registration))
    }

    /// Checks somebody against the device of the hub that it says it is.
    fn is_device(&self, caller: &Caller<'_>, device: &Device) -> Result<Entry, RegistrationRefused> {
        let record = &device.record;
        match &record.certificates {
            Some(known) => {
                known.check(&record.id, caller.presented.certificate, self.authorities(), caller.now)?;
            }
            None => caller.token()?.verify([&record.primary, &record.secondary], caller.now)?,
        }
        let (settings, device) = (Settings::default(), Some(record.id.clone()));
        Ok(Entry { source: Source::Device, settings, credentials: Credentials::OfDevice, device })
    }

    /// The first group that somebody fits; else the most telling of the reasons why not.
    fn in_group(&self, caller: &Caller<'_>) -> Result<Entry, RegistrationRefused> {
        let mut refused = None;
        for (name, group) in &self.provisioning.groups {
            match self.fits(caller, group, Source::Group(name.clone()), true) {
                Ok(entry) => return Ok(entry),
                Err(error) if refused.as_ref().is_none_or(|known| telling(&error) > telling(known)) => {
                    refused = Some(error);
                }
                Err(_) => {}
            }
        }
        Err(refused.unwrap_or(RegistrationRefused::NotEnrolled))
    }

    fn fits(
        &self,
        caller: &Caller<'_>,
        enrollment: &Enrollment,
        source: Source,
        derive: bool,
    ) -> Result<Entry, RegistrationRefused> {
        let credentials = match &enrollment.attestation {
            Attestation::Keys { primary, secondary } if derive => {
                Credentials::Keys(caller.derived_keys(primary, secondary)?)
            }
            Attestation::Keys { primary, secondary } => {
                caller.token()?.verify([primary, secondary], caller.now)?;
                Credentials::Keys(DeviceKeys { primary: primary.clone(), secondary: secondary.clone() })
            }
            Attestation::Client(known) => {
                let (primary, secondary) = (&known.primary, known.secondary.as_ref());
                let (primary, secondary) = (primary.thumbprint(), secondary.map(Certificate::thumbprint));
                let presented = caller.named_certificate()?.certificate();
                Thumbprints { primary, secondary }.check(presented, caller.now)?;
                Credentials::Certificate(Thumbprint::of(presented.der()))
            }
            Attestation::Signers(signers) => caller.signed_by(signers.iter())?,
            Attestation::Authorities(names) => {
                caller.signed_by(names.iter().filter_map(|name| self.authority(name)))?
            }
        };
        let settings = enrollment.settings.clone();
        Ok(Entry { source, settings, credentials, device: None })
    }
}

/// What is to be verified of a client's chain before the state is asked who it is.
impl State {
    /// Before the device `id` connects.
    pub(crate) fn question_of_device(
        &self,
        id: &str,
        presented: &Verified,
        now: Timestamp,
    ) -> Option<Question> {
        match self.devices.get(id)?.record.certificates.as_ref()? {
            Known::Authority { .. } => presented.question(self.authorities(), now),
            Known::Thumbprints(_) | Known::Nothing { .. } => None,
        }
    }

    /// Before `registration` registers or asks for the outcome.
    pub(crate) fn question_of_registration(
        &self,
        registration: &str,
        presented: &Verified,
        now: Timestamp,
    ) -> Option<Question> {
        // somebody of another name is refused, whoever signed
        presented.certificate().check_registration(registration).ok()?;
        let own = self.provisioning.individuals.get(&key(registration));
        let groups = self.provisioning.groups.values().filter(|_| own.is_none());
        let signers = groups.filter_map(|group| match &group.attestation {
            Attestation::Signers(signers) => Some(signers.iter()),
            _ => None,
        });
        presented.question(self.authorities().chain(signers.flatten()), now)
    }
}

impl<'a> Caller<'a> {
    /// The token, which must be for this registration.
    fn token(&self) -> Result<Token<'a>, SasError> {
        let token = Token::parse(self.presented.password)?;
        if token.resource().eq_ignore_ascii_case(&self.resource) {
            return Ok(token);
        }
        Err(SasError::WrongResource { found: token.resource().to_owned(), wanted: self.resource.clone() })
    }

    /// The keys derived from a group's, if one of them signed the token. The id is taken as given, then in lower case.
    fn derived_keys(&self, primary: &Key, secondary: &Key) -> Result<DeviceKeys, SasError> {
        let token = self.token()?;
        let derive = |id: &str| [primary.derive(id), secondary.derive(id)];
        let as_given = derive(self.registration);
        let lower_case = derive(&self.registration.to_ascii_lowercase());
        let [primary, secondary] = match token.verify(&as_given, self.now) {
            Err(SasError::WrongKey) => token.verify(&lower_case, self.now).map(|()| lower_case)?,
            other => other.map(|()| as_given)?,
        };
        Ok(DeviceKeys { primary, secondary })
    }

    /// The certificate, whose name must be the registration id.
    fn named_certificate(&self) -> Result<&'a Verified, CertificateError> {
        let presented = self.presented.certificate.ok_or(CertificateError::Absent)?;
        presented.certificate().check_registration(self.registration)?;
        Ok(presented)
    }

    fn signed_by<'c>(
        &self,
        signers: impl IntoIterator<Item = &'c Certificate>,
    ) -> Result<Credentials, CertificateError> {
        let presented = self.named_certificate()?;
        presented.check_authorities(signers, self.now)?;
        Ok(Credentials::Certificate(Thumbprint::of(presented.certificate().der())))
    }
}

/// How much a reason says to somebody who meant another group.
fn telling(error: &RegistrationRefused) -> u8 {
    match error {
        RegistrationRefused::Certificate(CertificateError::Absent) => 0,
        RegistrationRefused::Token(SasError::Missing) => 1,
        RegistrationRefused::Certificate(CertificateError::NoAuthority) => 2,
        RegistrationRefused::Certificate(CertificateError::Chain(_))
        | RegistrationRefused::Token(SasError::WrongKey) => 3,
        _ => 4,
    }
}
