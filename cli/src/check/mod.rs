//! `device-model check`: are these models valid? All that is wrong is shown, with its place and remedy.
//!
//! Each file is checked as a model of its own (`one`), on all cores; ids that it does not define are looked
//! up. `report` says what was found. What is valid is decided by the `dtdl` crate alone.

mod finding;
mod one;
mod progress;
mod report;

use std::path::PathBuf;

use clap::Args;

use self::progress::Progress;
use self::report::Report;
use crate::lookup::Library;
use crate::{Outcome, batch, fail, models, parallel};

/// What to check.
#[derive(Debug, Args)]
#[command(after_long_help = DETAILS)]
pub(crate) struct Options {
    /// Model files, and folders to search for .json files; ids are resolved among all of them
    #[arg(required_unless_present = "batch", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Folder in which ids are looked up, laid out as `dtmi/com/example/thermostat-1.json`; may be given several times
    #[arg(long, value_name = "DIR")]
    models: Vec<PathBuf>,
    /// Print one JSON document on standard output instead of text on standard error
    #[arg(long)]
    json: bool,
    /// Answer requests, one JSON object a line on standard input, with one each on standard output
    #[arg(long, conflicts_with_all = ["paths", "models", "json"])]
    batch: bool,
}

const DETAILS: &str = "\
Each file is checked as a model of its own. An id that it does not define is looked up among all files given, then in
the folders of --models, then around the file itself when it lies in such a folder (under `dtmi/`). There is no network.

A file that a folder holds is left out when it is JSON without `@context`; a file that is named never is. Hidden folders
are not searched.

With --json, standard output is one document:
  {\"files\": 2, \"valid\": 1, \"skipped\": 0, \"invalid\": [\"lamp.json\"], \"diagnostics\": [{
     \"code\", \"message\", \"help\", \"file\", \"line\", \"column\", \"endLine\", \"endColumn\", \"id\", \"property\",
     \"also\": {\"file\", \"line\", \"column\", \"endLine\", \"endColumn\"}}]}
Lines and columns are counted from 1, columns in characters; an end is the place behind the last character; what does
not apply is null. A fault in a file that several others refer to is listed once.

Exit codes: 0 all models are valid, 1 some are not, 2 wrong usage or something could not be read.";

/// Checks the models.
pub(crate) fn run(options: &Options) -> Outcome {
    if options.batch {
        return batch::run();
    }
    if let Some(folder) = options.models.iter().find(|folder| !folder.is_dir()) {
        return fail(&format!("{} is no folder", folder.display()));
    }
    let files = match models::files(&options.paths) {
        Ok(files) if files.is_empty() => return fail("there are no .json files in these folders"),
        Ok(files) => files,
        Err(error) => return fail(&error),
    };
    let library = Library::new(&files, &options.models);
    let progress = Progress::new(files.len());
    let style = (!options.json).then(models::style);
    let checked = parallel::map(&files, |file| {
        let checked = one::check(file, &library, style);
        progress.tick();
        checked
    });
    progress.finish();
    let report = Report::new(&files, checked);
    if report.is_empty() {
        return fail("there are no models in these folders: no .json file has a `@context`");
    }
    if options.json {
        report.print();
    } else {
        report.show();
    }
    report.outcome()
}
