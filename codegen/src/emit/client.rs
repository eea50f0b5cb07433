//! The typed client: sends what the model has, and leads to the clients of the components.

use proc_macro2::TokenStream;
use quote::quote;

use super::doc;
use super::paths::Paths;
use crate::plan::{Component, Interface, Plan, Source};

/// The client of the whole device; where it has components, each is a field.
pub(super) fn root(plan: &Plan, paths: &Paths) -> TokenStream {
    let client = of(&plan.root);
    let docs = doc(&["The device's way to the hub: cheap to clone, usable from any task.".to_owned()]);
    if plan.components.is_empty() {
        return quote!(#docs pub type Client = #client;);
    }
    let fields = plan.components.iter().map(|component| {
        let (field, docs, client) = (&component.field, doc(&component.docs), of_component(plan, component));
        quote!(#docs pub #field: #client,)
    });
    let scoped = plan.components.iter().map(|component @ Component { field, wire, .. }| {
        let client = of_component(plan, component);
        quote!(#field: #client::from(client.__component(#wire)),)
    });
    let from = paths.std("From");
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct Client { #(#fields)* __device: #client }

        impl #from<__rt::Client> for Client {
            fn from(client: __rt::Client) -> Self {
                Self { #(#scoped)* __device: client.into() }
            }
        }

        impl __rt::Deref for Client {
            type Target = #client;

            fn deref(&self) -> &Self::Target {
                &self.__device
            }
        }
    }
}

/// The client of one component.
pub(super) fn component(interface: &Interface) -> TokenStream {
    let client = of(interface);
    let docs =
        doc(&["A component's way to the hub: what it sends and reports is marked as the component's."
            .to_owned()]);
    quote!(#docs pub type Client = #client;)
}

/// The runtime's client of what the Interface sends and reports.
fn of(interface: &Interface) -> TokenStream {
    let nothing = || quote!(__rt::Nothing);
    let telemetry = if interface.telemetry.is_empty() { nothing() } else { quote!(Telemetry) };
    let reported = if interface.properties.is_empty() { nothing() } else { quote!(Reported) };
    quote!(__rt::TypedClient<#telemetry, #reported>)
}

fn of_component(plan: &Plan, component: &Component) -> TokenStream {
    match plan.interfaces.get(component.interface) {
        Some(Source::Own(interface)) => {
            let module = &interface.module;
            quote!(#module::Client)
        }
        Some(Source::With(elsewhere)) => {
            let path = &elsewhere.path;
            quote!(#path::Client)
        }
        // components are numbered as their Interfaces are planned
        None => quote!(__rt::Client),
    }
}
