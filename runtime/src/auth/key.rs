//! A device's symmetric key: read from base64 or derived from an enrollment group's key, never printed.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;

use crate::error::Error;

/// The symmetric key of one device. Its `Debug` shows nothing of it, and its memory is wiped at the end.
#[derive(Clone)]
pub struct DeviceKey(Arc<SecretSlice<u8>>);

impl DeviceKey {
    /// The key as the portal and the service give it out.
    ///
    /// # Errors
    /// When the text is not standard base64, or decodes to nothing.
    pub fn from_base64(text: &str) -> Result<Self, Error> {
        let problem = |what: &str| Error::configuration("the device key", what);
        let bytes = STANDARD.decode(text.trim()).map_err(|_| problem("it is not base64: copy it whole"))?;
        if bytes.is_empty() {
            return Err(problem("it is empty"));
        }
        Ok(Self::new(bytes))
    }

    /// The key an enrollment group gives to one registration: HMAC-SHA256 of the id under the group's key.
    /// The id counts as written, upper and lower case are different keys.
    ///
    /// # Errors
    /// As [`DeviceKey::from_base64`], for the group's key.
    pub fn derived_from_group_key(group_key: &str, registration_id: &str) -> Result<Self, Error> {
        GroupKey::from_base64(group_key).map(|group| group.device_key(registration_id))
    }

    fn new(bytes: Vec<u8>) -> Self {
        Self(Arc::new(SecretSlice::from(bytes)))
    }

    /// HMAC-SHA256 of `text` under this key.
    pub(super) fn sign(&self, text: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret())
            .expect("HMAC takes keys of every length: RFC 2104 hashes long ones and pads short ones");
        mac.update(text);
        mac.finalize().into_bytes().into()
    }
}

/// The symmetric key of an enrollment group, from which the key of each device is derived. Whoever has it can be any
/// device of the group: in production it belongs on the provisioning line, not on a device. Its `Debug` shows nothing.
#[derive(Clone)]
pub struct GroupKey(DeviceKey);

impl GroupKey {
    /// The group's primary or secondary key, as the portal gives it out.
    ///
    /// # Errors
    /// When the text is not standard base64, or decodes to nothing.
    pub fn from_base64(text: &str) -> Result<Self, Error> {
        DeviceKey::from_base64(text).map(Self)
    }

    /// The key of one registration: HMAC-SHA256 of the id under the group's key. Upper and lower case are different
    /// keys, although the service takes the ids for the same.
    #[must_use]
    pub fn device_key(&self, registration_id: &str) -> DeviceKey {
        DeviceKey::new(self.0.sign(registration_id.as_bytes()).to_vec())
    }
}

impl fmt::Debug for GroupKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("GroupKey(redacted)")
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("DeviceKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str =
        "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==";

    #[test]
    fn a_group_key_derives_the_documented_device_key() {
        let key = DeviceKey::derived_from_group_key(GROUP, "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6").unwrap();
        let expected = DeviceKey::from_base64("Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=").unwrap();
        assert_eq!(key.0.expose_secret(), expected.0.expose_secret());
    }

    #[test]
    fn a_key_that_is_not_base64_is_refused_without_showing_it() {
        let error = DeviceKey::from_base64("secret key").unwrap_err();
        assert!(!error.to_string().contains("secret"));
        assert!(DeviceKey::from_base64("").is_err());
    }

    #[test]
    fn debug_shows_nothing_of_the_key() {
        let key = DeviceKey::from_base64(GROUP).unwrap();
        assert_eq!(format!("{key:?}"), "DeviceKey(redacted)");
        assert_eq!(format!("{:?}", GroupKey(key)), "GroupKey(redacted)");
    }
}
