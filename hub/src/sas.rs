//! Shared access signatures: reading a token's text, checking it, making one.
//!
//! Decides whether a token was signed with one of the given keys and has not expired. It does not know
//! which resource a caller may touch: [`Token::resource`] gives the decoded resource to compare.
//! Begin with [`Token::parse`].
//!
//! The signature covers the `sr` text exactly as it appears in the token (clients encode it in different
//! ways), a line feed and the expiry digits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use sha2::Sha256;

use crate::state::modules::{module_key, split_module};

/// How far a client's clock may run behind ours before its token counts as expired.
///
/// Azure tolerates about five minutes; tests need expiry to be prompt, so only a small skew is allowed.
pub(crate) const CLOCK_SKEW_SECONDS: i64 = 5;

/// A symmetric key, base64 as it is exchanged; never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Key(String);

impl Key {
    /// A key from its base64 text; 16 to 64 bytes decoded.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text).ok()?;
        (16..=64).contains(&bytes.len()).then(|| Self(text.to_owned()))
    }

    /// A fresh key of 64 random bytes, as the service generates.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0u8; 64];
        getrandom::fill(&mut bytes)?;
        Ok(Self(BASE64.encode(bytes)))
    }

    /// The key of one registration in an enrollment group: HMAC-SHA256 of the id under the group key.
    pub(crate) fn derive(&self, registration_id: &str) -> Self {
        Self(BASE64.encode(self.hmac(registration_id.as_bytes())))
    }

    /// The base64 text. Callers hand it only to whoever asked for credentials.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    fn mac(&self, message: &[u8]) -> Hmac<Sha256> {
        let key = BASE64.decode(&self.0).unwrap_or_default();
        let mut mac = <Hmac<Sha256>>::new_from_slice(&key).expect("HMAC takes a key of any length");
        mac.update(message);
        mac
    }

    fn hmac(&self, message: &[u8]) -> Vec<u8> {
        self.mac(message).finalize().into_bytes().to_vec()
    }

    /// The signature of a text under this key, base64.
    pub(crate) fn signature(&self, text: &str) -> String {
        BASE64.encode(self.hmac(text.as_bytes()))
    }

    /// Whether a signature, base64, is of this text under this key.
    pub(crate) fn has_signed(&self, text: &str, signature: &str) -> bool {
        BASE64.decode(signature).is_ok_and(|signature| self.verify(text.as_bytes(), &signature))
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.mac(message).verify_slice(signature).is_ok()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// A token as parsed: nothing is believed yet.
pub(crate) struct Token<'a> {
    signed_resource: &'a str,
    resource: String,
    signature: Vec<u8>,
    expiry_text: &'a str,
    expiry: i64,
    policy: Option<String>,
}

/// Why a token is not accepted, for the log; it holds nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SasError {
    #[error("no shared access signature was given")]
    Missing,
    #[error("the shared access signature is malformed: {0}")]
    Malformed(&'static str),
    #[error("the token expired {0} s ago")]
    Expired(i64),
    #[error("the signature does not match either key: is it signed with the right key?")]
    WrongKey,
    #[error("the token is for the resource {found:?}, not for {wanted:?}")]
    WrongResource { found: String, wanted: String },
}

impl<'a> Token<'a> {
    /// Reads `SharedAccessSignature sr=..&sig=..&se=..[&skn=..]`, parameters in any order.
    pub(crate) fn parse(text: &'a str) -> Result<Self, SasError> {
        if text.trim().is_empty() {
            return Err(SasError::Missing);
        }
        let rest = text
            .trim()
            .strip_prefix("SharedAccessSignature ")
            .ok_or(SasError::Malformed("it does not begin with \"SharedAccessSignature \""))?;
        let (mut sr, mut sig, mut se, mut skn) = (None, None, None, None);
        for pair in rest.split('&') {
            let (name, value) =
                pair.split_once('=').ok_or(SasError::Malformed("a parameter has no \"=\""))?;
            let slot = match name.trim() {
                "sr" => &mut sr,
                "sig" => &mut sig,
                "se" => &mut se,
                "skn" => &mut skn,
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return Err(SasError::Malformed("a parameter is given twice"));
            }
        }
        let signed_resource = sr.ok_or(SasError::Malformed("sr is missing"))?;
        let expiry_text = se.ok_or(SasError::Malformed("se is missing"))?;
        Ok(Self {
            signed_resource,
            resource: decode(signed_resource).ok_or(SasError::Malformed("sr is not UTF-8"))?,
            signature: decode(sig.ok_or(SasError::Malformed("sig is missing"))?)
                .and_then(|text| BASE64.decode(text).ok())
                .ok_or(SasError::Malformed("sig is not base64"))?,
            expiry_text,
            expiry: expiry_text.parse().map_err(|_| SasError::Malformed("se is not a number of seconds"))?,
            policy: match skn {
                Some(name) if !name.is_empty() => {
                    Some(decode(name).ok_or(SasError::Malformed("skn is not UTF-8"))?)
                }
                _ => None,
            },
        })
    }

    /// The decoded resource the token claims to be for.
    pub(crate) fn resource(&self) -> &str {
        &self.resource
    }

    /// The policy whose key signed, if the token names one.
    pub(crate) fn policy(&self) -> Option<&str> {
        self.policy.as_deref()
    }

    /// Whether the token's resource, `{host}` or `{host}/{path}`, is for a request of `path`.
    pub(crate) fn covers(&self, path: &str) -> bool {
        covers(&self.resource, path)
    }

    /// Whom the token's resource names among devices and modules, if that is not, letter by letter, whom `path` names.
    pub(crate) fn names_other_than(&self, path: &str) -> Option<String> {
        let (_, scope) = self.resource.split_once('/')?;
        let (named, wanted) = (named_in(scope)?, named_in(path)?);
        // a resource may name the device of a path's module
        let is_it = wanted == named || split_module(&wanted).is_some_and(|(device, _)| device == named);
        (!is_it).then_some(named)
    }

    /// When the token stops being valid.
    pub(crate) fn expires_at(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.expiry).ok()
    }

    /// Accepts the token if one of `keys` signed it and it is not expired at `now`.
    pub(crate) fn verify<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k Key>,
        now: Timestamp,
    ) -> Result<(), SasError> {
        let message = format!("{}\n{}", self.signed_resource, self.expiry_text);
        if !keys.into_iter().any(|key| key.verify(message.as_bytes(), &self.signature)) {
            return Err(SasError::WrongKey);
        }
        let age = now.as_second().saturating_sub(self.expiry);
        if age > CLOCK_SKEW_SECONDS { Err(SasError::Expired(age)) } else { Ok(()) }
    }
}

/// Whether a token's decoded resource, `{host}` or `{host}/{path}`, is for a request of `path`.
///
/// What is below the host must lead to the path by whole segments. A device covers its twin too: az signs
/// calls of both with `{host}/devices/{id}`.
fn covers(resource: &str, path: &str) -> bool {
    let normal = |text: &str| text.trim_matches('/').to_lowercase();
    let scope = normal(resource.split_once('/').map_or("", |(_, scope)| scope));
    let path = normal(&percent_decode_str(path).decode_utf8_lossy());
    let twin = scope.strip_prefix("devices/").map(|device| format!("twins/{device}"));
    leads_to(&scope, &path) || twin.is_some_and(|twin| leads_to(&twin, &path))
}

fn leads_to(scope: &str, path: &str) -> bool {
    scope.is_empty() || path.strip_prefix(scope).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The device or module whose id is in a path of the hub's API.
fn named_in(path: &str) -> Option<String> {
    let text = percent_decode_str(path).decode_utf8_lossy();
    match text.trim_matches('/').split('/').collect::<Vec<_>>()[..] {
        [_, device, "modules", module, ..] => Some(module_key(device, module)),
        [_, device, ..] => Some(device.to_owned()),
        _ => None,
    }
}

/// A token for `resource` (not yet encoded), valid until `expiry` in Unix seconds.
#[cfg(test)]
pub(crate) fn sign(resource: &str, key: &Key, expiry: i64, policy: Option<&str>) -> String {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let sr = encode(resource);
    let sig = encode(&BASE64.encode(key.hmac(format!("{sr}\n{expiry}").as_bytes())));
    let skn = policy.map(|name| format!("&skn={name}")).unwrap_or_default();
    format!("SharedAccessSignature sr={sr}&sig={sig}&se={expiry}{skn}")
}

/// Percent-decodes without turning `+` into a space, which would break base64.
fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GROUP: &str =
        "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn derives_the_documented_device_key() {
        let derived = Key::parse(GROUP).unwrap().derive("sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6");
        assert_eq!(derived.reveal(), "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=");
    }

    #[test]
    fn accepts_own_tokens_and_refuses_late_or_foreign_ones() {
        let (key, other) = (Key::random().unwrap(), Key::random().unwrap());
        let text = sign("localhost/devices/d1", &key, 1_000, None);
        let token = Token::parse(&text).unwrap();
        assert_eq!(token.resource(), "localhost/devices/d1");
        assert_eq!(token.verify([&other, &key], at(1_000)), Ok(()));
        assert_eq!(token.verify([&other], at(1_000)), Err(SasError::WrongKey));
        assert_eq!(token.verify([&key], at(1_100)), Err(SasError::Expired(100)));
    }

    #[test]
    fn verifies_the_resource_text_as_sent_in_any_order_and_with_a_raw_slash_in_the_signature() {
        let key = Key::parse(GROUP).unwrap();
        for sr in ["0ne/registrations/id", "0ne%2fregistrations%2fid", "0ne%2Fregistrations%2Fid"] {
            let sig = BASE64.encode(key.hmac(format!("{sr}\n2000").as_bytes())).replace('+', "%2B");
            let text = format!("SharedAccessSignature se=2000&skn=registration&sig={sig}&sr={sr}");
            let token = Token::parse(&text).unwrap();
            assert_eq!(token.verify([&key], at(1_000)), Ok(()), "{sr}");
            assert_eq!(token.resource(), "0ne/registrations/id");
            assert_eq!(token.policy(), Some("registration"));
        }
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", Key::parse(GROUP).unwrap()), "Key(..)");
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "(SharedAccessSignature )?[ -~é&=%+]{0,80}") {
            let _ = Token::parse(&text).map(|token| token.verify([], at(0)));
        }
    }

    #[test]
    fn a_token_covers_its_resource_and_what_is_below() {
        for (resource, path) in [
            ("localhost", "/devices/d1"),
            ("localhost:8443", "/twins/d1/methods"),
            ("localhost:8443/", "/devices/query"),
            ("localhost/devices", "/devices/d1"),
            ("localhost/devices/D1", "/devices/d1"),
            ("localhost/devices/d1", "/twins/d1"),
            ("localhost/devices/d1", "/twins/d1/methods"),
            ("localhost/devices/a:b", "/devices/a%3Ab"),
        ] {
            assert!(covers(resource, path), "{resource} {path}");
        }
        for (resource, path) in [
            ("localhost/devices/d1", "/devices/d10"),
            ("localhost/devices/d1", "/devices"),
            ("localhost/devices/d1", "/twins/d2"),
            ("localhost/twins/d1", "/devices/d1"),
            ("localhost/devices/", "/statistics/devices"),
        ] {
            assert!(!covers(resource, path), "{resource} {path}");
        }
    }
}
