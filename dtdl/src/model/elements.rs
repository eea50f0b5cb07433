//! What elements of all classes have: ids, names, texts, and the quantity that a value is of.

use super::types::{Id, Name, Quantity, Texts};
use crate::graph::{Element, Graph, Held};
use crate::language::Version;
use crate::language::cotypes::CotypeKind;
use crate::language::terms;

pub(super) fn id_of(graph: &Graph, element: &Element) -> Id {
    let at = element.id_at().unwrap_or(element.at());
    Id { text: graph.id(element).into_owned(), at }
}

pub(super) fn name_of(graph: &Graph, element: &Element) -> Option<Name> {
    let entry = element.entry("name")?;
    match &entry.held {
        Held::Text(text) => {
            let text = graph.str(element, *text).to_owned();
            Some(Name { text, at: entry.place.values() })
        }
        _ => None,
    }
}

pub(super) fn texts_of(graph: &Graph, element: &Element) -> Texts {
    Texts {
        display_name: graph.texts(element, "displayName"),
        description: graph.texts(element, "description"),
        comment: graph.text(element, "comment").map(str::to_owned),
    }
}

/// The semantic type and the unit of an element, by their terms; v1-preview writes both as they please.
pub(super) fn quantity_of(graph: &Graph, element: &Element) -> Quantity {
    let known = element.cotypes().iter().find(|cotype| cotype.kind == CotypeKind::SemanticType);
    let preview = element.extras.as_ref().and_then(|extras| extras.undefined_types.first());
    let preview = preview.filter(|_| element.version == Version::V1Preview);
    let unit = element.entries.iter().find_map(|entry| match &entry.held {
        Held::Elements(units) if entry.name.contains(':') && terms::term_of(entry.name) == Some("unit") => {
            let id = graph.id(graph.get(*units.first()?));
            Some(terms::term_of(&id).unwrap_or(&id).to_owned())
        }
        _ => None,
    });
    Quantity {
        semantic_type: known.map(|cotype| cotype.term.to_owned()).or_else(|| preview.cloned()),
        unit: unit.or_else(|| graph.text(element, "unit").map(str::to_owned)),
        display_unit: graph.texts(element, "displayUnit"),
    }
}
