//! The attribute's arguments: a path, then options. An option that is not known is an error that lists those that are; what
//! is wrong in one argument does not hide what is wrong in the next.

use std::fmt::Display;

use device_model_codegen::{Convention, Derive, Rename, Spanned, With};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Error, LitInt, LitStr, Path, Result, Token};

/// The options, as they are written.
const OPTIONS: [&str; 10] =
    ["asynchronous", "convention", "crate", "derive", "id", "models", "rename", "unhandled", "units", "with"];

/// What stands in `#[device_model(..)]`.
pub(crate) struct Arguments {
    pub(crate) path: LitStr,
    pub(crate) facade: Option<Path>,
    pub(crate) id: Option<LitStr>,
    pub(crate) models: Vec<LitStr>,
    pub(crate) convention: Option<Convention>,
    pub(crate) asynchronous: Vec<Spanned<String>>,
    pub(crate) renames: Vec<Rename>,
    pub(crate) with: Vec<With>,
    pub(crate) derives: Vec<Derive>,
    pub(crate) units: bool,
    pub(crate) unhandled: Option<u16>,
}

/// Reads the arguments; all that is wrong with them together is the error.
pub(crate) fn parse(tokens: TokenStream) -> Result<Arguments> {
    let mut parts = split(tokens).into_iter();
    let path = parts.next().unwrap_or_default();
    let path: LitStr = syn::parse2(path).map_err(|error| {
        wrong("noPath", error.span(), "expected the path of a DTDL model, such as \"models/sensor.json\"")
    })?;
    let mut arguments = Arguments {
        path,
        facade: None,
        id: None,
        models: Vec::new(),
        convention: None,
        asynchronous: Vec::new(),
        renames: Vec::new(),
        with: Vec::new(),
        derives: Vec::new(),
        units: false,
        unhandled: None,
    };
    let mut errors: Option<Error> = None;
    for part in parts.filter(|part| !part.is_empty()) {
        if let Err(error) = (|input: ParseStream<'_>| arguments.option(input)).parse2(part) {
            match &mut errors {
                Some(errors) => errors.combine(error),
                None => errors = Some(error),
            }
        }
    }
    errors.map_or(Ok(arguments), Err)
}

/// The arguments between the commas.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match (token, parts.last_mut()) {
            (TokenTree::Punct(comma), _) if comma.as_char() == ',' => parts.push(TokenStream::new()),
            (token, Some(part)) => part.extend([token]),
            (_, None) => {}
        }
    }
    parts
}

impl Arguments {
    fn option(&mut self, input: ParseStream<'_>) -> Result<()> {
        let name = Ident::parse_any(input)?;
        match name.to_string().as_str() {
            "asynchronous" => self.asynchronous.extend(list::<LitStr>(input)?.iter().map(spanned)),
            "convention" => once(&mut self.convention, convention(&assigned(input)?)?, &name)?,
            "crate" => once(&mut self.facade, absolute(assigned(input)?)?, &name)?,
            "derive" => self.derives.extend(list::<Derived>(input)?.into_iter().map(|derived| derived.0)),
            "id" => once(&mut self.id, assigned(input)?, &name)?,
            "models" => self.models.extend(list::<LitStr>(input)?),
            "rename" => self.renames.extend(list::<Renamed>(input)?.into_iter().map(|renamed| renamed.0)),
            "unhandled" => once(&mut self.unhandled, status(&assigned(input)?)?, &name)?,
            "units" => self.units = true,
            "with" => self.with.extend(list::<Shared>(input)?.into_iter().map(|shared| shared.0)),
            other => {
                // what follows an unknown name is not worth a second error
                input.parse::<TokenStream>()?;
                return Err(unknown(other, name.span()));
            }
        }
        if input.is_empty() { Ok(()) } else { Err(input.error("expected a comma")) }
    }
}

fn once<T>(place: &mut Option<T>, value: T, name: &Ident) -> Result<()> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(wrong("givenTwice", name.span(), format!("`{name}` is given twice; keep one"))),
    }
}

fn unknown(name: &str, span: Span) -> Error {
    let near =
        dtdl::closest(name, OPTIONS).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let message = format!("unknown option `{name}`{near} (options: {})", OPTIONS.join(", "));
    wrong("unknownOption", span, message)
}

fn assigned<T: Parse>(input: ParseStream<'_>) -> Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

fn list<T: Parse>(input: ParseStream<'_>) -> Result<Vec<T>> {
    let content;
    let parentheses = syn::parenthesized!(content in input);
    let items: Vec<T> = Punctuated::<T, Token![,]>::parse_terminated(&content)?.into_iter().collect();
    if items.is_empty() {
        return Err(wrong(
            "emptyOption",
            parentheses.span.join(),
            "nothing is named here: name something, or leave it out",
        ));
    }
    Ok(items)
}

fn convention(name: &LitStr) -> Result<Convention> {
    let text = name.value();
    Convention::NAMES.iter().find(|(known, _)| *known == text).map(|(_, convention)| *convention).ok_or_else(
        || {
            let known = Convention::NAMES.map(|(known, _)| format!("\"{known}\"")).join(" or ");
            wrong("unknownConvention", name.span(), format!("unknown convention \"{text}\"; it is {known}"))
        },
    )
}

/// A path that means the same in the generated module as beside it.
fn absolute(path: Path) -> Result<Path> {
    match path.segments.first() {
        Some(first) if first.ident == "super" || first.ident == "self" => {
            let message =
                "the path is used in the generated module: begin it with `crate::` or a crate's name";
            Err(wrong("relativePath", first.ident.span(), message))
        }
        _ => Ok(path),
    }
}

/// What handlers that are not written answer with.
fn status(number: &LitInt) -> Result<u16> {
    match number.base10_parse() {
        Ok(status @ 400..=599) => Ok(status),
        _ => Err(wrong(
            "badStatus",
            number.span(),
            "expected the status of an error, from 400 to 599, such as 501",
        )),
    }
}

/// `"name of the model" = "rust_name"`.
struct Renamed(Rename);

impl Parse for Renamed {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let from = input.parse::<LitStr>()?;
        let to = assigned::<LitStr>(input)?;
        let to = to.parse_with(plain_ident).map_err(|_| {
            let message = format!("`{}` cannot be a Rust name; choose an identifier", to.value());
            wrong("badName", to.span(), message)
        })?;
        Ok(Self(Rename { from: spanned(&from), to }))
    }
}

/// `"dtmi:com:example:Thermostat;1" = acme::thermostat`.
struct Shared(With);

impl Parse for Shared {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let id = input.parse::<LitStr>()?;
        let path = absolute(assigned(input)?)?;
        Ok(Self(With { id: spanned(&id), path: path.to_token_stream() }))
    }
}

/// `"BlinkResponse" = [Hash, serde::Deserialize]`, or `all` in place of a name.
struct Derived(Derive);

impl Parse for Derived {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let target = if input.peek(LitStr) {
            spanned(&input.parse::<LitStr>()?)
        } else {
            let word = input.parse::<Ident>().ok().filter(|word| word == "all");
            let word = word.ok_or_else(|| input.error("expected the name of a type in quotes, or all"))?;
            Spanned { value: word.to_string(), span: word.span() }
        };
        input.parse::<Token![=]>()?;
        let content;
        syn::bracketed!(content in input);
        let macros = Punctuated::<Path, Token![,]>::parse_terminated(&content)?;
        let is_serde = |path: &Path| {
            path.segments.last().is_some_and(|last| last.ident == "Deserialize" || last.ident == "Serialize")
        };
        let serde = macros.iter().any(is_serde);
        Ok(Self(Derive { target, macros: macros.iter().map(Path::to_token_stream).collect(), serde }))
    }
}

/// An identifier that is no raw one: what is made of it, such as `set_type`, must be one as well.
fn plain_ident(input: ParseStream<'_>) -> Result<Ident> {
    let ident = input.parse::<Ident>()?;
    if ident.to_string().starts_with("r#") { Err(input.error("a raw identifier")) } else { Ok(ident) }
}

/// An error with a code that stays, in front of words that may change.
pub(crate) fn wrong(code: &str, span: Span, message: impl Display) -> Error {
    Error::new(span, format!("device[{code}]: {message}"))
}

/// The text of a literal with its place.
pub(crate) fn spanned(literal: &LitStr) -> Spanned<String> {
    Spanned { value: literal.value(), span: literal.span() }
}
