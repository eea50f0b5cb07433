//! A certificate's thumbprint: the hash of its DER, SHA-256 or SHA-1.
//!
//! Begin with [`Thumbprint::parse`].

use std::fmt;

use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// The hash of a certificate. It prints as hexadecimal digits, in upper case as the portal does.
///
/// SHA-1 is what many tools of the service still register; a device cannot choose it, and a second certificate with the
/// hash of a given one is out of reach.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) enum Thumbprint {
    Sha1([u8; 20]),
    Sha256([u8; 32]),
}

impl Thumbprint {
    /// The SHA-256 thumbprint of a certificate.
    pub(crate) fn of(der: &[u8]) -> Self {
        Self::Sha256(Sha256::digest(der).into())
    }

    /// The SHA-1 thumbprint of a certificate.
    pub(crate) fn sha1_of(der: &[u8]) -> Self {
        Self::Sha1(Sha1::digest(der).into())
    }

    /// Whether a certificate has this thumbprint.
    pub(crate) fn is_of(&self, der: &[u8]) -> bool {
        *self
            == match self {
                Self::Sha1(_) => Self::sha1_of(der),
                Self::Sha256(_) => Self::of(der),
            }
    }

    /// 64 hexadecimal digits, or 40; colons between are passed over.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digit = |letter: char| letter.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let digits: Option<Vec<u8>> = text.chars().filter(|letter| *letter != ':').map(digit).collect();
        let bytes: Vec<u8> = digits?
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => Some(high << 4 | low),
                _ => None,
            })
            .collect::<Option<_>>()?;
        let sha256 = <[u8; 32]>::try_from(bytes.as_slice()).map(Self::Sha256);
        sha256.or_else(|_| <[u8; 20]>::try_from(bytes.as_slice()).map(Self::Sha1)).ok()
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: &[u8] = match self {
            Self::Sha1(bytes) => bytes,
            Self::Sha256(bytes) => bytes,
        };
        bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
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
        Self::parse(&text).ok_or("not a SHA-256 or SHA-1 thumbprint")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_read_as_it_prints_and_as_openssl_prints_it() {
        for thumbprint in [Thumbprint::of(b"a certificate"), Thumbprint::sha1_of(b"a certificate")] {
            let text = thumbprint.to_string();
            let colons: Vec<&str> =
                (0..text.len() / 2).map(|index| &text[2 * index..2 * index + 2]).collect();
            for form in [text.clone(), text.to_lowercase(), colons.join(":")] {
                assert_eq!(Thumbprint::parse(&form), Some(thumbprint), "{form}");
            }
            for bad in ["", "00", &text[1..], &"x".repeat(64), &"a".repeat(42)] {
                assert_eq!(Thumbprint::parse(bad), None, "{bad}");
            }
            assert!(thumbprint.is_of(b"a certificate") && !thumbprint.is_of(b"another"));
        }
    }
}
