//! `device-model expand`: the Rust that `#[device_model]` makes of a model, formatted, on standard output.
//!
//! The same generator as the attribute's. There is no struct here, so every component is taken to have its field.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use device_model_codegen::{Request, component_fields, generate};
use proc_macro2::{Ident, Span};

use crate::{Outcome, fail, models};

/// What to expand, and as what.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The model file
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// The name of the device's struct
    #[arg(long, default_value = "Device", value_name = "IDENT", value_parser = ident)]
    name: String,
    /// The Interface that is the device, where the file has several
    #[arg(long, value_name = "DTMI")]
    id: Option<String>,
}

/// Prints the generated code.
pub(crate) fn run(options: &Options) -> Outcome {
    let reading = match models::read(std::slice::from_ref(&options.model), options.id.as_deref()) {
        Ok(reading) => reading,
        Err(error) => return fail(&error),
    };
    let Some(model) = reading.valid() else {
        models::show(reading.diagnostics(), reading.sources());
        return if reading.diagnostics().is_empty() {
            fail("the file defines no device")
        } else {
            Outcome::Findings
        };
    };
    let generated = generate(
        model,
        reading.sources(),
        &Request::device(Ident::new(&options.name, Span::call_site()), component_fields(model)),
    );
    if !generated.diagnostics.is_empty() {
        models::show(&generated.diagnostics, reading.sources());
        return Outcome::Findings;
    }
    match syn::parse2(generated.tokens) {
        Ok(file) => {
            // Whoever reads may have seen enough: a closed pipe is no failure.
            let _ = std::io::stdout().write_all(prettyplease::unparse(&file).as_bytes());
            Outcome::Done
        }
        Err(error) => {
            fail(&format!("the generated code is not Rust ({error}): this is a fault of the generator"))
        }
    }
}

fn ident(name: &str) -> Result<String, String> {
    match syn::parse_str::<Ident>(name) {
        Ok(_) => Ok(name.to_owned()),
        Err(_) => Err("it is not a Rust identifier".to_owned()),
    }
}
