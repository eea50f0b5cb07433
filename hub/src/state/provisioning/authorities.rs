//! The certificate authorities that the hub trusts to name devices.
//!
//! They are given by whoever runs the hub, so that nobody needs to prove that they are theirs. Begin with
//! [`State::trust`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::certificate::description::read_certificates;
use crate::certificate::{Certificate, CertificateError, Description, Thumbprint};
use crate::state::{State, StoreKey};

/// How the keys of kept authorities begin.
pub(super) const PREFIX: &str = "authority/";
/// Most authorities.
const LIMIT: usize = 100;
/// Longest name.
const NAME_LIMIT: usize = 128;

/// An authority under its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Authority {
    pub(crate) name: String,
    pub(crate) certificate: Certificate,
    pub(crate) created: Timestamp,
}

/// Why a certificate is not taken for an authority's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AuthorityError {
    #[error("the certificate is not taken: {0}")]
    Certificate(#[from] CertificateError),
    #[error(
        "there already is another certificate under the name {0:?}: delete it first, or choose another name"
    )]
    Exists(String),
    #[error("there is no certificate {0:?}")]
    NotFound(String),
    #[error("a name has 1 to {NAME_LIMIT} characters without /")]
    Name,
    #[error("a name can be given to one certificate only, and there are {0}")]
    Several(usize),
    #[error("there are {LIMIT} certificates already, which is all that this hub takes")]
    Full,
}

impl State {
    /// Trusts the authorities in a text of PEM or base64; answers their names. Without a name each one gets that of its
    /// subject. One that is trusted already stays.
    pub(crate) fn trust(
        &mut self,
        name: Option<&str>,
        text: &str,
        now: Timestamp,
    ) -> Result<Vec<String>, AuthorityError> {
        let ders = read_certificates(text)?;
        if name.is_some() && ders.len() > 1 {
            return Err(AuthorityError::Several(ders.len()));
        }
        let mut added = Vec::new();
        for der in ders {
            let thumbprint = Thumbprint::of(&der);
            let subject = Description::read(&der)?.name;
            let certificate = Certificate::of_authority(der)?;
            let own = || subject.filter(|name| is_name(name)).unwrap_or_else(|| thumbprint.to_string());
            let name = name.map_or_else(own, str::to_owned);
            if !is_name(&name) {
                return Err(AuthorityError::Name);
            }
            match self.provisioning.authorities.get(&name) {
                Some(known) if known.certificate == certificate => {}
                Some(_) => return Err(AuthorityError::Exists(name)),
                None => {
                    certificate.check_validity(now)?;
                    added.push(Authority { name, certificate, created: now });
                }
            }
        }
        if self.provisioning.authorities.len() + added.len() > LIMIT {
            return Err(AuthorityError::Full);
        }
        let names = added.iter().map(|one| one.name.clone()).collect();
        for authority in added {
            self.dirty.insert(StoreKey::Provisioning(format!("{PREFIX}{}", authority.name)));
            self.provisioning.authorities.insert(authority.name.clone(), authority);
        }
        Ok(names)
    }

    /// Trusts an authority no more; devices that are connected stay so.
    pub(crate) fn distrust(&mut self, name: &str) -> Result<(), AuthorityError> {
        let gone = self.provisioning.authorities.remove(name);
        gone.ok_or_else(|| AuthorityError::NotFound(name.to_owned()))?;
        self.dirty.insert(StoreKey::Provisioning(format!("{PREFIX}{name}")));
        Ok(())
    }

    /// All authorities, by name.
    pub(crate) fn trusted(&self) -> impl Iterator<Item = &Authority> {
        self.provisioning.authorities.values()
    }

    pub(in crate::state) fn authorities(&self) -> impl Iterator<Item = &Certificate> {
        self.trusted().map(|authority| &authority.certificate)
    }

    pub(super) fn authority(&self, name: &str) -> Option<&Certificate> {
        Some(&self.provisioning.authorities.get(name)?.certificate)
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= NAME_LIMIT && !text.contains('/') && !text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::tests::{device, signer, signer_until, unverified};
    use crate::certificate::{Known, Presented};
    use crate::state::tests::{NOW, state};

    #[test]
    fn authorities_are_named_by_their_subjects_and_trusted_once() {
        let mut state = state();
        let (one, two, one_again) = (signer("one", None), signer("two", None), signer("one", None));
        let both = format!("{}{}", one.pem(), two.pem());
        assert_eq!(state.trust(None, &both, NOW).unwrap(), ["one", "two"]);
        assert_eq!(state.trust(None, &both, NOW).unwrap(), [""; 0], "they are trusted already");
        assert_eq!(state.trust(None, &one_again.pem(), NOW), Err(AuthorityError::Exists("one".into())));
        assert_eq!(state.trust(Some("x"), &both, NOW), Err(AuthorityError::Several(2)));
        assert_eq!(state.trust(Some("a/b"), &one.pem(), NOW), Err(AuthorityError::Name));
        state.distrust("one").unwrap();
        assert_eq!(state.distrust("one"), Err(AuthorityError::NotFound("one".into())));
        assert_eq!(state.trust(Some("new"), &one_again.pem(), NOW).unwrap(), ["new"]);
        let leaf = Certificate::new(device("d1", &[]).der().to_vec().into()).unwrap();
        assert!(state.trust(None, &String::from(leaf), NOW).is_err(), "a device is no authority");
    }

    #[test]
    fn an_expired_authority_is_not_trusted_anew_and_a_session_ends_with_its_certificate() {
        let mut state = state();
        let late: Timestamp = "1980-01-01T00:00:00Z".parse().unwrap();
        let old = signer_until("old", None, 1975);
        assert!(matches!(state.trust(None, &old.pem(), late), Err(AuthorityError::Certificate(_))));
        let root = signer("root", None);
        state.trust(None, &root.pem(), late).unwrap();
        state.create("d1", None, true, late).unwrap();
        state.know_by("d1", Known::BY_AUTHORITY).unwrap();
        let mut certificate = unverified(&device("d1", &[&root]));
        let question = state.question_of_device("d1", &certificate, late).unwrap();
        certificate.answer(&question);
        let presented = Presented { password: "", certificate: Some(&certificate) };
        let until = "2049-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(state.authenticate("d1", presented, late), Ok(Some(until)));
    }
}
