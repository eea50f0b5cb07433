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
    let table = table(plan, &rt);
    let command = dispatch(plan, ident, &COMMAND, &rt);
    let desired = dispatch(plan, ident, &DESIRED, &rt);
    quote! {
        // the author may have imported what is named by its path here
        #[automatically_derived]
        #[allow(unused_qualifications)]
        impl #impl_generics #facade::Device for #ident #type_generics #where_clause {
            type Client = #module::Client;

            const MODEL: #rt::ModelTable = #table;

            async fn __command(&self, call: #rt::CommandCall<'_>, client: &#rt::Client) -> #rt::CommandOutcome {
                #command
            }

            async fn __desired(&self, change: #rt::DesiredChange<'_>, client: &#rt::Client) -> #rt::DesiredOutcome {
                #desired
            }
        }
    }
}

/// The names that the runtime checks against, and the wire convention.
fn table(plan: &Plan, rt: &TokenStream) -> TokenStream {
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
        #rt::ModelTable {
            id: #module::MODEL_ID,
            convention: #rt::Convention::#convention,
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
fn dispatch(plan: &Plan, device: &Ident, call: &Call, rt: &TokenStream) -> TokenStream {
    let module = &plan.root.module;
    // At the struct's name to the last token: rustc then reports a missing `impl` there, and once.
    let function = Ident::new(call.function, device.span());
    let argument = Ident::new(call.argument, device.span());
    let plain = Ident::new(call.argument, Span::call_site());
    let root = (call.root_has)(&plan.root).then(|| {
        let client = quote_spanned!(device.span()=> &#module::Client::from(#rt::Client::clone(client)));
        let called = quote_spanned!(device.span()=> #module::#function(self, #argument, #client).await);
        quote!("" => #called,)
    });
    let components = plan.components.iter().filter(|component| component.is_held);
    let components = components.filter_map(|component| {
        let source = plan.interfaces.get(component.interface).filter(|source| (call.has)(source))?;
        let _ = source;
        let (inner, wire, field) = (path(plan, component.interface)?, &component.wire, &component.field);
        let client =
            quote_spanned!(device.span()=> &#inner::Client::from(#rt::Client::__component(client, #wire)));
        let called =
            quote_spanned!(device.span()=> #inner::#function(&self.#field, #argument, #client).await);
        Some(quote!(#wire => #called,))
    });
    let arms = quote!(#root #(#components)*);
    if arms.is_empty() {
        return quote!({ let _ = client; #plain.unknown() });
    }
    quote! {
        match #plain.component() { #arms _ => #plain.unknown() }
    }
}
