//! Tables of one-fault cases: an item and its model, and what must be reported, where.
//!
//! A table is a text. First comes an item with the attribute, a line `----`, the model, a line `----`; both are right.
//! Then cases, with blank lines between them. A case is
//!
//! - `# what is wrong`, its name;
//! - `- text` and `+ text`: in the item, or else in the model, the first occurrence of the one becomes the other; several
//!   such pairs are applied in turn;
//! - `> code line`: what is reported, and its line in the model, or in the item for a code with an `@` before it;
//! - `& line`: the line of the second place, in the model.
//!
//! A case must give these faults in this order and no others.

use std::path::Path;

use proc_macro2::Span;
use proptest::prelude::*;
use quote::ToTokens as _;
use syn::{Item, Meta};

use super::*;

#[test]
fn names_that_cannot_stand_side_by_side_are_shown_at_both_places() {
    check(include_str!("tests/names.txt"), 20);
}

#[test]
fn components_and_fields_that_do_not_fit_are_named() {
    check(include_str!("tests/components.txt"), 15);
}

#[test]
fn options_that_are_wrong_or_match_nothing_are_refused() {
    check(include_str!("tests/options.txt"), 30);
}

proptest! {
    #[test]
    fn no_arguments_make_the_attribute_panic(text in "[a-z_]{0,12}[ -~]{0,24}", option in 0..10_usize) {
        let options = ["units", "rename", "with", "derive", "unhandled =", "models(\"x\")", "id = \"x\"", "crate =", ",", "("];
        for text in [text.clone(), format!("\"model.json\", {}{text}", options[option])] {
            if let Ok(tokens) = text.parse::<TokenStream>() {
                let tokens = expand(tokens, &quote!(struct Lamp { info: () }));
                prop_assert!(syn::parse2::<syn::File>(tokens).is_ok());
            }
        }
    }
}

fn check(table: &str, least: usize) {
    let mut parts = table.splitn(3, "\n----\n");
    let (item, model, cases) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    assert_eq!(found(item, model), Vec::<String>::new(), "what is right");
    let cases: Vec<&str> = cases.split("\n\n").map(str::trim).filter(|case| !case.is_empty()).collect();
    assert!(cases.len() >= least, "{} cases", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(|case| run(item, model, case)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

/// What is wrong with the outcome of a case.
fn run(item: &str, model: &str, case: &str) -> Option<String> {
    let (mut item, mut model, mut from) = (item.to_owned(), model.to_owned(), None);
    let mut expected = Vec::new();
    for line in case.lines() {
        let rest = line.get(2..).unwrap_or_default();
        match (line.get(..1).unwrap_or_default(), from) {
            ("#", _) => {}
            ("-", _) => from = Some(rest),
            ("+", Some(old)) if item.contains(old) => item = item.replacen(old, rest, 1),
            ("+", Some(old)) if model.contains(old) => model = model.replacen(old, rest, 1),
            ("+", _) => return Some(format!("{case}\nchanges nothing")),
            _ => expected.push(line.to_owned()),
        }
    }
    let found = found(&item, &model);
    (found != expected).then(|| format!("{case}\nfound:\n{}", found.join("\n")))
}

/// What is reported, in the form of a table.
fn found(item: &str, model: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.json");
    std::fs::write(&path, model).unwrap();
    let item = item.replace("\"model.json\"", &format!("{path:?}"));
    match outcome(&item) {
        Ok(expansion) => reported(&expansion, &path),
        Err(errors) => errors.into_iter().map(|error| line_of(&error.to_string(), error.span())).collect(),
    }
}

fn outcome(text: &str) -> Result<Expansion> {
    let mut item: Item = syn::parse_str(text)?;
    let attributes = match &mut item {
        Item::Struct(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        other => return Err(Error::new_spanned(other, "the case is no struct or module")),
    };
    let Meta::List(attribute) = attributes.remove(0).meta else { panic!("{text}") };
    let (_, target) = taken(&item.to_token_stream());
    let (visibility, target) = target?;
    generate_of(arguments::parse(attribute.tokens)?, &visibility, target)
}

fn reported(Expansion { reading, generated }: &Expansion, path: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let more = generated.as_ref().map(|generated| generated.diagnostics.as_slice()).unwrap_or_default();
    for diagnostic in reading.diagnostics().iter().chain(more) {
        let position = |at| reading.sources().position(at);
        lines.push(format!("> {} {}", diagnostic.code(), position(diagnostic.at()).line));
        lines.extend(diagnostic.also().map(|also| format!("& {}", position(also).line)));
        assert!(diagnostic.help().is_some(), "{} has no remedy", diagnostic.code());
    }
    for Complaint { code, span, message } in generated.iter().flat_map(|generated| &generated.complaints) {
        lines.push(format!("> @{code} {}", span.start().line));
        let place = message.split_once(&format!("{}:", path.display())).map(|(_, place)| place);
        lines.extend(place.and_then(|place| place.split(':').next()).map(|line| format!("& {line}")));
    }
    lines
}

fn line_of(message: &str, span: Span) -> String {
    let code = message.strip_prefix("device[").and_then(|rest| rest.split(']').next());
    format!("> @{} {}", code.unwrap_or("syntax"), span.start().line)
}
