//! The members of each element by the table: which elements alone may stand there, how many, and what may occur once.

use hashbrown::HashMap;
use std::borrow::Cow;

use crate::diagnostic::{Code, Fault, Faults};
use crate::graph::{Element, Graph, Held, Ix};
use crate::language::class::Class;
use crate::language::members::{Elements, Holds, members};
use crate::language::terms;

pub(super) fn check(graph: &Graph, faults: &mut Faults) {
    for (ix, element) in graph.iter().filter(|(_, element)| !element.is_standard()) {
        for member in members(element.class, element.version) {
            if let Holds::Elements(elements) = &member.holds {
                let found = graph.children(ix, member.name);
                if found.is_empty() {
                    continue;
                }
                check_words(graph, element, member.name, elements, found, faults);
                check_most(graph, element, member.name, elements, found, faults);
                for unique in elements.unique {
                    check_unique(graph, element, member.name, unique, found, faults);
                }
            }
        }
        if element.class == Class::Enum {
            check_enum(graph, ix, faults);
        }
    }
}

fn check_words(
    graph: &Graph,
    element: &Element,
    member: &str,
    elements: &Elements,
    found: &[Ix],
    faults: &mut Faults,
) {
    for ix in found.iter().filter(|_| !elements.words.is_empty()) {
        let id = graph.id(graph.get(*ix));
        let word = terms::term_of(&id).unwrap_or(&id);
        if elements.words.contains(&word) {
            continue;
        }
        let words: Vec<_> = elements.words.iter().map(|word| format!("'{word}'")).collect();
        let entry = element.entry(member);
        let at = entry.map_or(element.at(), |entry| entry.place.key);
        let fault = Fault::new(Code::IncorrectPropertyValue, at).id(graph.id(element)).property(member);
        let fault = fault.value(word).restriction(words.join(" or "));
        faults.push(fault.only_at(entry.map_or(at, |entry| entry.place.values())));
    }
}

fn check_most(
    graph: &Graph,
    element: &Element,
    member: &str,
    elements: &Elements,
    found: &[Ix],
    faults: &mut Faults,
) {
    if let Some(most) = elements.most(element.version).filter(|most| found.len() > *most) {
        let at = element.entry(member).map_or(element.at(), |entry| entry.place.key);
        let fault = Fault::new(Code::ObjectCountAboveMax, at).id(graph.id(element)).property(member);
        faults.push(fault.observed(found.len()).expected(most));
    }
}

/// No two elements of a member have the same value of `unique`.
fn check_unique(
    graph: &Graph,
    element: &Element,
    member: &str,
    unique: &str,
    found: &[Ix],
    faults: &mut Faults,
) {
    if found.len() < 2 {
        return;
    }
    let mut seen: HashMap<Cow<'_, str>, Ix> = HashMap::with_capacity(found.len());
    for ix in found {
        let Some(text) = literal_text(graph, graph.get(*ix), unique) else { continue };
        match seen.get(&text) {
            // what the same element shows twice is no second name
            Some(first) if first == ix => {}
            Some(first) => {
                let at = |ix: Ix| graph.get(ix).key_at(unique).unwrap_or(graph.get(ix).at());
                let fault = Fault::new(Code::NonUniquePropertyValue, at(*first)).id(graph.id(element));
                let fault = fault.property(member).aux(unique).value(text);
                faults.push(fault.also(at(*ix)).shown_at(at(*ix)));
            }
            None => {
                seen.insert(text, *ix);
            }
        }
    }
}

/// The values of an Enum are all of the kind that it says.
fn check_enum(graph: &Graph, ix: Ix, faults: &mut Faults) {
    let element = graph.get(ix);
    let Some(schema) = graph.child(ix, "valueSchema").map(|schema| graph.get(schema)) else { return };
    let wanted = match schema.class {
        Class::Integer => "integer",
        Class::String => "string",
        Class::Boolean => "boolean",
        _ => return,
    };
    let schema_at = element.entry("valueSchema").map_or(element.at(), |entry| entry.place.key);
    for value in graph.children(ix, "enumValues").iter().map(|value| graph.get(*value)) {
        let Some(entry) = value.entry("enumValue") else { continue };
        let kind = match &entry.held {
            Held::Text(_) => "string",
            Held::Integer(_) => "integer",
            Held::Boolean(_) => "boolean",
            Held::Number(_) => "decimal",
            _ => continue,
        };
        if kind != wanted {
            let text = match &entry.held {
                // as the reference writes them
                Held::Boolean(true) => Some("True".into()),
                Held::Boolean(false) => Some("False".into()),
                _ => literal_text(graph, value, "enumValue"),
            };
            let fault = Fault::new(Code::NonConformantDatatype, entry.place.key).id(graph.id(value));
            let fault = fault.property("enumValue").secondary(graph.id(element)).restriction("valueSchema");
            let fault = fault.value(text.unwrap_or_default()).kind(wanted).also(schema_at);
            faults.push(fault.shown_at(entry.place.values()));
        }
    }
}

/// A plain value of a member as it is told apart from others.
pub(super) fn literal_text<'g>(graph: &'g Graph, element: &'g Element, member: &str) -> Option<Cow<'g, str>> {
    match element.held(member)? {
        Held::Text(text) => Some(Cow::Borrowed(graph.str(element, *text))),
        Held::Integer(number) => Some(number.to_string().into()),
        Held::Number(number) => Some(number.to_string().into()),
        Held::Boolean(value) => Some(value.to_string().into()),
        Held::English(_) | Held::Texts(_) | Held::Identifier(_) | Held::Elements(_) => None,
    }
}
