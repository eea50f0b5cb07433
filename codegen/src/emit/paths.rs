//! How names are written in a module: plainly where nothing else has the name, as an engineer would, and by an absolute
//! path where the model calls something `Option`, `Result` or `f64`.
//!
//! What is not Rust's own goes through `__rt`, which every module has for the facade's hidden re-exports: a model's names
//! cannot begin with two underscores once they are Rust's.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::plan::{Interface, Plan, Source, TypeRef, Unit};
use crate::request::Request;

/// The names that generated code has of Rust's own, and where they are to be had in any case.
const STANDARD: &[(&str, &str)] = &[
    ("Err", "::core::result::Result::Err"),
    ("None", "::core::option::Option::None"),
    ("Ok", "::core::result::Result::Ok"),
    ("Option", "::core::option::Option"),
    ("Result", "::core::result::Result"),
    ("Send", "::core::marker::Send"),
    ("Some", "::core::option::Option::Some"),
    ("String", "__rt::String"),
    ("Sync", "::core::marker::Sync"),
    ("Vec", "__rt::Vec"),
    ("Box", "__rt::Box"),
    ("From", "::core::convert::From"),
];

/// How names are written in one module.
pub(super) struct Paths {
    /// The facade's hidden re-exports.
    pub(super) private: TokenStream,
    /// The types and modules that stand in the module.
    shadowed: BTreeSet<String>,
}

impl Paths {
    /// For the module beside the struct.
    pub(super) fn of_root(plan: &Plan, request: &Request) -> Self {
        let inner =
            plan.interfaces.iter().filter_map(Source::own).map(|interface| interface.module.to_string());
        let mut paths = Self::of_component(&plan.root, request);
        paths.shadowed.extend(inner);
        paths
    }

    /// For the module of a component's Interface.
    pub(super) fn of_component(interface: &Interface, request: &Request) -> Self {
        let types = interface.types.iter().map(|defined| defined.ident.to_string());
        let imports = interface.imports.iter().map(|import| import.ident.to_string());
        Self { private: private(request), shadowed: types.chain(imports).collect() }
    }

    /// One of Rust's own names.
    pub(super) fn std(&self, name: &'static str) -> TokenStream {
        let ident = Ident::new(name, Span::call_site());
        if !self.shadowed.contains(name) {
            return quote!(#ident);
        }
        match STANDARD.iter().find(|(known, _)| *known == name) {
            Some((_, path)) => path.parse().unwrap_or_default(),
            None => quote!(::core::primitive::#ident),
        }
    }

    /// A type.
    pub(super) fn of(&self, ty: &TypeRef) -> TokenStream {
        match ty {
            TypeRef::Primitive(name) => self.std(name),
            TypeRef::String => self.std("String"),
            TypeRef::Runtime(module, name) => {
                let (module, name) = (format_ident!("{module}"), format_ident!("{name}"));
                quote!(__rt::#module::#name)
            }
            TypeRef::Json => quote!(__rt::Json),
            TypeRef::List(item) => self.generic("Vec", item),
            TypeRef::Map(value) => {
                let (key, value) = (self.std("String"), self.of(value));
                quote!(__rt::BTreeMap<#key, #value>)
            }
            TypeRef::Quantity(unit, number) => {
                let unit = match unit {
                    Unit::Known(ident) => quote!(__rt::units::#ident),
                    Unit::Local(ident) => quote!(#ident),
                };
                match &**number {
                    TypeRef::Primitive("f64") => quote!(__rt::units::Quantity<#unit>),
                    number => {
                        let number = self.of(number);
                        quote!(__rt::units::Quantity<#unit, #number>)
                    }
                }
            }
            TypeRef::Local(ident) => quote!(#ident),
            TypeRef::Boxed(ident) => {
                let boxed = self.std("Box");
                quote!(#boxed<#ident>)
            }
            TypeRef::Nullable(inner) => self.generic("Option", inner),
        }
    }

    fn generic(&self, outer: &'static str, inner: &TypeRef) -> TokenStream {
        let (outer, inner) = (self.std(outer), self.of(inner));
        quote!(#outer<#inner>)
    }
}

/// The path of the facade's hidden re-exports.
pub(super) fn private(request: &Request) -> TokenStream {
    let facade = &request.facade;
    quote!(#facade::__private)
}
