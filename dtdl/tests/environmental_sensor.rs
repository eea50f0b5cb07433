//! The tutorial's device in both of its forms: what a reader of the model finds in it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

use dtdl::{Form, Primitive, Reading, SchemaKind, Sources, Version};

fn read(name: &str) -> Reading {
    let path = format!("{}/../models/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut sources = Sources::default();
    sources.add(name, std::fs::read_to_string(path).unwrap());
    dtdl::read(sources, None)
}

#[test]
fn the_capability_model_has_the_facts_of_the_tutorial() {
    let reading = read("environmental_sensor.json");
    assert_eq!(reading.diagnostics(), &[]);
    let model = reading.valid().unwrap();
    assert_eq!((model.version, model.form), (Version::V1Preview, Form::CapabilityModel));
    let names: Vec<_> =
        model.parts.iter().filter_map(|part| part.name.as_ref()).map(|n| n.text.as_str()).collect();
    assert_eq!(names, ["deviceinfo", "sensor"]);

    let sensor = model.interface(&model.parts[1]);
    let telemetry: Vec<_> = sensor.telemetry.iter().map(|t| t.name.text.as_str()).collect();
    assert_eq!(telemetry, ["temp", "humid"]);
    let writable: Vec<_> =
        sensor.properties.iter().filter(|p| p.writable).map(|p| p.name.text.as_str()).collect();
    assert_eq!(writable, ["name", "brightness"]);
    let asynchronous: Vec<_> =
        sensor.commands.iter().filter(|c| c.asynchronous).map(|c| c.name.text.as_str()).collect();
    assert_eq!(asynchronous, ["rundiagnostics"]);
    let blink = sensor.commands.iter().find(|command| command.name.text == "blink").unwrap();
    let request = &blink.request.as_ref().unwrap().schema.kind;
    assert!(matches!(request, SchemaKind::Primitive(Primitive::Long)), "{request:?}");
    assert!(
        matches!(&blink.response.as_ref().unwrap().schema.kind, SchemaKind::Object(o) if o.fields.len() == 1)
    );
}

#[test]
fn the_v3_form_is_the_same_device_with_components() {
    let reading = read("environmental_sensor.v3.json");
    assert_eq!(reading.diagnostics(), &[]);
    let model = reading.valid().unwrap();
    assert_eq!((model.version, model.form), (Version::V3, Form::Interface));
    let names: Vec<_> = model.parts.iter().map(|part| part.name.as_ref().map(|n| n.text.as_str())).collect();
    assert_eq!(names, [None, Some("deviceInformation"), Some("sensor")]);
    let sensor = model.interface(&model.parts[2]);
    assert_eq!(sensor.telemetry[0].quantity.unit.as_deref(), Some("degreeFahrenheit"));
}
