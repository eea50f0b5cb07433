//! The Digital Twins Definition Language: device models read from JSON, checked, and walked with positions.
//!
//! [`read`] is where to begin: it takes [`Sources`] (named texts) and answers a [`Reading`], which holds the
//! checked [`Model`] and every [`Diagnostic`] found, each with its code, file, line, column and remedy.
//!
//! The stages are types: [`Sources`] -> JSON with positions -> elements of the language -> [`Model`]. What a class may
//! contain in which version of the language is data (`language`), one interpreter (`check`) applies it, and `model`
//! resolves references. The crate reads no files and opens no network connection; callers hand it texts.
//!
//! ```
//! let mut sources = dtdl::Sources::default();
//! sources.add("lamp.json", r#"{
//!   "@context": "dtmi:dtdl:context;3", "@id": "dtmi:com:example:Lamp;1", "@type": "Interface",
//!   "contents": [{ "@type": "Telemetry", "name": "level", "schema": "dobule" }]
//! }"#);
//! let reading = dtdl::read(sources, None);
//! let fault = &reading.diagnostics()[0];
//! assert_eq!(fault.code(), "unknownSchema");
//! assert_eq!(reading.sources().position(fault.at()).to_string(), "lamp.json:3:67");
//! assert!(fault.help().unwrap_or_default().contains("`double`"));
//! ```

mod check;
mod compare;
mod diagnostic;
mod instance;
mod json;
mod language;
mod model;
mod print;
mod source;
mod suggest;
#[allow(dead_code, unused_imports, reason = "the reader moves to it next")]
mod tape;

pub use compare::{Change, ChangeKind, Effect, Piece, compare, versioning};
pub use diagnostic::{Diagnostic, Style};
pub use instance::ValueFault;
pub use language::{Primitive, Version};
pub use model::{
    Command, Component, EnumSchema, EnumValue, EnumValues, Field, Form, Id, Interface, LanguageMap,
    MapSchema, Model, Name, ObjectSchema, Part, Payload, Property, Quantity, Relationship, Schema,
    SchemaKind, Telemetry, Texts,
};
pub use source::{Location, Position, Sources};
pub use suggest::closest;

/// What reading one or more documents gave: the model, as far as it could be understood, and all that is wrong.
#[derive(Debug)]
pub struct Reading {
    model: Option<Model>,
    diagnostics: Vec<Diagnostic>,
    sources: Sources,
}

impl Reading {
    /// The model. Where there are diagnostics it holds what could be understood, so that one fault in a model is not
    /// followed by a hundred about what it would have defined; a caller must not run a device from it.
    pub fn model(&self) -> Option<&Model> {
        self.model.as_ref()
    }

    /// Everything that is wrong, sorted by file and place. Empty means that the model is valid.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The texts that were read, which turn a [`Location`] into a file, line and column.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The model, when nothing is wrong with it.
    pub fn valid(&self) -> Option<&Model> {
        self.model.as_ref().filter(|_| self.diagnostics.is_empty())
    }
}

/// Reads and checks all documents of `sources` together.
///
/// The device's root is the element with the id `root`, or, where that is `None`, the capability model or the first
/// Interface that no other Interface of these documents refers to.
pub fn read(sources: Sources, root: Option<&str>) -> Reading {
    let mut faults = diagnostic::Faults::default();
    let mut roots = Vec::new();
    for file in sources.files() {
        if let Some(document) = json::parse(file, &sources, &mut faults) {
            roots.extend(check::document(&document, &mut faults));
        }
    }
    let model = model::build(&roots, root, &mut faults);
    Reading { model, diagnostics: faults.into_sorted(), sources }
}
