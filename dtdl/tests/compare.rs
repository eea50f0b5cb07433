//! One change a case: a model with one place changed, and all that `compare` and `versioning` say about it.
#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

use dtdl::{Effect, Reading, Sources};

const V3: &str = r#"[
  {
    "@context": ["dtmi:dtdl:context;3", "dtmi:dtdl:extension:quantitativeTypes;1"],
    "@id": "dtmi:com:example:Lamp;1",
    "@type": "Interface",
    "displayName": "Lamp",
    "contents": [
      { "@type": ["Telemetry", "Temperature"], "name": "temp", "schema": "double", "unit": "degreeCelsius" },
      { "@type": "Telemetry", "name": "state", "schema": { "@type": "Enum", "valueSchema": "integer", "enumValues": [
        { "name": "off", "enumValue": 0 }, { "name": "on", "enumValue": 1 } ] } },
      { "@type": "Property", "name": "target", "writable": true, "schema": { "@type": "Object", "fields": [
        { "name": "level", "schema": "integer" },
        { "name": "steps", "schema": { "@type": "Array", "elementSchema": "integer" } } ] } },
      { "@type": "Property", "name": "zones", "schema": { "@type": "Map",
        "mapKey": { "name": "zone", "schema": "string" }, "mapValue": { "name": "lit", "schema": "boolean" } } },
      { "@type": "Command", "name": "blink",
        "request": { "name": "times", "schema": { "@type": "Enum", "valueSchema": "string", "enumValues": [
          { "name": "once", "enumValue": "1" } ] } },
        "response": { "name": "done", "schema": "boolean" } },
      { "@type": "Command", "name": "reset" },
      { "@type": "Component", "name": "info", "schema": "dtmi:com:example:Info;1" }
    ]
  },
  {
    "@context": "dtmi:dtdl:context;3",
    "@id": "dtmi:com:example:Info;1",
    "@type": "Interface",
    "contents": [{ "@type": "Property", "name": "maker", "schema": "string" }]
  }
]"#;

const V1: &str = r#"{
  "@context": "http://azureiot.com/v1/contexts/IoTModel.json",
  "@id": "urn:example:models:lamp:1",
  "@type": "CapabilityModel",
  "implements": [{ "name": "lamp", "@type": "InterfaceInstance", "schema": {
    "@id": "urn:example:models:Lamp:1",
    "@type": "Interface",
    "contents": [
      { "@type": "Telemetry", "name": "temp", "schema": "double", "unit": "Units/Temperature/celsius" },
      { "@type": "Property", "name": "level", "writable": true, "schema": { "@type": "Object", "fields": [
        { "name": "now", "schema": "integer" } ] } },
      { "@type": "Command", "name": "blink", "commandType": "asynchronous" }
    ]
  } }]
}"#;

/// What is changed in the text, into what, and the sentences about it.
type Case = (&'static str, &'static str, &'static [&'static str]);

/// Rules that hold for contents and what belongs to them.
const CONTENTS: &[Case] = &[
    ("\"name\": \"temp\"", "\"name\": \"temp\"", &[]),
    (
        "\"name\": \"temp\"",
        "\"name\": \"heat\"",
        &["temp: telemetry was removed (breaking)", "heat: telemetry was added (compatible)"],
    ),
    ("{ \"@type\": \"Command\", \"name\": \"reset\" },", "", &["reset: a command was removed (breaking)"]),
    (
        "{ \"@type\": \"Command\", \"name\": \"reset\" },",
        "{ \"@type\": \"Command\", \"name\": \"reset\" }, { \"@type\": \"Command\", \"name\": \"stop\" },",
        &["stop: a command was added (compatible)"],
    ),
    (
        "{ \"@type\": \"Command\", \"name\": \"reset\" },",
        "{ \"@type\": \"Property\", \"name\": \"reset\", \"schema\": \"date\" },",
        &["reset: a command became a property (breaking)"],
    ),
    (
        "\"@type\": \"Property\", \"name\": \"zones\"",
        "\"@type\": \"Telemetry\", \"name\": \"zones\"",
        &["zones: a property became telemetry (breaking)"],
    ),
    ("\"writable\": true, ", "", &["target: can no longer be written (breaking)"]),
    (
        "\"name\": \"zones\",",
        "\"name\": \"zones\", \"writable\": true,",
        &["zones: can be written now (compatible)"],
    ),
    (
        "\"unit\": \"degreeCelsius\"",
        "\"unit\": \"kelvin\"",
        &["temp: the unit was degreeCelsius, is kelvin (breaking)"],
    ),
    (
        "\"Temperature\"], \"name\": \"temp\", \"schema\": \"double\", \"unit\": \"degreeCelsius\"",
        "\"Pressure\"], \"name\": \"temp\", \"schema\": \"double\", \"unit\": \"pascal\"",
        &[
            "temp: the semantic type was Temperature, is Pressure (breaking)",
            "temp: the unit was degreeCelsius, is pascal (breaking)",
        ],
    ),
    (
        "\"@type\": [\"Telemetry\", \"Temperature\"], \"name\": \"temp\", \"schema\": \"double\", \"unit\": \"degreeCelsius\"",
        "\"@type\": \"Telemetry\", \"name\": \"temp\", \"schema\": \"double\"",
        &[
            "temp: the semantic type was Temperature, is none (breaking)",
            "temp: the unit was degreeCelsius, is none (breaking)",
        ],
    ),
    ("\"displayName\": \"Lamp\"", "\"displayName\": \"Lamps\"", &["displayName: the text changed (neutral)"]),
    (
        "\"name\": \"temp\"",
        "\"name\": \"temp\", \"description\": \"Heat.\", \"comment\": \"!\"",
        &["temp/description: the text changed (neutral)", "temp/comment: the text changed (neutral)"],
    ),
    (
        "\"name\": \"off\"",
        "\"name\": \"off\", \"displayName\": \"Off\"",
        &["state/schema/off/displayName: the text changed (neutral)"],
    ),
];

const COMMANDS: &[Case] = &[
    (
        "\"name\": \"reset\" }",
        "\"name\": \"reset\", \"request\": { \"name\": \"at\", \"schema\": \"dateTime\" } }",
        &["reset/request: a request was added (breaking)"],
    ),
    (
        "\"name\": \"reset\" }",
        "\"name\": \"reset\", \"response\": { \"name\": \"at\", \"schema\": \"dateTime\" } }",
        &["reset/response: a response was added (compatible)"],
    ),
    (
        ",\n        \"response\": { \"name\": \"done\", \"schema\": \"boolean\" }",
        "",
        &["blink/response: a response was removed (breaking)"],
    ),
    (
        "\"name\": \"done\", \"schema\": \"boolean\"",
        "\"name\": \"well\", \"schema\": \"integer\"",
        &[
            "blink/response: was called done, is called well (compatible)",
            "blink/response/schema: was boolean, is integer (breaking)",
        ],
    ),
    (
        "\"name\": \"times\", \"schema\": {",
        "\"name\": \"times\", \"displayName\": \"Times\", \"schema\": {",
        &["blink/request/displayName: the text changed (neutral)"],
    ),
];

const SCHEMAS: &[Case] = &[
    ("\"schema\": \"double\"", "\"schema\": \"float\"", &["temp/schema: was double, is float (breaking)"]),
    (
        "{ \"name\": \"level\", \"schema\": \"integer\" },",
        "{ \"name\": \"level\", \"schema\": \"long\" },",
        &["target/schema/level/schema: was integer, is long (breaking)"],
    ),
    (
        "{ \"name\": \"level\", \"schema\": \"integer\" },",
        "",
        &["target/schema/level: a field was removed (breaking)"],
    ),
    (
        "{ \"name\": \"level\", \"schema\": \"integer\" },",
        "{ \"name\": \"level\", \"schema\": \"integer\" }, { \"name\": \"fade\", \"schema\": \"duration\" },",
        &["target/schema/fade: a field was added (compatible)"],
    ),
    (
        "\"elementSchema\": \"integer\"",
        "\"elementSchema\": \"double\"",
        &["target/schema/steps/schema/elementSchema: was integer, is double (breaking)"],
    ),
    (
        "{ \"@type\": \"Array\", \"elementSchema\": \"integer\" }",
        "\"integer\"",
        &["target/schema/steps/schema: was an Array, is integer (breaking)"],
    ),
    (
        "\"name\": \"lit\", \"schema\": \"boolean\"",
        "\"name\": \"lit\", \"schema\": \"string\"",
        &["zones/schema/mapValue/schema: was boolean, is string (breaking)"],
    ),
    (
        "\"name\": \"zone\", \"schema\"",
        "\"name\": \"room\", \"schema\"",
        &["zones/schema/mapKey: was called zone, is called room (compatible)"],
    ),
    (
        "{ \"@type\": \"Map\",\n        \"mapKey\": { \"name\": \"zone\", \"schema\": \"string\" }, \"mapValue\": { \"name\": \"lit\", \"schema\": \"boolean\" } }",
        "{ \"@type\": \"Object\", \"fields\": [] }",
        &["zones/schema: was a Map, is an Object (breaking)"],
    ),
    (
        ", { \"name\": \"on\", \"enumValue\": 1 }",
        "",
        &["state/schema/on: an enum value was removed (breaking)"],
    ),
    (
        "{ \"name\": \"on\", \"enumValue\": 1 }",
        "{ \"name\": \"on\", \"enumValue\": 2 }",
        &["state/schema/on: the value was 1, is 2 (breaking)"],
    ),
    (
        "{ \"name\": \"on\", \"enumValue\": 1 }",
        "{ \"name\": \"on\", \"enumValue\": 1 }, { \"name\": \"dim\", \"enumValue\": 2 }",
        &["state/schema/dim: an enum value was added (breaking)"],
    ),
    (
        "{ \"name\": \"once\", \"enumValue\": \"1\" }",
        "{ \"name\": \"once\", \"enumValue\": \"1\" }, { \"name\": \"twice\", \"enumValue\": \"2\" }",
        &["blink/request/schema/twice: an enum value was added (compatible)"],
    ),
    (
        "\"valueSchema\": \"string\", \"enumValues\": [\n          { \"name\": \"once\", \"enumValue\": \"1\" }",
        "\"valueSchema\": \"integer\", \"enumValues\": [\n          { \"name\": \"once\", \"enumValue\": 1 }",
        &["blink/request/schema: was an Enum of strings, is an Enum of integers (breaking)"],
    ),
];

const COMPONENTS: &[Case] = &[
    (
        ",\n      { \"@type\": \"Component\", \"name\": \"info\", \"schema\": \"dtmi:com:example:Info;1\" }",
        "",
        &["info: a component was removed (breaking)"],
    ),
    (
        "dtmi:com:example:Info;1",
        "dtmi:com:example:Facts;1",
        &["info: the Interface was dtmi:com:example:Info;1, is dtmi:com:example:Facts;1 (breaking)"],
    ),
    ("dtmi:com:example:Info;1", "dtmi:com:example:Info;2", &[]),
    (
        "\"name\": \"maker\", \"schema\": \"string\"",
        "\"name\": \"maker\", \"schema\": \"integer\"",
        &["info/maker/schema: was string, is integer (breaking)"],
    ),
];

/// Changes of v1-preview, with what `compare` and what `versioning` says once all versions are raised.
const PREVIEW: &[(Case, &[&str])] = &[
    (
        (
            "\"name\": \"temp\"",
            "\"name\": \"temp\", \"displayName\": \"Heat\"",
            &["lamp/temp/displayName: the text changed (neutral)"],
        ),
        &[],
    ),
    (
        (
            "Units/Temperature/celsius",
            "Units/Temperature/kelvin",
            &["lamp/temp: the unit was Units/Temperature/celsius, is Units/Temperature/kelvin (breaking)"],
        ),
        &[],
    ),
    (
        (
            "\"contents\": [",
            "\"contents\": [{ \"@type\": \"Command\", \"name\": \"stop\" },",
            &["lamp/stop: a command was added (compatible)"],
        ),
        &[],
    ),
    (
        (
            "{ \"name\": \"now\", \"schema\": \"integer\" }",
            "{ \"name\": \"now\", \"schema\": \"integer\" }, { \"name\": \"then\", \"schema\": \"integer\" }",
            &["lamp/level/schema/then: a field was added (compatible)"],
        ),
        &["lamp/level/schema/then: a field was added (breaking)"],
    ),
    (
        (
            "\"commandType\": \"asynchronous\"",
            "\"commandType\": \"synchronous\"",
            &["lamp/blink: is no longer asynchronous (breaking)"],
        ),
        &["lamp/blink: is no longer asynchronous (breaking)"],
    ),
    (
        (
            "\"name\": \"lamp\", \"@type\"",
            "\"name\": \"light\", \"@type\"",
            &["lamp: an instance was removed (breaking)", "light: an instance was added (compatible)"],
        ),
        &["lamp: an instance was removed (breaking)"],
    ),
];

fn read(text: &str) -> Reading {
    let mut sources = Sources::default();
    sources.add("model.json", text);
    let reading = dtdl::read(sources, None);
    assert!(reading.valid().is_some(), "{:?} of {text}", reading.diagnostics());
    reading
}

fn changed(text: &str, from: &str, to: &str) -> Reading {
    assert!(text.contains(from), "{from} is not in the text");
    read(&text.replace(from, to))
}

fn compared(old: &Reading, new: &Reading) -> Vec<String> {
    dtdl::compare(old.valid().unwrap(), new.valid().unwrap()).iter().map(ToString::to_string).collect()
}

fn versioned(old: &Reading, new: &Reading) -> Vec<String> {
    dtdl::versioning(old.valid().unwrap(), new.valid().unwrap()).iter().map(ToString::to_string).collect()
}

/// The same model in v4, which has quantities of its own.
fn in_v4() -> String {
    V3.replace("context;3", "context;4").replace("quantitativeTypes;1", "quantitativeTypes;3")
}

fn check(cases: &[Case]) {
    let old = read(V3);
    for (from, to, expected) in cases {
        assert_eq!(compared(&old, &changed(V3, from, to)), *expected, "{from} -> {to}");
    }
}

#[test]
fn contents_may_be_added_but_not_removed_or_changed() {
    check(CONTENTS);
}

#[test]
fn callers_of_a_command_keep_its_payloads() {
    check(COMMANDS);
}

#[test]
fn schemas_keep_their_form_on_the_wire() {
    check(SCHEMAS);
}

#[test]
fn components_keep_their_interface_in_any_version() {
    check(COMPONENTS);
}

#[test]
fn a_newer_version_of_the_language_changes_nothing_else() {
    assert_eq!(
        compared(&read(V3), &read(&in_v4())),
        ["the model: was written in DTDL v3, is written in DTDL v4 (compatible)"]
    );
}

#[test]
fn a_command_that_becomes_asynchronous_breaks_its_callers() {
    let v2 =
        V3.replace("context;3", "context;2").replace(", \"dtmi:dtdl:extension:quantitativeTypes;1\"", "");
    let v2 = v2.replace("{ \"@type\": \"Array\", \"elementSchema\": \"integer\" }", "\"integer\"");
    let new = changed(&v2, "\"name\": \"reset\"", "\"name\": \"reset\", \"commandType\": \"asynchronous\"");
    assert_eq!(compared(&read(&v2), &new), ["reset: is asynchronous now (breaking)"]);
}

#[test]
fn null_may_be_sent_where_it_was_not_but_not_answered() {
    let v4 = in_v4();
    let request = changed(&v4, "\"name\": \"times\"", "\"name\": \"times\", \"nullable\": true");
    let response = changed(&v4, "\"name\": \"done\"", "\"name\": \"done\", \"nullable\": true");
    let added = changed(
        &v4,
        "\"name\": \"reset\" }",
        "\"name\": \"reset\", \"request\": { \"name\": \"at\", \"schema\": \"dateTime\", \"nullable\": true } }",
    );
    let old = read(&v4);
    assert_eq!(compared(&old, &request), ["blink/request: may be null now (compatible)"]);
    assert_eq!(compared(&request, &old), ["blink/request: may no longer be null (breaking)"]);
    assert_eq!(compared(&old, &response), ["blink/response: may be null now (breaking)"]);
    assert_eq!(compared(&response, &old), ["blink/response: may no longer be null (compatible)"]);
    assert_eq!(compared(&old, &added), ["reset/request: a request was added (compatible)"]);
}

#[test]
fn a_capability_model_is_no_version_of_an_interface() {
    let sentences = compared(&read(V1), &read(V3));
    assert_eq!(
        sentences,
        [
            "the model: was written in DTDL v1-preview, is written in DTDL v3 (breaking)",
            "displayName: the text changed (neutral)",
            "the model: a capability model became an Interface, or the other way round (breaking)",
        ]
    );
    assert_eq!(
        versioned(&read(V1), &read(V3)),
        ["the model: dtmi:com:example:Lamp;1 is no version of urn:example:models:lamp:1 (breaking)"]
    );
}

#[test]
fn changes_say_where_they_stand_in_both_texts() {
    let (old, new) = (read(V3), changed(V3, "\"name\": \"temp\"", "\"name\": \"heat\""));
    let changes = dtdl::compare(old.valid().unwrap(), new.valid().unwrap());
    assert_eq!(old.sources().position(changes[0].old.unwrap()).line, 8);
    assert_eq!((changes[0].new, changes[1].old), (None, None));
    assert_eq!(new.sources().position(changes[1].new.unwrap()).line, 8);
    assert_eq!(changes.iter().map(|change| change.effect).max(), Some(Effect::Breaking));
}

#[test]
fn an_id_with_a_version_stands_for_one_definition() {
    let old = read(V3);
    let temp = ("\"name\": \"temp\"", "\"name\": \"temp\", \"comment\": \"!\"");
    let maker = ("\"name\": \"maker\"", "\"name\": \"manufacturer\"");
    assert!(versioned(&old, &old).is_empty());
    assert_eq!(
        versioned(&old, &changed(V3, temp.0, temp.1)),
        ["the model: dtmi:com:example:Lamp;1 changed and has the same version (breaking)"]
    );
    assert_eq!(
        versioned(&old, &changed(V3, maker.0, maker.1)),
        ["dtmi:com:example:Info;1: dtmi:com:example:Info;1 changed and has the same version (breaking)"]
    );
    assert_eq!(
        versioned(&old, &changed(V3, "dtmi:com:example:Info;1", "dtmi:com:example:Info;2")),
        ["the model: dtmi:com:example:Lamp;1 changed and has the same version (breaking)"],
        "the root refers to another definition"
    );
    let raised = V3.replace("Lamp;1", "Lamp;2").replace("Info;1", "Info;2");
    assert!(versioned(&old, &read(&raised.replace(temp.0, temp.1).replace(maker.0, maker.1))).is_empty());
    assert_eq!(
        versioned(&read(&raised), &old),
        [
            "the model: the version went down from dtmi:com:example:Lamp;2 to dtmi:com:example:Lamp;1 (breaking)",
            "dtmi:com:example:Info;1: the version went down from dtmi:com:example:Info;2 to \
             dtmi:com:example:Info;1 (breaking)",
        ]
    );
}

#[test]
fn an_id_without_a_version_promises_nothing() {
    let unversioned = V3.replace("Lamp;1", "Lamp");
    let new = changed(&unversioned, "\"name\": \"temp\"", "\"name\": \"heat\"");
    assert!(versioned(&read(&unversioned), &new).is_empty());
}

#[test]
fn the_preview_allows_more_contents_and_other_texts_only() {
    let raised = V1.replace("lamp:1", "lamp:2").replace("Lamp:1", "Lamp:2");
    let old = read(V1);
    assert!(versioned(&old, &read(&raised)).is_empty());
    for ((from, to, expected), forbidden) in PREVIEW {
        let new = changed(&raised, from, to);
        assert_eq!(compared(&old, &new), *expected, "{from} -> {to}");
        assert_eq!(versioned(&old, &new), *forbidden, "{from} -> {to}");
    }
}

#[test]
fn a_schema_that_contains_itself_is_compared_once() {
    let text = r#"{ "@context": "dtmi:dtdl:context;4", "@id": "dtmi:com:example:Tree;1", "@type": "Interface",
      "contents": [{ "@type": "Telemetry", "name": "tree", "schema": "dtmi:com:example:Node;1" }],
      "schemas": [{ "@id": "dtmi:com:example:Node;1", "@type": "Object", "fields": [
        { "name": "label", "schema": "string" }, { "name": "left", "schema": "dtmi:com:example:Node;1" },
        { "name": "right", "schema": "dtmi:com:example:Node;1" }] }] }"#;
    let mut sources = Sources::default();
    sources.add("tree.json", text);
    if dtdl::read(sources, None).valid().is_none() {
        eprintln!("skipped: the reader does not take recursive schemas");
        return;
    }
    let (old, new) = (read(text), changed(text, "\"string\"", "\"date\""));
    assert_eq!(compared(&old, &old), [""; 0]);
    assert_eq!(compared(&old, &new), ["tree/schema/label/schema: was string, is date (breaking)"]);
}
