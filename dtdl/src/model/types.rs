//! The checked model: what callers walk. Every element knows where it stands in the text.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::language::{Primitive, Version};
use crate::language_map::LanguageMap;
use crate::source::Location;

/// A device's model: its parts, each an Interface.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Model {
    /// The id that the device announces.
    pub id: Id,
    /// The version of the language it is written in.
    pub version: Version,
    /// Whether it is a capability model or an Interface.
    pub form: Form,
    /// Names and descriptions of the device as a whole.
    pub texts: Texts,
    /// The parts in declaration order. An Interface's own contents come first, as the part without a name.
    pub parts: Vec<Part>,
    pub(super) interfaces: Vec<Interface>,
    pub(super) schemas: BTreeMap<String, Arc<Schema>>,
}

/// The two forms that a device's model can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// v1-preview: named instances of Interfaces, which share one name space on the wire.
    CapabilityModel,
    /// v2 and later: an Interface whose components are Interfaces.
    Interface,
}

/// An instance of an Interface in a capability model, a component, or (without a name) the root Interface itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Part {
    /// The instance's or component's name; `None` for the root Interface.
    pub name: Option<Name>,
    /// Texts of the instance or component.
    pub texts: Texts,
    pub(super) interface: usize,
}

/// An element's id and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Id {
    /// A DTMI, or a `urn:` in v1-preview.
    pub text: String,
    /// Where it is defined.
    pub at: Location,
}

/// A name and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Name {
    /// The name as it goes over the wire.
    pub text: String,
    /// Where it is written.
    pub at: Location,
}

/// Texts for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Texts {
    /// A name for people.
    pub display_name: LanguageMap,
    /// What the element is.
    pub description: LanguageMap,
    /// A note for model authors.
    pub comment: Option<String>,
}

/// What a part of a device can do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Interface {
    /// Its id.
    pub id: Id,
    /// The version of the language it is written in, which may be older than the model's.
    pub version: Version,
    /// Names and descriptions.
    pub texts: Texts,
    /// Measurements it sends, inherited ones included.
    pub telemetry: Vec<Telemetry>,
    /// State it has, inherited included.
    pub properties: Vec<Property>,
    /// What it can be told to do, inherited included.
    pub commands: Vec<Command>,
    /// Its links to other twins, inherited included.
    pub relationships: Vec<Relationship>,
    /// The Interfaces it is composed of, inherited included.
    pub components: Vec<Component>,
    /// The ids of the Interfaces that it extends directly.
    pub extends: Vec<String>,
}

/// A part of an Interface that is an Interface of its own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Component {
    /// Its name on the wire.
    pub name: Name,
    /// Names and descriptions.
    pub texts: Texts,
    pub(super) interface: usize,
}

/// A link to another digital twin. Devices do not send it; graphs of twins are made of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Relationship {
    /// Its name.
    pub name: Name,
    /// Names and descriptions.
    pub texts: Texts,
    /// The Interface that the other twin must have; any when `None`.
    pub target: Option<String>,
    /// How many there may be at least.
    pub min_multiplicity: Option<i64>,
    /// How many there may be at most.
    pub max_multiplicity: Option<i64>,
    /// Whether it may be changed.
    pub writable: bool,
    /// State of the link itself.
    pub properties: Vec<Property>,
}

/// A measurement.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Telemetry {
    /// Its name on the wire.
    pub name: Name,
    /// Names and descriptions.
    pub texts: Texts,
    /// The shape of a value.
    pub schema: Arc<Schema>,
    /// What is measured, in what unit.
    pub quantity: Quantity,
}

/// A piece of state.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Property {
    /// Its name on the wire.
    pub name: Name,
    /// Names and descriptions.
    pub texts: Texts,
    /// The shape of a value.
    pub schema: Arc<Schema>,
    /// What it means, in what unit.
    pub quantity: Quantity,
    /// Whether an operator may set it.
    pub writable: bool,
}

/// Something the device can be told to do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Command {
    /// Its name on the wire.
    pub name: Name,
    /// Names and descriptions.
    pub texts: Texts,
    /// Whether it is answered at once and its result reported later (`commandType`, v1-preview and v2).
    pub asynchronous: bool,
    /// What is sent with it.
    pub request: Option<Payload>,
    /// What it answers.
    pub response: Option<Payload>,
}

/// The request or response of a command.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Payload {
    /// Its name; not on the wire.
    pub name: Name,
    /// Names and descriptions.
    pub texts: Texts,
    /// The shape of the value.
    pub schema: Arc<Schema>,
    /// What it means, in what unit.
    pub quantity: Quantity,
    /// Whether the value may be left out or null (v4).
    pub nullable: bool,
}

/// A semantic type and a unit, as the model writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quantity {
    /// `Temperature`, or `SemanticType/Temperature` in v1-preview.
    pub semantic_type: Option<String>,
    /// `degreeCelsius`, or `Units/Temperature/celsius` in v1-preview.
    pub unit: Option<String>,
    /// v1-preview: a unit for people.
    pub display_unit: LanguageMap,
}

/// The shape of a value.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Schema {
    /// What it is.
    pub kind: SchemaKind,
    /// The id that it was given.
    pub id: Option<Id>,
    /// Whether it stands in an Interface's `schemas`, for others to refer to; otherwise it stands where it is used.
    pub shared: bool,
    /// Names and descriptions.
    pub texts: Texts,
    /// Where it is written.
    pub at: Location,
}

/// The kinds of schema.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SchemaKind {
    /// One of the language's own.
    Primitive(Primitive),
    /// Named fields.
    Object(ObjectSchema),
    /// One of several values.
    Enum(EnumSchema),
    /// Values in a row.
    Array(Arc<Schema>),
    /// Values by key.
    Map(Box<MapSchema>),
    /// The complex schema of that id, which encloses this place (v4 lets a schema refer to itself); find it with
    /// [`Model::schema`].
    Recursive(Id),
}

/// An Object's fields.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ObjectSchema {
    /// In declaration order.
    pub fields: Vec<Field>,
}

/// A field of an Object, or the value of a Map.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Field {
    /// Its name on the wire.
    pub name: Name,
    /// Names and descriptions.
    pub texts: Texts,
    /// The shape of its value.
    pub schema: Arc<Schema>,
    /// What it means, in what unit.
    pub quantity: Quantity,
}

/// An Enum.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EnumSchema {
    /// Its values, all of one kind.
    pub values: EnumValues,
}

/// The values of an Enum, which are all integers or all strings on the wire.
#[derive(Clone, Debug)]
pub enum EnumValues {
    /// `"valueSchema": "integer"`.
    Integers(Vec<EnumValue<i64>>),
    /// `"valueSchema": "string"`.
    Strings(Vec<EnumValue<String>>),
}

/// One value of an Enum.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EnumValue<T> {
    /// Its name in the model; not on the wire.
    pub name: Name,
    /// Names and descriptions.
    pub texts: Texts,
    /// What goes over the wire.
    pub value: T,
}

/// A Map: keys are strings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MapSchema {
    /// What the keys are called.
    pub key: Name,
    /// The values.
    pub value: Field,
}

impl Model {
    /// The Interface of a part of this model.
    pub fn interface(&self, part: &Part) -> &Interface {
        &self.interfaces[part.interface]
    }

    /// The Interface of a component.
    pub fn component_interface(&self, component: &Component) -> &Interface {
        &self.interfaces[component.interface]
    }

    /// Every Interface of the documents, those that no part of the device uses too.
    pub(crate) fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// The shared schema of that id.
    pub fn schema(&self, id: &str) -> Option<&Arc<Schema>> {
        self.schemas.get(id)
    }

    /// Whether two parts are of the same Interface.
    pub fn same_interface(&self, one: &Part, other: &Part) -> bool {
        one.interface == other.interface
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
