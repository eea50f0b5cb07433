//! Writing values: plain JSON in which a null is an error.
//!
//! serde_json writes NaN and infinity as `null`, which a hub would take for "delete this". Here they are an error
//! instead. Absent fields are skipped by the generated types, so no legal value contains a null.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use super::Json;
use crate::error::Error;

/// Compact JSON without nulls.
struct Strict(CompactFormatter);

impl Formatter for Strict {
    fn write_null<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a number is not finite (NaN or infinity), or a value is null",
        ))
    }
}

/// The JSON text of a value.
fn to_bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Error> {
    let mut text = Vec::with_capacity(128);
    write(&mut text, value)?;
    Ok(text)
}

/// Appends the JSON text of a value.
pub(crate) fn write<T: Serialize + ?Sized>(text: &mut Vec<u8>, value: &T) -> Result<(), Error> {
    let mut writer = serde_json::Serializer::with_formatter(text, Strict(CompactFormatter));
    value.serialize(&mut writer).map_err(|error| Error::Value { problem: error.to_string() })
}

/// The JSON form of a value; `()` is null.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<Json, Error> {
    match to_bytes(value) {
        Ok(text) => {
            serde_json::from_slice(&text).map_err(|error| Error::Value { problem: error.to_string() })
        }
        // A type without any bits holds no number: its null is the unit value, not a lost NaN.
        Err(_) if size_of::<T>() == 0 => Ok(Json::Null),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_that_are_not_finite_are_an_error() {
        assert!(to_bytes(&f64::NAN).is_err());
        assert!(to_json(&BTreeMap::from([("temp", f32::INFINITY)])).is_err());
        assert_eq!(to_bytes(&BTreeMap::from([("temp", 21.5)])).unwrap(), br#"{"temp":21.5}"#);
    }

    #[test]
    fn the_unit_value_is_null() {
        assert_eq!(to_json(&()).unwrap(), Json::Null);
        assert_eq!(to_json(&0.1_f32).unwrap(), json!(0.1));
    }
}
