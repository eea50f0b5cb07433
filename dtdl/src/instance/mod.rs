//! Values against schemas: whether a JSON value is what a [`Schema`] says, and where it is not.
//!
//! Decides the wire form of every schema, as section "schemas" of the language and its instance tables have it:
//! nothing is coerced, every field of an Object may be missing, none may be unknown, null is no value, and no object
//! has two members of one name. Does not check models, and says nothing about a whole Interface or Command.
//!
//! Begin at [`Model::check_value`]. `walk` goes through value and schema side by side (on a stack of its own, for a v4
//! schema may contain itself and a value may be as deep as its text is long), `primitive` has the rule of each of the
//! language's own schemas, `standard` the shapes of those that are objects, and `text` the grammars of strings.

mod primitive;
mod standard;
#[cfg(test)]
mod tests;
mod text;
mod walk;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

pub(crate) use text::is_duration;

use crate::model::{Model, Schema};
use crate::tape::{Malformed, scan};

/// One thing that is wrong with a value.
///
/// Codes are stable and may be matched on; wording is free to improve.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValueFault {
    /// Where in the value, as a JSON pointer; empty for the value itself.
    pub path: String,
    /// One sentence: what is wrong.
    pub message: String,
    code: &'static str,
    at: Range<usize>,
}

impl ValueFault {
    /// The stable code: `notJson`, `wrongType`, `notInteger`, `outOfRange`, `badFormat`, `notInEnum`, `unknownField`,
    /// `duplicateField`, `unknownSchema`, or `moreFaults` when there were too many to list.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The bytes of the JSON text that are wrong.
    pub fn at(&self) -> Range<usize> {
        self.at.clone()
    }
}

/// The path and the sentence.
impl fmt::Display for ValueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl std::error::Error for ValueFault {}

impl Model {
    /// All that is wrong with a JSON text as a value of `schema`, in the order of the text; empty when it is valid. After
    /// the first hundred faults one more says that there are others.
    ///
    /// Shared schemas that `schema` refers to by id are looked up in this model.
    ///
    /// ```
    /// # let mut sources = dtdl::Sources::default();
    /// # sources.add("lamp.json", r#"{ "@context": "dtmi:dtdl:context;3", "@id": "dtmi:com:example:Lamp;1",
    /// #   "@type": "Interface", "contents": [{ "@type": "Telemetry", "name": "path",
    /// #     "schema": { "@type": "Array", "elementSchema": "integer" } }] }"#);
    /// # let reading = dtdl::read(sources, None);
    /// # let model = reading.valid().unwrap();
    /// let schema = &model.interface(&model.parts[0]).telemetry[0].schema; // an Array of integers
    /// assert!(model.check_value(schema, "[1, 2]").is_empty());
    /// let faults = model.check_value(schema, "[1, 2.5]");
    /// assert_eq!((faults[0].path.as_str(), faults[0].code()), ("/1", "notInteger"));
    /// ```
    pub fn check_value(&self, schema: &Schema, json: &str) -> Vec<ValueFault> {
        check_instance(schema, &|id| self.schema(id).cloned(), json)
    }
}

/// [`Model::check_value`], for whoever knows the shared schemas without a model.
pub(crate) fn check_instance(
    schema: &Schema,
    shared: &dyn Fn(&str) -> Option<Arc<Schema>>,
    json: &str,
) -> Vec<ValueFault> {
    match scan(json) {
        Ok(tape) => walk::check(schema, shared, tape.root()),
        Err(Malformed { message, at }) => {
            vec![ValueFault {
                path: String::new(),
                message: format!("no JSON: {message}"),
                code: "notJson",
                at,
            }]
        }
    }
}
