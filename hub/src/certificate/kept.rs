//! A certificate that the hub keeps: of a device, or of somebody who signs those of devices.
//!
//! Decides what may be kept as an authority's, and holds what is needed to verify with it, which is made once. Begin with
//! [`Certificate`].

use std::fmt;
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls_pki_types::CertificateDer;
use serde::{Deserialize, Serialize};

use super::{CertificateError, Description, Thumbprint};

/// A certificate that is kept, as base64 of its DER.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Certificate(Arc<Kept>);

struct Kept {
    der: CertificateDer<'static>,
    description: Description,
    thumbprint: Thumbprint,
    /// What verifies chains that lead to it: made when the first one comes.
    verifier: OnceLock<Result<Arc<dyn ClientCertVerifier>, String>>,
}

impl Certificate {
    /// Takes a certificate that can be read.
    pub(crate) fn new(der: CertificateDer<'static>) -> Result<Self, CertificateError> {
        let (description, thumbprint) = (Description::read(&der)?, Thumbprint::of(&der));
        Ok(Self(Arc::new(Kept { der, description, thumbprint, verifier: OnceLock::new() })))
    }

    /// Takes a certificate whose owner may sign others.
    pub(crate) fn of_authority(der: CertificateDer<'static>) -> Result<Self, CertificateError> {
        let made = Self::new(der)?;
        let description = &made.0.description;
        if !description.is_authority {
            let text = format!("it is not a CA's: {:?} may sign no others", description.subject);
            return Err(CertificateError::Unreadable(text));
        }
        // what the verifier will not take is refused now and not at a device's CONNECT
        made.verifier().map_err(|reason| CertificateError::Unreadable(reason.to_owned()))?;
        Ok(made)
    }

    /// The certificate.
    pub(crate) fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// Its SHA-256 thumbprint.
    pub(crate) fn thumbprint(&self) -> Thumbprint {
        self.0.thumbprint
    }

    /// The subject as it stands in it.
    pub(super) fn subject(&self) -> &[u8] {
        &self.0.description.raw_subject
    }

    /// The time must be within its validity.
    pub(crate) fn check_validity(&self, now: Timestamp) -> Result<(), CertificateError> {
        self.0.description.check_validity(now)
    }

    /// What verifies chains that lead to it; the error says why there can be none.
    pub(super) fn verifier(&self) -> Result<&Arc<dyn ClientCertVerifier>, &str> {
        self.0.verifier.get_or_init(|| self.make_verifier()).as_ref().map_err(String::as_str)
    }

    fn make_verifier(&self) -> Result<Arc<dyn ClientCertVerifier>, String> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der.clone()).map_err(|error| error.to_string())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        verifier.build().map_err(|error| error.to_string())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.0.thumbprint)
    }
}

impl From<Certificate> for String {
    fn from(certificate: Certificate) -> Self {
        BASE64.encode(certificate.der())
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
