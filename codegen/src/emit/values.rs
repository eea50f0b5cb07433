//! Data types: `Telemetry`, `Reported`, and the model's Objects and Enums.
//!
//! Derived by direction: what leaves the device is serialised, what arrives is read by the runtime's strict reader.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Paths, doc};
use crate::plan::{Field, Interface, Literal, Shape, Type, Variant};

/// The data types of one module.
pub(super) fn values(interface: &Interface, paths: &Paths) -> TokenStream {
    let telemetry = (!interface.telemetry.is_empty()).then(|| {
        let docs = ["One message of measurements. What is `None` is not sent.".to_owned()];
        object("Telemetry", &docs, interface.telemetry.iter(), true, paths)
    });
    let reported = (!interface.properties.is_empty()).then(|| {
        let docs = ["State the device reports. What is `None` stays as it was.".to_owned()];
        object("Reported", &docs, interface.properties.iter().map(|property| &property.field), true, paths)
    });
    let types = interface.types.iter().map(|defined| self::defined(defined, paths));
    quote!(#telemetry #reported #(#types)*)
}

fn defined(defined: &Type, paths: &Paths) -> TokenStream {
    match &defined.shape {
        Shape::Object(fields) => {
            let name = defined.ident.to_string();
            let leaves = defined.direction.leaves();
            let object = object(&name, &defined.docs, fields.iter(), leaves, paths);
            let reader = defined.direction.arrives().then(|| read_object(defined, fields, paths));
            quote!(#object #reader)
        }
        Shape::Enum(variants) => enumeration(defined, variants, paths),
    }
}

fn object<'f>(
    name: &str,
    docs: &[String],
    fields: impl Iterator<Item = &'f Field>,
    leaves: bool,
    paths: &Paths,
) -> TokenStream {
    let rt = &paths.rt;
    let ident = quote::format_ident!("{name}");
    let serde_path = format!("{rt}::serde").replace(' ', "");
    let derive = leaves.then(|| quote!(#[derive(#rt::serde::Serialize)] #[serde(crate = #serde_path)]));
    let fields = fields.map(|Field { wire, ident, ty, docs }| {
        let docs = doc(docs);
        let ty = paths.of(ty);
        let rename = (*ident != wire).then(|| quote!(rename = #wire,));
        let absent = "::core::option::Option::is_none";
        let serde = leaves.then(|| quote!(#[serde(#rename skip_serializing_if = #absent)]));
        quote!(#docs #serde pub #ident: ::core::option::Option<#ty>)
    });
    let docs = doc(docs);
    quote! {
        #docs
        #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::default::Default, ::core::cmp::PartialEq)]
        #derive
        pub struct #ident { #(#fields,)* }
    }
}

fn read_object(defined: &Type, fields: &[Field], paths: &Paths) -> TokenStream {
    let rt = &paths.rt;
    let ident = &defined.ident;
    let names = fields.iter().map(|field| &field.wire);
    let reads = fields.iter().map(|Field { wire, ident, .. }| quote!(#ident: object.optional(#wire)?));
    // An Object without fields reads nothing, but still refuses what it does not know.
    let object = if fields.is_empty() { quote!(_) } else { quote!(object) };
    quote! {
        impl #rt::FromJson for #ident {
            fn from_json(value: &#rt::Json, at: &#rt::Pointer<'_>) -> ::core::result::Result<Self, #rt::ValueError> {
                let #object = #rt::ObjectReader::new(value, at, &[#(#names),*])?;
                ::core::result::Result::Ok(Self { #(#reads,)* })
            }
        }
    }
}

fn enumeration(defined: &Type, variants: &[Variant], paths: &Paths) -> TokenStream {
    let Type { ident, docs, direction, .. } = defined;
    let declared = variants.iter().map(|Variant { ident, docs, .. }| {
        let docs = doc(docs);
        quote!(#docs #ident)
    });
    let writer = direction.leaves().then(|| write_enum(defined, variants, paths));
    let reader = direction.arrives().then(|| read_enum(defined, variants, paths));
    let docs = doc(docs);
    quote! {
        #docs
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug, ::core::cmp::PartialEq, ::core::cmp::Eq)]
        pub enum #ident { #(#declared,)* }
        #writer
        #reader
    }
}

fn write_enum(defined: &Type, variants: &[Variant], paths: &Paths) -> TokenStream {
    let rt = &paths.rt;
    let ident = &defined.ident;
    let arms = variants.iter().map(|Variant { ident, value, .. }| match value {
        Literal::Integer(value) => quote!(Self::#ident => serializer.serialize_i64(#value)),
        Literal::String(value) => quote!(Self::#ident => serializer.serialize_str(#value)),
    });
    quote! {
        impl #rt::serde::Serialize for #ident {
            fn serialize<S: #rt::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                match *self { #(#arms,)* }
            }
        }
    }
}

fn read_enum(defined: &Type, variants: &[Variant], paths: &Paths) -> TokenStream {
    let rt = &paths.rt;
    let ident = &defined.ident;
    let legal = variants.iter().map(|Variant { ident, value, .. }| match value {
        Literal::Integer(value) => quote!((#rt::EnumValue::Integer(#value), Self::#ident)),
        Literal::String(value) => quote!((#rt::EnumValue::String(#value), Self::#ident)),
    });
    quote! {
        impl #rt::FromJson for #ident {
            fn from_json(value: &#rt::Json, at: &#rt::Pointer<'_>) -> ::core::result::Result<Self, #rt::ValueError> {
                #rt::one_of(value, at, &[#(#legal),*])
            }
        }
    }
}
