//! Enums: one of several values, each a variant; on the wire an integer or a string.

use proc_macro2::TokenStream;
use quote::quote;

use super::doc;
use super::paths::Paths;
use super::values::{derives, read, write};
use crate::plan::{Literal, Type, Variant};

/// The enum and how it is written and read.
pub(super) fn enumeration(defined: &Type, variants: &[Variant], paths: &Paths) -> TokenStream {
    let Type { ident, docs, direction, extra, .. } = defined;
    let declared = variants.iter().map(|Variant { ident, value, docs }| {
        let docs = doc(docs);
        let serde = match value {
            Literal::String(value) if extra.serde => Some(quote!(#[serde(rename = #value)])),
            _ => None,
        };
        quote!(#docs #serde #ident)
    });
    let writer = direction.leaves().then(|| writer(defined, variants, paths));
    let reader = direction.arrives().then(|| reader(defined, variants, paths));
    let (docs, extra) = (doc(docs), derives(extra));
    quote! {
        #docs
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #extra
        pub enum #ident { #(#declared,)* }
        #writer
        #reader
    }
}

fn writer(defined: &Type, variants: &[Variant], paths: &Paths) -> TokenStream {
    if variants.is_empty() {
        return write(&defined.ident, &quote! { let _ = serializer; match *self {} }, paths);
    }
    let arms = variants.iter().map(|Variant { ident, value, .. }| match value {
        Literal::Integer(value) => quote!(Self::#ident => serializer.serialize_i64(#value)),
        Literal::String(value) => quote!(Self::#ident => serializer.serialize_str(#value)),
    });
    write(&defined.ident, &quote! { match self { #(#arms,)* } }, paths)
}

fn reader(defined: &Type, variants: &[Variant], paths: &Paths) -> TokenStream {
    let legal = variants.iter().map(|Variant { ident, value, .. }| match value {
        Literal::Integer(value) => quote!((__rt::EnumValue::Integer(#value), Self::#ident)),
        Literal::String(value) => quote!((__rt::EnumValue::String(#value), Self::#ident)),
    });
    read(&defined.ident, &quote!(__rt::one_of(value, at, &[#(#legal),*])), paths)
}
