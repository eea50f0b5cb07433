//! The model file: found beside the crate's `Cargo.toml`, read, and its faults as compiler errors at the path.

use std::path::{Path, PathBuf};

use dtdl::{Diagnostic, Reading, Sources, Style};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, LitStr, Result};

use crate::arguments::{Arguments, wrong};
use crate::lookup::Search;

/// A model that was read, and the files it was read from.
pub(crate) struct Read {
    pub(crate) reading: Reading,
    /// Expressions that make rustc watch the files. They hold no absolute path, so that output is the same everywhere.
    pub(crate) tracked: Vec<TokenStream>,
}

/// Reads and checks the model, with what it refers to in models folders; an error when there is no such file.
pub(crate) fn read(arguments: &Arguments) -> Result<Read> {
    let path = &arguments.path;
    let name = path.value();
    let full = manifest_dir().join(&name);
    let text = std::fs::read_to_string(&full)
        .map_err(|error| wrong("unreadable", path.span(), unreadable(&name, &full, &error)))?;
    let mut sources = Sources::default();
    sources.add(name.as_str(), text);
    let root = manifest_dir();
    let mut search = Search::new(&root, name, folders(&arguments.models)?);
    let reading = dtdl::read_with(
        sources,
        arguments.id.as_ref().map(LitStr::value).as_deref(),
        &dtdl::Options::default(),
        &mut |ids| search.answer(ids),
    );
    if !search.unreadable.is_empty() {
        let message = format!("cannot read {}", search.unreadable.join("\n"));
        return Err(wrong("unreadable", path.span(), message));
    }
    Ok(Read { reading, tracked: search.files.iter().map(|file| tracked(file)).collect() })
}

/// The folders of `models(..)`.
fn folders(named: &[LitStr]) -> Result<Vec<String>> {
    for folder in named {
        if !manifest_dir().join(folder.value()).is_dir() {
            let message =
                format!("there is no folder `{}`\nit is relative to the crate's Cargo.toml", folder.value());
            return Err(wrong("noFolder", folder.span(), message));
        }
    }
    Ok(named.iter().map(LitStr::value).collect())
}

fn tracked(name: &str) -> TokenStream {
    if Path::new(name).is_absolute() {
        return quote!(#name);
    }
    quote!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #name))
}

/// One compiler error for each diagnostic, with the model's own position and snippet in its text.
pub(crate) fn errors(path: &LitStr, diagnostics: &[Diagnostic], sources: &Sources) -> TokenStream {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let text = diagnostic.render(sources, Style::Plain);
            let text = text.strip_prefix("error").unwrap_or(&text);
            Error::new(path.span(), format!("model{text}")).into_compile_error()
        })
        .collect()
}

fn manifest_dir() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default()
}

fn unreadable(name: &str, full: &Path, error: &std::io::Error) -> String {
    let what = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    };
    let near = neighbours(full);
    let near = dtdl::closest(name_of(full), near.iter().map(String::as_str))
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default();
    format!("cannot read the model `{name}`: {what}{near}\nthe path is relative to the crate's Cargo.toml")
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// The files of the folder where the model was looked for, sorted.
fn neighbours(path: &Path) -> Vec<String> {
    let entries =
        path.parent().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
