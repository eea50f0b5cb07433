//! `device-model expand`: the Rust that `#[device_model]` makes of a model, formatted, on standard output.
//!
//! The same generator as the attribute's. There is no struct here, so every component is taken to have its field.

use std::path::PathBuf;

use clap::Args;
use device_model_codegen::{Request, component_fields, device_name, generate, module_name};

use crate::subject::{self, Attribute};
use crate::{Outcome, models, print, rust};

/// What to expand, and as what.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The model file
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// The name of the device's struct [default: Device], or with --module of the module [default: after the model]
    #[arg(long, value_name = "IDENT", value_parser = subject::identifier)]
    name: Option<String>,
    /// The Interface that is the device, where the file has several
    #[arg(long, value_name = "DTMI")]
    id: Option<String>,
    /// Folder in which ids are looked up, as for `check`; may be given several times
    #[arg(long, value_name = "DIR")]
    models: Vec<PathBuf>,
    /// Generate the form for an Interface that is shared: what the attribute makes of a `mod`
    #[arg(long)]
    module: bool,
    #[command(flatten)]
    attribute: Attribute,
}

/// Prints the generated code.
pub(crate) fn run(options: &Options) -> Outcome {
    code(options).map_or_else(
        |outcome| outcome,
        |text| {
            print(&text);
            Outcome::Done
        },
    )
}

fn code(options: &Options) -> Result<String, Outcome> {
    let opened = models::open(&options.model, options.id.as_deref(), &options.models)?;
    let model = opened.reading.valid().ok_or(Outcome::Findings)?;
    let name = options.name.as_deref();
    let mut request = if options.module {
        let name = name.map_or_else(|| module_name(&device_name(model).to_string()), str::to_owned);
        Request::interface(subject::ident(&name))
    } else {
        Request::device(subject::ident(name.unwrap_or("Device")), component_fields(model))
    };
    options.attribute.apply(&mut request);
    let generated = generate(model, opened.reading.sources(), &request);
    subject::accept(&generated.diagnostics, &generated.complaints, opened.reading.sources())?;
    rust::plain(generated.tokens)
}
