//! The typed client: sends what the model has, and leads to the clients of the components.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Paths, doc};
use crate::plan::{Component, Interface, Plan};

/// The client of the whole device, with a field for each component.
pub(super) fn root(plan: &Plan, paths: &Paths) -> TokenStream {
    let rt = &paths.rt;
    let fields = plan.components.iter().map(|Component { field, interface, docs, .. }| {
        let module = &plan.interfaces[*interface].module;
        let docs = doc(docs);
        quote!(#docs pub #field: #module::Client,)
    });
    let scoped = plan.components.iter().map(|Component { field, interface, wire, .. }| {
        let module = &plan.interfaces[*interface].module;
        quote!(#field: #module::Client::from(#rt::Client::__component(&client, #wire)),)
    });
    let docs = "The device's way to the hub: cheap to clone, usable from any task.";
    client(&plan.root, docs, &quote!(#(#fields)*), &quote!(#(#scoped)*), paths)
}

/// The client of one component.
pub(super) fn component(interface: &Interface, paths: &Paths) -> TokenStream {
    let docs = "The component's way to the hub: what it sends and reports is marked as this component's.";
    client(interface, docs, &quote!(), &quote!(), paths)
}

fn client(
    interface: &Interface,
    docs: &str,
    fields: &TokenStream,
    scoped: &TokenStream,
    paths: &Paths,
) -> TokenStream {
    let rt = &paths.rt;
    let methods = methods(interface, paths);
    let docs = doc(&[docs.to_owned()]);
    quote! {
        #docs
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        pub struct Client { #fields __session: #rt::Client }

        #methods

        impl ::core::convert::From<#rt::Client> for Client {
            fn from(client: #rt::Client) -> Self {
                Self { #scoped __session: client }
            }
        }

        impl ::core::ops::Deref for Client {
            type Target = #rt::Client;

            fn deref(&self) -> &#rt::Client {
                &self.__session
            }
        }
    }
}

fn methods(interface: &Interface, paths: &Paths) -> TokenStream {
    let (rt, facade) = (&paths.rt, &paths.facade);
    let outcome = quote!(::core::result::Result<(), #facade::Error>);
    let send = (!interface.telemetry.is_empty()).then(|| {
        quote! {
            /// Sends a message and waits until the hub has acknowledged it, over reconnects if need be.
            ///
            /// # Errors
            /// When the message cannot be sent as it is (too large, a number that is not finite), when it is dropped or
            /// expires while the hub is away, or when the client is closed.
            pub async fn send(&self, telemetry: Telemetry) -> #outcome {
                #rt::Client::__send(&self.__session, &telemetry).await
            }

            /// Queues a message and returns when it has a place; the `Delivery` tells its outcome.
            ///
            /// # Errors
            /// As for `send`, for what can be told before the message is on its way.
            pub async fn enqueue(&self, telemetry: Telemetry) -> ::core::result::Result<#facade::Delivery, #facade::Error> {
                #rt::Client::__enqueue(&self.__session, &telemetry).await
            }
        }
    });
    let report = (!interface.properties.is_empty()).then(|| {
        quote! {
            /// Reports state and waits until the hub has taken it.
            ///
            /// # Errors
            /// When the hub refuses it, when no answer comes in time, or when the client is closed.
            pub async fn report(&self, reported: Reported) -> #outcome {
                #rt::Client::__report(&self.__session, &reported).await
            }
        }
    });
    if send.is_none() && report.is_none() {
        return TokenStream::new();
    }
    quote!(impl Client { #send #report })
}
