//! Glue: the table of names for the runtime, and the matches from names to handlers.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::Paths;
use super::handlers::has_setters;
use crate::plan::{Command, Component, Interface, Plan, Property};
use crate::request::Request;

/// The functions of one module that call a handler by name.
pub(super) fn functions(interface: &Interface, paths: &Paths) -> TokenStream {
    let commands = (!interface.commands.is_empty()).then(|| commands(interface, paths));
    let desired = has_setters(interface).then(|| desired(interface, paths));
    quote!(#commands #desired)
}

fn commands(interface: &Interface, paths: &Paths) -> TokenStream {
    let (rt, facade) = (&paths.rt, &paths.facade);
    let arms = interface.commands.iter().map(|Command { wire, ident, request, .. }| {
        let argument = request.as_ref().map(|_| quote!(call.request()?,));
        quote!(#wire => #rt::answer(device.#ident(#argument client).await?),)
    });
    quote! {
        #[doc(hidden)]
        pub async fn __command<D: Commands>(
            device: &D,
            call: #rt::CommandCall<'_>,
            client: &Client,
        ) -> ::core::result::Result<#rt::Answer, #facade::CommandError> {
            match call.name() {
                #(#arms)*
                _ => ::core::result::Result::Err(call.unknown()),
            }
        }
    }
}

fn desired(interface: &Interface, paths: &Paths) -> TokenStream {
    let (rt, facade) = (&paths.rt, &paths.facade);
    let arms = interface.properties.iter().filter_map(|Property { field, setter }| {
        let wire = &field.wire;
        let setter = &setter.as_ref()?.ident;
        Some(quote!(#wire => #rt::in_force(device.#setter(change.value()?, client).await?),))
    });
    quote! {
        #[doc(hidden)]
        pub async fn __desired<D: Properties>(
            device: &D,
            change: #rt::DesiredChange<'_>,
            client: &Client,
        ) -> ::core::result::Result<#rt::InForce, #facade::PropertyError> {
            match change.name() {
                #(#arms)*
                _ => ::core::result::Result::Err(change.unknown()),
            }
        }
    }
}

/// The names that the runtime checks against, and the wire convention.
pub(super) fn table(plan: &Plan, paths: &Paths) -> TokenStream {
    let rt = &paths.rt;
    let convention = paths.convention(plan.convention);
    let root = part(&plan.root, None, paths);
    let components = plan
        .components
        .iter()
        .map(|component| part(&plan.interfaces[component.interface], Some(&component.wire), paths));
    quote! {
        #[doc(hidden)]
        pub const __MODEL: #rt::ModelTable = #rt::ModelTable {
            id: MODEL_ID,
            convention: #convention,
            parts: &[#root, #(#components,)*],
        };
    }
}

fn part(interface: &Interface, component: Option<&str>, paths: &Paths) -> TokenStream {
    let rt = &paths.rt;
    let component = match component {
        Some(name) => quote!(::core::option::Option::Some(#name)),
        None => quote!(::core::option::Option::None),
    };
    let telemetry = interface.telemetry.iter().map(|field| &field.wire);
    let properties = interface.properties.iter().map(|Property { field, setter }| {
        let (name, writable) = (&field.wire, setter.is_some());
        quote!(#rt::PropertyTable { name: #name, writable: #writable })
    });
    let commands = interface.commands.iter().map(
        |Command {
             wire, asynchronous, ..
         }| { quote!(#rt::CommandTable { name: #wire, asynchronous: #asynchronous }) },
    );
    quote! {
        #rt::PartTable {
            component: #component,
            telemetry: &[#(#telemetry),*],
            properties: &[#(#properties),*],
            commands: &[#(#commands),*],
        }
    }
}

/// The `Device` implementation, whose calls stand at the struct's name: a missing `impl` is reported there.
pub(super) fn device(plan: &Plan, request: &Request, paths: &Paths) -> TokenStream {
    let (rt, facade) = (&paths.rt, &paths.facade);
    let Request { device, impl_generics, type_generics, where_clause, .. } = request;
    let module = &plan.module;
    let command = dispatch(
        plan,
        device,
        &Call { function: "__command", has: |i| !i.commands.is_empty(), argument: "call" },
    );
    let desired =
        dispatch(plan, device, &Call { function: "__desired", has: has_setters, argument: "change" });
    quote! {
        #[automatically_derived]
        impl #impl_generics #facade::Device for #device #type_generics #where_clause {
            type Client = #module::Client;

            const MODEL: #rt::ModelTable = #module::__MODEL;

            async fn __command(
                &self,
                call: #rt::CommandCall<'_>,
                client: &#rt::Client,
            ) -> ::core::result::Result<#rt::Answer, #facade::CommandError> {
                #command
            }

            async fn __desired(
                &self,
                change: #rt::DesiredChange<'_>,
                client: &#rt::Client,
            ) -> ::core::result::Result<#rt::InForce, #facade::PropertyError> {
                #desired
            }
        }
    }
}

/// Which of the two functions is dispatched to.
struct Call {
    function: &'static str,
    has: fn(&Interface) -> bool,
    argument: &'static str,
}

/// A match on the component, to the function of its module.
fn dispatch(plan: &Plan, device: &Ident, call: &Call) -> TokenStream {
    let module = &plan.module;
    // At the struct's name to the last token: rustc then reports a missing `impl` there, and once.
    let function = Ident::new(call.function, device.span());
    let argument = Ident::new(call.argument, device.span());
    let root = (call.has)(&plan.root).then(|| {
        let called = quote_spanned!(device.span()=> #module::#function(self, #argument, client).await);
        quote!(::core::option::Option::None => #called,)
    });
    let components = plan
        .components
        .iter()
        .filter(|component| component.is_held && (call.has)(&plan.interfaces[component.interface]));
    let components = components.map(|Component { wire, field, interface, .. }| {
        let inner = &plan.interfaces[*interface].module;
        let called = quote_spanned!(device.span()=>
            #module::#inner::#function(&self.#field, #argument, &client.#field).await);
        quote!(::core::option::Option::Some(#wire) => #called,)
    });
    let arms = quote!(#root #(#components)*);
    let unknown = quote!(::core::result::Result::Err(#argument.unknown()));
    if arms.is_empty() {
        return quote!({ let _ = client; #unknown });
    }
    quote! {
        let client = &#module::Client::from(::core::clone::Clone::clone(client));
        match #argument.component() { #arms _ => #unknown }
    }
}
