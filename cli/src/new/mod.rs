//! `device-model new`: a ready crate for a device, from its model.
//!
//! Decides the names of crate and struct, and that nothing is written unless everything could be made and the folder is
//! empty. `layout` says where the model's files go, `manifest` and `program` what stands in the others.

mod layout;
mod manifest;
mod program;

use std::fs;
use std::io;
use std::path::{Path, PathBuf, absolute};

use clap::Args;
use device_model_codegen::{Request, component_fields, device_name, module_name};
use proc_macro2::Ident;
use quote::quote;

use self::layout::Layout;
use self::manifest::Manifest;
use crate::models::{self, Opened};
use crate::subject::{self, Attribute};
use crate::{Outcome, fail, say};

/// The model, and what the crate is to be.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The model file; it is copied, with the files that it refers to
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// The folder to make; it may be there when it is empty [default: the name of the crate]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The name of the crate [default: after the folder, or after the model]
    #[arg(long, value_name = "CRATE", value_parser = crate_name)]
    name: Option<String>,
    /// The name of the device's struct [default: after the model]
    #[arg(long, value_name = "IDENT", value_parser = struct_name)]
    device: Option<String>,
    /// The Interface that is the device, where the file has several
    #[arg(long, value_name = "DTMI")]
    id: Option<String>,
    /// Folder in which ids are looked up, as for `check`; may be given several times
    #[arg(long, value_name = "DIR")]
    models: Vec<PathBuf>,
    /// Depend on device-model in this folder instead of the published one
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    #[command(flatten)]
    attribute: Attribute,
}

/// What `main.rs` calls by these names already, as structs or as the modules beside them.
const TAKEN: &[&str] = &[
    "Box",
    "CommandError",
    "Debug",
    "Default",
    "DeviceModel",
    "Err",
    "Ok",
    "Option",
    "PropertyError",
    "Result",
    "Some",
    "Std",
    "String",
    "Tests",
    "Tokio",
    "TracingSubscriber",
    "Vec",
];

/// Names that a crate cannot have beside what it depends on.
const TAKEN_CRATES: &[&str] =
    &["alloc", "core", "device_model", "proc_macro", "std", "test", "tokio", "tracing_subscriber"];

/// Makes the crate.
pub(crate) fn run(options: &Options) -> Outcome {
    make(options).map_or_else(
        |outcome| outcome,
        |report| {
            say(&report);
            Outcome::Done
        },
    )
}

fn make(options: &Options) -> Result<String, Outcome> {
    let opened = models::open(&options.model, options.id.as_deref(), &options.models)?;
    let device = device(options, &opened)?;
    let name = name(options, &device);
    let dir = options.dir.clone().unwrap_or_else(|| PathBuf::from(&name));
    is_free(&dir).map_err(|error| fail(&error))?;
    let layout = Layout::of(&options.model, &opened).map_err(|error| fail(&error))?;
    let manifest = Manifest {
        name: &name,
        device: &device.to_string(),
        path: options.path.as_deref().map(dependency).transpose().map_err(|error| fail(&error))?,
        is_in_workspace: is_in_workspace(&dir),
    };
    let main = main(options, &opened, &layout, device.clone())?;
    let texts = [
        ("Cargo.toml", manifest.cargo_toml()),
        ("src/main.rs", main),
        ("README.md", manifest.readme(&layout.model)),
        (".gitignore", "/target\n/hub-data\n".to_owned()),
    ];
    for (path, text) in &texts {
        write(&dir.join(path), text.as_bytes()).map_err(|error| fail(&error))?;
    }
    for (path, bytes) in &layout.files {
        write(&dir.join(path), bytes).map_err(|error| fail(&error))?;
    }
    let made = layout.files.iter().map(|(path, _)| path.as_str());
    Ok(report(&dir, &name, texts.iter().map(|(path, _)| *path).chain(made)))
}

fn main(options: &Options, opened: &Opened, layout: &Layout, device: Ident) -> Result<String, Outcome> {
    let (model, sources) = (opened.reading.valid().ok_or(Outcome::Findings)?, opened.reading.sources());
    let mut request = Request::device(device, component_fields(model));
    request.facade = quote!(device_model);
    options.attribute.apply(&mut request);
    let arguments = options.attribute.arguments(&layout.model, options.id.as_deref(), layout.folders());
    let stub = device_model_codegen::stub(model, sources, &request, Some(&arguments));
    subject::accept(&stub.diagnostics, &stub.complaints, sources)?;
    let start = device_model_codegen::start(model, sources, &request).ok_or(Outcome::Findings)?;
    program::text(stub.tokens, &start, &request, model)
}

/// The struct's name: as it is asked for, else the model's.
fn device(options: &Options, opened: &Opened) -> Result<Ident, Outcome> {
    let model = opened.reading.valid().ok_or(Outcome::Findings)?;
    let Some(name) = &options.device else {
        let name = device_name(model).to_string();
        let taken = struct_name(&name).is_err();
        return Ok(subject::ident(&if taken { format!("My{name}") } else { name }));
    };
    Ok(subject::ident(name))
}

/// The crate's name: as it is asked for, else the folder's where that can be one, else the struct's.
fn name(options: &Options, device: &Ident) -> String {
    let folder = options.dir.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    let folder = || folder.and_then(|name| crate_name(name).ok());
    let after_model = || module_name(&device.to_string()).trim_matches('_').replace('_', "-");
    let after_model = || crate_name(&after_model()).unwrap_or_else(|_| "my-device".to_owned());
    options.name.clone().or_else(folder).unwrap_or_else(after_model)
}

fn struct_name(name: &str) -> Result<String, String> {
    let name = subject::identifier(name)?;
    let module = module_name(&name);
    let is_taken = TAKEN.iter().any(|taken| *taken == name || module_name(taken) == module);
    if is_taken { Err("the program has another use for this name".to_owned()) } else { Ok(name) }
}

fn crate_name(name: &str) -> Result<String, String> {
    let ident = name.replace('-', "_");
    let is_ascii = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !is_ascii || subject::identifier(&ident).is_err() {
        return Err("a crate's name is of letters, digits, - and _, and begins with a letter".to_owned());
    }
    if TAKEN_CRATES.contains(&ident.as_str()) {
        return Err("a crate that this one depends on has this name".to_owned());
    }
    Ok(name.to_owned())
}

/// Whether the folder can be made or filled.
fn is_free(dir: &Path) -> Result<(), String> {
    match fs::read_dir(dir) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(format!("{} is not empty: choose another folder", dir.display())),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(models::cannot_read(dir, &error)),
    }
}

/// The absolute path of the facade crate.
fn dependency(path: &Path) -> Result<PathBuf, String> {
    if !path.join("Cargo.toml").is_file() {
        return Err(format!("{} holds no Cargo.toml: give the folder of device-model", path.display()));
    }
    absolute(path).map_err(|error| models::cannot_read(path, &error))
}

/// Whether cargo would take the crate for a member of a workspace around it, which it is not.
fn is_in_workspace(dir: &Path) -> bool {
    let Ok(dir) = absolute(dir) else { return false };
    dir.ancestors().skip(1).any(|folder| folder.join("Cargo.toml").is_file())
}

fn write(path: &Path, content: &[u8]) -> Result<(), String> {
    let cannot = |error: io::Error| format!("cannot write {}: {error}", path.display());
    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(cannot)?;
    fs::write(path, content).map_err(cannot)
}

/// What was made, and what to do with it.
fn report<'p>(dir: &Path, name: &str, made: impl Iterator<Item = &'p str>) -> String {
    let dir = dir.display();
    let made: String = made.map(|path| format!("  {dir}/{path}\n")).collect();
    format!(
        "Made the crate `{name}`:\n\n{made}\nNext:\n\n\
         \x20 cd {dir}\n\
         \x20 cargo test    calls a handler; each answers 501 until it is written\n\
         \x20 cargo run     when the hub's address and key are set, see README.md\n\n\
         Write the handlers in src/main.rs, and measure where it says MEASURE HERE."
    )
}
