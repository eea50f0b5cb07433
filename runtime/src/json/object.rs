//! Reading an object's fields: each may be missing, none may be unknown.
//!
//! Generated types use [`ObjectReader`]; maps with free keys are read as `BTreeMap` instead.

use super::{FromJson, Json, Pointer, ValueError};

/// An object whose field names have been checked.
#[derive(Clone, Copy, Debug)]
pub struct ObjectReader<'a> {
    fields: &'a serde_json::Map<String, Json>,
    at: &'a Pointer<'a>,
}

impl<'a> ObjectReader<'a> {
    /// Checks that `value` is an object that has no other fields than the legal ones.
    ///
    /// # Errors
    /// When it is not an object, or names an unknown field.
    pub fn new(value: &'a Json, at: &'a Pointer<'a>, legal: &[&str]) -> Result<Self, ValueError> {
        let Json::Object(fields) = value else {
            return Err(ValueError::expected(at, "an object", value));
        };
        if let Some(unknown) = fields.keys().find(|name| !legal.contains(&name.as_str())) {
            let hint = match legal {
                [] => "it has no fields".to_owned(),
                legal => format!("the fields are {}", legal.join(", ")),
            };
            return Err(ValueError::new(&at.field(unknown), format!("unknown field; {hint}")));
        }
        Ok(Self { fields, at })
    }

    /// The field's value, or `None` when the field is missing. Null is a value, and a wrong one.
    ///
    /// # Errors
    /// When the field is there but is not a `T`.
    pub fn optional<T: FromJson>(&self, name: &str) -> Result<Option<T>, ValueError> {
        self.fields.get(name).map(|value| T::from_json(value, &self.at.field(name))).transpose()
    }

    /// The field's value.
    ///
    /// # Errors
    /// When the field is missing or is not a `T`.
    pub fn required<T: FromJson>(&self, name: &str) -> Result<T, ValueError> {
        self.optional(name)?.ok_or_else(|| ValueError::new(&self.at.field(name), "the field is missing"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn missing_fields_are_absent_and_unknown_ones_are_refused_with_the_legal_ones() {
        let at = Pointer::root();
        let value = json!({"level": 3});
        let object = ObjectReader::new(&value, &at, &["description", "level"]).unwrap();
        assert_eq!(object.optional::<String>("description"), Ok(None));
        assert_eq!(object.required::<i64>("level"), Ok(3));
        assert_eq!(object.required::<String>("description").unwrap_err().at(), "/description");

        let error = ObjectReader::new(&value, &at, &["description"]).unwrap_err();
        assert_eq!((error.at(), error.message()), ("/level", "unknown field; the fields are description"));
    }

    #[test]
    fn null_is_not_an_absent_field() {
        let at = Pointer::root();
        let value = json!({"level": null});
        let object = ObjectReader::new(&value, &at, &["level"]).unwrap();
        assert!(object.optional::<i64>("level").is_err());
        assert!(ObjectReader::new(&Json::Null, &at, &[]).is_err());
    }
}
