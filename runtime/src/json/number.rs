//! Reading numbers: integers of every width, and floats.
//!
//! Decides when a JSON number is a value of a Rust type: an integer has neither fraction nor exponent and is in range, a
//! float is finite in its own precision, and nothing is taken from a string. Two texts look alike once serde_json has
//! parsed them, and this module errs knowingly:
//!
//! - `-0` is kept as the float -0.0, just as `-0.0` is. Signed integers take both for 0: a writer of the former is
//!   within its rights, and who writes the latter loses nothing. Unsigned integers take neither.
//! - A single-precision float is rounded from the double. The two roundings disagree with one where the text is within
//!   half a double's last place of a tie between two singles.
//!
//! serde_json's `arbitrary_precision` would tell them apart, for every crate of the user's program at once: too much.

use super::{FromJson, Json, Pointer, ValueError};

/// The integer that a signed type may be made of.
pub(super) fn signed(value: &Json) -> Option<i64> {
    let negative_zero = || value.as_f64().filter(|number| *number == 0.0 && number.is_sign_negative());
    value.as_i64().or_else(|| negative_zero().map(|_| 0))
}

macro_rules! integers {
    ($read:path: $($type:ident $wanted:literal,)*) => {$(
        impl FromJson for $type {
            fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
                let number = $read(value).and_then(|number| Self::try_from(number).ok());
                number.ok_or_else(|| {
                    let wanted = concat!($wanted, " integer without fraction or exponent");
                    ValueError::expected(at, wanted, value)
                })
            }
        }
    )*};
}

integers! { signed: i8 "an 8-bit", i16 "a 16-bit", i32 "a 32-bit", i64 "a 64-bit", }
integers! {
    Json::as_u64: u8 "an unsigned 8-bit", u16 "an unsigned 16-bit", u32 "an unsigned 32-bit", u64 "an unsigned 64-bit",
}

impl FromJson for f64 {
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        let number = value.as_f64().filter(|number| number.is_finite());
        number.ok_or_else(|| ValueError::expected(at, "a number", value))
    }
}

impl FromJson for f32 {
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        let wide = f64::from_json(value, at)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "rounding to the nearest single is what the type means"
        )]
        let narrow = wide as Self;
        if narrow.is_finite() {
            Ok(narrow)
        } else {
            Err(ValueError::expected(at, "a number in the range of a single-precision float", value))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read<T: FromJson>(text: &str) -> Result<T, ValueError> {
        T::from_json(&serde_json::from_str(text).unwrap(), &Pointer::root())
    }

    #[test]
    fn integers_have_no_fraction_and_no_exponent() {
        assert_eq!(read::<i64>("5"), Ok(5));
        for text in ["1.0", "1e2", "\"1\"", "null", "true", "18446744073709551615", "-9223372036854775809"] {
            assert!(read::<i64>(text).is_err(), "{text}");
        }
        assert!(read::<u64>("18446744073709551616").is_err() && read::<u64>("1.0").is_err());
    }

    #[test]
    fn integers_are_in_range() {
        assert_eq!((read::<i8>("-128"), read::<i8>("127")), (Ok(i8::MIN), Ok(i8::MAX)));
        assert_eq!((read::<i32>("-2147483648"), read::<u8>("255")), (Ok(i32::MIN), Ok(255)));
        assert_eq!((read::<u16>("65535"), read::<u32>("4294967295")), (Ok(u16::MAX), Ok(u32::MAX)));
        assert_eq!(read::<u64>("18446744073709551615"), Ok(u64::MAX));
        assert!(read::<i8>("128").is_err() && read::<i16>("-32769").is_err() && read::<u8>("-1").is_err());
        assert!(read::<i32>("2147483648").is_err() && read::<u32>("4294967296").is_err());
    }

    #[test]
    fn negative_zero_is_a_signed_integers_zero_and_no_unsigned_one() {
        assert_eq!((read::<i8>("-0"), read::<i64>("-0")), (Ok(0), Ok(0)));
        assert!(read::<u8>("-0").is_err() && read::<u64>("-0").is_err());
        assert!(read::<f64>("-0").unwrap().is_sign_negative());
        assert_eq!(
            read::<i64>("0.0").unwrap_err().message(),
            "expected a 64-bit integer without fraction or exponent, found 0.0"
        );
        assert_eq!(
            serde_json::from_str::<Json>("-0").unwrap(),
            json!(-0.0),
            "then there is a better way now"
        );
    }

    #[test]
    fn floats_are_finite_and_in_range() {
        assert_eq!((read::<f64>("1"), read::<f32>("1.5")), (Ok(1.0), Ok(1.5)));
        assert_eq!(read::<f64>("1.7976931348623157e308"), Ok(f64::MAX));
        assert_eq!(read::<f32>("3.4028235e38"), Ok(f32::MAX));
        assert!(read::<f32>("3.4028236e38").is_err() && read::<f32>("1e39").is_err());
        assert!(read::<f64>("\"1.5\"").is_err());
    }

    proptest! {
        #[test]
        fn every_number_is_read_back(signed: i64, unsigned: u64, double in any::<f64>(), single in any::<f32>()) {
            prop_assert_eq!(read::<i64>(&signed.to_string()), Ok(signed));
            prop_assert_eq!(read::<u64>(&unsigned.to_string()), Ok(unsigned));
            prop_assert_eq!(read::<f64>(&serde_json::to_string(&double).unwrap()), Ok(double));
            prop_assert_eq!(read::<f32>(&serde_json::to_string(&single).unwrap()), Ok(single));
        }
    }
}
