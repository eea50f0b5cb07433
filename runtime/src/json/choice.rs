//! Reading an enumeration: one of the legal values, or an error that lists them.
//!
//! Enumerations are closed on the device: a handler never sees a value that the model does not have.

use std::fmt;

use super::{Json, Pointer, ValueError, describe, number};

/// The wire form of one enumeration value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnumValue {
    /// An integer without fraction or exponent.
    Integer(i64),
    /// A string.
    String(&'static str),
}

impl EnumValue {
    fn matches(self, value: &Json) -> bool {
        match self {
            Self::Integer(wanted) => number::signed(value) == Some(wanted),
            Self::String(text) => value.as_str() == Some(text),
        }
    }
}

impl fmt::Display for EnumValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => write!(out, "{number}"),
            Self::String(text) => write!(out, "{text:?}"),
        }
    }
}

/// The legal value that `value` stands for.
///
/// # Errors
/// When it is none of them; the error lists them all.
pub fn one_of<T: Copy>(value: &Json, at: &Pointer<'_>, legal: &[(EnumValue, T)]) -> Result<T, ValueError> {
    let found = legal.iter().find(|(wire, _)| wire.matches(value));
    found.map(|(_, chosen)| *chosen).ok_or_else(|| {
        let names: Vec<String> = legal.iter().map(|(wire, _)| wire.to_string()).collect();
        ValueError::new(at, format!("expected one of {}, found {}", names.join(", "), describe(value)))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_integer_enumeration_takes_no_float_and_lists_its_values() {
        let legal = [(EnumValue::Integer(1), 'a'), (EnumValue::Integer(2), 'b')];
        assert_eq!(one_of(&json!(2), &Pointer::root(), &legal), Ok('b'));
        let error = one_of(&json!(1.0), &Pointer::root(), &legal).unwrap_err();
        assert_eq!(error.message(), "expected one of 1, 2, found 1.0");
        let zero = serde_json::from_str("-0").unwrap();
        assert_eq!(one_of(&zero, &Pointer::root(), &[(EnumValue::Integer(0), 'z')]), Ok('z'));
    }

    #[test]
    fn a_string_enumeration_is_exact() {
        let legal = [(EnumValue::String("on"), true), (EnumValue::String("off"), false)];
        assert_eq!(one_of(&json!("off"), &Pointer::root(), &legal), Ok(false));
        assert!(one_of(&json!("Off"), &Pointer::root(), &legal).is_err());
    }
}
