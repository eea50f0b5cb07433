//! Glue: the names that the runtime checks against, and the matches from names to handlers.

use proc_macro2::TokenStream;
use quote::quote;

use super::paths::Paths;
use crate::plan::{Command, Elsewhere, Interface, Property, Source, TypeRef};

/// The hidden items of one module: its names, and the functions that call a handler by name.
/// An Interface that others may share has a fingerprint besides.
pub(super) fn functions(interface: &Interface, is_shared: bool, paths: &Paths) -> TokenStream {
    let commands = (!interface.commands.is_empty()).then(|| commands(interface));
    let desired = interface.has_setters().then(|| desired(interface));
    let fingerprint = is_shared.then(|| fingerprint(interface, paths));
    let part = part(interface, paths);
    quote!(#fingerprint #part #commands #desired)
}

fn fingerprint(interface: &Interface, paths: &Paths) -> TokenStream {
    let (number, value) = (paths.std("u64"), hexadecimal(interface.fingerprint));
    quote! {
        /// A number for what the Interface can do: another revision of it has another one.
        pub const FINGERPRINT: #number = #value;
    }
}

fn hexadecimal(number: u64) -> TokenStream {
    format!("0x{number:016x}").parse().unwrap_or_default()
}

fn part(interface: &Interface, paths: &Paths) -> TokenStream {
    let (option, text) = (paths.std("Option"), paths.std("str"));
    let telemetry = interface.telemetry.iter().map(|field| &field.wire);
    let properties = interface.properties.iter().map(|Property { field, setter }| {
        let name = &field.wire;
        if setter.is_some() { quote!(__rt::writable(#name)) } else { quote!(__rt::read_only(#name)) }
    });
    let commands = interface.commands.iter().map(|Command { wire, asynchronous, .. }| {
        if *asynchronous { quote!(__rt::asynchronous(#wire)) } else { quote!(__rt::command(#wire)) }
    });
    quote! {
        #[doc(hidden)]
        pub const fn __part(component: #option<&'static #text>) -> __rt::PartTable {
            __rt::PartTable {
                component,
                telemetry: &[#(#telemetry),*],
                properties: const { &[#(#properties),*] },
                commands: const { &[#(#commands),*] },
            }
        }
    }
}

fn commands(interface: &Interface) -> TokenStream {
    let arms = interface.commands.iter().map(|Command { wire, ident, request, response, .. }| {
        let argument = request.as_ref().map(|request| match request.ty {
            TypeRef::Nullable(_) => quote!(call.nullable_request()?,),
            _ => quote!(call.request()?,),
        });
        let answer = match response {
            Some(TypeRef::Nullable(_)) => quote!(nullable_answer),
            _ => quote!(answer),
        };
        quote!(#wire => __rt::#answer(device.#ident(#argument client).await?),)
    });
    quote! {
        #[doc(hidden)]
        pub async fn __command<D: Commands>(device: &D, call: __rt::CommandCall<'_>, client: &Client) -> __rt::CommandOutcome {
            match call.name() {
                #(#arms)*
                _ => call.unknown(),
            }
        }
    }
}

fn desired(interface: &Interface) -> TokenStream {
    let arms = interface.properties.iter().filter_map(|Property { field, setter }| {
        let (wire, setter) = (&field.wire, &setter.as_ref()?.ident);
        Some(quote!(#wire => __rt::in_force(device.#setter(change.value()?, client).await?),))
    });
    quote! {
        #[doc(hidden)]
        pub async fn __desired<D: Properties>(device: &D, change: __rt::DesiredChange<'_>, client: &Client) -> __rt::DesiredOutcome {
            match change.name() {
                #(#arms)*
                _ => change.unknown(),
            }
        }
    }
}

/// What refuses code that was generated elsewhere from another revision of an Interface.
pub(super) fn guard(source: &Source) -> Option<TokenStream> {
    let Source::With(Elsewhere { id, path, fingerprint, .. }) = source else { return None };
    let value = hexadecimal(*fingerprint);
    let shown = path.to_string().replace(' ', "");
    let message =
        format!("`{shown}` was generated from another revision of `{id}` than this device's model has");
    Some(quote!(
        const _: () = ::core::assert!(#path::FINGERPRINT == #value, #message);
    ))
}
