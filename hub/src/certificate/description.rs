//! What a certificate says of itself: names, validity, serial number.
//!
//! Reads DER and PEM and the forms in which the service's clients send certificates; believes nothing. Begin with
//! [`Description::read`] and [`read_certificates`].

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::CertificateError;

/// Most certificates in one file.
const FILE_LIMIT: usize = 20;

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Description {
    pub(crate) subject: String,
    /// The common name of the subject.
    pub(crate) name: Option<String>,
    pub(crate) issuer: String,
    pub(crate) serial: String,
    /// 3 for every certificate in use.
    pub(crate) version: u32,
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) is_authority: bool,
    /// The subject as it stands in the certificate, to be compared with what others name as their issuer.
    pub(super) raw_subject: Vec<u8>,
    pub(super) raw_issuer: Vec<u8>,
}

impl Description {
    /// Reads a certificate.
    pub(crate) fn read(der: &[u8]) -> Result<Self, CertificateError> {
        let unreadable = |error: &dyn std::fmt::Display| CertificateError::Unreadable(error.to_string());
        let (_, certificate) = X509Certificate::from_der(der).map_err(|error| unreadable(&error))?;
        let moment = |time: x509_parser::time::ASN1Time| {
            Timestamp::from_second(time.timestamp()).map_err(|error| unreadable(&error))
        };
        let validity = certificate.validity();
        let name = certificate.subject().iter_common_name().next().and_then(|name| name.as_str().ok());
        Ok(Self {
            subject: certificate.subject().to_string(),
            name: name.map(str::to_owned),
            issuer: certificate.issuer().to_string(),
            serial: certificate.raw_serial().iter().map(|byte| format!("{byte:02X}")).collect(),
            version: certificate.version().0.saturating_add(1),
            from: moment(validity.not_before)?,
            until: moment(validity.not_after)?,
            is_authority: certificate.is_ca(),
            raw_subject: certificate.subject().as_raw().to_vec(),
            raw_issuer: certificate.issuer().as_raw().to_vec(),
        })
    }

    /// Whether `now` is within its validity.
    pub(crate) fn check_validity(&self, now: Timestamp) -> Result<(), CertificateError> {
        if now > self.until {
            return Err(CertificateError::Expired(self.until));
        }
        if now < self.from { Err(CertificateError::NotYet(self.from)) } else { Ok(()) }
    }
}

/// The certificates in a text: PEM, base64 of PEM, or base64 of DER, as the service's clients send them.
pub(crate) fn read_certificates(text: &str) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let unreadable = |reason: String| CertificateError::Unreadable(reason);
    let pem = |bytes: &[u8]| {
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).take(FILE_LIMIT + 1).collect();
        found.map_err(|error| unreadable(error.to_string()))
    };
    let found = if text.contains("-----BEGIN") {
        pem(text.as_bytes())?
    } else {
        let compact: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        let bytes =
            BASE64.decode(compact).map_err(|_| unreadable("it is neither PEM nor base64".to_owned()))?;
        match bytes.as_slice() {
            [] => Vec::new(),
            [b'-', ..] => pem(&bytes)?,
            _ => vec![CertificateDer::from(bytes)],
        }
    };
    match found.len() {
        0 => Err(unreadable("it holds no certificate".to_owned())),
        count if count > FILE_LIMIT => {
            Err(unreadable(format!("it holds more than {FILE_LIMIT} certificates")))
        }
        _ => Ok(found),
    }
}
