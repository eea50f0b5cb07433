//! A device's certificate, as the hub knows it: by its thumbprint, the SHA-256 of its DER.
//!
//! Decides what a thumbprint is and whether a device may use it; that the device has the key of the certificate is
//! proved in the TLS handshake ([`crate::tls`]). Begin with [`Presented`].

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// SHA-256 of a certificate. It prints as hexadecimal digits, in upper case as the portal does.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Thumbprint([u8; 32]);

impl Thumbprint {
    pub(crate) fn of(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// 64 hexadecimal digits, colons between are passed over. The service takes SHA-1 too, this hub does not.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digit = |letter: char| letter.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let digits: Option<Vec<u8>> = text.chars().filter(|letter| *letter != ':').map(digit).collect();
        let digits: [u8; 64] = digits?.try_into().ok()?;
        Some(Self(std::array::from_fn(|index| digits[2 * index] << 4 | digits[2 * index + 1])))
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}

impl From<Thumbprint> for String {
    fn from(thumbprint: Thumbprint) -> Self {
        thumbprint.to_string()
    }
}

impl TryFrom<String> for Thumbprint {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a SHA-256 thumbprint")
    }
}

/// The certificates a device may use: two, so that it can change from one to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Thumbprints {
    pub(crate) primary: Thumbprint,
    pub(crate) secondary: Option<Thumbprint>,
}

impl Thumbprints {
    /// Whether a device with these may come with this certificate.
    pub(crate) fn check(&self, presented: Option<Thumbprint>) -> Result<(), CertificateError> {
        match presented {
            None => Err(CertificateError::Absent),
            Some(presented) if presented == self.primary || Some(presented) == self.secondary => Ok(()),
            Some(presented) => Err(CertificateError::Unknown(presented)),
        }
    }
}

/// Why a certificate is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CertificateError {
    #[error("the device is known by its certificate and presented none in the TLS handshake")]
    Absent,
    #[error(
        "the device is known by another certificate than the presented one, whose SHA-256 thumbprint is {0}"
    )]
    Unknown(Thumbprint),
}

/// What a device came with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presented<'a> {
    pub(crate) password: &'a str,
    /// The certificate of the TLS handshake.
    pub(crate) certificate: Option<Thumbprint>,
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
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_read_as_it_prints_and_as_openssl_prints_it() {
        let thumbprint = Thumbprint::of(b"a certificate");
        let text = thumbprint.to_string();
        let colons: Vec<&str> = (0..32).map(|index| &text[2 * index..2 * index + 2]).collect();
        for form in [text.clone(), text.to_lowercase(), colons.join(":")] {
            assert_eq!(Thumbprint::parse(&form), Some(thumbprint), "{form}");
        }
        for bad in ["", "00", &text[1..], &"x".repeat(64), &"a".repeat(40)] {
            assert_eq!(Thumbprint::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn either_certificate_will_do_and_no_other() {
        let [first, second, other] = [b"1", b"2", b"3"].map(|der| Thumbprint::of(der));
        let known = Thumbprints { primary: first, secondary: Some(second) };
        assert_eq!(known.check(Some(first)), Ok(()));
        assert_eq!(known.check(Some(second)), Ok(()));
        assert_eq!(known.check(Some(other)), Err(CertificateError::Unknown(other)));
        assert_eq!(known.check(None), Err(CertificateError::Absent));
    }
}
