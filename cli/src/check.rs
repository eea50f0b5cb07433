//! `device-model check`: are these models valid? All that is wrong is shown, with its place and remedy.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::{Outcome, fail, models};

/// What to check.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Model files, and folders to search for .json files; ids are resolved among all of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// Checks the models.
pub(crate) fn run(options: &Options) -> Outcome {
    let files = match models::files(&options.paths) {
        Ok(files) if files.is_empty() => return fail("there are no .json files in these folders"),
        Ok(files) => files,
        Err(error) => return fail(&error),
    };
    let reading = match models::read(&files, None) {
        Ok(reading) => reading,
        Err(error) => return fail(&error),
    };
    let found = reading.diagnostics().len();
    models::show(reading.diagnostics(), reading.sources());
    let summary = match found {
        0 => format!("{} file(s) valid", files.len()),
        _ => format!("{found} error(s) in {} file(s)", files.len()),
    };
    let _ = writeln!(std::io::stderr(), "{summary}");
    if found == 0 { Outcome::Done } else { Outcome::Findings }
}
