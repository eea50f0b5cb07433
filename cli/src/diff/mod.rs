//! `device-model diff`: what a new version of a model changes, in the model, on the wire, and in the Rust API.
//!
//! What differs and whom it breaks is decided by `dtdl` (the model, versions) and by the generator's plan of both models
//! (the API, see `api`); here it is put together and shown.

mod api;
mod report;

use std::path::PathBuf;

use clap::Args;
use device_model_codegen::{Request, component_fields, device_name};

use self::report::Report;
use crate::models::{self, Opened};
use crate::subject::{self, Attribute};
use crate::{Outcome, print, say};

/// What to compare.
#[derive(Debug, Args)]
#[command(after_long_help = DETAILS)]
pub(crate) struct Options {
    /// The file of the model that is in use
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The file of its new version
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// The Interface that is the device, where the files have several; given twice, the second is for NEW
    #[arg(long, value_name = "DTMI")]
    id: Vec<String>,
    /// Folder in which ids are looked up, as for `check`; may be given several times
    #[arg(long, value_name = "DIR")]
    models: Vec<PathBuf>,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    attribute: Attribute,
}

const DETAILS: &str = "\
The model: all that differs, with its places in both files. On the wire: what breaks those who use the device by the old
model, and whether the new model's version allows the change. The Rust API: what the author's code can name, as the
attribute generates it with these options.

In the API, whatever is removed or has another type breaks. What is added breaks where code has to follow: a handler has
to be written, a component needs its field, a variant of a value that arrives has to be matched. A new field of a struct
does not count as breaking: literals that end in `..Default::default()` go on as they are, others need it.

With --json, standard output is one document:
  {\"old\", \"new\", \"breaks\": {\"wire\": 0, \"versions\": 0, \"api\": 0},
   \"model\": [{\"path\", \"change\", \"effect\", \"old\": {\"file\", \"line\", \"column\", \"endLine\", \"endColumn\"}, \"new\"}],
   \"versions\": [the same], \"api\": [{\"path\", \"kind\", \"change\", \"old\", \"new\", \"effect\"}]}
`old` and `new` are the ids at the top, places in the model, and types in the API; what does not apply is null.

Exit codes: 0 compatible, 1 something breaks or a model is not valid, 2 wrong usage or something could not be read.";

/// Compares the models.
pub(crate) fn run(options: &Options) -> Outcome {
    compare(options).map_or_else(
        |outcome| outcome,
        |(text, outcome)| {
            print(&text);
            outcome
        },
    )
}

fn compare(options: &Options) -> Result<(String, Outcome), Outcome> {
    let (first, last) = (options.id.first(), options.id.get(1).or(options.id.first()));
    if options.id.len() > 2 {
        return Err(crate::fail("--id is given more than twice: once for OLD, once for NEW"));
    }
    let old = models::open(&options.old, first.map(String::as_str), &options.models)?;
    let new = models::open(&options.new, last.map(String::as_str), &options.models)?;
    let api = api_changes(&old, &new, &options.attribute)?;
    let report = Report::new(&old.reading, &new.reading, api).ok_or(Outcome::Findings)?;
    let outcome = if report.breaks() { Outcome::Findings } else { Outcome::Done };
    Ok((if options.json { report.json() } else { report.text() }, outcome))
}

/// The API of both models, generated for the same struct with the same options, side by side.
fn api_changes(old: &Opened, new: &Opened, attribute: &Attribute) -> Result<Vec<api::Change>, Outcome> {
    let models = (old.reading.valid(), new.reading.valid());
    let (Some(old_model), Some(new_model)) = models else { return Err(Outcome::Findings) };
    let name = device_name(old_model);
    let request = |model| {
        let mut request = Request::device(name.clone(), component_fields(model));
        attribute.apply(&mut request);
        request
    };
    let (old_request, new_request) = (request(old_model), request(new_model));
    let (old, new) = (old.reading.sources(), new.reading.sources());
    let generated = device_model_codegen::generate(new_model, new, &new_request);
    // options are those for the new model; what they have to do with the old one is history
    subject::accept(&generated.diagnostics, &generated.complaints, new)?;
    let generated = device_model_codegen::generate(old_model, old, &old_request);
    if !generated.diagnostics.is_empty() {
        models::show(&generated.diagnostics, old);
        say("note: the API of the old model is compared as far as it can be generated with these options");
    }
    let before = device_model_codegen::api(old_model, old, &old_request);
    let after = device_model_codegen::api(new_model, new, &new_request);
    Ok(api::compare(before, after))
}
