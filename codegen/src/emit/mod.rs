//! Tokens from a plan. Cannot fail: what could be wrong was found while planning.
//!
//! Begin with [`module`] and [`device`]. Of a module, `values` and `enums` write data types, `handlers` the traits, `client` the
//! typed client and `glue` the matches that connect names to handlers; `paths` decides how each name is written.

mod client;
mod device;
mod enums;
mod glue;
mod handlers;
mod paths;
mod start;
mod stub;
mod values;

use proc_macro2::TokenStream;
use quote::quote;

pub(crate) use device::device;
pub(crate) use start::start;
pub use start::{Call, Start};
pub(crate) use stub::stub;

use crate::plan::{Home, Import, Interface, Plan, Source};
use crate::request::{Request, Target};
use paths::Paths;

/// The module beside the struct, or the one that shares an Interface.
pub(crate) fn module(plan: &Plan, request: &Request) -> TokenStream {
    let Plan { model_id, root, .. } = plan;
    let inner: Vec<&Interface> = plan.interfaces.iter().filter_map(Source::own).collect();
    let paths = Paths::of_root(plan, request);
    let visibility = &request.visibility;
    let tracked = request.tracked_files.iter().map(|file| {
        let (bytes, include) = (paths.std("u8"), quote!(::core::include_bytes!(#file)));
        quote!(const _: &[#bytes] = #include;)
    });
    let (rt, text) = (&paths.private, paths.std("str"));
    let is_shared = matches!(request.target, Target::Interface(_));
    let contents = contents(root, is_shared, &paths, request);
    let client = client::root(plan, &paths);
    let components = inner.into_iter().map(|interface| component_module(interface, request));
    let (module, docs) = (&root.module, doc(&root.docs));
    let guards = plan.interfaces.iter().filter_map(glue::guard);
    quote! {
        #docs
        // What a program does not use of its model is not the program's fault.
        #[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
        #visibility mod #module {
            use #rt as __rt;
            #(#tracked)*
            #(#guards)*
            /// The id of the model.
            pub const MODEL_ID: &#text = #model_id;
            #client
            #contents
            #(#components)*
        }
    }
}

fn component_module(interface: &Interface, request: &Request) -> TokenStream {
    let paths = Paths::of_component(interface, request);
    let contents = contents(interface, true, &paths, request);
    let client = client::component(interface);
    let rt = &paths.private;
    let (module, docs) = (&interface.module, doc(&interface.docs));
    quote! {
        #docs
        pub mod #module {
            use #rt as __rt;
            #client
            #contents
        }
    }
}

/// What every module of an Interface has, but for the client.
fn contents(interface: &Interface, is_shared: bool, paths: &Paths, request: &Request) -> TokenStream {
    let imports = interface.imports.iter().map(import);
    let values = values::values(interface, paths);
    let handlers = handlers::traits(interface, paths, request.unhandled);
    let glue = glue::functions(interface, is_shared, paths);
    quote! {
        #(#imports)*
        #values
        #handlers
        #glue
    }
}

fn import(Import { ident, from }: &Import) -> TokenStream {
    match from {
        Home::Root => quote!(pub use super::#ident;),
        Home::Inner(module) => quote!(pub use super::#module::#ident;),
    }
}

/// Doc attributes, each line with the space that `///` would have.
fn doc(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}
