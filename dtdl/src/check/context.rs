//! `@context`: which version and which extensions a document is written in.

use crate::diagnostic::{Faults, texts};
use crate::json::{Node, Object};
use crate::language::{Context, Version, context_of};

/// What is in force for the elements of a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    pub(super) version: Version,
    /// Semantic types may be used: built in before v3, an extension since.
    pub(super) quantities: bool,
    pub(super) iot_central: bool,
}

/// The scope of a root element, or `None` when its version cannot be told.
pub(super) fn of_root(object: &Object, node: &Node, faults: &mut Faults) -> Option<Scope> {
    let Some(member) = object.get("@context") else {
        faults.push(texts::missing_context(), node.at.head());
        return None;
    };
    let contexts = read(&member.value, faults);
    let version = contexts.iter().find_map(|context| match context {
        Context::Language(version) => Some(*version),
        _ => None,
    });
    let Some(version) = version else {
        if contexts.is_empty() && member.value.items().iter().any(|item| item.as_str().is_some()) {
            return None;
        }
        faults.push(texts::missing_context(), member.value.at);
        return None;
    };
    let quantities = version <= Version::V2 || contexts.contains(&Context::Quantities);
    Some(Scope { version, quantities, iot_central: contexts.contains(&Context::IotCentral) })
}

/// The known contexts of a specifier or an array of them; the others are reported.
pub(super) fn read(value: &Node, faults: &mut Faults) -> Vec<Context> {
    let mut contexts = Vec::new();
    for item in value.items() {
        let Some(specifier) = item.as_str() else {
            faults
                .push(texts::wrong_kind("@context", "a string or an array of strings", item.kind()), item.at);
            continue;
        };
        match context_of(specifier) {
            Ok(context) => contexts.push(context),
            Err(true) => faults.push(texts::unknown_context(specifier), item.at),
            Err(false) => faults.push(texts::unknown_extension(specifier), item.at),
        }
    }
    contexts
}
