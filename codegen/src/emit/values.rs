//! Data types: `Telemetry`, `Reported`, and the model's Objects; `enums` has its Enums.
//!
//! Written by direction: what leaves the device is serialised, what arrives is read by the runtime's strict reader. Both are
//! written out instead of derived, which costs a fraction of the time at every build.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::paths::Paths;
use super::{doc, enums};
use crate::plan::{Direction, Extra, Field, Interface, Shape, Type, TypeRef};

/// The data types of one module.
pub(super) fn values(interface: &Interface, paths: &Paths) -> TokenStream {
    let [telemetry_extra, reported_extra] = &interface.derives;
    let telemetry: Vec<&Field> = interface.telemetry.iter().collect();
    let reported: Vec<&Field> = interface.properties.iter().map(|property| &property.field).collect();
    let telemetry = (!telemetry.is_empty()).then(|| {
        let docs = "One message of measurements. What is `None` is not sent.";
        object(&own("Telemetry", docs, telemetry_extra), &telemetry, paths)
    });
    let reported = (!reported.is_empty()).then(|| {
        let docs = "State the device reports. What is `None` stays as it was.";
        object(&own("Reported", docs, reported_extra), &reported, paths)
    });
    let types = interface.types.iter().map(|defined| self::defined(defined, paths));
    quote!(#telemetry #reported #(#types)*)
}

/// A type that every Interface has.
fn own(name: &str, docs: &str, extra: &Extra) -> Type {
    Type {
        ident: Ident::new(name, Span::call_site()),
        docs: vec![docs.to_owned()],
        shape: Shape::Object(Vec::new()),
        direction: Direction::Out,
        extra: extra.clone(),
    }
}

fn defined(defined: &Type, paths: &Paths) -> TokenStream {
    match &defined.shape {
        Shape::Object(fields) => object(defined, &fields.iter().collect::<Vec<_>>(), paths),
        Shape::Enum(variants) => enums::enumeration(defined, variants, paths),
        Shape::Wrapper(ty) => wrapper(defined, ty, paths),
        Shape::Unit(name) => unit(defined, name, paths),
    }
}

fn object(defined: &Type, fields: &[&Field], paths: &Paths) -> TokenStream {
    let Type { ident, docs, direction, extra, .. } = defined;
    let option = paths.std("Option");
    let declared = fields.iter().map(|Field { wire, ident, ty, docs, .. }| {
        let (docs, ty) = (doc(docs), paths.of(ty));
        let serde = extra.serde.then(|| {
            let absent = "::core::option::Option::is_none";
            quote!(#[serde(default, rename = #wire, skip_serializing_if = #absent)])
        });
        quote!(#docs #serde pub #ident: #option<#ty>)
    });
    let extra = derives(extra);
    let units = units(ident, fields, paths);
    let writer = direction.leaves().then(|| write_object(ident, fields, paths));
    let reader = direction.arrives().then(|| read_object(ident, fields, paths));
    let docs = doc(docs);
    quote! {
        #docs
        #[derive(Clone, Debug, Default, PartialEq)]
        #extra
        pub struct #ident { #(#declared,)* }
        #units
        #writer
        #reader
    }
}

/// The derives that were asked for.
pub(super) fn derives(extra: &Extra) -> Option<TokenStream> {
    let macros = &extra.macros;
    (!macros.is_empty()).then(|| quote!(#[derive(#(#macros),*)]))
}

/// The units of fields as constants beside them.
fn units(ident: &Ident, fields: &[&Field], paths: &Paths) -> Option<TokenStream> {
    let text = paths.std("str");
    let constants = fields.iter().filter_map(|field| {
        let unit = field.unit.as_ref()?;
        let name = field.ident.to_string();
        let name = quote::format_ident!("{}_UNIT", name.trim_end_matches('_').to_uppercase());
        let docs = doc(&[format!("The unit of `{}`.", field.wire)]);
        Some(quote!(#docs pub const #name: &'static #text = #unit;))
    });
    let constants: Vec<TokenStream> = constants.collect();
    (!constants.is_empty()).then(|| quote!(impl #ident { #(#constants)* }))
}

fn write_object(ident: &Ident, fields: &[&Field], paths: &Paths) -> TokenStream {
    let writes = fields.iter().map(|Field { wire, ident, .. }| quote!(object.field(#wire, &self.#ident)?;));
    let body = match fields {
        [] => quote!(__rt::ObjectWriter::new(serializer)?.end()),
        _ => quote! {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            #(#writes)*
            object.end()
        },
    };
    write(ident, &body, paths)
}

/// An implementation of `Serialize` with that body.
pub(super) fn write(ident: &Ident, body: &TokenStream, paths: &Paths) -> TokenStream {
    let result = paths.std("Result");
    quote! {
        impl __rt::Serialize for #ident {
            fn serialize<S: __rt::Serializer>(&self, serializer: S) -> #result<S::Ok, S::Error> {
                #body
            }
        }
    }
}

fn read_object(ident: &Ident, fields: &[&Field], paths: &Paths) -> TokenStream {
    let names = fields.iter().map(|field| &field.wire);
    let reads = fields.iter().map(|Field { wire, ident, .. }| quote!(#ident: object.optional(#wire)?));
    // An Object without fields reads nothing, but still refuses what it does not know.
    let object = if fields.is_empty() { quote!(_) } else { quote!(object) };
    let ok = paths.std("Ok");
    let body = quote! {
        let #object = __rt::ObjectReader::new(value, at, &[#(#names),*])?;
        #ok(Self { #(#reads,)* })
    };
    read(ident, &body, paths)
}

/// An implementation of `FromJson` with that body.
pub(super) fn read(ident: &Ident, body: &TokenStream, paths: &Paths) -> TokenStream {
    let result = paths.std("Result");
    quote! {
        impl __rt::FromJson for #ident {
            fn from_json(value: &__rt::Json, at: &__rt::Pointer<'_>) -> #result<Self, __rt::ValueError> {
                #body
            }
        }
    }
}

/// An Array or Map that holds itself.
fn wrapper(defined: &Type, ty: &TypeRef, paths: &Paths) -> TokenStream {
    let Type { ident, docs, direction, extra, .. } = defined;
    let (docs, extra, ty) = (doc(docs), derives(extra), paths.of(ty));
    let ok = paths.std("Ok");
    let writer = direction
        .leaves()
        .then(|| write(ident, &quote!(__rt::Serialize::serialize(&self.items, serializer)), paths));
    let reader = direction
        .arrives()
        .then(|| read(ident, &quote!(#ok(Self { items: __rt::FromJson::from_json(value, at)? })), paths));
    quote! {
        #docs
        #[derive(Clone, Debug, Default, PartialEq)]
        #extra
        pub struct #ident {
            /// What it holds.
            pub items: #ty,
        }
        #writer
        #reader
    }
}

/// The marker of a unit that the runtime does not know: it converts into no other.
fn unit(defined: &Type, name: &str, paths: &Paths) -> TokenStream {
    let Type { ident, docs, .. } = defined;
    let (docs, text, number) = (doc(docs), paths.std("str"), paths.std("f64"));
    quote! {
        #docs
        #[derive(Clone, Copy, Debug)]
        pub struct #ident;
        impl __rt::units::Unit for #ident {
            type Family = Self;
            const NAME: &'static #text = #name;
            const SYMBOL: &'static #text = #name;
            const FACTOR: #number = 1.0;
        }
    }
}
