//! Generated code compiles, in a crate that denies every warning and demands documentation: the goldens, and the device
//! models of a public collection where that lies beside this repository.
//!
//! Each piece is a module of one crate: the generated code, and beside it the struct and handlers that `stub` makes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use device_model_codegen::{Request, component_fields, generate, stub};
use proc_macro2::{Ident, Span, TokenStream};
use serde_json::Value;

#[path = "../codegen/tests/support/goldens.rs"]
mod goldens;
#[path = "support/scratch.rs"]
mod scratch;

use goldens::Golden;
use scratch::Scratch;

/// Reads a model with what it refers to in its models folder.
fn read(path: &Path, folder: &Path) -> dtdl::Reading {
    let mut sources = dtdl::Sources::default();
    sources.add(path.display().to_string(), std::fs::read_to_string(path).unwrap());
    dtdl::read_with(sources, None, &dtdl::Options::default(), &mut |ids| {
        let found = ids.iter().filter_map(|id| {
            let path = folder.join(dtdl::Dtmi::parse(id)?.repository_path());
            Some((path.display().to_string(), std::fs::read_to_string(&path).ok()?))
        });
        found.collect()
    })
}

/// The generated code of a model, with the author's side beside it.
fn device(reading: &dtdl::Reading, path: &Path, units: bool) -> String {
    let model = reading.valid().unwrap_or_else(|| panic!("{path:?}: {:?}", reading.diagnostics()));
    let device = Request::device(Ident::new("Device", Span::call_site()), component_fields(model));
    let request = Request { units, ..device };
    let generated = generate(model, reading.sources(), &request);
    assert!(generated.diagnostics.is_empty(), "{path:?}: {:?}", generated.diagnostics);
    assert!(generated.complaints.is_empty(), "{path:?}: {:?}", generated.complaints);
    format!("{}\n{}", author(reading, &request), pretty(generated.tokens))
}

/// The author's side of a device.
fn author(reading: &dtdl::Reading, request: &Request) -> String {
    pretty(stub(reading.valid().unwrap(), reading.sources(), request, None).tokens)
}

fn pretty(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).unwrap())
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(json_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn the_public_device_models_become_code_that_compiles() {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
    let collections = [ours.join("../shared/models/dmr"), ours.join("../../shared/models/dmr")];
    let mut compiled = Scratch::new("public_models");
    for collection in collections.iter().filter(|folder| folder.is_dir()) {
        let files = json_files(collection);
        assert!(files.len() > 100, "{} models in {}", files.len(), collection.display());
        for (number, path) in files.iter().enumerate() {
            let reading = read(path, collection);
            compiled.add(&format!("m{number}"), &device(&reading, path, number % 2 == 0));
        }
    }
    compiled.cargo(&["check"]);
    compiled.cargo(&["doc", "--no-deps"]);
}

/// The valid documents of the public conformance cases, where they lie beside this repository, by file and number.
fn conformance_models() -> Vec<(String, dtdl::Reading)> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = ["../shared/dtdl-conformance/cases", "../../shared/dtdl-conformance/cases"];
    let mut models = Vec::new();
    let files: Vec<PathBuf> = places.iter().flat_map(|place| json_files(&ours.join(place))).collect();
    for file in &files {
        let cases: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let cases = cases.as_array().cloned().unwrap_or_else(|| vec![cases]);
        for (number, case) in cases.iter().enumerate().filter(|(_, case)| case["valid"] == true) {
            let mut sources = dtdl::Sources::default();
            for document in case["input"].as_array().into_iter().flatten() {
                sources.add("case.json", serde_json::to_string_pretty(document).unwrap());
            }
            let options = dtdl::Options::default().undefined_extensions(dtdl::UndefinedExtensions::Allow);
            let reading = dtdl::read_with(sources, None, &options, &mut |_| Vec::new());
            // some need a resolver, or limits that have to be asked for
            if reading.valid().is_some() {
                models.push((format!("{} {number}", file.display()), reading));
            }
        }
    }
    assert!(files.is_empty() || models.len() > 1000, "{} models in {} files", models.len(), files.len());
    models
}

#[test]
fn every_valid_case_of_the_language_becomes_code_and_that_compiles() {
    let mut compiled = Scratch::new("conformance_models");
    let mut known = BTreeSet::new();
    for (number, (name, reading)) in conformance_models().iter().enumerate() {
        let code = device(reading, Path::new(name), number % 2 == 0);
        // many cases differ in what generated code does not show; of the rest, some are compiled
        if known.insert(code.clone()) && known.len() % 6 == 0 {
            compiled.add(&format!("m{number}"), &code);
        }
    }
    compiled.cargo(&["check"]);
}

/// Users pay for the macro's dependencies at every build from nothing.
#[test]
fn the_macro_has_few_dependencies() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "-p", "device-model-macros", "-e", "normal,build", "--prefix", "none"])
        .args(["--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let crates: BTreeSet<&str> =
        text.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty()).collect();
    assert!((3..=20).contains(&crates.len()), "{} crates: {crates:?}", crates.len());
}

#[test]
fn the_code_that_was_read_compiles() {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut compiled = Scratch::new("goldens");
    for Golden { file, model, request } in goldens::all() {
        let reading = read(&ours.join(model), &ours.join("models"));
        let generated = std::fs::read_to_string(ours.join("codegen/tests/golden").join(file)).unwrap();
        let module = file.trim_end_matches(".rs").replace('.', "_");
        let author =
            if request.with.is_empty() { author(&reading, &request) } else { AUTHOR_OF_SHARED.to_owned() };
        compiled.add(&module, &format!("{author}\n{generated}"));
    }
    compiled.cargo(&["check"]);
    compiled.cargo(&["doc", "--no-deps"]);
}

#[test]
fn an_interface_is_shared_across_crates_as_long_as_its_model_is_the_same() {
    let shared = |model: &str| {
        let attribute = format!("#[device_model::device_model({model:?}, unhandled = 501)]");
        format!("/// An Interface.\n{attribute}\npub mod thermostat {{}}\n")
    };
    let root = env!("CARGO_MANIFEST_DIR");
    let thermostat = format!("{root}/models/dtmi/com/example/thermostat-1.json");
    let controller = format!("{root}/models/dtmi/com/example/temperaturecontroller-1.json");
    let mut acme = Scratch::new("acme_thermostat");
    acme.add("shared", &shared(&thermostat));
    let mut user = Scratch::new("uses_acme");
    user.depend(&acme);
    let device = DEVICE_OF_ACME.replace("CONTROLLER", &controller);
    user.add("device", &device);
    user.cargo(&["check"]);

    // the shared crate is made of a later revision, which has one property more
    let revised = std::fs::read_to_string(&thermostat).unwrap().replacen(
        "\"contents\": [",
        "\"contents\": [ { \"@type\": \"Property\", \"name\": \"serial\", \"schema\": \"string\" },",
        1,
    );
    let path = acme.folder.join("thermostat.json");
    std::fs::write(&path, revised).unwrap();
    let mut acme = Scratch::new("acme_thermostat");
    acme.add("shared", &shared(path.to_str().unwrap()));
    user.depend(&acme);
    let text = user.cargo_fails(&["check"]);
    assert!(text.contains("generated from another revision of `dtmi:com:example:Thermostat;1`"), "{text}");
}

/// A device that uses an Interface of another crate.
const DEVICE_OF_ACME: &str = r#"
use acme_thermostat::shared::thermostat;

/// A room.
#[derive(Debug)]
pub struct Room;
impl thermostat::Commands for Room {}
impl thermostat::Properties for Room {}

/// Two rooms.
#[device_model::device_model(
    "CONTROLLER",
    with("dtmi:com:example:Thermostat;1" = acme_thermostat::shared::thermostat),
    unhandled = 501
)]
#[derive(Debug)]
pub struct Rooms {
    /// The first.
    pub thermostat1: Room,
    /// The second.
    pub thermostat2: Room,
    /// Nothing to handle.
    pub device_information: (),
}
impl rooms::Commands for Rooms {}
"#;

/// Handlers of an Interface whose code stands elsewhere, of which there are no stubs.
const AUTHOR_OF_SHARED: &str = r#"
use crate::thermostat::thermostat;
use device_model::units::{DegreeCelsius, Quantity};
use device_model::{CommandError, PropertyError, time::DateTime};

/// A room.
#[derive(Debug)]
pub struct Room;

impl thermostat::Commands for Room {
    async fn get_max_min_report(&self, _: DateTime, _: &thermostat::Client)
        -> Result<thermostat::GetMaxMinReport, CommandError> {
        Ok(thermostat::GetMaxMinReport::default())
    }
}

impl thermostat::Properties for Room {
    async fn set_target_temperature(&self, target: Quantity<DegreeCelsius>, _: &thermostat::Client)
        -> Result<Quantity<DegreeCelsius>, PropertyError> {
        Ok(target)
    }
}

/// Two rooms.
#[derive(Debug)]
pub struct Shared {
    /// The first.
    pub thermostat1: Room,
    /// The second.
    pub thermostat2: Room,
    /// Nothing to handle.
    pub device_information: (),
}

impl shared::Commands for Shared {
    async fn reboot(&self, _: i32, _: &shared::Client) -> Result<(), CommandError> {
        Ok(())
    }
}
"#;
