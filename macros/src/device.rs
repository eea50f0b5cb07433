//! What the attribute stands on, and the expansion as a whole.

use device_model_codegen::{Complaint, ComponentField, Device, Request, Target, generate};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Error, Fields, Item, ItemMod, ItemStruct, LitStr, Result, Visibility};

use crate::arguments::{self, Arguments, spanned};
use crate::model;

/// The struct, the generated module, and everything that is wrong, in one go. A module is replaced by the generated one.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let (kept, target) = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Struct(mut device)) => {
            let fields = component_fields(&mut device);
            let target = fields.map(|fields| (device.vis.clone(), target(&device, fields)));
            (device.to_token_stream(), target)
        }
        Ok(Item::Mod(module)) => (TokenStream::new(), empty(&module)),
        Ok(other) => {
            let message =
                "#[device_model] stands on the struct that is the device, or on an empty `mod name {}`";
            (item.clone(), Err(Error::new_spanned(other, message)))
        }
        Err(error) => (item.clone(), Err(error)),
    };
    let generated = target.and_then(|(visibility, target)| try_expand(arguments, &visibility, target));
    // The struct stays even when something is wrong, so that the rest of the program is not reported as well.
    let generated = generated.unwrap_or_else(|error| error.to_compile_error());
    quote!(#kept #generated)
}

fn target(device: &ItemStruct, fields: Vec<ComponentField>) -> Target {
    let (impl_generics, type_generics, where_clause) = device.generics.split_for_impl();
    Target::Device(Device {
        ident: device.ident.clone(),
        impl_generics: impl_generics.to_token_stream(),
        type_generics: type_generics.to_token_stream(),
        where_clause: where_clause.to_token_stream(),
        fields,
    })
}

fn empty(module: &ItemMod) -> Result<(Visibility, Target)> {
    match &module.content {
        Some((_, items)) if items.is_empty() => {
            Ok((module.vis.clone(), Target::Interface(module.ident.clone())))
        }
        _ => Err(Error::new_spanned(
            &module.ident,
            "the module is filled by #[device_model]: write `mod name {}`",
        )),
    }
}

fn try_expand(arguments: TokenStream, visibility: &Visibility, target: Target) -> Result<TokenStream> {
    let arguments = arguments::parse(arguments)?;
    let read = model::read(&arguments)?;
    let reading = &read.reading;
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
    let request = request(arguments, visibility, target, read.tracked);
    let generated = generate(model, reading.sources(), &request);
    let more = model::errors(&path, &generated.diagnostics, reading.sources());
    let complaints = generated.complaints.into_iter().map(complaint);
    let tokens = generated.tokens;
    Ok(quote!(#tokens #errors #more #(#complaints)*))
}

fn request(
    arguments: Arguments,
    visibility: &Visibility,
    target: Target,
    tracked_files: Vec<TokenStream>,
) -> Request {
    let facade = arguments.facade.map_or_else(|| quote!(::device_model), |path| path.to_token_stream());
    Request {
        target,
        visibility: visibility.to_token_stream(),
        facade,
        tracked_files,
        convention: arguments.convention,
        asynchronous: arguments.asynchronous,
        renames: arguments.renames,
        with: arguments.with,
        derives: arguments.derives,
        units: arguments.units,
        unhandled: arguments.unhandled,
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
    let Complaint { code, span, message } = complaint;
    Error::new(span, format!("device[{code}]: {message}")).into_compile_error()
}
