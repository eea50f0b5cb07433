//! What tests of the generator share: models read from files, requests, and code as text.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test uses what it needs, and says what failed by failing"
)]

pub(crate) mod goldens;

use std::path::{Path, PathBuf};

use device_model_codegen::{Generated, Request, generate};
use proc_macro2::TokenStream;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Reads a model that has no fault. What it refers to is looked up in the repository's models folder.
pub(crate) fn read(name: &str, text: &str) -> dtdl::Reading {
    let mut sources = dtdl::Sources::default();
    sources.add(name, text);
    let reading = dtdl::read_with(sources, None, &dtdl::Options::default(), &mut |ids| {
        let found = ids.iter().filter_map(|id| {
            let path = format!("models/{}", dtdl::Dtmi::parse(id)?.repository_path());
            let text = std::fs::read_to_string(root().join(&path)).ok()?;
            Some((path, text))
        });
        found.collect()
    });
    assert_eq!(reading.diagnostics(), &[], "{name}");
    reading
}

/// Generates from a text, whatever comes of it.
pub(crate) fn generated(name: &str, text: &str, request: &Request) -> Generated {
    let reading = read(name, text);
    generate(reading.model().unwrap(), reading.sources(), request)
}

/// Tokens as they are shown to people.
pub(crate) fn code(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).unwrap())
}

/// Compares a text with a file, or writes the file when `UPDATE_GOLDEN` is set.
pub(crate) fn check_golden(golden: &Path, text: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(golden, text).unwrap();
    }
    let expected = std::fs::read_to_string(golden).unwrap_or_default();
    assert!(
        text == expected,
        "{} differs; read what changed with UPDATE_GOLDEN=1 and git diff",
        golden.display()
    );
}
