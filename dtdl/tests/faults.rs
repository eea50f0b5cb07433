//! One fault a case, v2 to v4 (the tables in `cases/`), and what holds of all faults.
#![allow(clippy::unwrap_used, clippy::string_slice, reason = "a test says what failed by failing")]

mod one_fault;

use dtdl::Style;
use one_fault::{check, read};

const V1: &str = r#"{
  "@context": "http://azureiot.com/v1/contexts/IoTModel.json",
  "@id": "urn:device_model:lamp:1",
  "@type": "CapabilityModel",
  "implements": [{
    "name": "lamp",
    "@type": "InterfaceInstance",
    "schema": {
      "@id": "urn:device_model:Lamp:1",
      "@type": "Interface",
      "contents": [
        { "@type": ["Telemetry", "SemanticType/Temperature"], "name": "temp", "schema": "double", "unit": "Units/Temperature/celsius" },
        { "@type": "Property", "name": "level", "writable": true, "schema": "long" },
        { "@type": "Command", "name": "blink", "commandType": "asynchronous", "request": { "name": "times", "schema": "integer" } }
      ]
    }
  }]
}"#;

const V3: &str = r#"[
  {
    "@context": ["dtmi:dtdl:context;3", "dtmi:dtdl:extension:quantitativeTypes;1"],
    "@id": "dtmi:com:example:Lamp;1",
    "@type": "Interface",
    "displayName": { "en": "Lamp", "de": "Lampe" },
    "contents": [
      { "@type": ["Telemetry", "Temperature"], "name": "temp", "schema": "double", "unit": "degreeCelsius" },
      { "@type": "Property", "name": "mode", "writable": true, "schema": {
        "@type": "Enum", "valueSchema": "integer", "enumValues": [
          { "name": "off", "enumValue": 0 },
          { "name": "on", "enumValue": 1 }
        ] } },
      { "@type": "Property", "name": "zones", "schema": { "@type": "Map",
        "mapKey": { "name": "zone", "schema": "string" },
        "mapValue": { "name": "lit", "schema": "boolean" } } },
      { "@type": "Telemetry", "name": "path", "schema": { "@type": "Array", "elementSchema": "dtmi:com:example:Pair;1" } },
      { "@type": "Component", "name": "info", "schema": "dtmi:com:example:Info;1" }
    ],
    "schemas": [{ "@id": "dtmi:com:example:Pair;1", "@type": "Object", "fields": [
      { "name": "x", "schema": "float" },
      { "name": "y", "schema": "float" }
    ] }]
  },
  {
    "@context": "dtmi:dtdl:context;3",
    "@id": "dtmi:com:example:Info;1",
    "@type": "Interface",
    "contents": [{ "@type": "Property", "name": "maker", "schema": "string" }]
  }
]"#;

#[test]
fn each_rule_of_v2_has_its_code_and_place() {
    check(include_str!("cases/v2.txt"), 30);
}

#[test]
fn each_rule_of_v3_has_its_code_and_place() {
    check(include_str!("cases/v3.txt"), 80);
}

#[test]
fn each_rule_of_v4_has_its_code_and_place() {
    check(include_str!("cases/v4.txt"), 30);
}

#[test]
fn all_faults_of_a_file_are_reported_in_the_order_of_the_text() {
    let text = V1
        .replace("\"double\"", "\"dobule\"")
        .replace("\"asynchronous\"", "\"later\"")
        .replace("\"level\"", "\"a b\"");
    let codes: Vec<_> = read(&text).diagnostics().iter().map(dtdl::Diagnostic::code).collect();
    assert_eq!(codes, ["badDtmiOrTerm", "stringInvalid", "badDtmiOrTerm"]);
}

#[test]
fn a_second_place_is_shown_where_two_disagree() {
    let reading = read(&V1.replace("\"level\"", "\"blink\""));
    let diagnostic = &reading.diagnostics()[0];
    let (at, also) = (reading.sources().position(diagnostic.at()), diagnostic.also().unwrap());
    assert_eq!((at.line, reading.sources().position(also).line), (14, 13));
}

#[test]
fn hostile_texts_get_an_answer() {
    for text in [
        "",
        "{",
        "[]",
        "null",
        "3",
        "\"\u{0}\"",
        "\u{feff}{}",
        "{\"@context\":[]}",
        "[[]]",
        "{\"@context\":{}}",
    ] {
        read(text);
    }
    assert_eq!(read(&"[".repeat(100_000)).diagnostics()[0].code(), "jsonInvalid");
}

#[test]
fn a_schema_that_refers_to_itself_and_one_that_multiplies_get_an_answer_in_time() {
    let fields = |schema: &str| {
        let field = |n| format!(r#"{{ "name": "f{n}", "schema": "dtmi:x:{schema};1" }}"#);
        (0..100).map(field).collect::<Vec<_>>().join(",")
    };
    let object = |name: &str, of: &str| {
        format!(r#"{{ "@id": "dtmi:x:{name};1", "@type": "Object", "fields": [{}] }}"#, fields(of))
    };
    let model = |schemas: &str| {
        format!(
            r#"{{ "@context": "dtmi:dtdl:context;3", "@id": "dtmi:x;1", "@type": "Interface", "contents": [
                {{ "@type": "Telemetry", "name": "t", "schema": "dtmi:x:A;1" }} ], "schemas": [{schemas}] }}"#
        )
    };
    let itself = read(&model(&object("A", "A")));
    assert!(!itself.is_valid());
    assert!(itself.diagnostics().iter().all(|fault| fault.code().starts_with("recursiveStructure")));
    let last = r#"{ "@id": "dtmi:x:E;1", "@type": "Object" }"#.to_owned();
    let many = [object("A", "B"), object("B", "C"), object("C", "D"), object("D", "E"), last].join(",");
    let codes: Vec<_> = read(&model(&many)).diagnostics().iter().map(dtdl::Diagnostic::code).collect();
    assert_eq!(codes, ["excessiveCount"]);
}

proptest::proptest! {
    #[test]
    fn no_change_of_a_model_brings_the_reader_down(at in 0..V3.len(), len in 0usize..40, with in "[\\[\\]{}\":,a-z0-9@;é ]{0,8}") {
        let (start, end) = (V3.floor_char_boundary(at), V3.floor_char_boundary((at + len).min(V3.len())));
        let reading = read(&format!("{}{with}{}", &V3[..start], &V3[end..]));
        for diagnostic in reading.diagnostics() {
            diagnostic.render(reading.sources(), Style::Plain);
        }
    }
}
