//! Generated code compiles, in a crate that denies every warning and demands documentation: the goldens, and the device
//! models of a public collection where that lies beside this repository.
//!
//! Each piece is a module of one crate: the generated code, and beside it the struct and handlers that `stub` makes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use device_model_codegen::{Request, component_fields, generate, stub};
use proc_macro2::{Ident, Span};

/// A crate that is put together and checked.
struct Crate {
    name: &'static str,
    folder: PathBuf,
    root: String,
}

impl Crate {
    fn new(name: &'static str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(folder.join("src"));
        std::fs::create_dir_all(folder.join("src")).unwrap();
        let root = "//! Generated.\n#![deny(warnings, missing_docs, rustdoc::all)]\n".to_owned();
        Self { name, folder, root }
    }

    /// Adds a module with that content.
    fn add(&mut self, module: &str, content: &str) {
        writeln!(self.root, "/// Generated.\npub mod {module};").unwrap();
        std::fs::write(self.folder.join("src").join(format!("{module}.rs")), content).unwrap();
    }

    /// Compiles the crate and its documentation.
    fn check(&self) {
        let ours = env!("CARGO_MANIFEST_DIR");
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n\
             [dependencies]\ndevice-model = {{ path = {ours:?} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n",
            self.name
        );
        std::fs::write(self.folder.join("Cargo.toml"), manifest).unwrap();
        std::fs::write(self.folder.join("src/lib.rs"), &self.root).unwrap();
        // the same versions as ours, so that nothing has to be fetched
        std::fs::copy(Path::new(ours).join("Cargo.lock"), self.folder.join("Cargo.lock")).unwrap();
        for arguments in [&["check"][..], &["doc", "--no-deps"]] {
            let output = Command::new(env!("CARGO"))
                .args(arguments)
                .args(["--offline", "--quiet", "--target-dir"])
                .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("target"))
                .current_dir(&self.folder)
                .env_remove("RUSTFLAGS")
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&output.stderr);
            let end = text.char_indices().nth(10_000).map_or(text.len(), |(at, _)| at);
            assert!(output.status.success(), "cargo {}:\n{}", arguments[0], &text[..end]);
        }
    }
}

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
fn device(reading: &dtdl::Reading, name: &str, change: impl FnOnce(&mut Request)) -> String {
    let model = reading.valid().unwrap_or_else(|| panic!("{name}: {:?}", reading.diagnostics()));
    let mut request = Request::device(Ident::new(name, Span::call_site()), component_fields(model));
    change(&mut request);
    let generated = generate(model, reading.sources(), &request);
    assert!(generated.diagnostics.is_empty(), "{name}: {:?}", generated.diagnostics);
    assert!(generated.complaints.is_empty(), "{name}: {:?}", generated.complaints);
    let author = stub(model, reading.sources(), &request, None);
    let pretty = |tokens| prettyplease::unparse(&syn::parse2(tokens).unwrap());
    format!("{}\n{}", pretty(author.tokens), pretty(generated.tokens))
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
    let mut compiled = Crate::new("public_models");
    for collection in collections.iter().filter(|folder| folder.is_dir()) {
        for (number, path) in json_files(collection).iter().enumerate() {
            let reading = read(path, collection);
            let units = number % 2 == 0;
            let code = device(&reading, "Device", |request| request.units = units);
            compiled.add(&format!("m{number}"), &code);
        }
    }
    compiled.check();
}
