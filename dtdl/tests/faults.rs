//! One fault a case: a valid model with one place changed, and the code and position that must be reported.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

use dtdl::{Reading, Sources, Style};

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

/// What is changed in the valid text, into what, and what is reported: code, line, text at the position.
type Case = (&'static str, &'static str, &'static str, &'static str);

const V1_CASES: &[Case] = &[
    ("\"double\"", "\"dobule\"", "badDtmiOrTerm", "\"dobule\""),
    ("\"double\"", "\"uuid\"", "badDtmiOrTerm", "\"uuid\""),
    ("\"temp\"", "\"1temp\"", "stringInvalid", "\"1temp\""),
    ("urn:device_model:lamp:1", "urn:<YOUR_COMPANY_NAME_HERE>:lamp:1", "invalidId", "\"urn:<"),
    ("urn:device_model:lamp:1", "dtmi:device_model:lamp;1", "invalidId", "\"dtmi:"),
    ("\"CapabilityModel\"", "\"CapabiltyModel\"", "typeUndefinedTerm", "\"CapabiltyModel\""),
    ("\"asynchronous\"", "\"async\"", "invalidValue", "\"async\""),
    ("\"writable\": true", "\"writeable\": true", "propertyUndefinedTerm", "\"writeable\""),
    ("\"writable\": true", "\"writable\": \"yes\"", "wrongKind", "\"yes\""),
    (
        "\"schema\": \"long\"",
        "\"schema\": { \"@type\": \"Array\", \"elementSchema\": \"long\" }",
        "disallowedArray",
        "{ \"@type\": \"Array\"",
    ),
    ("IoTModel.json", "IoTModel2.json", "unrecognizedContextVersion", "\"http:"),
    ("\"level\"", "\"blink\"", "nonUniquePropertyValue", "\"blink\""),
    ("\"@type\": \"Command\"", "\"@type\": \"Component\"", "badType", "\"Component\""),
    ("\"name\": \"times\", ", "", "missingRequiredProperty", "{ \"schema\""),
    ("\"implements\": [{", "\"implements\": [3, {", "wrongKind", "3"),
    ("\"lamp\",", "\"lamp\", \"name\": \"other\",", "duplicateMember", "\"name\": \"other\""),
    ("\"lamp\",", "\"lamp\"", "jsonInvalid", "\"@type\""),
    (
        "\"implements\": [{",
        "\"implements\": [{ \"name\": \"other\", \"schema\": \"urn:device_model:Lamp:1\" }, {",
        "duplicateInstance",
        "{",
    ),
];

const V3_CASES: &[Case] = &[
    ("\"double\"", "\"dateTme\"", "badDtmiOrTerm", "\"dateTme\""),
    ("context;3\", ", "context;7\", ", "unrecognizedContextVersion", "\"dtmi:dtdl:context;7\""),
    ("quantitativeTypes;1", "quantities;1", "unresolvableContextSpecifier", "\"dtmi:dtdl:extension"),
    ("\"Temperature\"], ", "\"Telemetry\"], ", "unitWithoutSemanticType", "\"unit\""),
    ("[\"Telemetry\", \"Temperature\"]", "[\"Telemetry\", \"Property\"]", "multipleTypes", "\"Property\""),
    (
        "\"valueSchema\": \"integer\"",
        "\"valueSchema\": \"double\"",
        "invalidValue",
        "\"double\", \"enumValues\"",
    ),
    ("\"enumValue\": 1", "\"enumValue\": 0", "nonUniquePropertyValue", "0 }\n        ]"),
    ("\"enumValue\": 1", "\"enumValue\": \"one\"", "enumValueMismatch", "\"one\""),
    ("\"enumValue\": 1", "\"enumValue\": 1.5", "wrongKind", "1.5"),
    ("\"enumValue\": 1", "\"enumValue\": 2147483648", "wrongKind", "2147483648"),
    ("\"zone\", \"schema\": \"string\"", "\"zone\", \"schema\": \"long\"", "invalidValue", "\"long\""),
    ("\"name\": \"y\"", "\"name\": \"x\"", "nonUniquePropertyValue", "\"x\", \"schema\": \"float\" }\n    ]"),
    ("Pair;1\" } }", "Pear;1\" } }", "unresolvedReference", "\"dtmi:com:example:Pear;1\""),
    ("Pair;1\" } }", "Info;1\" } }", "badType", "\"dtmi:com:example:Info;1\" } }"),
    (
        "\"info\", \"schema\": \"dtmi:com:example:Info;1\"",
        "\"info\", \"schema\": \"dtmi:com:example:Pair;1\"",
        "badType",
        "\"dtmi:com:example:Pair;1\" }\n    ],",
    ),
    (
        "\"@id\": \"dtmi:com:example:Info;1\"",
        "\"@id\": \"dtmi:com:example:Pair;1\"",
        "duplicateDefinition",
        "\"dtmi:com:example:Pair;1\",\n    \"@type\": \"Interface\",\n    \"contents\": [{",
    ),
    ("\"de\": \"Lampe\"", "\"deutsch\": \"Lampe\"", "invalidLanguageCode", "\"Lampe\""),
    ("\"@type\": \"Map\",", "", "missingType", "{ \n        \"mapKey\""),
    ("\"maker\", \"schema\": \"string\"", "\"maker_\", \"schema\": \"string\"", "stringInvalid", "\"maker_\""),
    (
        "\"@context\": \"dtmi:dtdl:context;3\",\n",
        "",
        "missingContext",
        "{\n        \"@id\": \"dtmi:com:example:Info",
    ),
    (
        "\"contents\": [{ \"@type\": \"Property\", \"name\": \"maker\"",
        "\"contents\": [{ \"@type\": \"Component\", \"name\": \"maker\"",
        "recursiveStructure",
        "",
    ),
];

fn read(text: &str) -> Reading {
    let mut sources = Sources::default();
    sources.add("model.json", text);
    dtdl::read(sources, None)
}

fn check(valid: &str, cases: &[Case]) {
    let reading = read(valid);
    assert!(reading.valid().is_some(), "{:?}", reading.diagnostics());
    for (from, to, code, at) in cases {
        assert!(valid.contains(from), "the case changes nothing: {from}");
        let (from, to) = match *code {
            "recursiveStructure" => (
                "\"schema\": \"string\" }]",
                "\"schema\": \"string\" }], \"extends\": \"dtmi:com:example:Info;1\"",
            ),
            _ => (*from, *to),
        };
        let text = valid.replacen(from, to, 1);
        let reading = read(&text);
        let codes: Vec<_> = reading.diagnostics().iter().map(dtdl::Diagnostic::code).collect();
        let Some(diagnostic) = reading.diagnostics().iter().find(|diagnostic| diagnostic.code() == *code)
        else {
            panic!("{to}: expected {code}, got {codes:?}");
        };
        let position = reading.sources().position(diagnostic.at());
        let line = text.lines().nth(position.line - 1).unwrap();
        let there: String = line.chars().skip(position.column - 1).collect();
        let expected = at.lines().next().unwrap_or_default();
        assert!(there.starts_with(expected), "{to}: {code} points at `{there}`, not `{expected}`");
        assert!(diagnostic.help().is_some_and(|help| !help.is_empty()), "{code} has no remedy");
        assert!(diagnostic.render(reading.sources(), Style::Plain).contains(&position.to_string()));
    }
}

#[test]
fn every_fault_of_a_capability_model_has_its_code_and_place() {
    check(V1, V1_CASES);
}

#[test]
fn every_fault_of_a_v3_model_has_its_code_and_place() {
    check(V3, V3_CASES);
}

#[test]
fn all_faults_of_a_file_are_reported_in_the_order_of_the_text() {
    let text = V1
        .replace("\"double\"", "\"dobule\"")
        .replace("\"asynchronous\"", "\"later\"")
        .replace("\"level\"", "\"a b\"");
    let codes: Vec<_> = read(&text).diagnostics().iter().map(dtdl::Diagnostic::code).collect();
    assert_eq!(codes, ["badDtmiOrTerm", "stringInvalid", "invalidValue"]);
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
    assert!(itself.diagnostics().iter().all(|fault| fault.code() == "recursiveStructure"));
    let last = r#"{ "@id": "dtmi:x:E;1", "@type": "Object" }"#.to_owned();
    let many = [object("A", "B"), object("B", "C"), object("C", "D"), object("D", "E"), last].join(",");
    let codes: Vec<_> = read(&model(&many)).diagnostics().iter().map(dtdl::Diagnostic::code).collect();
    assert_eq!(codes, ["objectCountAboveMax"]);
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
