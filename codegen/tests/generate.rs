//! What the generator makes of models and what it refuses, in memory; `golden` has whole files.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

mod support;

use device_model_codegen::{Generated, Request};
use support::goldens::{device, ident};
use support::{code, generated};

#[test]
fn two_names_that_become_one_are_an_error_at_both_places() {
    let text = r#"{
      "@context": "dtmi:dtdl:context;3", "@id": "dtmi:com:example:Lamp;1", "@type": "Interface", "contents": [
        { "@type": "Telemetry", "name": "fooBar", "schema": "double" },
        { "@type": "Telemetry", "name": "foo_bar", "schema": "double" }
      ] }"#;
    let generated = generated("lamp.json", text, &device("Lamp", &[]));
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
    let generated = generated("lamp.json", &text, &device("Lamp", &fields));
    let code = code(generated.tokens.clone());
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

fn component(name: &str, of: &str) -> String {
    format!(r#"{{ "@type": "Component", "name": "{name}", "schema": "dtmi:{of}:Part;1" }}"#)
}

#[test]
fn components_that_become_one_field_are_an_error() {
    let same_field = [component("partA", "a"), component("part_a", "a")].join(",");
    let (_, generated) = lamp(&same_field, "");
    let codes: Vec<&str> = generated.diagnostics.iter().map(dtdl::Diagnostic::code).collect();
    assert_eq!(codes, ["nameCollision"]);
}

#[test]
fn interfaces_that_are_called_alike_are_told_apart_by_more_of_their_ids() {
    let (code, generated) = lamp(&[component("one", "a"), component("partA", "b")].join(","), "");
    assert_eq!(generated.diagnostics, []);
    assert!(code.contains("pub mod a_part {") && code.contains("pub mod b_part {"), "{code}");
    let (code, _) = lamp(&component("one", "a"), "");
    assert!(code.contains("pub mod part {"), "{code}");
}

#[test]
fn a_parameter_does_not_hide_the_client() {
    let contents = r#"{ "@type": "Property", "name": "client", "writable": true, "schema": "string" }"#;
    let (code, _) = lamp(contents, "");
    assert!(code.contains("client_: String"), "{code}");
}

#[test]
fn a_component_without_a_field_names_both_places() {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../models/environmental_sensor.v3.json"
    ));
    let fields = [("sensr", None), ("info", Some("deviceInformation"))];
    let generated = generated("models/v3.json", &text.unwrap(), &device("EnvironmentalSensor", &fields));
    let [complaint] = generated.complaints.as_slice() else { panic!("{:?}", generated.complaints) };
    assert!(complaint.message.contains("is it `sensr`?"), "{}", complaint.message);
    assert!(complaint.message.contains("models/v3.json:"), "{}", complaint.message);
}

#[test]
fn a_schema_that_holds_itself_is_boxed_or_a_type_of_its_own() {
    let text = r#"{
      "@context": "dtmi:dtdl:context;4", "@id": "dtmi:com:example:Tree;1", "@type": "Interface", "contents": [
        { "@type": "Property", "name": "root", "writable": true, "schema": "dtmi:com:example:Node;1" },
        { "@type": "Telemetry", "name": "list", "schema": "dtmi:com:example:List;1" }
      ], "schemas": [
        { "@id": "dtmi:com:example:Node;1", "@type": "Object", "fields": [
          { "name": "next", "schema": "dtmi:com:example:Node;1" },
          { "name": "children", "schema": { "@type": "Array", "elementSchema": "dtmi:com:example:Node;1" } }
        ] },
        { "@id": "dtmi:com:example:List;1", "@type": "Array", "elementSchema": "dtmi:com:example:List;1" }
      ] }"#;
    let generated = generated("tree.json", text, &device("Tree", &[]));
    assert!(generated.diagnostics.is_empty(), "{:?}", generated.diagnostics);
    let code = code(generated.tokens);
    for part in ["next: Option<Box<Node>>", "children: Option<Vec<Node>>", "items: Vec<List>"] {
        assert!(code.contains(part), "{part} is missing in {code}");
    }
}

/// The fingerprint of a module of the generated code.
fn fingerprint(code: &str, module: &str) -> String {
    let (_, inside) = code.split_once(&format!("pub mod {module} {{")).unwrap_or_else(|| panic!("{code}"));
    let (_, value) = inside.split_once("FINGERPRINT: u64 = ").unwrap();
    value.split(';').next().unwrap().to_owned()
}

fn fingerprint_of(text: &str) -> String {
    let request = Request::interface(ident("shared"));
    fingerprint(&code(generated("shared.json", text, &request).tokens), "shared")
}

#[test]
fn a_fingerprint_tells_what_an_interface_can_do_and_nothing_else() {
    let text = r#"{ "@context": ["dtmi:dtdl:context;4", "dtmi:dtdl:extension:quantitativeTypes;2"],
      "@id": "dtmi:x:Pump;1", "@type": "Interface", "contents": [
        { "@type": ["Telemetry", "Temperature"], "name": "heat", "schema": "double", "unit": "degreeCelsius" },
        { "@type": "Property", "name": "set", "writable": true, "schema": { "@type": "Object", "fields": [
          { "@type": ["Field", "Length"], "name": "high", "schema": "double", "unit": "metre" } ] } },
        { "@type": "Property", "name": "by", "schema": { "@type": "Map", "mapKey": { "name": "k", "schema": "string" },
          "mapValue": { "@type": ["MapValue", "Mass"], "name": "v", "schema": "double", "unit": "gram" } } },
        { "@type": "Command", "name": "wait", "request": {
          "@type": ["CommandRequest", "TimeSpan"], "name": "span", "schema": "double", "unit": "second", "nullable": true } },
        { "@type": "Telemetry", "name": "mode", "schema": { "@type": "Enum", "valueSchema": "integer",
          "enumValues": [ { "name": "on", "enumValue": 1 } ] } } ] }"#;
    let own = fingerprint_of(text);
    for (from, to) in [(r#""name": "heat","#, r#""displayName": "Heat", "name": "heat","#), ("\n", "\n\n")] {
        assert_eq!(fingerprint_of(&text.replacen(from, to, 1)), own, "{to}");
    }
    for (from, to) in [
        ("degreeCelsius", "degreeFahrenheit"),
        (r#""metre""#, r#""foot""#),
        ("gram", "kilogram"),
        (r#""second""#, r#""minute""#),
        (r#""nullable": true"#, r#""nullable": false"#),
        (r#""writable": true"#, r#""writable": false"#),
        (r#""enumValue": 1"#, r#""enumValue": 2"#),
        (r#""name": "heat", "schema": "double""#, r#""name": "heat", "schema": "float""#),
        (r#""name": "wait""#, r#""name": "pause""#),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert_ne!(fingerprint_of(&changed), own, "{from} -> {to}");
    }
}
