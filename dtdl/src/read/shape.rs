//! What holds for every object of a document before any of it is understood: keywords occur once, and contexts and
//! graphs are of their shape. The whole document is refused at the first fault, as the reference does.

use super::{Quit, Reader};
use crate::diagnostic::{Code, Fault};
use crate::source::Location;
use crate::tape::{Kind, Member, Node, Tape};

/// The keywords that may be repeated nowhere, and the codes of repeating them.
const ONCE: &[(&str, Code)] = &[
    ("@context", Code::RepeatedContextProperty),
    ("@id", Code::RepeatedIdProperty),
    ("@type", Code::RepeatedTypeProperty),
    ("@value", Code::RepeatedValueProperty),
    ("@language", Code::RepeatedLanguageProperty),
    ("@graph", Code::RepeatedGraphProperty),
];

/// Checks all objects of a document.
pub(super) fn check(reader: &mut Reader<'_>, tape: &Tape<'_>) -> Result<(), Quit> {
    tape.nodes().filter(|node| node.kind() == Kind::Object).try_for_each(|node| check_object(reader, node))
}

fn check_object(reader: &mut Reader<'_>, object: Node<'_>) -> Result<(), Quit> {
    let mut seen: [Option<Location>; ONCE.len()] = [None; ONCE.len()];
    for member in object.keywords() {
        let key = Location::new(reader.file, member.key_range.clone());
        let number = ONCE.iter().position(|(keyword, _)| *keyword == member.key);
        if let Some(number) = number
            && let Some(first) = seen[number].replace(key)
        {
            return Err(reader.quit(Fault::new(ONCE[number].1, key).also(first)));
        }
        check_value(reader, &member)?;
    }
    Ok(())
}

fn check_value(reader: &mut Reader<'_>, member: &Member<'_>) -> Result<(), Quit> {
    let (allowed, code): (&[Kind], _) = match &*member.key {
        "@context" => (&[Kind::String, Kind::Object], Code::InvalidContext),
        "@graph" => (&[Kind::Object], Code::GraphNotObject),
        _ => return Ok(()),
    };
    let single = (member.value.kind() != Kind::Array).then_some(member.value);
    for value in member.value.items().chain(single) {
        if !allowed.contains(&value.kind()) {
            let at = reader.at(value);
            return Err(reader.quit(Fault::new(code, at)));
        }
        if member.key == "@context" {
            value.members().try_for_each(|term| check_term(reader, &term))?;
        }
    }
    Ok(())
}

/// A term that a context defines in place: an id, or an object with one.
fn check_term(reader: &mut Reader<'_>, term: &Member<'_>) -> Result<(), Quit> {
    let key = Location::new(reader.file, term.key_range.clone());
    let fault = match term.value.kind() {
        Kind::String => return Ok(()),
        Kind::Object => match term.value.members().find(|member| member.key == "@id") {
            None => Fault::new(Code::TermDefinitionMissingIdProperty, key),
            Some(id) if id.value.kind() == Kind::String => return Ok(()),
            Some(id) => {
                let at = Location::new(reader.file, id.key_range);
                Fault::new(Code::TermDefinitionIdPropertyNotString, at)
            }
        },
        _ => Fault::new(Code::TermDefinitionNotStringOrObject, key),
    };
    Err(reader.quit(fault))
}
