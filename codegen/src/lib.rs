//! The generator behind `#[device_model]`: a checked DTDL model becomes Rust tokens.
//!
//! A plain library, so that the macro, a command line and tests share it: [`generate`] takes a [`Model`](dtdl::Model) and
//! a [`Request`] and answers [`Generated`]. Two stages: `plan` decides every Rust name and type and finds all
//! disagreements between model and code; `emit` writes the plan down and cannot fail. Nothing here reads files or
//! knows what a handler does: generated code holds data and thin glue, logic lives in the runtime.

mod api;
mod emit;
mod plan;
mod request;

use proc_macro2::TokenStream;

pub use api::{ApiItem, ApiKind};
pub use emit::{Call, Start};
pub use plan::{device_name, module_name};
pub use request::{
    Complaint, ComponentField, Convention, Derive, Device, Rename, Request, Spanned, Target, With,
};

/// What was generated, and what stands against it.
#[derive(Debug)]
pub struct Generated {
    /// The module and, of a device, the `Device` implementation. Where something is wrong it holds what could be made, so
    /// that one mistake is not followed by a hundred.
    pub tokens: TokenStream,
    /// What is wrong in the model when it becomes Rust: names that collide, schemas that have no Rust type yet.
    pub diagnostics: Vec<dtdl::Diagnostic>,
    /// What is wrong in the code: fields and options that do not fit the model.
    pub complaints: Vec<Complaint>,
}

/// Generates the code of a device, or of an Interface that is shared.
///
/// `sources` are the texts the model was read from: they turn places into `file:line:column` in docs and messages.
pub fn generate(model: &dtdl::Model, sources: &dtdl::Sources, request: &Request) -> Generated {
    let planned = plan::plan(model, sources, request);
    let module = emit::module(&planned.plan, request);
    let device = match &request.target {
        Target::Device(device) => Some(emit::device(&planned.plan, device, request)),
        Target::Interface(_) => None,
    };
    Generated {
        tokens: quote::quote!(#module #device),
        diagnostics: planned.diagnostics,
        complaints: planned.complaints,
    }
}

/// What the author of a device starts from: the struct, and every handler with a body that answers 501.
///
/// `attribute` is what stands in the attribute: the model's path and options. Without it the struct has none, and stands
/// beside code that was generated before. Nothing is made for an Interface that is shared.
pub fn stub(
    model: &dtdl::Model,
    sources: &dtdl::Sources,
    request: &Request,
    attribute: Option<&TokenStream>,
) -> Generated {
    let planned = plan::plan(model, sources, request);
    let tokens = match &request.target {
        Target::Device(device) => emit::stub(&planned.plan, device, request, attribute),
        Target::Interface(_) => TokenStream::new(),
    };
    Generated { tokens, diagnostics: planned.diagnostics, complaints: planned.complaints }
}

/// The pieces of a program around a [`stub`], as far as the model has what they are about; `None` for an Interface that
/// is shared.
pub fn start(model: &dtdl::Model, sources: &dtdl::Sources, request: &Request) -> Option<Start> {
    let planned = plan::plan(model, sources, request);
    match &request.target {
        Target::Device(device) => Some(emit::start(&planned.plan, device, &request.facade)),
        Target::Interface(_) => None,
    }
}

/// What other code can name of what [`generate`] makes, by path.
pub fn api(model: &dtdl::Model, sources: &dtdl::Sources, request: &Request) -> Vec<ApiItem> {
    api::items(&plan::plan(model, sources, request).plan, request)
}

/// The fields that a struct must have to hold the components of a model, named as they are expected to be.
pub fn component_fields(model: &dtdl::Model) -> Vec<ComponentField> {
    let names = model.parts.iter().filter(|_| model.form == dtdl::Form::Interface);
    let names = names.filter_map(|part| part.name.as_ref());
    names.map(|name| ComponentField { ident: plan::field_name(&name.text), component: None }).collect()
}
