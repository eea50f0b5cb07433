//! The checked [`Model`]: elements of one or more documents with their references resolved.
//!
//! `types` is what callers walk; `build` resolves ids, inherits contents and finds the root; `schema` builds the shapes of
//! values; `unique` compares names. What one document can show by itself was decided in `check`.

mod build;
mod schema;
mod types;
mod unique;

pub(crate) use build::build;
pub use types::{
    Command, Component, EnumSchema, EnumValue, EnumValues, Field, Form, Id, Interface, LanguageMap,
    MapSchema, Model, Name, ObjectSchema, Part, Payload, Property, Quantity, Relationship, Schema,
    SchemaKind, Telemetry, Texts,
};
