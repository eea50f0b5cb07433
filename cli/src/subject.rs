//! What `expand`, `stub`, `new` and `diff` are about: the options that the attribute has, too, as arguments.
//!
//! Decides how they are written on the command line and in the attribute, and which of the generator's complaints end a
//! command how. Options whose values are Rust code (`with`, `derive`, `crate`) are the attribute's alone.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use device_model_codegen::{Complaint, Convention, Rename, Request, Spanned};
use dtdl::{Diagnostic, Sources};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::{Outcome, fail, models, say};

/// The options of the attribute.
#[derive(Debug, Args)]
pub(crate) struct Attribute {
    /// Make numbers that have a unit quantities that carry it
    #[arg(long)]
    units: bool,
    /// Give a name of the model another one in Rust; may be given several times
    #[arg(long, value_name = "NAME=RUST_NAME", value_parser = rename)]
    rename: Vec<(String, String)>,
    /// A command that is answered 202 at once and reports when it is done; may be given several times
    #[arg(long, value_name = "COMMAND")]
    asynchronous: Vec<String>,
    /// The form of values on the wire; otherwise that of the model's language version
    #[arg(long, value_parser = convention())]
    convention: Option<String>,
}

impl Attribute {
    /// Adds the options to a request.
    pub(crate) fn apply(&self, request: &mut Request) {
        request.units = self.units;
        request.asynchronous = self.asynchronous.iter().map(|name| spanned(name)).collect();
        let renames = self.rename.iter().map(|(from, to)| Rename { from: spanned(from), to: ident(to) });
        request.renames = renames.collect();
        let known = Convention::NAMES.iter().find(|(name, _)| Some(*name) == self.convention.as_deref());
        request.convention = known.map(|(_, convention)| *convention);
    }

    /// What stands in the attribute.
    pub(crate) fn arguments(&self, path: &str, id: Option<&str>, folders: &[String]) -> TokenStream {
        let id = id.map(|id| quote!(, id = #id));
        let folders = (!folders.is_empty()).then(|| quote!(, models(#(#folders),*)));
        let units = self.units.then(|| quote!(, units));
        let renames = self.rename.iter().map(|(from, to)| quote!(#from = #to));
        let renames = (!self.rename.is_empty()).then(|| quote!(, rename(#(#renames),*)));
        let commands = &self.asynchronous;
        let asynchronous = (!commands.is_empty()).then(|| quote!(, asynchronous(#(#commands),*)));
        let convention = self.convention.as_ref().map(|name| quote!(, convention = #name));
        quote!(#path #id #folders #units #renames #asynchronous #convention)
    }
}

/// Shows what stands against generated code; the error is how the command ends.
pub(crate) fn accept(
    diagnostics: &[Diagnostic],
    complaints: &[Complaint],
    sources: &Sources,
) -> Result<(), Outcome> {
    models::show(diagnostics, sources);
    for Complaint { code, message, .. } in complaints {
        say(&format!("error[{code}]: {message}\n"));
    }
    match (diagnostics, complaints) {
        ([], []) => Ok(()),
        ([], _) => Err(fail("these options do not fit the model")),
        _ => Err(Outcome::Findings),
    }
}

/// An identifier that stands in no text.
pub(crate) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// Whether an argument can be a name in Rust.
pub(crate) fn identifier(name: &str) -> Result<String, String> {
    match syn::parse_str::<Ident>(name) {
        Ok(_) if !name.starts_with("r#") => Ok(name.to_owned()),
        _ => Err("it is not a Rust identifier".to_owned()),
    }
}

fn spanned(value: &str) -> Spanned<String> {
    Spanned { value: value.to_owned(), span: Span::call_site() }
}

fn rename(text: &str) -> Result<(String, String), String> {
    let (from, to) = text.rsplit_once('=').ok_or("expected NAME=RUST_NAME")?;
    identifier(to).map(|to| (from.to_owned(), to)).map_err(|error| format!("`{to}`: {error}"))
}

fn convention() -> impl clap::builder::TypedValueParser<Value = String> {
    PossibleValuesParser::new(Convention::NAMES.map(|(name, _)| name)).map(|name: String| name)
}
