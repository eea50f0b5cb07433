//! What the attribute stands on, and the expansion as a whole.

use device_model_codegen::{Complaint, ComponentField, Device, Generated, Request, Target, generate};
use dtdl::Reading;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::spanned::Spanned as _;
use syn::{Error, Fields, Item, ItemMod, ItemStruct, LitStr, Result, Visibility};

use crate::arguments::{self, Arguments, spanned, wrong};
use crate::model::{self, Read};

/// The struct, the generated module, and everything that is wrong, in one go. A module is replaced by the generated one.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let (kept, target) = taken(item);
    let generated = target.and_then(|(visibility, target)| try_expand(arguments, &visibility, target));
    // The struct stays even when something is wrong, so that the rest of the program is not reported as well.
    let generated = generated.unwrap_or_else(|error| error.to_compile_error());
    quote!(#kept #generated)
}

/// What of the item stays in the program, and what is to be generated for it.
fn taken(item: &TokenStream) -> (TokenStream, Result<(Visibility, Target)>) {
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Struct(mut device)) => {
            let fields = component_fields(&mut device);
            let target = fields.map(|fields| (device.vis.clone(), target(&device, fields)));
            (device.to_token_stream(), target)
        }
        Ok(Item::Mod(module)) => (TokenStream::new(), empty(&module)),
        Ok(other) => {
            let message =
                "#[device_model] stands on the struct that is the device, or on an empty `mod name {}`";
            let error = wrong("notADevice", Error::new_spanned(other, "").span(), message);
            (item.clone(), Err(error))
        }
        Err(error) => (item.clone(), Err(error)),
    }
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
        _ => {
            let message = "the module is filled by #[device_model]: write `mod name {}`";
            Err(wrong("moduleNotEmpty", module.ident.span(), message))
        }
    }
}

fn try_expand(arguments: TokenStream, visibility: &Visibility, target: Target) -> Result<TokenStream> {
    let arguments = arguments::parse(arguments)?;
    let path = arguments.path.clone();
    let Expansion { reading, generated } = generate_of(arguments, visibility, target)?;
    let errors = model::errors(&path, reading.diagnostics(), reading.sources());
    let Some(generated) = generated else { return Ok(errors) };
    let more = model::errors(&path, &generated.diagnostics, reading.sources());
    let complaints = generated.complaints.into_iter().map(complaint);
    let tokens = generated.tokens;
    Ok(quote!(#tokens #errors #more #(#complaints)*))
}

/// What was read and what it became; nothing is generated of a file in which there is no model.
struct Expansion {
    reading: Reading,
    generated: Option<Generated>,
}

fn generate_of(arguments: Arguments, visibility: &Visibility, target: Target) -> Result<Expansion> {
    let Read { reading, tracked } = model::read(&arguments)?;
    if reading.model().is_none() && reading.diagnostics().is_empty() {
        let message = "the model file defines no device: it holds no element";
        return Err(wrong("noDevice", arguments.path.span(), message));
    }
    let request = request(arguments, visibility, target, tracked);
    let mut generated = reading.model().map(|model| generate(model, reading.sources(), &request));
    if let Some(generated) = generated.as_mut().filter(|_| !reading.is_valid()) {
        // What is left of a wrong model need not fit the code: that is for the next build to say.
        generated.diagnostics.clear();
        generated.complaints.clear();
    }
    Ok(Expansion { reading, generated })
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
    let mut errors: Option<Error> = None;
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
                    let span = attribute.path().span();
                    let error = wrong("badComponent", span, "write #[component(\"nameInTheModel\")]");
                    match &mut errors {
                        Some(errors) => errors.combine(error),
                        None => errors = Some(error),
                    }
                }
            }
            false
        });
        found.push(ComponentField { ident, component });
    }
    errors.map_or(Ok(found), Err)
}

fn complaint(complaint: Complaint) -> TokenStream {
    let Complaint { code, span, message } = complaint;
    wrong(code, span, message).into_compile_error()
}

#[cfg(test)]
mod tests;
