//! What an author starts from: the struct, the structs of its components, and every handler with a body that answers 501.
//!
//! It stands outside the generated module, in a file that imports [`IMPORTS`] from the facade.

use std::collections::BTreeSet;

use heck::ToUpperCamelCase as _;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::doc;
use crate::plan::{Command, Interface, Plan, Property, Source, TypeRef, Unit};
use crate::request::{Device, Request};

/// What the stubs use of the facade, besides what is written with its path.
const IMPORTS: [&str; 2] = ["CommandError", "PropertyError"];

/// The author's side of a device.
pub(crate) fn stub(
    plan: &Plan,
    device: &Device,
    request: &Request,
    attribute: Option<&TokenStream>,
) -> TokenStream {
    let facade = &request.facade;
    let (ident, module) = (&device.ident, &plan.root.module);
    let handlers = Handlers { plan, device: ident, facade };
    let fields = plan.components.iter().map(|component| {
        let (field, held) = (&component.field, handlers.holder(component.interface));
        let marked = (attribute.is_some() && *field != component.wire).then(|| {
            let wire = &component.wire;
            quote!(#[component(#wire)])
        });
        // the generated code then has no use for the field
        let unused = held.is_none().then(
            || quote!(#[allow(dead_code, reason = "the model gives this component nothing to handle")]),
        );
        let held = held.map_or_else(|| quote!(()), |held| quote!(#held));
        let docs = doc(component.docs.get(..1).unwrap_or_default());
        quote!(#docs #unused #marked pub #field: #held)
    });
    let body = if plan.components.is_empty() { quote!(;) } else { quote!({ #(#fields,)* }) };
    let root = handlers.impls(&plan.root, &quote!(#module), ident);
    let mut used: BTreeSet<&str> = handlers.used(&plan.root).collect();
    let mut parts = Vec::new();
    for (number, source) in plan.interfaces.iter().enumerate() {
        let (Source::Own(interface), Some(holder)) = (source, handlers.holder(number)) else { continue };
        let inner = &interface.module;
        let impls = handlers.impls(interface, &quote!(#module::#inner), &holder);
        let docs = doc(interface.docs.get(..1).unwrap_or_default());
        parts.push(quote!(#docs #[derive(Debug, Default)] pub struct #holder; #impls));
        used.extend(handlers.used(interface));
    }
    let names = IMPORTS.into_iter().filter(|name| used.contains(name));
    let imports = names.chain(attribute.map(|_| "device_model")).map(|name| format_ident!("{name}"));
    let imports: Vec<Ident> = imports.collect();
    let imports = (!imports.is_empty()).then(|| quote!(use #facade::{#(#imports),*};));
    let attribute = attribute.map(|arguments| quote!(#[device_model(#arguments)]));
    let docs = doc(plan.root.docs.get(..1).unwrap_or_default());
    quote! {
        #imports
        #docs
        #attribute
        #[derive(Debug, Default)]
        pub struct #ident #body
        #root
        #(#parts)*
    }
}

/// What handlers are written with.
pub(super) struct Handlers<'p> {
    pub(super) plan: &'p Plan,
    pub(super) device: &'p Ident,
    pub(super) facade: &'p TokenStream,
}

impl Handlers<'_> {
    /// The struct that handles what an Interface has; `None` where there is nothing to handle.
    pub(super) fn holder(&self, interface: usize) -> Option<Ident> {
        match self.plan.interfaces.get(interface)? {
            Source::Own(interface) if self.used(interface).next().is_some() => {
                let name = format_ident!("{}", interface.module.to_string().to_upper_camel_case());
                Some(if name == *self.device { format_ident!("{name}Component") } else { name })
            }
            _ => None,
        }
    }

    /// The error types of the handlers that an Interface has.
    fn used<'i>(&self, interface: &'i Interface) -> impl Iterator<Item = &'static str> + use<'i> {
        let [command, property] = IMPORTS;
        let commands = (!interface.commands.is_empty()).then_some(command);
        commands.into_iter().chain(interface.has_setters().then_some(property))
    }

    fn impls(&self, interface: &Interface, module: &TokenStream, holder: &Ident) -> TokenStream {
        let commands = interface.commands.iter().map(|command| self.command(command, module));
        let commands = (!interface.commands.is_empty())
            .then(|| quote!(impl #module::Commands for #holder { #(#commands)* }));
        let setters = interface.properties.iter().filter_map(|property| self.setter(property, module));
        let setters =
            interface.has_setters().then(|| quote!(impl #module::Properties for #holder { #(#setters)* }));
        quote!(#commands #setters)
    }

    fn command(&self, command: &Command, module: &TokenStream) -> TokenStream {
        let Command { wire, ident, request, response, docs, .. } = command;
        let argument = request.as_ref().map(|request| (&request.parameter, self.of(&request.ty, module)));
        let output = response.as_ref().map_or_else(|| quote!(()), |ty| self.of(ty, module));
        method((wire, ident, docs), argument.as_ref(), &output, "CommandError", module)
    }

    fn setter(&self, property: &Property, module: &TokenStream) -> Option<TokenStream> {
        let setter = property.setter.as_ref()?;
        let ty = self.of(&property.field.ty, module);
        let argument = Some((&setter.parameter, ty.clone()));
        let named = (property.field.wire.as_str(), &setter.ident, property.field.docs.as_slice());
        Some(method(named, argument.as_ref(), &ty, "PropertyError", module))
    }

    /// A type as it is written outside the module.
    fn of(&self, ty: &TypeRef, module: &TokenStream) -> TokenStream {
        let facade = self.facade;
        let inner = |inner: &TypeRef| self.of(inner, module);
        match ty {
            TypeRef::Primitive(name) => {
                let name = Ident::new(name, Span::call_site());
                quote!(#name)
            }
            TypeRef::String => quote!(String),
            TypeRef::Runtime(folder, name) => {
                let (folder, name) = (format_ident!("{folder}"), format_ident!("{name}"));
                quote!(#facade::#folder::#name)
            }
            TypeRef::Json => quote!(#facade::__private::Json),
            TypeRef::List(item) => {
                let item = inner(item);
                quote!(Vec<#item>)
            }
            TypeRef::Map(value) => {
                let value = inner(value);
                quote!(std::collections::BTreeMap<String, #value>)
            }
            TypeRef::Nullable(value) => {
                let value = inner(value);
                quote!(Option<#value>)
            }
            TypeRef::Quantity(unit, number) => {
                let number = inner(number);
                let unit = match unit {
                    Unit::Known(unit) => quote!(#facade::units::#unit),
                    Unit::Local(unit) => quote!(#module::#unit),
                };
                quote!(#facade::units::Quantity<#unit, #number>)
            }
            TypeRef::Local(ident) | TypeRef::Boxed(ident) => quote!(#module::#ident),
        }
    }
}

fn method(
    (wire, ident, docs): (&str, &Ident, &[String]),
    argument: Option<&(&Ident, TokenStream)>,
    output: &TokenStream,
    error: &str,
    module: &TokenStream,
) -> TokenStream {
    let docs = doc(docs.get(..1).unwrap_or_default());
    let parameter = argument.map(|(name, ty)| quote!(#name: #ty,));
    let unused = argument.map_or_else(|| quote!(client), |(name, _)| quote!((#name, client)));
    let (error, message) = (format_ident!("{error}"), format!("`{wire}` is not written yet"));
    quote! {
        #docs
        async fn #ident(&self, #parameter client: &#module::Client) -> Result<#output, #error> {
            let _ = #unused;
            Err(#error::new(501, #message))
        }
    }
}
