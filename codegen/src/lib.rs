//! The generator behind `#[device_model]`: a checked DTDL model becomes Rust tokens.
//!
//! A plain library, so that the macro, a command line and tests share it: [`generate`] takes a [`Model`](dtdl::Model) and
//! a [`Request`] and answers [`Generated`]. Two stages: `plan` decides every Rust name and type and finds all
//! disagreements between model and code; `emit` writes the plan down and cannot fail. Nothing here reads files or
//! knows what a handler does: generated code holds data and thin glue, logic lives in the runtime.

mod emit;
mod plan;
mod request;

use proc_macro2::TokenStream;

pub use plan::module_name;
pub use request::{Complaint, ComponentField, Convention, Rename, Request, Spanned};

/// What was generated, and what stands against it.
#[derive(Debug)]
pub struct Generated {
    /// The module and the `Device` implementation. Where something is wrong it holds what could be made, so that one
    /// mistake is not followed by a hundred.
    pub tokens: TokenStream,
    /// What is wrong in the model when it becomes Rust: names that collide, schemas that have no Rust type yet.
    pub diagnostics: Vec<dtdl::Diagnostic>,
    /// What is wrong in the code: fields and options that do not fit the model.
    pub complaints: Vec<Complaint>,
}

/// Generates the code of a device.
///
/// `sources` are the texts the model was read from: they turn places into `file:line:column` in docs and messages.
pub fn generate(model: &dtdl::Model, sources: &dtdl::Sources, request: &Request) -> Generated {
    let planned = plan::plan(model, sources, request);
    Generated {
        tokens: emit::device(&planned.plan, request),
        diagnostics: planned.diagnostics,
        complaints: planned.complaints,
    }
}
