//! The interpreter of the language's tables: JSON with positions becomes [`Element`]s whose shape is right.
//!
//! Decides everything that one document can show by itself: context, types, members, literals, counts. What needs
//! several elements (references, unique names, depth) is decided in `model`. Begin with [`document`].

mod context;
mod element;
mod literals;
mod reader;
mod types;

pub(crate) use element::{Element, Literal, Reference, Root};

use crate::diagnostic::{Faults, texts};
use crate::json::{Node, Value};
use crate::language::Class;

/// The root elements of a document: one object, or an array of them.
pub(crate) fn document(document: &Node, faults: &mut Faults) -> Vec<Root> {
    if !matches!(document.value, Value::Object(_) | Value::Array(_)) {
        faults.push(texts::not_a_document(document.kind()), document.at);
        return Vec::new();
    }
    document.items().iter().filter_map(|item| root(item, faults)).collect()
}

fn root(node: &Node, faults: &mut Faults) -> Option<Root> {
    let Some(object) = node.as_object() else {
        faults.push(texts::not_a_document(node.kind()), node.at.head());
        return None;
    };
    let scope = context::of_root(object, node, faults)?;
    let classes: &[Class] = match scope.version {
        crate::language::Version::V1Preview => &[Class::CapabilityModel, Class::Interface],
        _ => &[Class::Interface],
    };
    let element = reader::Reader { scope, faults }.element("the document", node, classes)?;
    Some(Root { version: scope.version, element })
}
