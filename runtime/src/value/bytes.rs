//! Binary data: base64 of the standard alphabet, with its padding (RFC 4648, section 4).

use std::ops::Deref;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Serialize, Serializer};

use crate::json::{FromJson, Json, Pointer, ValueError};

/// The bits that padding leaves over may be anything in what is read; in what is written they are 0.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// Binary data, DTDL's `bytes`: padded base64 on the wire.
///
/// ```
/// # use device_model_runtime::value::Bytes;
/// let certificate = Bytes::from([0x30, 0x82].as_slice());
/// assert_eq!(certificate.len(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bytes(Vec<u8>);

impl Bytes {
    /// The data itself.
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(data: Vec<u8>) -> Self {
        Self(data)
    }
}

impl From<&[u8]> for Bytes {
    fn from(data: &[u8]) -> Self {
        Self(data.to_vec())
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(bytes: Bytes) -> Self {
        bytes.0
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&base64::display::Base64Display::new(&self.0, &BASE64))
    }
}

impl FromJson for Bytes {
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        let data = value.as_str().and_then(|text| BASE64.decode(text).ok());
        data.map(Self).ok_or_else(|| ValueError::expected(at, "base64 with its padding", value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(value: &Json) -> Result<Bytes, ValueError> {
        Bytes::from_json(value, &Pointer::root())
    }

    #[test]
    fn base64_is_standard_and_padded() {
        assert_eq!(read(&json!("AP/+")), Ok(Bytes(vec![0, 255, 254])));
        assert_eq!(read(&json!("")), Ok(Bytes::default()));
        for bad in ["QQ", "QQ=", "QQ===", "Q===", "QQ==QQ==", "AP_-", "QUJD\n", "====", " "] {
            assert!(read(&json!(bad)).is_err(), "{bad}");
        }
        assert_eq!(read(&json!(1)).unwrap_err().message(), "expected base64 with its padding, found 1");
    }

    #[test]
    fn what_the_padding_leaves_over_is_read_and_not_written() {
        let bytes = read(&json!("QR==")).unwrap();
        assert_eq!(serde_json::to_value(&bytes).unwrap(), "QQ==");
    }

    proptest! {
        #[test]
        fn all_data_is_read_back(data: Vec<u8>) {
            let bytes = Bytes::from(data);
            prop_assert_eq!(read(&serde_json::to_value(&bytes).unwrap()), Ok(bytes));
        }
    }
}
