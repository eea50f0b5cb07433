//! What is asked of the generator: the struct, its fields and the options of the attribute.

use proc_macro2::{Ident, Span, TokenStream};

/// The device to generate for and how.
#[derive(Debug)]
pub struct Request {
    /// The struct's name.
    pub device: Ident,
    /// The struct's generic parameters, as in `impl<T: Led>`; empty for most.
    pub impl_generics: TokenStream,
    /// The struct's generic arguments and where clause: `<T>` and `where T: Send`.
    pub type_generics: TokenStream,
    /// The where clause.
    pub where_clause: TokenStream,
    /// The struct's visibility, which the module gets too.
    pub visibility: TokenStream,
    /// The struct's fields, which hold its components.
    pub fields: Vec<ComponentField>,
    /// The path of the facade crate: `::device_model`, or what `crate = ..` says.
    pub facade: TokenStream,
    /// The model file as an expression for `include_bytes!`, so that editing the model rebuilds; `None` outside a build.
    pub tracked_file: Option<TokenStream>,
    /// `convention = ".."`; `None` follows the language version.
    pub convention: Option<Convention>,
    /// `asynchronous("..")`: commands that are answered 202 where the language cannot say so.
    pub asynchronous: Vec<Spanned<String>>,
    /// `rename(".." = "..")`.
    pub renames: Vec<Rename>,
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
    /// Where.
    pub span: Span,
    /// What, and what to do.
    pub message: String,
}
