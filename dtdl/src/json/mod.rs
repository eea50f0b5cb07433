//! JSON with positions: a text becomes a tree of [`Node`]s that know their bytes.
//!
//! Decides what is JSON (strictly RFC 8259, nothing of JSON5) and that member names are unique. Does not know DTDL.
//! `serde_json` is the judge of well-formedness, because the positional parser behind it accepts raw control characters
//! in strings and odd blanks even in its strict mode; after that gate both agree.

mod parse;

pub(crate) use parse::parse;

use crate::source::Location;

/// A JSON value and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) at: Location,
    pub(crate) value: Value,
}

#[derive(Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// The number as it is written.
    Number(String),
    String(String),
    Array(Vec<Node>),
    Object(Object),
}

/// An object whose member names are unique, in the order of the text.
#[derive(Debug, Default)]
pub(crate) struct Object {
    pub(crate) members: Vec<Member>,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) name_at: Location,
    pub(crate) value: Node,
}

impl Object {
    pub(crate) fn get(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

impl Node {
    /// What the value is, for a sentence: "a number".
    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }

    /// The items of an array, or the value itself: DTDL lets every member be written either way.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.value {
            Value::Array(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_object(&self) -> Option<&Object> {
        match &self.value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }
}
