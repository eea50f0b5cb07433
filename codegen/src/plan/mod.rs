//! The plan: every Rust name and type decided, before a token is written. Begin with [`Plan`].

mod build;
mod docs;
mod interface;
mod names;
mod types;

use proc_macro2::Ident;

pub(crate) use build::plan;
pub use names::module_name;

use crate::request::{Complaint, Convention};

/// A plan and what was found to be wrong on the way.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) diagnostics: Vec<dtdl::Diagnostic>,
    pub(crate) complaints: Vec<Complaint>,
}

/// The module of a device.
pub(crate) struct Plan {
    /// The module's name: the struct's in snake case.
    pub(crate) module: Ident,
    pub(crate) model_id: String,
    pub(crate) convention: Convention,
    pub(crate) docs: Vec<String>,
    /// What stands in the module itself: the root Interface, or a capability model's instances together.
    pub(crate) root: Interface,
    pub(crate) components: Vec<Component>,
    /// The Interfaces of the components, each once, in modules of their own.
    pub(crate) interfaces: Vec<Interface>,
}

/// A component and the field that holds it.
pub(crate) struct Component {
    /// The name on the wire.
    pub(crate) wire: String,
    /// The field of the struct, and of the client.
    pub(crate) field: Ident,
    /// Whether the struct has that field; where it has not, that was reported and is not to be reported again.
    pub(crate) is_held: bool,
    /// Which of the plan's `interfaces` it is.
    pub(crate) interface: usize,
    pub(crate) docs: Vec<String>,
}

/// What one Interface becomes.
pub(crate) struct Interface {
    /// Its module; unused for the root.
    pub(crate) module: Ident,
    /// The id, for messages.
    pub(crate) id: String,
    /// How user code names the module, for messages: `environmental_sensor` or `controller::thermostat`.
    pub(crate) path: String,
    pub(crate) docs: Vec<String>,
    pub(crate) telemetry: Vec<Field>,
    pub(crate) properties: Vec<Property>,
    pub(crate) commands: Vec<Command>,
    pub(crate) types: Vec<Type>,
}

pub(crate) struct Field {
    pub(crate) wire: String,
    pub(crate) ident: Ident,
    pub(crate) ty: TypeRef,
    pub(crate) docs: Vec<String>,
}

pub(crate) struct Property {
    pub(crate) field: Field,
    /// The handler, where an operator may set it.
    pub(crate) setter: Option<Setter>,
}

/// The handler of a writable property.
pub(crate) struct Setter {
    pub(crate) ident: Ident,
    /// The name of the parameter that is the value.
    pub(crate) parameter: Ident,
}

pub(crate) struct Command {
    pub(crate) wire: String,
    pub(crate) ident: Ident,
    pub(crate) asynchronous: bool,
    pub(crate) request: Option<(Ident, TypeRef)>,
    /// `None`: nothing is answered; an asynchronous command then reports a text.
    pub(crate) response: Option<TypeRef>,
    pub(crate) docs: Vec<String>,
}

/// A Rust type as it is written in a field or a parameter.
#[derive(Clone)]
pub(crate) enum TypeRef {
    Bool,
    I32,
    I64,
    F32,
    F64,
    String,
    /// One of the runtime's types for times, by name.
    Time(&'static str),
    /// Any JSON.
    Json,
    List(Box<TypeRef>),
    Map(Box<TypeRef>),
    /// One of the module's own types.
    Local(Ident),
}

/// A type that the module defines.
pub(crate) struct Type {
    pub(crate) ident: Ident,
    pub(crate) docs: Vec<String>,
    pub(crate) shape: Shape,
    /// Which way its values go.
    pub(crate) direction: Direction,
}

pub(crate) enum Shape {
    Object(Vec<Field>),
    Enum(Vec<Variant>),
}

impl Shape {
    /// The module's own types that stand in it.
    fn inner(&self) -> impl Iterator<Item = &Ident> {
        let fields = match self {
            Self::Object(fields) => fields.as_slice(),
            Self::Enum(_) => &[],
        };
        fields.iter().filter_map(|field| field.ty.local())
    }
}

impl TypeRef {
    fn local(&self) -> Option<&Ident> {
        match self {
            Self::Local(ident) => Some(ident),
            Self::List(inner) | Self::Map(inner) => inner.local(),
            _ => None,
        }
    }
}

pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) value: Literal,
    pub(crate) docs: Vec<String>,
}

pub(crate) enum Literal {
    Integer(i64),
    String(String),
}

/// Which way values of a type go: what is derived follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the device: telemetry, reported properties, responses.
    Out,
    /// To the device: requests.
    In,
    /// Both: writable properties.
    Both,
}

impl Direction {
    pub(crate) fn leaves(self) -> bool {
        self != Self::In
    }

    pub(crate) fn arrives(self) -> bool {
        self != Self::Out
    }

    pub(crate) fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Both }
    }
}
