//! The pieces of a program around a stub: something to send, something to report, and a handler to call in a test.
//!
//! Decides what of a model makes the first example and which values can be made up for it; the program is the caller's.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::stub::Handlers;
use crate::plan::{Field, Interface, Plan, Shape, Source, TypeRef};
use crate::request::Device;

/// How many fields an example shows.
const FIELDS: usize = 2;

/// What a program begins with; `None` where the model has no such thing, or no value can be made up for it.
#[derive(Debug)]
pub struct Start {
    /// Whether a struct literal is enough for the device: it has no fields.
    pub is_unit: bool,
    /// A message: the client that sends it (`client.sensor`, for one called `client`) and its value.
    pub telemetry: Option<(TokenStream, TokenStream)>,
    /// A state of a read-only property: the client that reports it and its value.
    pub reported: Option<(TokenStream, TokenStream)>,
    /// A handler that can be called.
    pub call: Option<Call>,
}

/// A handler and what it is called with.
#[derive(Debug)]
pub struct Call {
    /// The trait that it is of, by its path.
    pub handlers: TokenStream,
    /// What it is called on; `None` for the device itself.
    pub holder: Option<Ident>,
    /// The method.
    pub method: Ident,
    /// What it takes.
    pub argument: Option<TokenStream>,
    /// The client that it gets, for one called `client`.
    pub client: TokenStream,
    /// The method of its error that tells the status.
    pub status: Ident,
}

/// The pieces for a model.
pub(crate) fn start(plan: &Plan, device: &Device, facade: &TokenStream) -> Start {
    let places = places(plan);
    let mut examples = places.iter().map(|place| Examples { plan, place, facade });
    let handlers = Handlers { plan, device: &device.ident, facade };
    Start {
        is_unit: plan.components.is_empty(),
        telemetry: examples.clone().find_map(|examples| examples.telemetry()),
        reported: examples.clone().find_map(|examples| examples.reported()),
        call: examples.find_map(|examples| examples.call(&handlers)),
    }
}

/// An Interface in the device: the module of its code and the client for it.
struct Place<'p> {
    interface: &'p Interface,
    /// Its number among the Interfaces of components; `None` for the root.
    number: Option<usize>,
    module: TokenStream,
    client: TokenStream,
}

/// The root Interface, then those of the components.
fn places(plan: &Plan) -> Vec<Place<'_>> {
    let root = &plan.root.module;
    let first = Place { interface: &plan.root, number: None, module: quote!(#root), client: quote!(client) };
    let parts = plan.components.iter().filter_map(|component| {
        let interface = plan.interfaces.get(component.interface).and_then(Source::own)?;
        let (module, field) = (&interface.module, &component.field);
        Some(Place {
            interface,
            number: Some(component.interface),
            module: quote!(#root::#module),
            client: quote!(client.#field),
        })
    });
    std::iter::once(first).chain(parts).collect()
}

/// Makes examples of what one place has.
#[derive(Clone, Copy)]
struct Examples<'p> {
    plan: &'p Plan,
    place: &'p Place<'p>,
    facade: &'p TokenStream,
}

impl Examples<'_> {
    fn telemetry(&self) -> Option<(TokenStream, TokenStream)> {
        let fields: Vec<&Field> = self.place.interface.telemetry.iter().collect();
        self.literal("Telemetry", &fields, FIELDS, fields.len())
    }

    fn reported(&self) -> Option<(TokenStream, TokenStream)> {
        let properties = &self.place.interface.properties;
        let fields = properties.iter().filter(|property| property.setter.is_none());
        let fields: Vec<&Field> = fields.map(|property| &property.field).collect();
        self.literal("Reported", &fields, 1, properties.len())
    }

    /// A struct with the first fields that a value can be made up for.
    fn literal(
        &self,
        name: &str,
        fields: &[&Field],
        most: usize,
        all: usize,
    ) -> Option<(TokenStream, TokenStream)> {
        let Place { module, client, .. } = self.place;
        let valued = fields.iter().filter_map(|field| Some((&field.ident, self.value(&field.ty)?)));
        let shown: Vec<TokenStream> =
            valued.take(most).map(|(field, value)| quote!(#field: Some(#value))).collect();
        if shown.is_empty() {
            return None;
        }
        let rest = (shown.len() < all).then(|| quote!(..Default::default()));
        let name = format_ident!("{name}");
        Some((client.clone(), quote!(#module::#name { #(#shown,)* #rest })))
    }

    fn call(&self, handlers: &Handlers<'_>) -> Option<Call> {
        let Place { interface, number, module, client } = self.place;
        let holder = number.and_then(|number| handlers.holder(number));
        let command = interface.commands.iter().find_map(|command| {
            let argument = match &command.request {
                Some(request) => Some(self.value(&request.ty)?),
                None => None,
            };
            Some(("Commands", command.ident.clone(), argument, "status"))
        });
        let setter = || {
            let mut properties = interface.properties.iter();
            properties.find_map(|property| {
                let method = property.setter.as_ref()?.ident.clone();
                Some(("Properties", method, Some(self.value(&property.field.ty)?), "code"))
            })
        };
        let (name, method, argument, status) = command.or_else(setter)?;
        let (name, status) = (format_ident!("{name}"), format_ident!("{status}"));
        let handlers = quote!(#module::#name);
        Some(Call { handlers, holder, method, argument, client: client.clone(), status })
    }

    /// A value of a type, made up.
    fn value(&self, ty: &TypeRef) -> Option<TokenStream> {
        let (facade, module) = (self.facade, &self.place.module);
        Some(match ty {
            TypeRef::Primitive("bool") => quote!(false),
            TypeRef::Primitive("f32" | "f64") => quote!(0.0),
            TypeRef::Primitive(_) => quote!(0),
            TypeRef::String => quote!("example".to_owned()),
            TypeRef::List(_) => quote!(Vec::new()),
            TypeRef::Map(_) => quote!(std::collections::BTreeMap::new()),
            TypeRef::Quantity(_, number) => {
                let number = self.value(number)?;
                quote!(#facade::units::Quantity::new(#number))
            }
            TypeRef::Nullable(_) => quote!(None),
            TypeRef::Local(ident) => {
                match &self.plan.types_of(self.place.interface).find(|defined| defined.ident == *ident)?.shape
                {
                    Shape::Enum(variants) => {
                        let variant = &variants.first()?.ident;
                        quote!(#module::#ident::#variant)
                    }
                    Shape::Object(_) | Shape::Wrapper(_) => quote!(#module::#ident::default()),
                    Shape::Unit(_) => return None,
                }
            }
            TypeRef::Runtime(..) | TypeRef::Json | TypeRef::Boxed(_) => return None,
        })
    }
}
