//! The struct: its component fields, and the expansion as a whole.

use device_model_codegen::{Complaint, ComponentField, Request, generate};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Error, Fields, Item, ItemStruct, LitStr, Result};

use crate::arguments::{Arguments, spanned};
use crate::model;

/// The struct, the generated module, and everything that is wrong, in one go.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut device = match struct_of(item) {
        Ok(device) => device,
        Err(error) => return with_item(&error, item),
    };
    let fields = component_fields(&mut device);
    let item = device.to_token_stream();
    match fields.and_then(|fields| try_expand(arguments, &device, fields)) {
        Ok(generated) => quote!(#item #generated),
        Err(error) => with_item(&error, &item),
    }
}

/// The struct stays even when something is wrong, so that the rest of the program is not reported as well.
fn with_item(error: &Error, item: &TokenStream) -> TokenStream {
    let error = error.to_compile_error();
    quote!(#item #error)
}

fn struct_of(item: &TokenStream) -> Result<ItemStruct> {
    match syn::parse2::<Item>(item.clone())? {
        Item::Struct(device) => Ok(device),
        other => Err(Error::new_spanned(other, "#[device_model] stands on the struct that is the device")),
    }
}

fn try_expand(
    arguments: TokenStream,
    device: &ItemStruct,
    fields: Vec<ComponentField>,
) -> Result<TokenStream> {
    let arguments: Arguments = syn::parse2(arguments)?;
    let reading = model::read(&arguments.path, arguments.id.as_ref())?;
    let errors = model::errors(&arguments.path, reading.diagnostics(), reading.sources());
    let Some(model) = reading.model() else {
        if errors.is_empty() {
            return Err(Error::new(
                arguments.path.span(),
                "the model file defines no device: it holds no element",
            ));
        }
        return Ok(errors);
    };
    let path = arguments.path.clone();
    let generated = generate(model, reading.sources(), &request(arguments, device, fields));
    let more = model::errors(&path, &generated.diagnostics, reading.sources());
    let complaints = generated.complaints.into_iter().map(complaint);
    let tokens = generated.tokens;
    Ok(quote!(#tokens #errors #more #(#complaints)*))
}

fn request(arguments: Arguments, device: &ItemStruct, fields: Vec<ComponentField>) -> Request {
    let (impl_generics, type_generics, where_clause) = device.generics.split_for_impl();
    Request {
        device: device.ident.clone(),
        impl_generics: impl_generics.to_token_stream(),
        type_generics: type_generics.to_token_stream(),
        where_clause: where_clause.to_token_stream(),
        visibility: device.vis.to_token_stream(),
        fields,
        tracked_file: Some(model::tracked(&arguments.path)),
        facade: arguments.facade.map_or_else(|| quote!(::device_model), |path| path.to_token_stream()),
        convention: arguments.convention,
        asynchronous: arguments.asynchronous,
        renames: arguments.renames,
    }
}

/// The fields that may hold components; takes the `#[component]` attributes off, which only this macro understands.
fn component_fields(device: &mut ItemStruct) -> Result<Vec<ComponentField>> {
    let Fields::Named(fields) = &mut device.fields else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    let mut wrong: Option<Error> = None;
    for field in &mut fields.named {
        let Some(ident) = field.ident.clone() else {
            continue;
        };
        let mut component = None;
        field.attrs.retain(|attribute| {
            if !attribute.path().is_ident("component") {
                return true;
            }
            match attribute.parse_args::<LitStr>() {
                Ok(name) => component = Some(spanned(&name)),
                Err(_) => {
                    let error = Error::new_spanned(attribute, "write #[component(\"nameInTheModel\")]");
                    match &mut wrong {
                        Some(errors) => errors.combine(error),
                        None => wrong = Some(error),
                    }
                }
            }
            false
        });
        found.push(ComponentField { ident, component });
    }
    wrong.map_or(Ok(found), Err)
}

fn complaint(complaint: Complaint) -> TokenStream {
    Error::new(complaint.span, complaint.message).into_compile_error()
}
