//! `device-model stub`: what the author of a device starts from, formatted, on standard output.
//!
//! Decides how the attribute names the model's file; everything else is the generator's. It compiles as it is.

use std::path::{Component, Path, PathBuf, absolute};

use clap::Args;
use device_model_codegen::{Request, component_fields, device_name, stub};
use quote::quote;

use crate::subject::{self, Attribute};
use crate::{Outcome, models, print, rust};

/// The model, and the options that the attribute is to have.
#[derive(Debug, Args)]
#[command(after_long_help = DETAILS)]
pub(crate) struct Options {
    /// The model file
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// The name of the device's struct [default: after the model]
    #[arg(long, value_name = "IDENT", value_parser = subject::identifier)]
    name: Option<String>,
    /// The Interface that is the device, where the file has several
    #[arg(long, value_name = "DTMI")]
    id: Option<String>,
    /// Folder in which ids are looked up, as for `check`; may be given several times
    #[arg(long, value_name = "DIR")]
    models: Vec<PathBuf>,
    #[command(flatten)]
    attribute: Attribute,
}

const DETAILS: &str = "\
Paths in the attribute are relative to the Cargo.toml of the crate: the nearest above the current folder, or above the
model. Where there is none they are as given here.";

/// Prints the stub.
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
    let name = options.name.as_deref().map_or_else(|| device_name(model), subject::ident);
    let mut request = Request::device(name, component_fields(model));
    request.facade = quote!(device_model);
    options.attribute.apply(&mut request);
    let home = crate_around(&options.model);
    let written = |path: &Path| for_attribute(path, home.as_deref());
    let folders: Vec<String> = options.models.iter().map(|folder| written(folder)).collect();
    let arguments = options.attribute.arguments(&written(&options.model), options.id.as_deref(), &folders);
    let generated = stub(model, opened.reading.sources(), &request, Some(&arguments));
    subject::accept(&generated.diagnostics, &generated.complaints, opened.reading.sources())?;
    rust::formatted(generated.tokens)
}

/// The folder of the crate that the stub is for.
fn crate_around(model: &Path) -> Option<PathBuf> {
    let here = absolute(".").ok()?;
    let model = absolute(model).ok()?;
    let mut folders = here.ancestors().chain(model.ancestors().skip(1));
    folders.find(|folder| folder.join("Cargo.toml").is_file()).map(Path::to_owned)
}

/// A path as the attribute is to have it: relative to its crate, with slashes.
fn for_attribute(path: &Path, home: Option<&Path>) -> String {
    let Some(relative) = home.and_then(|home| relative(&plain(path)?, home)) else {
        return path.display().to_string();
    };
    relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// An absolute path without `.` and `..`.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in absolute(path).ok()?.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    Some(plain)
}

/// The way from the folder `from` to `to`; `None` when they are on different drives.
fn relative(to: &Path, from: &Path) -> Option<PathBuf> {
    let common = to.components().zip(from.components()).take_while(|(one, other)| one == other).count();
    if common == 0 {
        return None;
    }
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    Some(up.chain(to.components().skip(common)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_crate() {
        for (path, home, expected) in [
            ("/a/b/models/x.json", "/a/b", "models/x.json"),
            ("/a/models/x.json", "/a/b/c", "../../models/x.json"),
            ("/a/b/../m/./x.json", "/a/b", "../m/x.json"),
        ] {
            assert_eq!(for_attribute(Path::new(path), Some(Path::new(home))), expected);
        }
        assert_eq!(for_attribute(Path::new("m/x.json"), None), "m/x.json");
    }
}
