//! The checked [`Model`]: what callers walk.
//!
//! `types` is the model itself; `build` makes it of the graph's elements, with `elements` and `schemas`. Nothing is
//! decided here about what is right: that was done in `read` and `rules`.

mod build;
mod elements;
mod schemas;
mod types;

pub(crate) use build::{build, root};
pub(crate) use schemas::shape;
pub use types::{
    Command, Component, EnumSchema, EnumValue, EnumValues, Field, Form, Id, Interface, MapSchema, Model,
    Name, ObjectSchema, Part, Payload, Property, Quantity, Relationship, Schema, SchemaKind, Telemetry,
    Texts,
};
