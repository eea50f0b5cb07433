//! The page's token: what a browser must know when the page can be reached from other machines.
//!
//! Decides whether a token or a cookie is the right one, in a time that does not tell how far a guess was right. Begin
//! with [`PageToken`].

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::HubError;

/// Fewer characters can be guessed.
const SHORTEST: usize = 16;
/// What a cookie is derived for: it is not the token, which could be used elsewhere.
const PURPOSE: &[u8] = b"device-model hub: page";

/// The token; it never shows in `Debug`.
#[derive(Clone)]
pub(crate) struct PageToken(String);

impl PageToken {
    /// A token of the user's choice.
    pub(crate) fn new(text: String) -> Result<Self, HubError> {
        let fits = text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text)) } else { Err(HubError::PageToken(SHORTEST)) }
    }

    /// A token of 192 random bits.
    pub(crate) fn random() -> Result<Self, HubError> {
        let mut bytes = [0u8; 24];
        getrandom::fill(&mut bytes).map_err(|error| HubError::Tls(error.to_string()))?;
        Ok(Self(hex(&bytes)))
    }

    /// The token's text, for whoever starts the hub.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether somebody knows the token.
    pub(crate) fn is(&self, given: &str) -> bool {
        mac(given).verify_slice(&self.digest()).is_ok()
    }

    /// What the browser of somebody who knows the token keeps.
    pub(crate) fn cookie(&self) -> String {
        hex(&self.digest())
    }

    /// Whether a cookie is from here.
    pub(crate) fn made(&self, cookie: &str) -> bool {
        unhex(cookie).is_some_and(|digest| mac(&self.0).verify_slice(&digest).is_ok())
    }

    fn digest(&self) -> Vec<u8> {
        mac(&self.0).finalize().into_bytes().to_vec()
    }
}

impl std::fmt::Debug for PageToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PageToken(..)")
    }
}

fn mac(key: &str) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256>>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(PURPOSE);
    mac
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // writing to a String cannot fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_and_its_cookie_are_known_again_and_others_are_not() {
        let token = PageToken::random().unwrap();
        assert!(token.is(token.reveal()) && token.made(&token.cookie()));
        assert_ne!(token.reveal(), token.cookie());
        let other = PageToken::random().unwrap();
        for guess in ["", "x", other.reveal(), &token.cookie()] {
            assert!(!token.is(guess), "{guess}");
        }
        for guess in ["", "zz", "abc", "é", token.reveal(), &other.cookie()] {
            assert!(!token.made(guess), "{guess}");
        }
    }

    #[test]
    fn a_token_that_can_be_guessed_is_refused() {
        for text in ["", "secret", "fifteen letters", "with spaces in it all along"] {
            assert!(PageToken::new(text.to_owned()).is_err(), "{text}");
        }
        assert!(PageToken::new("0123456789abcdef".to_owned()).is_ok());
    }
}
