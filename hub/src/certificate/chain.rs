//! What a client presented in the TLS handshake, and whom its chain of certificates leads to.
//!
//! The TLS layer takes any chain; whether it is good is decided here, when a device connects, so that the log can say why
//! not. The rules are those of rustls's verifier of clients: signatures, validity, extended key usage, path lengths. Begin
//! with [`ClientCertificate::check_chain`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::{CertificateDer, UnixTime};
use serde::{Deserialize, Serialize};

use super::{CertificateError, Description};

/// Most certificates that are looked at in a client's chain.
const CHAIN_LIMIT: usize = 10;

/// The certificate of a client and those that it sent with it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ClientCertificate {
    leaf: CertificateDer<'static>,
    intermediates: Vec<CertificateDer<'static>>,
}

impl ClientCertificate {
    /// Takes the chain of a handshake, the client's own certificate first; `None` when there is none.
    pub(crate) fn of_chain(chain: &[CertificateDer<'_>]) -> Option<Self> {
        let mut owned = chain.iter().take(CHAIN_LIMIT).cloned().map(CertificateDer::into_owned);
        Some(Self { leaf: owned.next()?, intermediates: owned.collect() })
    }

    /// The client's own certificate.
    pub(crate) fn der(&self) -> &[u8] {
        &self.leaf
    }

    /// When it expires.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        Description::read(&self.leaf).ok().map(|description| description.until)
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
        let found = Description::read(&self.leaf)?.name.unwrap_or_default();
        if same(&found, wanted) {
            return Ok(());
        }
        Err(CertificateError::Name { found, wanted: wanted.to_owned() })
    }

    /// The time must be within its validity.
    pub(super) fn check_validity(&self, now: Timestamp) -> Result<(), CertificateError> {
        Description::read(&self.leaf)?.check_validity(now)
    }

    /// One of the authorities must stand for it, by way of the certificates that were sent with it.
    pub(crate) fn check_chain<'a>(
        &self,
        authorities: impl IntoIterator<Item = &'a Certificate>,
        now: Timestamp,
    ) -> Result<(), CertificateError> {
        // rustls says of an expired certificate the same, in words that name no date
        self.check_validity(now)?;
        let mut roots = RootCertStore::empty();
        // the verifier does not ask a root for its validity
        let mut outside = None;
        for authority in authorities {
            match Description::read(&authority.0).and_then(|authority| authority.check_validity(now)) {
                Ok(()) => roots
                    .add(authority.0.clone())
                    .map_err(|error| CertificateError::Chain(error.to_string()))?,
                Err(error) => outside = Some(error),
            }
        }
        if roots.is_empty() {
            let none = CertificateError::NoAuthority;
            return Err(outside.map_or(none, |error| CertificateError::OfAuthority(error.to_string())));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|error| CertificateError::Chain(error.to_string()))?;
        let since_1970 = Duration::from_secs(u64::try_from(now.as_second()).unwrap_or(0));
        let now = UnixTime::since_unix_epoch(since_1970);
        let verified = verifier.verify_client_cert(&self.leaf, &self.intermediates, now);
        let left_out =
            outside.map(|error| format!("; an authority was left out: {error}")).unwrap_or_default();
        verified.map(drop).map_err(|error| CertificateError::Chain(format!("{error}{left_out}")))
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientCertificate({})", super::Thumbprint::of(&self.leaf))
    }
}

/// A certificate that is kept, as base64 of its DER.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Certificate(CertificateDer<'static>);

impl Certificate {
    /// Takes a certificate that can be read.
    pub(crate) fn new(der: CertificateDer<'static>) -> Result<Self, CertificateError> {
        Description::read(&der)?;
        Ok(Self(der))
    }

    /// Takes a certificate whose owner may sign others.
    pub(crate) fn of_authority(der: CertificateDer<'static>) -> Result<Self, CertificateError> {
        let description = Description::read(&der)?;
        if !description.is_authority {
            let text = format!("it is not a CA's: {:?} may sign no others", description.subject);
            return Err(CertificateError::Unreadable(text));
        }
        // what the verifier will not take is refused now and not at a device's CONNECT
        let taken = RootCertStore::empty().add(der.clone());
        taken.map_err(|error| CertificateError::Unreadable(error.to_string()))?;
        Ok(Self(der))
    }

    /// The certificate.
    pub(crate) fn der(&self) -> &[u8] {
        &self.0
    }

    /// The time must be within its validity.
    pub(crate) fn check_validity(&self, now: Timestamp) -> Result<(), CertificateError> {
        Description::read(&self.0)?.check_validity(now)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", super::Thumbprint::of(&self.0))
    }
}

impl From<Certificate> for String {
    fn from(certificate: Certificate) -> Self {
        BASE64.encode(&certificate.0)
    }
}

impl TryFrom<String> for Certificate {
    type Error = CertificateError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let der =
            BASE64.decode(text).map_err(|_| CertificateError::Unreadable("it is not base64".to_owned()))?;
        Self::new(CertificateDer::from(der))
    }
}
