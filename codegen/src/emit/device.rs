//! The `Device` implementation of the struct. It stands outside the module, among names that are the author's, so every
//! path in it is absolute or begins with the module.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::paths::private;
use crate::plan::{Plan, Source};
use crate::request::{Convention, Device, Request};

/// The implementation; its calls stand at the struct's name, so that a missing `impl` is reported there.
pub(crate) fn device(plan: &Plan, device: &Device, request: &Request) -> TokenStream {
    let (rt, facade) = (private(request), &request.facade);
    let Device { ident, impl_generics, type_generics, where_clause, .. } = device;
    let module = &plan.root.module;
    let table = table(plan);
    let command = dispatch(plan, ident, &COMMAND);
    let desired = dispatch(plan, ident, &DESIRED);
    quote! {
        // the author may have imported what is named by its path here
        #[allow(unused_qualifications)]
        const _: () = {
            use #rt as __rt;

            impl #impl_generics #facade::Device for #ident #type_generics #where_clause {
                type Client = #module::Client;

                const MODEL: __rt::ModelTable = #table;

                async fn __command(&self, call: __rt::CommandCall<'_>, client: &__rt::Client) -> __rt::CommandOutcome {
                    #command
                }

                async fn __desired(&self, change: __rt::DesiredChange<'_>, client: &__rt::Client) -> __rt::DesiredOutcome {
                    #desired
                }
            }
        };
    }
}

/// The names that the runtime checks against, and the wire convention.
fn table(plan: &Plan) -> TokenStream {
    let module = &plan.root.module;
    let convention = match plan.convention {
        Convention::Central2020 => quote!(Central2020),
        Convention::Pnp => quote!(Pnp),
    };
    let components = plan.components.iter().filter_map(|component| {
        let (path, wire) = (path(plan, component.interface)?, &component.wire);
        Some(quote!(#path::__part(::core::option::Option::Some(#wire))))
    });
    quote! {
        __rt::ModelTable {
            id: #module::MODEL_ID,
            convention: __rt::Convention::#convention,
            parts: &[#module::__part(::core::option::Option::None), #(#components),*],
        }
    }
}

/// The module of a component's Interface.
fn path(plan: &Plan, interface: usize) -> Option<TokenStream> {
    let root = &plan.root.module;
    Some(match plan.interfaces.get(interface)? {
        Source::Own(interface) => {
            let module = &interface.module;
            quote!(#root::#module)
        }
        Source::With(elsewhere) => elsewhere.path.clone(),
    })
}

/// Which of the two functions is dispatched to.
struct Call {
    function: &'static str,
    argument: &'static str,
    root_has: fn(&crate::plan::Interface) -> bool,
    has: fn(&Source) -> bool,
}

const COMMAND: Call = Call {
    function: "__command",
    argument: "call",
    root_has: |interface| !interface.commands.is_empty(),
    has: |source| match source {
        Source::Own(interface) => !interface.commands.is_empty(),
        Source::With(elsewhere) => elsewhere.has_commands,
    },
};

const DESIRED: Call = Call {
    function: "__desired",
    argument: "change",
    root_has: crate::plan::Interface::has_setters,
    has: |source| match source {
        Source::Own(interface) => interface.has_setters(),
        Source::With(elsewhere) => elsewhere.has_setters,
    },
};

/// A match on the component, to the function of its module.
fn dispatch(plan: &Plan, device: &Ident, call: &Call) -> TokenStream {
    let plain = Ident::new(call.argument, Span::call_site());
    let unknown = quote!({ let _ = client; #plain.unknown() });
    let root = (call.root_has)(&plan.root).then(|| {
        let (module, client) = (&plan.root.module, quote_spanned!(device.span()=> client.clone()));
        called(device, call, &quote!(#module), &quote_spanned!(device.span()=> self), &client)
    });
    if plan.components.is_empty() {
        return root.unwrap_or(unknown);
    }
    let components = plan.components.iter().filter(|component| component.is_held);
    let components = components.filter_map(|component| {
        plan.interfaces.get(component.interface).filter(|source| (call.has)(source))?;
        let (module, wire, field) = (path(plan, component.interface)?, &component.wire, &component.field);
        let client = quote_spanned!(device.span()=> client.__component(#wire));
        let called = called(device, call, &module, &quote_spanned!(device.span()=> &self.#field), &client);
        Some(quote!(#wire => #called,))
    });
    let components: Vec<TokenStream> = components.collect();
    if components.is_empty() && root.is_none() {
        return unknown;
    }
    let root = root.map(|root| quote!("" => #root,));
    quote! {
        match #plain.component() { #root #(#components)* _ => #plain.unknown() }
    }
}

/// The call of a module's function. It stands at the struct's name to the last token: rustc then reports a missing `impl`
/// there, and once.
fn called(
    device: &Ident,
    call: &Call,
    module: &TokenStream,
    holder: &TokenStream,
    client: &TokenStream,
) -> TokenStream {
    let function = Ident::new(call.function, device.span());
    let argument = Ident::new(call.argument, device.span());
    quote_spanned!(device.span()=> #module::#function(#holder, #argument, &#client.into()).await)
}
