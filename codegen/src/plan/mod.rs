//! The plan: every Rust name and type decided, before a token is written. Begin with [`Plan`].

mod build;
mod components;
mod contents;
mod docs;
mod fingerprint;
mod names;
mod options;
mod schemas;
mod types;
mod units;

use proc_macro2::{Ident, TokenStream};

pub(crate) use build::plan;
pub(crate) use names::field_name;
pub use names::{device_name, module_name};

use crate::request::{Complaint, Convention};

/// A plan and what was found to be wrong on the way.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) diagnostics: Vec<dtdl::Diagnostic>,
    pub(crate) complaints: Vec<Complaint>,
}

/// The module of a device, or of an Interface that is shared.
pub(crate) struct Plan {
    pub(crate) model_id: String,
    pub(crate) convention: Convention,
    /// What stands in the module itself: the root Interface, or a capability model's instances together.
    pub(crate) root: Interface,
    pub(crate) components: Vec<Component>,
    /// The Interfaces of the components, each once.
    pub(crate) interfaces: Vec<Source>,
}

/// Where the code of a component's Interface comes from.
pub(crate) enum Source {
    /// From here, in a module of its own.
    Own(Box<Interface>),
    /// From elsewhere, by `with(..)`.
    With(Elsewhere),
}

/// An Interface whose code was generated elsewhere.
pub(crate) struct Elsewhere {
    pub(crate) id: String,
    pub(crate) path: TokenStream,
    /// What the code there must have been generated from.
    pub(crate) fingerprint: u64,
    pub(crate) has_commands: bool,
    pub(crate) has_setters: bool,
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
    pub(crate) module: Ident,
    /// The id, for messages.
    pub(crate) id: String,
    /// How user code names the module, for messages: `environmental_sensor` or `controller::thermostat`.
    pub(crate) path: String,
    pub(crate) docs: Vec<String>,
    /// Of what the model says of it; the same for the same contents, wherever they stand.
    pub(crate) fingerprint: u64,
    pub(crate) telemetry: Vec<Field>,
    pub(crate) properties: Vec<Property>,
    pub(crate) commands: Vec<Command>,
    pub(crate) types: Vec<Type>,
    /// Types that another module of the device defines and this one has as well.
    pub(crate) imports: Vec<Import>,
    /// The extra derives of `Telemetry` and `Reported`.
    pub(crate) derives: [Extra; 2],
}

/// A type that is defined in another module of the same device.
pub(crate) struct Import {
    pub(crate) ident: Ident,
    pub(crate) from: Home,
}

/// The module of the device that a type is defined in: the device's own, or one of its Interfaces'.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    Root,
    Inner(Ident),
}

pub(crate) struct Field {
    pub(crate) wire: String,
    pub(crate) ident: Ident,
    pub(crate) ty: TypeRef,
    /// The unit, by the model's name for it.
    pub(crate) unit: Option<String>,
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
    pub(crate) request: Option<Request>,
    /// `None`: nothing is answered; an asynchronous command then reports a text.
    pub(crate) response: Option<TypeRef>,
    pub(crate) docs: Vec<String>,
}

pub(crate) struct Request {
    pub(crate) parameter: Ident,
    pub(crate) ty: TypeRef,
}

/// A Rust type as it is written in a field or a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TypeRef {
    /// One of Rust's own, by name.
    Primitive(&'static str),
    String,
    /// One of the runtime's types: its module and name.
    Runtime(&'static str, &'static str),
    /// Any JSON: what stands for a schema that was reported.
    Json,
    List(Box<Self>),
    Map(Box<Self>),
    /// A number with its unit.
    Quantity(Unit, Box<Self>),
    /// One of the module's own types.
    Local(Ident),
    /// One of the module's own types, which holds the place it stands in.
    Boxed(Ident),
    /// A value that may be null (v4).
    Nullable(Box<Self>),
}

/// A unit of measure as a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// One that the runtime has.
    Known(Ident),
    /// One that only the model has: a marker of the module's own.
    Local(Ident),
}

/// A type that the module defines.
pub(crate) struct Type {
    pub(crate) ident: Ident,
    pub(crate) docs: Vec<String>,
    pub(crate) shape: Shape,
    /// Which way its values go.
    pub(crate) direction: Direction,
    pub(crate) extra: Extra,
}

/// What a type derives besides the usual.
#[derive(Clone, Default)]
pub(crate) struct Extra {
    pub(crate) macros: Vec<TokenStream>,
    /// Whether serde's macros are among them.
    pub(crate) serde: bool,
}

pub(crate) enum Shape {
    Object(Vec<Field>),
    Enum(Vec<Variant>),
    /// An Array or Map that holds itself.
    Wrapper(TypeRef),
    /// A unit of measure that the runtime does not know, by the model's name for it.
    Unit(String),
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

/// Which way values of a type go: what is implemented for it follows from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the device: telemetry, reported properties, responses.
    Out,
    /// To the device: requests.
    In,
    /// Both: writable properties.
    Both,
}

impl Plan {
    /// The types of one of its modules, those that it has of others included.
    pub(crate) fn types_of<'p>(&'p self, interface: &'p Interface) -> impl Iterator<Item = &'p Type> {
        let imported = interface.imports.iter().filter_map(|import| {
            let home = match &import.from {
                Home::Root => Some(&self.root),
                Home::Inner(module) => {
                    self.interfaces.iter().filter_map(Source::own).find(|home| home.module == *module)
                }
            };
            home?.types.iter().find(|defined| defined.ident == import.ident)
        });
        interface.types.iter().chain(imported)
    }
}

impl Source {
    /// The Interface, where its code stands here.
    pub(crate) fn own(&self) -> Option<&Interface> {
        match self {
            Self::Own(interface) => Some(interface),
            Self::With(_) => None,
        }
    }
}

impl Interface {
    /// Whether an operator can set anything.
    pub(crate) fn has_setters(&self) -> bool {
        self.properties.iter().any(|property| property.setter.is_some())
    }
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
