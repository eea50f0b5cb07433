//! Writing an object's fields: what is `None` is left out.
//!
//! Generated types use [`ObjectWriter`], the counterpart of [`ObjectReader`](super::ObjectReader).

use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// An object that is being written.
#[derive(Debug)]
pub struct ObjectWriter<S: Serializer>(S::SerializeMap);

impl<S: Serializer> ObjectWriter<S> {
    /// Begins the object.
    ///
    /// # Errors
    /// The serializer's own.
    pub fn new(serializer: S) -> Result<Self, S::Error> {
        serializer.serialize_map(None).map(Self)
    }

    /// Writes a field, unless it is `None`.
    ///
    /// # Errors
    /// The serializer's own.
    #[inline]
    pub fn field<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) -> Result<(), S::Error> {
        match value {
            Some(value) => self.0.serialize_entry(name, value),
            None => Ok(()),
        }
    }

    /// Ends the object.
    ///
    /// # Errors
    /// The serializer's own.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_is_left_out_and_the_rest_keeps_its_order() {
        let mut text = Vec::new();
        let mut serializer = serde_json::Serializer::new(&mut text);
        let mut object = ObjectWriter::new(&mut serializer).unwrap();
        object.field("b", &Some(1)).unwrap();
        object.field::<i64>("c", &None).unwrap();
        object.field("a", &Some("x")).unwrap();
        object.end().unwrap();
        assert_eq!(text, br#"{"b":1,"a":"x"}"#);
    }
}
