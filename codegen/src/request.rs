//! What is asked of the generator: what the attribute stands on, and its options.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// What to generate and how. [`Request::device`] and [`Request::interface`] begin one without options.
#[derive(Debug)]
pub struct Request {
    /// What the attribute stands on.
    pub target: Target,
    /// The visibility of what the attribute stands on, which the module gets too.
    pub visibility: TokenStream,
    /// The path of the facade crate: `::device_model`, or what `crate = ..` says.
    pub facade: TokenStream,
    /// The files of the model as expressions for `include_bytes!`, so that editing one rebuilds; none outside a build.
    pub tracked_files: Vec<TokenStream>,
    /// `convention = ".."`; `None` follows the language version.
    pub convention: Option<Convention>,
    /// `asynchronous("..")`: commands that are answered 202 where the language cannot say so.
    pub asynchronous: Vec<Spanned<String>>,
    /// `rename(".." = "..")`.
    pub renames: Vec<Rename>,
    /// `with(".." = path)`: Interfaces whose code stands elsewhere.
    pub with: Vec<With>,
    /// `derive(".." = [..])`: traits that chosen types derive besides the usual ones.
    pub derives: Vec<Derive>,
    /// `units`: numbers that have a unit become quantities that carry it.
    pub units: bool,
    /// `unhandled = 501`: handlers that are not written answer with this status.
    pub unhandled: Option<u16>,
}

/// What the attribute stands on.
#[derive(Debug)]
pub enum Target {
    /// A struct, which is the device.
    Device(Device),
    /// `mod name {}`, for a crate that shares an Interface.
    Interface(Ident),
}

/// The struct that is the device.
#[derive(Debug)]
pub struct Device {
    /// The struct's name.
    pub ident: Ident,
    /// The struct's generic parameters, as in `impl<T: Led>`; empty for most.
    pub impl_generics: TokenStream,
    /// The struct's generic arguments: `<T>`.
    pub type_generics: TokenStream,
    /// The where clause.
    pub where_clause: TokenStream,
    /// The struct's fields, which hold its components.
    pub fields: Vec<ComponentField>,
}

/// A field of the struct and the component it holds.
#[derive(Debug)]
pub struct ComponentField {
    /// The field.
    pub ident: Ident,
    /// The component named by `#[component("..")]`, which otherwise has the field's name.
    pub component: Option<Spanned<String>>,
}

/// `rename("model name" = "rust_name")`.
#[derive(Debug)]
pub struct Rename {
    /// The name in the model.
    pub from: Spanned<String>,
    /// The name in Rust.
    pub to: Ident,
}

/// `with("dtmi:com:example:Thermostat;1" = acme::thermostat)`.
#[derive(Debug)]
pub struct With {
    /// The id of the Interface.
    pub id: Spanned<String>,
    /// The module that was generated for it.
    pub path: TokenStream,
}

/// `derive("BlinkResponse" = [Hash, serde::Deserialize])`.
#[derive(Debug)]
pub struct Derive {
    /// The name of a generated type, alone or behind its module (`thermostat::Telemetry`), or `all`.
    pub target: Spanned<String>,
    /// The derive macros, by their paths.
    pub macros: Vec<TokenStream>,
    /// Whether serde's macros are among them, which need to know the names on the wire.
    pub serde: bool,
}

/// How values are framed on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// The form of 2019-2020, for capability models.
    Central2020,
    /// IoT Plug and Play.
    Pnp,
}

impl Convention {
    /// The names that `convention = ".."` takes.
    pub const NAMES: [(&'static str, Self); 2] = [("central-2020", Self::Central2020), ("pnp", Self::Pnp)];
}

/// A value and where it stands in the code.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

/// Something wrong in the code, with its place there.
#[derive(Clone, Debug)]
pub struct Complaint {
    /// What kind of mistake; stable.
    pub code: &'static str,
    /// Where.
    pub span: Span,
    /// What, and what to do.
    pub message: String,
}

impl Request {
    /// A request for a device whose struct has that name and no generics, with these fields.
    pub fn device(ident: Ident, fields: Vec<ComponentField>) -> Self {
        let none = TokenStream::new;
        Self::new(Target::Device(Device {
            ident,
            impl_generics: none(),
            type_generics: none(),
            where_clause: none(),
            fields,
        }))
    }

    /// A request for an Interface that is shared as a module of that name.
    pub fn interface(module: Ident) -> Self {
        Self::new(Target::Interface(module))
    }

    /// A request without options.
    pub fn new(target: Target) -> Self {
        Self {
            target,
            visibility: quote!(pub),
            facade: quote!(::device_model),
            tracked_files: Vec::new(),
            convention: None,
            asynchronous: Vec::new(),
            renames: Vec::new(),
            with: Vec::new(),
            derives: Vec::new(),
            units: false,
            unhandled: None,
        }
    }

    /// The fields that may hold components.
    pub(crate) fn fields(&self) -> &[ComponentField] {
        match &self.target {
            Target::Device(device) => &device.fields,
            Target::Interface(_) => &[],
        }
    }
}
