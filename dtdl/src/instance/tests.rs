//! What no text can say yet (schemas that refer to themselves, IoT Central's), and the bounds on hostile values.
//! `dtdl/tests/values.rs` has the table of values.

use std::sync::Arc;

use super::check_instance;
use crate::language::Primitive;
use crate::model::{Field, Id, Name, ObjectSchema, Quantity, Schema, SchemaKind, Texts};
use crate::source::{Location, Sources};

fn anywhere() -> Location {
    let mut sources = Sources::default();
    sources.add("made.json", "{}");
    Location::new(sources.files().next().unwrap(), 0..2)
}

fn schema(kind: SchemaKind) -> Arc<Schema> {
    Arc::new(Schema { kind, id: None, shared: false, texts: Texts::default(), at: anywhere() })
}

fn id(text: &str) -> Id {
    Id { text: text.to_owned(), at: anywhere() }
}

fn object(fields: &[(&str, Arc<Schema>)]) -> Arc<Schema> {
    let field = |(name, schema): &(&str, Arc<Schema>)| Field {
        name: Name { text: (*name).to_owned(), at: anywhere() },
        texts: Texts::default(),
        schema: Arc::clone(schema),
        quantity: Quantity::default(),
    };
    schema(SchemaKind::Object(ObjectSchema { fields: fields.iter().map(field).collect() }))
}

/// Paths and codes of what is wrong.
fn faults(
    schema: &Schema,
    shared: &dyn Fn(&str) -> Option<Arc<Schema>>,
    json: &str,
) -> Vec<(String, &'static str)> {
    check_instance(schema, shared, json).into_iter().map(|fault| (fault.path.clone(), fault.code())).collect()
}

#[test]
fn iot_centrals_schemas_are_objects_of_doubles() {
    for (primitive, valid, invalid) in [
        (Primitive::Vector, r#"{"x": 1, "y": -2.5, "z": 1e3}"#, r#"{"w": 1, "z": "0"}"#),
        (Primitive::Geopoint, r#"{"lat": 47.6, "lon": -122.1, "alt": 0}"#, r#"{"latitude": 1, "alt": null}"#),
    ] {
        let schema = schema(SchemaKind::Primitive(primitive));
        assert_eq!(faults(&schema, &|_| None, valid), []);
        assert_eq!(faults(&schema, &|_| None, "{}"), []);
        let codes: Vec<_> = faults(&schema, &|_| None, invalid).into_iter().map(|(_, code)| code).collect();
        assert_eq!(codes, ["unknownField", "wrongType"], "{primitive:?}");
    }
}

#[test]
fn a_schema_that_contains_itself_follows_the_value_however_deep() {
    let tree = schema(SchemaKind::Recursive(id("dtmi:com:example:Tree;1")));
    let label = schema(SchemaKind::Primitive(Primitive::String));
    let definition = object(&[("label", label), ("left", Arc::clone(&tree)), ("right", Arc::clone(&tree))]);
    let shared = move |id: &str| (id == "dtmi:com:example:Tree;1").then(|| Arc::clone(&definition));
    let valid = r#"{"label": "a", "left": {"right": {"label": "b"}}}"#;
    assert_eq!(faults(&tree, &shared, valid), []);
    let invalid = r#"{"left": {"right": {"label": 1}, "middle": {}}}"#;
    let expected = [("/left/right/label", "wrongType"), ("/left/middle", "unknownField")];
    let found = faults(&tree, &shared, invalid);
    assert_eq!(found.iter().map(|(path, code)| (path.as_str(), *code)).collect::<Vec<_>>(), expected);

    let depth = 100_000;
    let deep = format!("{}5{}", r#"{"left":"#.repeat(depth), "}".repeat(depth));
    let found = faults(&tree, &shared, &deep);
    assert_eq!(found, [("/left".repeat(depth), "wrongType")]);
}

#[test]
fn a_reference_to_nothing_is_a_fault_and_never_a_loop() {
    let nowhere = schema(SchemaKind::Recursive(id("dtmi:com:example:Gone;1")));
    assert_eq!(faults(&nowhere, &|_| None, "1"), [(String::new(), "unknownSchema")]);
    let itself = Arc::clone(&nowhere);
    assert_eq!(
        faults(&nowhere, &move |_| Some(Arc::clone(&itself)), "1"),
        [(String::new(), "unknownSchema")]
    );
}

#[test]
fn a_value_of_faults_alone_lists_a_hundred_and_says_so() {
    let array = schema(SchemaKind::Array(schema(SchemaKind::Primitive(Primitive::Boolean))));
    let json = format!("[{}0]", "0,".repeat(10_000));
    let found = faults(&array, &|_| None, &json);
    assert_eq!(found.len(), 101);
    assert_eq!(
        (found[99].clone(), found[100].clone()),
        (("/99".into(), "wrongType"), (String::new(), "moreFaults"))
    );
    let json = format!("[{}0]", "0,".repeat(98));
    assert_eq!(faults(&array, &|_| None, &json).len(), 99);
}

#[test]
fn fields_are_found_in_any_order() {
    let flag = schema(SchemaKind::Primitive(Primitive::Boolean));
    let names = ["a", "b", "c", "d"];
    let object = object(&names.map(|name| (name, Arc::clone(&flag))));
    for json in
        [r#"{"d": true, "c": true, "b": true, "a": true}"#, r#"{"b": true, "d": true, "a": true, "c": true}"#]
    {
        assert_eq!(faults(&object, &|_| None, json), []);
    }
    assert_eq!(faults(&object, &|_| None, r#"{"d": true, "e": true}"#), [("/e".into(), "unknownField")]);
    assert_eq!(faults(&super::tests::object(&[]), &|_| None, r#"{"e": 1}"#), [("/e".into(), "unknownField")]);
}
