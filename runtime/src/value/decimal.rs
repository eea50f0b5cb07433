//! Decimal numbers of any size and precision, as the text they were given.

use serde::Serialize;

use crate::json::{FromJson, Json, ObjectReader, Pointer, ValueError};
use crate::text::checked_text;

checked_text! {
    /// A decimal number, DTDL's `decimal`: a string such as `-12.50` on the wire.
    ///
    /// A sign, an integer without leading zeros, and a fraction; any size. It keeps its text and compares as text, so that
    /// `1.5` and `1.50` differ.
    ///
    /// ```
    /// # use device_model_runtime::value::Decimal;
    /// let price: Decimal = "12.50".parse()?;
    /// assert_eq!((price.to_string(), price.to_f64()), ("12.50".to_owned(), 12.5));
    /// assert_eq!(Decimal::from(-3).to_string(), "-3");
    /// # Ok::<(), device_model_runtime::value::ParseError>(())
    /// ```
    Decimal, "a decimal number such as -12.50", is_decimal
}

fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (integer, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = integer.starts_with('0') && integer != "0";
    !integer.is_empty() && !leading_zero && digits(integer) && digits(fraction)
}

impl Decimal {
    /// The nearest double; infinite where the number is beyond the doubles.
    pub fn to_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }
}

/// `0`.
impl Default for Decimal {
    fn default() -> Self {
        Self::from(0)
    }
}

macro_rules! from_integers {
    ($($type:ty)*) => {$(
        impl From<$type> for Decimal {
            fn from(number: $type) -> Self {
                Self(number.to_string())
            }
        }
    )*};
}

from_integers! { i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 }

/// A decimal number and the power of ten it is multiplied by, DTDL's `scaledDecimal`: `value` times 10 to the `scale`.
///
/// On the wire it is an object of two fields, each of which may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct ScaledDecimal {
    /// The number before it is scaled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Decimal>,
    /// The exponent of ten, -32768 to 32767.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<i16>,
}

impl ScaledDecimal {
    /// `value` times 10 to the `scale`.
    pub fn new(value: Decimal, scale: i16) -> Self {
        Self { value: Some(value), scale: Some(scale) }
    }
}

impl FromJson for ScaledDecimal {
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        let fields = ObjectReader::new(value, at, &["value", "scale"])?;
        Ok(Self { value: fields.optional("value")?, scale: fields.optional("scale")? })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_decimal_keeps_its_text() {
        for good in ["0", "-0", "+1", "1.", "-12.50", "123456789012345678901234567890.000"] {
            assert_eq!(good.parse::<Decimal>().unwrap().to_string(), good);
        }
        for bad in ["", "-", ".5", "01", "00", "1e3", "1.5.", "1,5", " 1", "--1", "NaN", "٣"] {
            assert!(bad.parse::<Decimal>().is_err(), "{bad}");
        }
        assert_eq!(
            (Decimal::default().to_string(), Decimal::from(u128::MAX).to_f64()),
            ("0".into(), u128::MAX as f64)
        );
        assert_eq!("+1.".parse::<Decimal>().unwrap().to_f64(), 1.0);
        assert!(Decimal::from_json(&json!(1), &Pointer::root()).is_err());
    }

    #[test]
    fn a_scaled_decimals_fields_may_be_missing() {
        let at = Pointer::root();
        let scaled = ScaledDecimal::new(Decimal::from(12), -1);
        assert_eq!(ScaledDecimal::from_json(&json!({"value": "12", "scale": -1}), &at), Ok(scaled));
        assert_eq!(ScaledDecimal::from_json(&json!({}), &at), Ok(ScaledDecimal::default()));
        assert_eq!(serde_json::to_value(ScaledDecimal::default()).unwrap(), json!({}));
        for bad in [json!({"scale": 40_000}), json!({"value": 1}), json!({"value": null}), json!({"unit": 1})]
        {
            assert!(ScaledDecimal::from_json(&bad, &at).is_err(), "{bad}");
        }
    }
}
