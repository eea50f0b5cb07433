//! Everything that the crate does with a text, whatever the text is: the common end of `tests/mutations.rs` and of
//! `fuzz/fuzz_targets/read.rs`. What it holds is that nothing panics, hangs, or points outside the text.

use dtdl::{Command, Diagnostic, EnumValues, Interface, Model, Reading, Schema, SchemaKind, Sources, Style};

/// Values that each schema of a model is held against.
const VALUES: [&str; 4] = [
    "null",
    r#"{"x": 1, "": [{"x": -0}], "type": "Point", "coordinates": [1e999, []], "x": 2}"#,
    r#"[0, 1.5, "2026-02-29", "PT1.5S", true, {}]"#,
    r#""\ud800"#,
];

/// How many schemas are visited. A short text may share them so that they unfold to billions.
const MOST_SCHEMAS: usize = 500;

/// Reads a text and does with the outcome all that the crate offers.
pub(crate) fn exercise(text: &str) -> Reading {
    let mut sources = Sources::default();
    sources.add("model.json", text);
    let reading = dtdl::read(sources, None);
    for diagnostic in reading.diagnostics() {
        show(diagnostic, &reading);
    }
    if let Some(model) = reading.model() {
        walk(model);
        let printed = model.to_json();
        let mut sources = Sources::default();
        sources.add("printed.json", &printed);
        let again = dtdl::read(sources, None);
        if let Some(again) = again.model() {
            let changes = [dtdl::compare(model, again), dtdl::versioning(again, model)].concat();
            assert!(changes.iter().all(|change| !change.to_string().is_empty()));
        }
    }
    reading
}

fn show(diagnostic: &Diagnostic, reading: &Reading) {
    let sources = reading.sources();
    assert!(sources.position(diagnostic.at()).line > 0);
    assert!(!diagnostic.message().is_empty() && !diagnostic.code().is_empty());
    for style in [Style::Plain, Style::Coloured] {
        assert!(diagnostic.render(sources, style).contains("model.json"));
    }
}

fn walk(model: &Model) {
    let mut left = MOST_SCHEMAS;
    for part in &model.parts {
        walk_interface(model, model.interface(part), &mut left);
    }
    assert!(dtdl::compare(model, model).is_empty());
}

fn walk_interface(model: &Model, interface: &Interface, left: &mut usize) {
    for telemetry in &interface.telemetry {
        walk_schema(model, &telemetry.schema, left);
    }
    let of_links = interface.relationships.iter().flat_map(|relationship| &relationship.properties);
    for property in interface.properties.iter().chain(of_links) {
        walk_schema(model, &property.schema, left);
    }
    for Command { request, response, .. } in &interface.commands {
        for payload in [request, response].into_iter().flatten() {
            walk_schema(model, &payload.schema, left);
        }
    }
    for component in &interface.components {
        let inner = model.component_interface(component);
        assert!(!inner.id.text.is_empty());
    }
}

fn walk_schema(model: &Model, schema: &Schema, left: &mut usize) {
    let Some(fewer) = left.checked_sub(1) else { return };
    *left = fewer;
    for value in VALUES {
        for fault in model.check_value(schema, value) {
            assert!(!fault.to_string().is_empty());
            assert!(value.get(fault.at()).is_some(), "a fault stands between characters");
        }
    }
    match &schema.kind {
        SchemaKind::Object(object) => {
            for field in &object.fields {
                walk_schema(model, &field.schema, left);
            }
        }
        SchemaKind::Array(item) => walk_schema(model, item, left),
        SchemaKind::Map(map) => walk_schema(model, &map.value.schema, left),
        SchemaKind::Enum(values) => match &values.values {
            EnumValues::Integers(values) => {
                check_all(model, schema, values.iter().map(|v| v.value.to_string()));
            }
            EnumValues::Strings(values) => {
                check_all(
                    model,
                    schema,
                    values.iter().map(|v| serde_json::Value::from(v.value.as_str()).to_string()),
                );
            }
        },
        _ => {}
    }
}

/// An Enum takes each of its own values.
fn check_all(model: &Model, schema: &Schema, values: impl Iterator<Item = String>) {
    for value in values {
        assert!(model.check_value(schema, &value).is_empty(), "{value}");
    }
}
