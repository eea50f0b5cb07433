//! What a client presented in the TLS handshake: its own certificate and those that it sent with it.
//!
//! The TLS layer takes any chain; whether it is good is decided when a device connects, so that the log can say why not.
//! Whom it leads to is found out by [`super::verified`]. Begin with [`ClientCertificate::of_chain`].

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use rustls_pki_types::CertificateDer;

use super::{CertificateError, Description};

/// Most certificates that are looked at in a client's chain.
const CHAIN_LIMIT: usize = 10;

/// The certificate of a client and those that it sent with it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ClientCertificate {
    pub(super) leaf: CertificateDer<'static>,
    pub(super) intermediates: Vec<CertificateDer<'static>>,
    /// What the client's own says of itself.
    description: Result<Description, CertificateError>,
    /// Whom the certificates name as their issuers.
    issuers: BTreeSet<Vec<u8>>,
}

impl ClientCertificate {
    /// Takes the chain of a handshake, the client's own certificate first; `None` when there is none.
    pub(crate) fn of_chain(chain: &[CertificateDer<'_>]) -> Option<Self> {
        let mut owned = chain.iter().take(CHAIN_LIMIT).cloned().map(CertificateDer::into_owned);
        let (leaf, intermediates) = (owned.next()?, owned.collect::<Vec<_>>());
        let description = Description::read(&leaf);
        let above = intermediates.iter().filter_map(|der| Description::read(der).ok());
        let issuers = above.chain(description.clone()).map(|one| one.raw_issuer).collect();
        Some(Self { leaf, intermediates, description, issuers })
    }

    /// The client's own certificate.
    pub(crate) fn der(&self) -> &[u8] {
        &self.leaf
    }

    /// When it expires.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        Some(self.description.as_ref().ok()?.until)
    }

    /// Whether one of the certificates says that this subject issued it.
    pub(super) fn names_issuer(&self, subject: &[u8]) -> bool {
        self.issuers.contains(subject)
    }

    /// The common name in it must be this device's.
    pub(super) fn check_name(&self, wanted: &str) -> Result<(), CertificateError> {
        self.check_name_with(wanted, str::eq)
    }

    /// The common name in it must be this registration id, whose case does not count.
    pub(crate) fn check_registration(&self, wanted: &str) -> Result<(), CertificateError> {
        self.check_name_with(wanted, str::eq_ignore_ascii_case)
    }

    fn check_name_with(&self, wanted: &str, same: fn(&str, &str) -> bool) -> Result<(), CertificateError> {
        let found = self.described()?.name.as_deref().unwrap_or_default();
        if same(found, wanted) {
            return Ok(());
        }
        Err(CertificateError::Name { found: found.to_owned(), wanted: wanted.to_owned() })
    }

    /// The time must be within its validity.
    pub(super) fn check_validity(&self, now: Timestamp) -> Result<(), CertificateError> {
        self.described()?.check_validity(now)
    }

    fn described(&self) -> Result<&Description, CertificateError> {
        self.description.as_ref().map_err(Clone::clone)
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientCertificate({})", super::Thumbprint::of(&self.leaf))
    }
}
