//! The Digital Twins Definition Language: device models read from JSON, checked, and walked with positions.
//!
//! [`read`] is where to begin: it takes [`Sources`] (named texts) and answers a [`Reading`], which holds the
//! checked [`Model`] and every [`Diagnostic`] found, each with its code, file, line, column and remedy.
//!
//! The stages are types: [`Sources`] -> JSON with positions -> elements of the language -> their references linked ->
//! rules between them -> [`Model`]. What a class may contain in which version of the language is data (`language`); one
//! interpreter (`read`, `rules`) applies it. The crate reads no files and opens no network connection; callers hand it
//! texts, and [`read_with`] asks them for what the texts refer to.
//!
//! ```
//! let mut sources = dtdl::Sources::default();
//! sources.add("lamp.json", r#"{
//!   "@context": "dtmi:dtdl:context;3", "@id": "dtmi:com:example:Lamp;1", "@type": "Interface",
//!   "contents": [{ "@type": "Telemetry", "name": "level", "schema": "dobule" }]
//! }"#);
//! let reading = dtdl::read(sources, None);
//! let fault = &reading.diagnostics()[0];
//! assert_eq!(fault.code(), "badDtmiOrTerm");
//! assert_eq!(reading.sources().position(fault.at()).to_string(), "lamp.json:3:67");
//! assert!(fault.help().unwrap_or_default().contains("`double`"));
//! ```

mod compare;
mod describe;
mod diagnostic;
mod dtmi;
mod graph;
mod instance;
mod language;
mod language_map;
mod model;
mod options;
mod print;
mod read;
mod reading;
mod resolve;
mod rules;
mod source;
mod suggest;
mod tape;

pub use compare::{Change, ChangeKind, Effect, Piece, compare, versioning};
pub use describe::Description;
pub use diagnostic::{Details, Diagnostic, Style};
pub use dtmi::Dtmi;
pub use instance::ValueFault;
pub use language::{Primitive, UnitOfMeasure, Version, units};
pub use language_map::LanguageMap;
pub use model::{
    Command, Component, EnumSchema, EnumValue, EnumValues, Field, Form, Id, Interface, MapSchema, Model,
    Name, ObjectSchema, Part, Payload, Property, Quantity, Relationship, Schema, SchemaKind, Telemetry,
    Texts,
};
pub use options::{Options, UndefinedExtensions};
pub use reading::{Reading, Resolve, read, read_with};
pub use resolve::Unresolved;
pub use source::{Lines, Location, Position, Sources};
pub use suggest::closest;

/// The README's examples run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
