//! The attribute's arguments: a path, then options. An option that is not known is an error that lists those that are.

use device_model_codegen::{Convention, Rename, Spanned};
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, LitStr, Path, Result, Token};

/// The options, as they are written.
const OPTIONS: [&str; 5] = ["asynchronous", "convention", "crate", "id", "rename"];

/// What stands in `#[device_model(..)]`.
pub(crate) struct Arguments {
    pub(crate) path: LitStr,
    pub(crate) facade: Option<Path>,
    pub(crate) id: Option<LitStr>,
    pub(crate) convention: Option<Convention>,
    pub(crate) asynchronous: Vec<Spanned<String>>,
    pub(crate) renames: Vec<Rename>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let path = input.parse::<LitStr>().map_err(|error| {
            Error::new(error.span(), "expected the path of a DTDL model, such as \"models/sensor.json\"")
        })?;
        let mut arguments = Self {
            path,
            facade: None,
            id: None,
            convention: None,
            asynchronous: Vec::new(),
            renames: Vec::new(),
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if !input.is_empty() {
                arguments.option(input)?;
            }
        }
        Ok(arguments)
    }
}

impl Arguments {
    fn option(&mut self, input: ParseStream<'_>) -> Result<()> {
        let name = Ident::parse_any(input)?;
        match name.to_string().as_str() {
            "asynchronous" => self.asynchronous.extend(list::<LitStr>(input)?.iter().map(spanned)),
            "convention" => self.convention = Some(convention(&assigned(input)?)?),
            "crate" => self.facade = Some(assigned(input)?),
            "id" => self.id = Some(assigned(input)?),
            "rename" => self.renames.extend(list::<Renamed>(input)?.into_iter().map(|renamed| renamed.0)),
            other => return Err(unknown(other, name.span())),
        }
        Ok(())
    }
}

fn unknown(name: &str, span: Span) -> Error {
    let near =
        dtdl::closest(name, OPTIONS).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Error::new(span, format!("unknown option `{name}`{near} (options: {})", OPTIONS.join(", ")))
}

fn assigned<T: Parse>(input: ParseStream<'_>) -> Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

fn list<T: Parse>(input: ParseStream<'_>) -> Result<Vec<T>> {
    let content;
    syn::parenthesized!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

fn convention(name: &LitStr) -> Result<Convention> {
    let text = name.value();
    Convention::NAMES.iter().find(|(known, _)| *known == text).map(|(_, convention)| *convention).ok_or_else(
        || {
            let known = Convention::NAMES.map(|(known, _)| format!("\"{known}\"")).join(" or ");
            Error::new(name.span(), format!("unknown convention \"{text}\"; it is {known}"))
        },
    )
}

/// `"name of the model" = "rust_name"`.
struct Renamed(Rename);

impl Parse for Renamed {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let from = input.parse::<LitStr>()?;
        let to = assigned::<LitStr>(input)?;
        let to = to.parse_with(plain_ident).map_err(|_| {
            Error::new(to.span(), format!("`{}` cannot be a Rust name; choose an identifier", to.value()))
        })?;
        Ok(Self(Rename { from: spanned(&from), to }))
    }
}

/// An identifier that is no raw one: what is made of it, such as `set_type`, must be one as well.
fn plain_ident(input: ParseStream<'_>) -> Result<Ident> {
    let ident = input.parse::<Ident>()?;
    if ident.to_string().starts_with("r#") { Err(input.error("a raw identifier")) } else { Ok(ident) }
}

/// The text of a literal with its place.
pub(crate) fn spanned(literal: &LitStr) -> Spanned<String> {
    Spanned { value: literal.value(), span: literal.span() }
}
