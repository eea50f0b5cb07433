//! Tokens from a plan. Cannot fail: what could be wrong was found while planning.
//!
//! Every path is absolute and goes through the facade's hidden re-exports, so that a model may call its things `Option`,
//! `Result` or `std`. Begin with [`device`]; `values` writes data types, `handlers` the traits, `client` the typed client and
//! `glue` the matches that connect names to handlers.

mod client;
mod glue;
mod handlers;
mod values;

use proc_macro2::TokenStream;
use quote::quote;

use crate::plan::{Interface, Plan, TypeRef};
use crate::request::{Convention, Request};

/// The module beside the struct and the struct's `Device` implementation.
pub(crate) fn device(plan: &Plan, request: &Request) -> TokenStream {
    let paths = Paths::new(&request.facade);
    let Plan { module, model_id, docs, .. } = plan;
    let visibility = &request.visibility;
    let tracked = request.tracked_file.as_ref().map(|file| {
        let include = quote!(::core::include_bytes!(#file));
        quote!(const _: &[u8] = #include;)
    });
    let contents = contents(&plan.root, &paths);
    let client = client::root(plan, &paths);
    let table = glue::table(plan, &paths);
    let components = plan.interfaces.iter().map(|interface| component_module(interface, &paths));
    let implementation = glue::device(plan, request, &paths);
    let docs = doc(docs);
    quote! {
        #docs
        // What a program does not use of its model is not the program's fault.
        #[allow(dead_code, unreachable_pub, unused_qualifications, clippy::module_inception)]
        #visibility mod #module {
            #tracked
            /// The id that the device announces.
            pub const MODEL_ID: &str = #model_id;
            #contents
            #client
            #table
            #(#components)*
        }
        #implementation
    }
}

fn component_module(interface: &Interface, paths: &Paths) -> TokenStream {
    let Interface { module, docs, .. } = interface;
    let contents = contents(interface, paths);
    let client = client::component(interface, paths);
    let docs = doc(docs);
    quote! {
        #docs
        pub mod #module {
            #contents
            #client
        }
    }
}

/// What every module of an Interface has, but for the client.
fn contents(interface: &Interface, paths: &Paths) -> TokenStream {
    let values = values::values(interface, paths);
    let handlers = handlers::traits(interface, paths);
    let glue = glue::functions(interface, paths);
    quote!(#values #handlers #glue)
}

/// The paths that generated code uses.
struct Paths {
    facade: TokenStream,
    /// The facade's hidden re-exports.
    rt: TokenStream,
}

impl Paths {
    fn new(facade: &TokenStream) -> Self {
        Self { facade: facade.clone(), rt: quote!(#facade::__private) }
    }

    fn of(&self, ty: &TypeRef) -> TokenStream {
        let rt = &self.rt;
        match ty {
            TypeRef::Bool => quote!(::core::primitive::bool),
            TypeRef::I32 => quote!(::core::primitive::i32),
            TypeRef::I64 => quote!(::core::primitive::i64),
            TypeRef::F32 => quote!(::core::primitive::f32),
            TypeRef::F64 => quote!(::core::primitive::f64),
            TypeRef::String => quote!(#rt::String),
            TypeRef::Time(name) => {
                let name = quote::format_ident!("{name}");
                quote!(#rt::time::#name)
            }
            TypeRef::Json => quote!(#rt::Json),
            TypeRef::List(item) => {
                let item = self.of(item);
                quote!(#rt::Vec<#item>)
            }
            TypeRef::Map(value) => {
                let value = self.of(value);
                quote!(#rt::BTreeMap<#rt::String, #value>)
            }
            TypeRef::Local(ident) => quote!(#ident),
        }
    }

    fn convention(&self, convention: Convention) -> TokenStream {
        let rt = &self.rt;
        match convention {
            Convention::Central2020 => quote!(#rt::Convention::Central2020),
            Convention::Pnp => quote!(#rt::Convention::Pnp),
        }
    }
}

/// Doc attributes, each line with the space that `///` would have.
fn doc(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}
