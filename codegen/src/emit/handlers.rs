//! The traits that a device author implements: `Commands` and `Properties`.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Paths, doc};
use crate::plan::{Command, Interface, Property, Setter};

/// The traits of one module; a trait that would be empty is left out.
pub(super) fn traits(interface: &Interface, paths: &Paths) -> TokenStream {
    let commands = (!interface.commands.is_empty()).then(|| commands(interface, paths));
    let properties = has_setters(interface).then(|| properties(interface, paths));
    quote!(#commands #properties)
}

/// Whether an operator can set anything.
pub(super) fn has_setters(interface: &Interface) -> bool {
    interface.properties.iter().any(|property| property.setter.is_some())
}

fn commands(interface: &Interface, paths: &Paths) -> TokenStream {
    let methods = interface.commands.iter().map(|command| method(command, paths));
    let missing = missing(interface, "Commands", "does not handle the commands");
    quote! {
        /// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
        #missing
        pub trait Commands: ::core::marker::Send + ::core::marker::Sync + 'static {
            #(#methods)*
        }
    }
}

fn method(command: &Command, paths: &Paths) -> TokenStream {
    let Command { ident, request, response, docs, asynchronous, .. } = command;
    let facade = &paths.facade;
    let request = request.as_ref().map(|(name, ty)| {
        let ty = paths.of(ty);
        quote!(#name: #ty,)
    });
    let response = response.as_ref().map_or_else(|| quote!(()), |ty| paths.of(ty));
    let note = asynchronous.then(|| {
        let text = [
            String::new(),
            "Asynchronous: the hub is answered 202 at once; what this returns is reported when it is done."
                .to_owned(),
        ];
        doc(&text)
    });
    let docs = doc(docs);
    quote! {
        #docs
        #note
        fn #ident(
            &self,
            #request
            client: &Client,
        ) -> impl ::core::future::Future<Output = ::core::result::Result<#response, #facade::CommandError>>
               + ::core::marker::Send;
    }
}

fn properties(interface: &Interface, paths: &Paths) -> TokenStream {
    let facade = &paths.facade;
    let methods = interface.properties.iter().filter_map(|Property { field, setter }| {
        let Setter { ident, parameter } = setter.as_ref()?;
        let (ty, docs) = (paths.of(&field.ty), doc(&field.docs));
        Some(quote! {
            #docs
            fn #ident(
                &self,
                #parameter: #ty,
                client: &Client,
            ) -> impl ::core::future::Future<Output = ::core::result::Result<#ty, #facade::PropertyError>>
                   + ::core::marker::Send;
        })
    });
    let missing = missing(interface, "Properties", "does not take the writable properties");
    quote! {
        /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
        #missing
        pub trait Properties: ::core::marker::Send + ::core::marker::Sync + 'static {
            #(#methods)*
        }
    }
}

/// What rustc says where the `impl` is missing altogether.
fn missing(interface: &Interface, name: &str, what: &str) -> TokenStream {
    let Interface { id, path, .. } = interface;
    let message = format!("`{{Self}}` {what} of the model `{id}`");
    let label = format!("needs `impl {path}::{name} for {{Self}}`");
    let note = format!(
        "write `impl {path}::{name} for {{Self}} {{ }}`; the compiler then lists the methods it needs"
    );
    quote!(#[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)])
}
