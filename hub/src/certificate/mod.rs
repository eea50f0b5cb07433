//! Certificates of devices and of those who sign them.
//!
//! Decides what a device is known by ([`Known`]) and whether it may come with what it presented ([`Presented`]); that it
//! has the key of its certificate is proved in the TLS handshake ([`crate::tls`]). [`thumbprint`] compares certificates,
//! [`chain`] is what a client presents, [`verified`] follows it to an authority, [`kept`] is what the hub keeps,
//! [`description`] reads them. Begin with [`Known::check`].

pub(crate) mod chain;
pub(crate) mod description;
pub(crate) mod kept;
pub(crate) mod thumbprint;
pub(crate) mod verified;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use chain::ClientCertificate;
pub(crate) use description::Description;
pub(crate) use kept::Certificate;
pub(crate) use thumbprint::Thumbprint;
pub(crate) use verified::{Question, Verified};

/// What a device that has no keys is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Known {
    Thumbprints(Thumbprints),
    /// By its name in a certificate that one of the hub's authorities stands for.
    Authority {
        authority: Any,
    },
    /// By nothing: it is in the registry and never comes.
    Nothing {
        nothing: Nothing,
    },
}

impl Known {
    /// Known by a certificate of any authority of the hub.
    pub(crate) const BY_AUTHORITY: Self = Self::Authority { authority: Any::Any };
    /// Known by nothing.
    pub(crate) const NOTHING: Self = Self::Nothing { nothing: Nothing::Nothing };

    /// Whether the device `id` may come with this certificate at `now`.
    pub(crate) fn check<'a>(
        &self,
        id: &str,
        presented: Option<&Verified>,
        authorities: impl IntoIterator<Item = &'a Certificate>,
        now: Timestamp,
    ) -> Result<(), CertificateError> {
        let presented = presented.ok_or(CertificateError::Absent);
        match self {
            Self::Nothing { .. } => Err(CertificateError::NoWay),
            Self::Thumbprints(known) => known.check(presented?.certificate(), now),
            Self::Authority { .. } => {
                let presented = presented?;
                presented.certificate().check_name(id)?;
                presented.check_authorities(authorities, now)
            }
        }
    }
}

/// Which authority stands for a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Any {
    Any,
}

/// What stands for a device that never comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Nothing {
    Nothing,
}

/// The certificates a device may use: two, so that it can change from one to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Thumbprints {
    pub(crate) primary: Thumbprint,
    pub(crate) secondary: Option<Thumbprint>,
}

impl Thumbprints {
    /// Whether a device with these may come with this certificate at `now`.
    pub(crate) fn check(
        &self,
        presented: &ClientCertificate,
        now: Timestamp,
    ) -> Result<(), CertificateError> {
        let mut known = [Some(self.primary), self.secondary].into_iter().flatten();
        if !known.any(|known| known.is_of(presented.der())) {
            return Err(CertificateError::Unknown(Thumbprint::of(presented.der())));
        }
        presented.check_validity(now)
    }
}

/// Why a certificate is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CertificateError {
    #[error(
        "the device is registered without a way to authenticate (type none): give it keys or thumbprints"
    )]
    NoWay,
    #[error("the device is known by its certificate and presented none in the TLS handshake")]
    Absent,
    #[error(
        "the device is known by another certificate than the presented one, whose SHA-256 thumbprint is {0}"
    )]
    Unknown(Thumbprint),
    #[error("the certificate expired at {0}")]
    Expired(Timestamp),
    #[error("the certificate is valid from {0} on only")]
    NotYet(Timestamp),
    #[error("the certificate is of {found:?}, not of {wanted:?}")]
    Name { found: String, wanted: String },
    #[error("there is no authority that could stand for the certificate: add its CA certificate")]
    NoAuthority,
    #[error("the authority that could stand for the certificate cannot do so now: {0}")]
    OfAuthority(String),
    #[error("the certificate does not lead to a known authority: {0}")]
    Chain(String),
    #[error("the certificate cannot be read: {0}")]
    Unreadable(String),
}

/// What a device came with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presented<'a> {
    pub(crate) password: &'a str,
    /// The certificate of the TLS handshake, and who stands for it.
    pub(crate) certificate: Option<&'a Verified>,
}

impl<'a> From<&'a str> for Presented<'a> {
    fn from(password: &'a str) -> Self {
        Self { password, certificate: None }
    }
}

impl<'a> From<&'a String> for Presented<'a> {
    fn from(password: &'a String) -> Self {
        password.as_str().into()
    }
}

#[cfg(test)]
pub(crate) mod tests;
