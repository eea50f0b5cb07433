//! Elements as they are, member by member, for tools that show any model rather than run a device.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::graph::{Element, Graph, Held, Ix};
use crate::language::Version;
use crate::language::class::Class;
use crate::language::members::{Holds, members};
use crate::language_map::DEFAULT;
use crate::rules::Inheritance;

/// An element, member by member. Elements in its members are given by their ids, inferred ones included.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Description {
    /// The material class.
    pub class: &'static str,
    /// The language's own members, by term.
    pub properties: BTreeMap<String, Value>,
    /// The co-types, by DTMI.
    pub supplemental_types: Vec<String>,
    /// The members that co-types bring, by DTMI.
    pub supplemental_properties: BTreeMap<String, Value>,
    /// Co-types that nobody knows, as written.
    pub undefined_types: Vec<String>,
    /// Members that nobody knows, as written.
    pub undefined_properties: BTreeMap<String, Value>,
}

pub(crate) fn describe(graph: &Graph, inheritance: &Inheritance, id: &str) -> Option<Description> {
    let ix = graph.find_anywhere(id)?;
    let element = graph.get(ix);
    let mut properties = BTreeMap::new();
    properties.insert("languageMajorVersion".to_owned(), element.version.number().into());
    let partition = element.partition.map(|partition| graph.id(graph.get(partition)));
    properties.insert("childOf".to_owned(), graph.parent(ix).into());
    properties.insert("definedIn".to_owned(), partition.into());
    // members of later versions are shown as absent
    for member in members(element.class, element.version.max(Version::V4)) {
        if let Some(value) = own_value(graph, ix, member.name, &member.holds) {
            properties.insert(member.name.to_owned(), value);
        }
    }
    if element.class == Class::Interface {
        describe_interface(graph, inheritance, ix, &mut properties);
    }
    let of_cotypes = element.entries.iter().filter(|entry| entry.name.contains(':'));
    Some(Description {
        class: element.class.name(),
        properties,
        supplemental_types: element.cotypes().iter().map(|cotype| cotype.id.clone()).collect(),
        supplemental_properties: of_cotypes
            .map(|entry| (entry.name.to_owned(), value(graph, element, &entry.held, false)))
            .collect(),
        undefined_types: element
            .extras
            .as_ref()
            .map(|extras| extras.undefined_types.clone())
            .unwrap_or_default(),
        undefined_properties: undefined(element),
    })
}

fn own_value(graph: &Graph, ix: Ix, name: &str, holds: &Holds) -> Option<Value> {
    let plural = matches!(holds, Holds::Elements(elements) if elements.plural);
    match graph.get(ix).held(name) {
        Some(held) => Some(value(graph, graph.get(ix), held, plural)),
        None if matches!(holds, Holds::Boolean) => Some(Value::Bool(false)),
        None if plural => Some(Value::Array(Vec::new())),
        None => matches!(holds, Holds::Texts(_))
            .then(|| Value::Object(serde_json::Map::new()))
            .or(Some(Value::Null)),
    }
}

/// An Interface's contents by name, inherited ones included, and by class.
fn describe_interface(
    graph: &Graph,
    inheritance: &Inheritance,
    ix: Ix,
    properties: &mut BTreeMap<String, Value>,
) {
    const BY_CLASS: &[(&str, Class)] = &[
        ("commands", Class::Command),
        ("components", Class::Component),
        ("properties", Class::Property),
        ("relationships", Class::Relationship),
        ("telemetries", Class::Telemetry),
    ];
    let contents = inheritance.contents(graph, ix);
    let named = |class: Option<Class>| {
        let of_class = |element: &&Element| class.is_none_or(|class| element.class == class);
        let elements = contents.iter().map(|content| graph.get(*content)).filter(of_class);
        let by_name = |element: &Element| {
            Some((graph.text(element, "name")?.to_owned(), Value::from(graph.id(element))))
        };
        Value::Object(elements.filter_map(by_name).collect())
    };
    properties.insert("contents".to_owned(), named(None));
    for (name, class) in BY_CLASS {
        properties.insert((*name).to_owned(), named(Some(*class)));
    }
    let heirs = graph.referrers(ix).filter(|referrer| referrer.member == "extends");
    let heirs = heirs.map(|heir| Value::from(graph.id(graph.get(heir.source))));
    properties.insert("extendedBy".to_owned(), heirs.collect());
}

fn undefined(element: &Element) -> BTreeMap<String, Value> {
    let members = element.extras.iter().flat_map(|extras| &extras.undefined_members);
    // what was scanned as JSON is read as JSON, but for numbers beyond all measure
    members.map(|(name, raw)| (name.clone(), serde_json::from_str(raw).unwrap_or(Value::Null))).collect()
}

fn value(graph: &Graph, element: &Element, held: &Held, plural: bool) -> Value {
    match held {
        Held::Text(text) => graph.str(element, *text).into(),
        Held::English(text) => serde_json::json!({ DEFAULT: graph.str(element, *text) }),
        Held::Texts(map) => map.iter().map(|(code, text)| (code.to_owned(), Value::from(text))).collect(),
        Held::Boolean(flag) => (*flag).into(),
        Held::Integer(number) => (*number).into(),
        Held::Number(number) => (*number).into(),
        Held::Identifier(id) => match graph.str(element, *id) {
            "" => Value::Null,
            id => id.into(),
        },
        Held::Elements(elements) if plural => {
            elements.iter().map(|ix| Value::from(graph.id(graph.get(*ix)))).collect()
        }
        Held::Elements(elements) => {
            elements.first().map_or(Value::Null, |ix| Value::from(graph.id(graph.get(*ix))))
        }
    }
}
