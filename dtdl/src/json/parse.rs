//! Text to [`Node`]s. Decides nothing about DTDL; reports malformed JSON and member names that occur twice.

use jsonc_parser::ast::{self, ObjectPropName};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_core::de::IgnoredAny;

use super::{Member, Node, Object, Value};
use crate::diagnostic::{Faults, texts};
use crate::source::{FileId, Location, Sources};

/// RFC 8259 and nothing more.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The document of a file, or `None` when it is no JSON.
pub(crate) fn parse(file: FileId, sources: &Sources, faults: &mut Faults) -> Option<Node> {
    let text = sources.text(file);
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        let at = sources.offset(file, error.line(), error.column());
        let at = Location::new(file, at..at + text[at..].chars().next().map_or(0, char::len_utf8));
        faults.push(texts::json(without_place(&error.to_string())), at);
        return None;
    }
    match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
        Ok(result) => Some(convert(&result.value?, file, faults)),
        Err(error) => {
            let range = error.range();
            faults.push(texts::json(&error.kind().to_string()), Location::new(file, range.start..range.end));
            None
        }
    }
}

/// The message without its own "at line 1 column 2", which the diagnostic shows better.
fn without_place(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}

fn convert(value: &ast::Value<'_>, file: FileId, faults: &mut Faults) -> Node {
    let range = value.range();
    let converted = match value {
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
        ast::Value::NumberLit(literal) => Value::Number(literal.value.to_owned()),
        ast::Value::StringLit(literal) => Value::String(literal.value.clone().into_owned()),
        ast::Value::Array(array) => {
            Value::Array(array.elements.iter().map(|item| convert(item, file, faults)).collect())
        }
        ast::Value::Object(object) => Value::Object(convert_object(object, file, faults)),
    };
    Node { at: Location::new(file, range.start..range.end), value: converted }
}

fn convert_object(object: &ast::Object<'_>, file: FileId, faults: &mut Faults) -> Object {
    let mut converted = Object::default();
    for property in &object.properties {
        let name = match &property.name {
            ObjectPropName::String(literal) => literal.value.clone().into_owned(),
            ObjectPropName::Word(word) => word.value.to_owned(),
        };
        let range = property.name.range();
        let name_at = Location::new(file, range.start..range.end);
        let value = convert(&property.value, file, faults);
        match converted.get(&name) {
            Some(first) => faults.push_pair(texts::duplicate_member(&name), name_at, first.name_at),
            None => converted.members.push(Member { name, name_at, value }),
        }
    }
    converted
}
