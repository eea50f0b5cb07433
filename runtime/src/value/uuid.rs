//! UUIDs: 128 bits that are written as 8-4-4-4-12 hexadecimal digits.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::json::{FromJson, Json, Pointer, ValueError};
use crate::text::ParseError;

const WANTED: &str = "a UUID such as 123e4567-e89b-12d3-a456-426614174000";

/// A UUID, DTDL's `uuid`: a string such as `123e4567-e89b-12d3-a456-426614174000` on the wire.
///
/// It is written in the case it was read in, and equal to any UUID of the same bits. It makes no UUIDs; take the bits
/// from a library that does ([`from_bytes`](Self::from_bytes)).
#[derive(Clone, Copy, Default)]
pub struct Uuid {
    bytes: [u8; 16],
    /// Bit n says that hexadecimal digit n is a capital.
    capitals: u32,
}

impl Uuid {
    /// The UUID of these bits, the first byte being the first two digits; written in small letters.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self { bytes, capitals: 0 }
    }

    /// The bits.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.bytes
    }

    fn read(text: &str) -> Option<Self> {
        let mut uuid = Self::default();
        let mut digits = 0;
        for (place, byte) in text.bytes().enumerate() {
            if matches!(place, 8 | 13 | 18 | 23) {
                (byte == b'-').then_some(())?;
                continue;
            }
            let digit = char::from(byte).to_digit(16)?;
            let half = uuid.bytes.get_mut(digits / 2)?;
            *half = *half << 4 | u8::try_from(digit).ok()?;
            uuid.capitals |= u32::from(byte.is_ascii_uppercase()) << digits;
            digits += 1;
        }
        (digits == 32).then_some(uuid)
    }
}

impl FromStr for Uuid {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::read(text).ok_or_else(|| ParseError::new(text, WANTED))
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(36);
        for (place, digit) in self.bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).enumerate() {
            if matches!(place, 8 | 12 | 16 | 20) {
                text.push('-');
            }
            let digit = char::from_digit(digit.into(), 16).unwrap_or_default();
            let capital = self.capitals >> place & 1 == 1;
            text.push(if capital { digit.to_ascii_uppercase() } else { digit });
        }
        out.pad(&text)
    }
}

/// As its text.
impl fmt::Debug for Uuid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Uuid({self})")
    }
}

/// Of the same bits, whatever the case.
impl PartialEq for Uuid {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Uuid {}

impl Hash for Uuid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromJson for Uuid {
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        let uuid = value.as_str().and_then(Self::read);
        uuid.ok_or_else(|| ValueError::expected(at, WANTED, value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_uuid_is_written_in_the_case_it_was_read_in() {
        let text = "123e4567-E89b-12d3-A456-42661417400F";
        let uuid: Uuid = text.parse().unwrap();
        assert_eq!(uuid.to_string(), text);
        assert_eq!(serde_json::to_value(uuid).unwrap(), text);
        assert_eq!(uuid, text.to_lowercase().parse().unwrap());
        assert_eq!(uuid.as_bytes()[..3], [0x12, 0x3e, 0x45]);
        assert_eq!(Uuid::from_bytes([0; 16]), Uuid::default());
    }

    #[test]
    fn a_uuid_has_its_digits_and_its_hyphens() {
        for bad in [
            "",
            "123e4567-e89b-12d3-a456-42661417400",
            "123e4567-e89b-12d3-a456-4266141740000",
            "123e4567e89b12d3a456426614174000",
            "{123e4567-e89b-12d3-a456-426614174000}",
            "123e4567-e89b-12d3-a4564-26614174000",
            "123e4567-e89b-12d3-a456-42661417400g",
            "123e4567-e89b-12d3-a456-42661417400é",
        ] {
            assert!(bad.parse::<Uuid>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn all_bits_are_read_back(bytes: [u8; 16]) {
            let uuid = Uuid::from_bytes(bytes);
            prop_assert_eq!(uuid.to_string().parse(), Ok(uuid));
        }
    }
}
