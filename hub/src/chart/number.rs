//! A number as a device sent it: drawn as a double, told with all its digits.
//!
//! A long has 64 bits, of which a double holds 53. Begin with [`Number`].

use std::cmp::Ordering;

use serde_json::Value;

/// From here on a double does not hold every whole number: 2^53.
pub(crate) const INEXACT: u64 = 1 << 53;

/// A number of telemetry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    /// What a double holds.
    Real(f64),
    /// A whole number beyond that.
    Signed(i64),
    /// One beyond that as well.
    Unsigned(u64),
}

impl From<f64> for Number {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl From<i128> for Number {
    fn from(number: i128) -> Self {
        match (i64::try_from(number), u64::try_from(number)) {
            (Ok(signed), _) => Self::Signed(signed),
            (_, Ok(unsigned)) => Self::Unsigned(unsigned),
            _ => Self::Real(number as f64),
        }
    }
}

impl Number {
    fn double(self) -> f64 {
        match self {
            Self::Real(number) => number,
            Self::Signed(number) => number as f64,
            Self::Unsigned(number) => number as f64,
        }
    }

    fn whole(self) -> Option<i128> {
        match self {
            Self::Real(_) => None,
            Self::Signed(number) => Some(number.into()),
            Self::Unsigned(number) => Some(number.into()),
        }
    }

    /// How it compares: exactly where both are whole numbers that a double does not hold.
    pub(crate) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Real(one), Self::Real(other)) => one.total_cmp(&other),
            _ => match (self.whole(), other.whole()) {
                (Some(one), Some(other)) => one.cmp(&other),
                _ => self.double().total_cmp(&other.double()),
            },
        }
    }

    /// As JSON has it: a whole one without a fraction.
    pub(crate) fn json(self) -> Value {
        match self {
            Self::Real(number) if number.fract() == 0.0 && number.abs() < INEXACT as f64 => {
                (number as i64).into()
            }
            Self::Real(number) => number.into(),
            Self::Signed(number) => number.into(),
            Self::Unsigned(number) => number.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_64_bits_keep_their_order_and_their_digits() {
        let ascending: Vec<Number> = [
            Number::from(i128::from(i64::MIN)),
            Number::from(-1.5),
            Number::from(9_007_199_254_740_991.0),
            Number::from(9_007_199_254_740_993i128),
            Number::from(9_007_199_254_740_994i128),
            Number::from(i128::from(u64::MAX)),
        ]
        .into();
        assert!(ascending.is_sorted_by(|one, next| one.compare(*next).is_lt()));
        let texts: Vec<String> = ascending.iter().map(|number| number.json().to_string()).collect();
        assert_eq!(
            texts,
            [
                "-9223372036854775808",
                "-1.5",
                "9007199254740991",
                "9007199254740993",
                "9007199254740994",
                "18446744073709551615"
            ]
        );
    }
}
