//! Relationships, bases and shared schemas, made by hand; `dtdl/tests/compare.rs` has the table of changes.

use std::sync::Arc;

use super::{Comparison, Reach};
use crate::language::{Primitive, Version};
use crate::model::{
    Field, Id, Interface, Model, Name, ObjectSchema, Quantity, Relationship, Schema, SchemaKind, Texts,
};
use crate::source::{Location, Sources};

const EMPTY: &str =
    r#"{ "@context": "dtmi:dtdl:context;3", "@id": "dtmi:com:example:Lamp;1", "@type": "Interface" }"#;

fn model() -> Model {
    let mut sources = Sources::default();
    sources.add("made.json", EMPTY);
    crate::read(sources, None).valid().cloned().unwrap()
}

fn anywhere() -> Location {
    model().id.at
}

fn name(text: &str) -> Name {
    Name { text: text.to_owned(), at: anywhere() }
}

fn link(change: impl FnOnce(&mut Relationship)) -> Interface {
    let mut relationship = Relationship {
        name: name("feeds"),
        texts: Texts::default(),
        target: Some("dtmi:com:example:Room;1".to_owned()),
        min_multiplicity: None,
        max_multiplicity: Some(5),
        writable: false,
        properties: Vec::new(),
    };
    change(&mut relationship);
    interface(vec![relationship], Vec::new())
}

fn interface(relationships: Vec<Relationship>, extends: Vec<String>) -> Interface {
    Interface {
        version: Version::V3,
        id: Id { text: "dtmi:com:example:Lamp;1".to_owned(), at: anywhere() },
        texts: Texts::default(),
        telemetry: Vec::new(),
        properties: Vec::new(),
        commands: Vec::new(),
        relationships,
        components: Vec::new(),
        extends,
    }
}

fn compared(old: &Interface, new: &Interface) -> Vec<String> {
    let model = model();
    let mut comparison = Comparison::new(&model, &model, Reach::Everything);
    comparison.contents(old, new);
    comparison.changes.iter().map(ToString::to_string).collect()
}

#[test]
fn a_relationship_may_be_widened_but_not_narrowed() {
    let old = link(|_| {});
    let narrower = link(|link| link.max_multiplicity = Some(4));
    assert_eq!(compared(&old, &old), [""; 0]);
    assert_eq!(compared(&old, &narrower), ["feeds: the multiplicity changed (breaking)"]);
    assert_eq!(compared(&narrower, &old), ["feeds: the multiplicity changed (compatible)"]);
    let anywhere = link(|link| link.target = None);
    let to_any = "feeds: the target was dtmi:com:example:Room;1, is none (compatible)";
    assert_eq!(compared(&old, &anywhere), [to_any]);
    let to_one = "feeds: the target was none, is dtmi:com:example:Room;1 (breaking)";
    assert_eq!(compared(&anywhere, &old), [to_one]);
    let writable = link(|link| link.writable = true);
    assert_eq!(compared(&writable, &old), ["feeds: can no longer be written (breaking)"]);
    assert_eq!(
        compared(&old, &interface(Vec::new(), Vec::new())),
        ["feeds: a relationship was removed (breaking)"]
    );
}

#[test]
fn a_base_may_be_added_and_be_of_another_version_but_not_go() {
    let base = |id: &str| interface(Vec::new(), vec![id.to_owned()]);
    let (one, two, none) = (base("dtmi:a;1"), base("dtmi:a;2"), interface(Vec::new(), Vec::new()));
    assert_eq!(compared(&one, &two), [""; 0]);
    assert_eq!(compared(&none, &one), ["dtmi:a;1: a base was added (compatible)"]);
    assert_eq!(compared(&one, &none), ["dtmi:a;1: a base was removed (breaking)"]);
}

/// Schemas that each have the one below in two fields: a few lines of text, 2^40 places.
fn tower(at: Location, ground: Primitive) -> Arc<Schema> {
    let schema = |kind| Arc::new(Schema { kind, id: None, shared: false, texts: Texts::default(), at });
    let mut schemas = schema(SchemaKind::Primitive(ground));
    for _ in 0..40 {
        let field = |text: &str| Field {
            name: Name { text: text.to_owned(), at },
            texts: Texts::default(),
            schema: Arc::clone(&schemas),
            quantity: Quantity::default(),
        };
        schemas = schema(SchemaKind::Object(ObjectSchema { fields: vec![field("left"), field("right")] }));
    }
    schemas
}

#[test]
fn shared_schemas_that_are_alike_are_compared_once_and_others_so_often_only() {
    let (model, at) = (model(), anywhere());
    let changes = |old: &Arc<Schema>, new: &Arc<Schema>| {
        let mut comparison = Comparison::new(&model, &model, Reach::Everything);
        comparison.schema(old, new, true);
        comparison.changes.len()
    };
    let old = tower(at, Primitive::Integer);
    assert_eq!(changes(&old, &tower(at, Primitive::Integer)), 0);
    assert_eq!(changes(&old, &tower(at, Primitive::Date)), super::MOST_CHANGES);
}
