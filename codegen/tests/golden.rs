//! The generated code of whole models, as files that are read as code. `UPDATE_GOLDEN=1` writes them anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

use std::path::PathBuf;

use device_model_codegen::{ComponentField, Generated, Request, Spanned, generate};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

fn request(device: &str, fields: &[(&str, Option<&str>)]) -> Request {
    let field = |(name, component): &(&str, Option<&str>)| ComponentField {
        ident: Ident::new(name, Span::call_site()),
        component: component.map(|value| Spanned { value: value.to_owned(), span: Span::call_site() }),
    };
    Request {
        device: Ident::new(device, Span::call_site()),
        impl_generics: TokenStream::new(),
        type_generics: TokenStream::new(),
        where_clause: TokenStream::new(),
        visibility: quote!(pub),
        fields: fields.iter().map(field).collect(),
        facade: quote!(::device_model),
        tracked_file: None,
        convention: None,
        asynchronous: Vec::new(),
        renames: Vec::new(),
    }
}

fn generated(name: &str, text: &str, request: &Request) -> Generated {
    let mut sources = dtdl::Sources::default();
    sources.add(name, text);
    let reading = dtdl::read(sources, None);
    assert_eq!(reading.diagnostics(), &[], "{name}");
    generate(reading.model().unwrap(), reading.sources(), request)
}

fn check(model: &str, request: &Request) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("../models").join(model)).unwrap();
    let generated = generated(&format!("models/{model}"), &text, request);
    assert_eq!(generated.diagnostics, []);
    assert!(generated.complaints.is_empty(), "{:?}", generated.complaints);
    let code = prettyplease::unparse(&syn::parse2(generated.tokens).unwrap());
    let golden = root.join("tests/golden").join(model.replace(".json", ".rs"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &code).unwrap();
    }
    assert_eq!(code, std::fs::read_to_string(&golden).unwrap(), "{} differs", golden.display());
}

#[test]
fn the_capability_model_becomes_one_flat_module() {
    check("environmental_sensor.json", &request("EnvironmentalSensor", &[]));
}

#[test]
fn components_become_modules_and_fields() {
    let fields = [("sensor", None), ("info", Some("deviceInformation"))];
    check("environmental_sensor.v3.json", &request("EnvironmentalSensor", &fields));
}

#[test]
fn two_names_that_become_one_are_an_error_at_both_places() {
    let text = r#"{
      "@context": "dtmi:dtdl:context;3", "@id": "dtmi:com:example:Lamp;1", "@type": "Interface", "contents": [
        { "@type": "Telemetry", "name": "fooBar", "schema": "double" },
        { "@type": "Telemetry", "name": "foo_bar", "schema": "double" }
      ] }"#;
    let generated = generated("lamp.json", text, &request("Lamp", &[]));
    let mut sources = dtdl::Sources::default();
    sources.add("lamp.json", text);
    let [diagnostic] = generated.diagnostics.as_slice() else { panic!("{:?}", generated.diagnostics) };
    assert_eq!(diagnostic.code(), "nameCollision");
    assert_eq!(sources.position(diagnostic.at()).line, 4);
    assert_eq!(sources.position(diagnostic.also().unwrap()).line, 3);
    assert!(diagnostic.help().unwrap().contains("rename(\"foo_bar\""));
}

/// Generates for a v3 Interface with these contents and schemas; the tokens must be Rust.
fn lamp(contents: &str, schemas: &str) -> (String, Generated) {
    let text = format!(
        r#"[{{ "@context": "dtmi:dtdl:context;3", "@id": "dtmi:x:Lamp;1", "@type": "Interface",
            "contents": [{contents}], "schemas": [{schemas}] }},
          {{ "@context": "dtmi:dtdl:context;3", "@id": "dtmi:a:Part;1", "@type": "Interface" }},
          {{ "@context": "dtmi:dtdl:context;3", "@id": "dtmi:b:Part;1", "@type": "Interface" }}]"#
    );
    let fields = [("one", None), ("part_a", None)];
    let generated = generated("lamp.json", &text, &request("Lamp", &fields));
    let code = prettyplease::unparse(&syn::parse2(generated.tokens.clone()).unwrap());
    (code, generated)
}

#[test]
fn what_stands_in_a_shared_schema_goes_both_ways_when_the_schema_does() {
    let shared = r#"{ "@id": "dtmi:x:Cfg;1", "@type": "Object", "fields": [{ "name": "mode", "schema": {
        "@type": "Enum", "valueSchema": "string", "enumValues": [{ "name": "on", "enumValue": "on" }] } }] }"#;
    let contents = r#"{ "@type": "Telemetry", "name": "cfg", "schema": "dtmi:x:Cfg;1" },
        { "@type": "Command", "name": "apply", "request": { "name": "cfg", "schema": "dtmi:x:Cfg;1" } }"#;
    let (code, _) = lamp(contents, shared);
    assert!(code.contains("FromJson for CfgMode") && code.contains("Serialize for CfgMode"), "{code}");
}

#[test]
fn components_that_become_one_field_or_one_module_are_errors() {
    let component = |name: &str, of: &str| {
        format!(r#"{{ "@type": "Component", "name": "{name}", "schema": "dtmi:{of}:Part;1" }}"#)
    };
    let same_field = [component("partA", "a"), component("part_a", "a")].join(",");
    let (_, generated) = lamp(&same_field, "");
    assert_eq!(
        generated.diagnostics.iter().map(dtdl::Diagnostic::code).collect::<Vec<_>>(),
        ["nameCollision"]
    );
    let same_module = [component("one", "a"), component("partA", "b")].join(",");
    let (_, generated) = lamp(&same_module, "");
    let [collision] = generated.diagnostics.as_slice() else { panic!("{:?}", generated.diagnostics) };
    assert!(collision.help().unwrap().contains("rename(\"dtmi:b:Part;1\""), "{collision:?}");
}

#[test]
fn a_parameter_does_not_hide_the_client() {
    let contents = r#"{ "@type": "Property", "name": "client", "writable": true, "schema": "string" }"#;
    let (code, _) = lamp(contents, "");
    assert!(code.contains("client_: ::device_model::__private::String"), "{code}");
}

#[test]
fn a_component_without_a_field_names_both_places() {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../models/environmental_sensor.v3.json"
    ));
    let fields = [("sensr", None), ("info", Some("deviceInformation"))];
    let generated = generated("models/v3.json", &text.unwrap(), &request("EnvironmentalSensor", &fields));
    let [complaint] = generated.complaints.as_slice() else { panic!("{:?}", generated.complaints) };
    assert!(complaint.message.contains("is it `sensr`?"), "{}", complaint.message);
    assert!(complaint.message.contains("models/v3.json:"), "{}", complaint.message);
}

#[test]
fn a_schema_that_refers_to_itself_is_an_error_at_its_place() {
    let text = r#"{
      "@context": "dtmi:dtdl:context;4", "@id": "dtmi:com:example:Tree;1", "@type": "Interface", "contents": [
        { "@type": "Telemetry", "name": "root", "schema": "dtmi:com:example:Node;1" }
      ], "schemas": [
        { "@id": "dtmi:com:example:Node;1", "@type": "Object", "fields": [
          { "name": "children", "schema": { "@type": "Array", "elementSchema": "dtmi:com:example:Node;1" } }
        ] }
      ] }"#;
    let generated = generated("tree.json", text, &request("Tree", &[]));
    let mut sources = dtdl::Sources::default();
    sources.add("tree.json", text);
    let [diagnostic] = generated.diagnostics.as_slice() else { panic!("{:?}", generated.diagnostics) };
    assert_eq!(diagnostic.code(), "unsupportedSchema");
    assert_eq!(sources.position(diagnostic.at()).line, 6);
}
