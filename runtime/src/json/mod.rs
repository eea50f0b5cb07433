//! Reading values strictly from JSON, and writing them without silent losses.
//!
//! Decides what a legal value on the wire is: integers without fraction or exponent and in range, finite floats, no
//! null, no coercion from strings, no unknown object fields. Generated types are put together from [`FromJson`],
//! [`ObjectReader`] and [`one_of`]. It does not know DTDL, and it does not parse JSON text (serde_json does).

mod choice;
mod merge;
mod number;
mod object;
mod pointer;
mod write;
mod writer;

use std::collections::BTreeMap;

pub use choice::{EnumValue, one_of};
pub(crate) use merge::merge;
pub use object::ObjectReader;
pub use pointer::Pointer;
pub use serde_json::Value as Json;
pub(crate) use write::{to_json, write};
pub use writer::ObjectWriter;

/// A value that is not what the model says, and where.
///
/// It is not a `std::error::Error` on purpose: `?` turns it into a refusal with status 400, not into a failure (500).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError {
    at: String,
    message: String,
}

impl ValueError {
    /// An error at a place in the payload.
    pub fn new(at: &Pointer<'_>, message: impl Into<String>) -> Self {
        Self { at: at.to_string(), message: message.into() }
    }

    /// The JSON pointer (RFC 6901) of the bad value; empty for the whole payload.
    pub fn at(&self) -> &str {
        &self.at
    }

    /// What is wrong with it.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn expected(at: &Pointer<'_>, wanted: &str, found: &Json) -> Self {
        Self::new(at, format!("expected {wanted}, found {}", describe(found)))
    }
}

/// A type that is read strictly from a JSON value.
pub trait FromJson: Sized {
    /// Reads `value`, which stands at `at` in the payload.
    ///
    /// # Errors
    /// When the value is not exactly of this type; the error names the place.
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError>;
}

impl FromJson for Json {
    fn from_json(value: &Json, _: &Pointer<'_>) -> Result<Self, ValueError> {
        Ok(value.clone())
    }
}

impl FromJson for bool {
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        value.as_bool().ok_or_else(|| ValueError::expected(at, "a boolean", value))
    }
}

impl FromJson for String {
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        value.as_str().map(str::to_owned).ok_or_else(|| ValueError::expected(at, "a string", value))
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        T::from_json(value, at).map(Self::new)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        let elements = value.as_array().ok_or_else(|| ValueError::expected(at, "an array", value))?;
        elements.iter().enumerate().map(|(index, element)| T::from_json(element, &at.index(index))).collect()
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        let entries = value.as_object().ok_or_else(|| ValueError::expected(at, "an object", value))?;
        let read = |(key, entry): (&String, &Json)| Ok((key.clone(), T::from_json(entry, &at.field(key))?));
        entries.iter().map(read).collect()
    }
}

/// A value as error texts name it: short, whatever its size.
fn describe(value: &Json) -> String {
    const LONGEST: usize = 40;
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(_) | Json::Number(_) => value.to_string(),
        Json::String(text) if text.len() <= LONGEST => format!("{text:?}"),
        Json::String(_) => "a long string".to_owned(),
        Json::Array(_) => "an array".to_owned(),
        Json::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_error_in_depth_names_its_place() {
        let value = json!({"a/b": [1, "x"]});
        let error = BTreeMap::<String, Vec<Box<i32>>>::from_json(&value, &Pointer::root()).unwrap_err();
        assert_eq!(error.at(), "/a~1b/1");
        assert_eq!(error.message(), "expected a 32-bit integer without fraction or exponent, found \"x\"");
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in "[\\[\\]{}\":,0-9eE.+a-z -]{0,40}") {
            if let Ok(value) = serde_json::from_str::<Json>(&text) {
                let at = Pointer::root();
                let _ = i32::from_json(&value, &at);
                let _ = f32::from_json(&value, &at);
                let _ = Vec::<BTreeMap<String, i64>>::from_json(&value, &at);
            }
        }
    }
}
