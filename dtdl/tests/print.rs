//! Random models: what is printed can be read, is the same model, and prints the same again.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

use dtdl::{Reading, Sources};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// What a version lets a model say.
#[derive(Clone, Copy, Debug)]
struct Dialect {
    version: u8,
    /// Arrays may be used; not in a property before v3.
    arrays: bool,
    /// GeoJSON may be used; it is made of arrays, so deep that before v4 little may stand around it.
    places: bool,
}

impl Dialect {
    fn context(self) -> Value {
        match self.version {
            2 => json!("dtmi:dtdl:context;2"),
            3 => json!(["dtmi:dtdl:context;3", "dtmi:dtdl:extension:quantitativeTypes;1"]),
            _ => json!(["dtmi:dtdl:context;4", "dtmi:dtdl:extension:quantitativeTypes;2"]),
        }
    }

    fn primitives(self) -> Vec<&'static str> {
        let mut names =
            vec!["boolean", "integer", "long", "float", "string", "date", "dateTime", "time", "duration"];
        if self.arrays && self.places {
            names.extend(["point", "multiPolygon"]);
        }
        if self.version == 4 {
            names.extend(["byte", "unsignedLong", "bytes", "decimal", "uuid", "scaledDecimal"]);
        }
        names
    }
}

/// Members to be merged into an element.
type Members = Map<String, Value>;

fn merged(parts: impl IntoIterator<Item = Value>) -> Value {
    let mut members = Members::new();
    for part in parts {
        if let Value::Object(part) = part {
            members.extend(part);
        }
    }
    Value::Object(members)
}

/// Items with names of their own.
fn named(items: Vec<Value>, prefix: &str) -> Vec<Value> {
    let name = |(index, item)| merged([item, json!({ "name": format!("{prefix}{index}") })]);
    items.into_iter().enumerate().map(name).collect()
}

fn texts() -> impl Strategy<Value = Value> {
    let text = "\\PC{1,30}";
    let display_name = prop_oneof![
        4 => Just(json!({})),
        1 => text.prop_map(|name| json!({ "displayName": name })),
        1 => (text, text).prop_map(|(en, de)| json!({ "displayName": { "en": en, "de": de } })),
        1 => text.prop_map(|name| json!({ "displayName": { "zh-Hans-CN": name } })),
    ];
    let description =
        prop_oneof![3 => Just(json!({})), 1 => text.prop_map(|text| json!({ "description": text }))];
    let comment = prop_oneof![3 => Just(json!({})), 1 => text.prop_map(|text| json!({ "comment": text }))];
    (display_name, description, comment).prop_map(|(name, text, comment)| merged([name, text, comment]))
}

/// A schema and, for a number, its semantic type and unit. `class` is the type that must then be written beside it.
fn quantified(dialect: Dialect, class: &'static str, always: bool) -> BoxedStrategy<Value> {
    let plain = schema(dialect).prop_map(move |schema| {
        if always { json!({ "@type": class, "schema": schema }) } else { json!({ "schema": schema }) }
    });
    if always || dialect.version > 2 {
        prop_oneof![2 => plain, 1 => quantity(class)].boxed()
    } else {
        plain.boxed()
    }
}

fn quantity(class: &'static str) -> impl Strategy<Value = Value> {
    let quantities = select(vec![("Temperature", "kelvin"), ("Length", "metre"), ("Voltage", "volt")]);
    (quantities, select(vec!["double", "float", "integer", "long"])).prop_map(
        move |((semantic, unit), schema)| json!({ "@type": [class, semantic], "unit": unit, "schema": schema }),
    )
}

fn schema(dialect: Dialect) -> BoxedStrategy<Value> {
    let primitives = |dialect: Dialect| select(dialect.primitives()).prop_map(|name| json!(name)).boxed();
    let inside = Dialect { places: dialect.places && dialect.version == 4, ..dialect };
    prop_oneof![1 => primitives(dialect), 1 => nested(dialect, primitives(inside), 3)].boxed()
}

fn nested(dialect: Dialect, leaf: BoxedStrategy<Value>, depth: u32) -> BoxedStrategy<Value> {
    if depth == 0 {
        return leaf;
    }
    let inner = || nested(dialect, leaf.clone(), depth - 1);
    let field = |class| {
        let plain = inner().prop_map(|schema| json!({ "schema": schema }));
        let field = if dialect.version > 2 {
            prop_oneof![3 => plain, 1 => quantity(class)].boxed()
        } else {
            plain.boxed()
        };
        (field, texts()).prop_map(|(field, texts)| merged([field, texts]))
    };
    let fields = prop::collection::vec(field("Field"), 1..4);
    let object = (fields, texts()).prop_map(|(fields, texts)| {
        merged([json!({ "@type": "Object", "fields": named(fields, "f") }), texts])
    });
    let map = (field("MapValue"), texts()).prop_map(|(value, texts)| {
        let value = merged([value, json!({ "name": "value" })]);
        let key = json!({ "name": "key", "schema": "string" });
        merged([json!({ "@type": "Map", "mapKey": key, "mapValue": value }), texts])
    });
    let array = inner().prop_map(|item| json!({ "@type": "Array", "elementSchema": item }));
    let complex = if dialect.arrays {
        prop_oneof![object, map, array, enumeration()].boxed()
    } else {
        prop_oneof![object, map, enumeration()].boxed()
    };
    prop_oneof![3 => leaf, 1 => complex].boxed()
}

fn enumeration() -> impl Strategy<Value = Value> {
    let entries = prop::collection::btree_map(any::<i32>(), texts(), 1..4);
    (entries, any::<bool>()).prop_map(|(entries, integers)| {
        let value = |(number, texts): (i32, Value)| {
            let value = if integers { json!(number) } else { json!(format!("v{number}")) };
            merged([json!({ "enumValue": value }), texts])
        };
        let entries = named(entries.into_iter().map(value).collect(), "e");
        json!({ "@type": "Enum", "valueSchema": if integers { "integer" } else { "string" }, "enumValues": entries })
    })
}

fn payload(dialect: Dialect, class: &'static str) -> BoxedStrategy<Value> {
    let nullable = any::<bool>().prop_map(move |nullable| {
        if nullable && dialect.version == 4 { json!({ "nullable": true }) } else { json!({}) }
    });
    let payload = (quantified(dialect, class, false), texts(), nullable)
        .prop_map(|(schema, texts, nullable)| merged([schema, texts, nullable, json!({ "name": "value" })]));
    prop_oneof![Just(Value::Null), payload].boxed()
}

fn content(dialect: Dialect) -> BoxedStrategy<Value> {
    let in_property = Dialect { arrays: dialect.version > 2, ..dialect };
    let telemetry = quantified(dialect, "Telemetry", true);
    let property = (quantified(in_property, "Property", true), any::<bool>())
        .prop_map(|(property, writable)| merged([property, json!({ "writable": writable })]));
    let command = (payload(dialect, "CommandRequest"), payload(dialect, "CommandResponse"), any::<bool>())
        .prop_map(move |(request, response, asynchronous)| {
            let mut command = Members::from_iter([("@type".to_owned(), json!("Command"))]);
            let payloads = [("request", request), ("response", response)];
            command
                .extend(payloads.into_iter().filter(|(_, p)| !p.is_null()).map(|(k, p)| (k.to_owned(), p)));
            if asynchronous && dialect.version == 2 {
                command.insert("commandType".to_owned(), json!("asynchronous"));
            }
            Value::Object(command)
        });
    let relationship = (select(vec![None, Some(1), Some(7)]), any::<bool>()).prop_map(|(most, target)| {
        let target = if target { json!({ "target": "dtmi:com:example:Base;1" }) } else { json!({}) };
        let most = most.map_or(json!({}), |most| json!({ "maxMultiplicity": most }));
        merged([json!({ "@type": "Relationship" }), target, most])
    });
    let content = prop_oneof![3 => telemetry, 3 => property, 2 => command, 1 => relationship];
    (content, texts()).prop_map(|(content, texts)| merged([content, texts])).boxed()
}

/// A device with a component, a base and a shared schema, all of which it uses or not.
fn model() -> impl Strategy<Value = Value> {
    select(vec![2, 3, 4]).prop_flat_map(|version| {
        let dialect = Dialect { version, arrays: true, places: true };
        let contents = || prop::collection::vec(content(dialect), 0..5);
        let shared = Dialect { arrays: version > 2, places: false, ..dialect };
        let shared = prop::collection::vec(quantified(shared, "Field", false), 1..3);
        (contents(), contents(), contents(), shared, any::<[bool; 3]>(), texts()).prop_map(
            move |(own, base, component, shared, uses, texts)| {
                let mut contents = named(own, "own");
                if uses[0] {
                    contents.push(json!({ "@type": "Component", "name": "part", "schema": "dtmi:com:example:Part;1" }));
                }
                let id = "dtmi:com:example:Shared;1";
                if uses[1] {
                    contents.push(json!({ "@type": "Telemetry", "name": "one", "schema": id }));
                    contents.push(json!({ "@type": "Property", "name": "two", "schema": { "@type": "Map",
                      "mapKey": { "name": "k", "schema": "string" }, "mapValue": { "name": "v", "schema": id } } }));
                }
                let shared = json!({ "@id": id, "@type": "Object", "fields": named(shared, "f") });
                let root = json!({ "contents": contents, "schemas": [shared] });
                let extends = if uses[2] { json!({ "extends": "dtmi:com:example:Base;1" }) } else { json!({}) };
                let interface = |name: &str, members: Value| {
                    let id = format!("dtmi:com:example:{name};1");
                    merged([json!({ "@context": dialect.context(), "@id": id, "@type": "Interface" }), members])
                };
                json!([
                    interface("Device", merged([root, extends, texts])),
                    interface("Base", json!({ "contents": named(base, "base") })),
                    interface("Part", json!({ "contents": named(component, "part") })),
                ])
            },
        )
    })
}

fn read(text: &str) -> Reading {
    let mut sources = Sources::default();
    sources.add("model.json", text);
    dtdl::read(sources, None)
}

/// The text that a text's model is printed as, once it is sure that it is the same model.
fn printed(text: &str) -> String {
    let first = read(text);
    let model = first.valid().unwrap_or_else(|| panic!("{:?} of {text}", first.diagnostics()));
    let printed = model.to_json();
    let second = read(&printed);
    let again = second.valid().unwrap_or_else(|| panic!("{:?} of {printed}", second.diagnostics()));
    let changes = [dtdl::compare(model, again), dtdl::compare(again, model)].concat();
    assert!(changes.is_empty(), "{changes:?} in {printed}");
    assert_eq!(again.to_json(), printed);
    printed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_model_is_the_same_model(model in model()) {
        printed(&model.to_string());
    }
}

#[test]
fn a_capability_model_is_printed_with_its_interfaces_inside() {
    let text = r#"[
      { "@context": "http://azureiot.com/v1/contexts/IoTModel.json", "@id": "urn:example:models:Lamp:1",
        "@type": "Interface", "contents": [
          { "@type": ["Telemetry", "SemanticType/Temperature"], "name": "temp", "schema": "double",
            "unit": "Units/Temperature/celsius", "displayUnit": { "en": "C" } },
          { "@type": "Command", "name": "blink", "commandType": "asynchronous",
            "request": { "name": "times", "schema": "integer" } } ] },
      { "@context": "http://azureiot.com/v1/contexts/IoTModel.json", "@id": "urn:example:models:lamp:1",
        "@type": "CapabilityModel", "implements": [
          { "@type": "InterfaceInstance", "name": "lamp", "schema": "urn:example:models:Lamp:1" } ] }
    ]"#;
    let expected = r#"{
  "@context": "http://azureiot.com/v1/contexts/IoTModel.json",
  "@id": "urn:example:models:lamp:1",
  "@type": "CapabilityModel",
  "implements": [
    {
      "@type": "InterfaceInstance",
      "name": "lamp",
      "schema": {
        "@id": "urn:example:models:Lamp:1",
        "@type": "Interface",
        "contents": [
          {
            "@type": [
              "Telemetry",
              "SemanticType/Temperature"
            ],
            "name": "temp",
            "unit": "Units/Temperature/celsius",
            "displayUnit": "C",
            "schema": "double"
          },
          {
            "@type": "Command",
            "name": "blink",
            "commandType": "asynchronous",
            "request": {
              "name": "times",
              "schema": "integer"
            }
          }
        ]
      }
    }
  ]
}
"#;
    assert_eq!(printed(text), expected);
}
