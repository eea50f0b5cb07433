//! The runtime's types take exactly what the validator takes, and what they write is valid and the same value.
#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod rows;

use std::cell::Cell;

use device_model_runtime::json::{FromJson, Pointer};
use device_model_runtime::{Json, geo, time, value};
use dtdl::{Reading, Sources};
use proptest::prelude::*;
use proptest::sample::Index;
use rows::{DIFFERENCES, ROWS};
use serde::Serialize;

/// A schema as the validator has it and as the runtime has it.
struct Schema {
    name: &'static str,
    reading: Reading,
    /// What the runtime's type writes after reading the text, or why it does not read it.
    through: fn(&str) -> Result<String, String>,
}

fn through<T: FromJson + Serialize>(text: &str) -> Result<String, String> {
    let value: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let read = T::from_json(&value, &Pointer::root()).map_err(|error| error.message().to_owned())?;
    Ok(serde_json::to_string(&read).unwrap())
}

type Through = fn(&str) -> Result<String, String>;

const TYPES: &[(&str, Through)] = &[
    ("boolean", through::<bool>),
    ("byte", through::<i8>),
    ("short", through::<i16>),
    ("integer", through::<i32>),
    ("long", through::<i64>),
    ("unsignedByte", through::<u8>),
    ("unsignedShort", through::<u16>),
    ("unsignedInteger", through::<u32>),
    ("unsignedLong", through::<u64>),
    ("float", through::<f32>),
    ("double", through::<f64>),
    ("string", through::<String>),
    ("date", through::<time::Date>),
    ("time", through::<time::Time>),
    ("dateTime", through::<time::DateTime>),
    ("duration", through::<time::Duration>),
    ("bytes", through::<value::Bytes>),
    ("decimal", through::<value::Decimal>),
    ("uuid", through::<value::Uuid>),
    ("scaledDecimal", through::<value::ScaledDecimal>),
    ("vector", through::<geo::Vector>),
    ("geopoint", through::<geo::Geopoint>),
    ("point", through::<geo::Point>),
    ("multiPoint", through::<geo::MultiPoint>),
    ("lineString", through::<geo::LineString>),
    ("multiLineString", through::<geo::MultiLineString>),
    ("polygon", through::<geo::Polygon>),
    ("multiPolygon", through::<geo::MultiPolygon>),
    ("geospatial", through::<geo::Geospatial>),
];

fn schemas() -> Vec<Schema> {
    let schema = |&(name, through): &(&'static str, Through)| Schema { name, reading: model(name), through };
    TYPES.iter().map(schema).collect()
}

/// A model whose one telemetry is of the schema.
fn model(schema: &str) -> Reading {
    let (context, id) = match schema {
        "geospatial" => (r#""http://azureiot.com/v1/contexts/IoTModel.json""#, "urn:example:values:test:1"),
        "vector" | "geopoint" => {
            (r#"["dtmi:iotcentral:context;2", "dtmi:dtdl:context;2"]"#, "dtmi:com:example:Values;1")
        }
        _ => (r#""dtmi:dtdl:context;4""#, "dtmi:com:example:Values;1"),
    };
    let mut sources = Sources::default();
    let text = format!(
        r#"{{ "@context": {context}, "@id": "{id}", "@type": "Interface",
          "contents": [{{ "@type": "Telemetry", "name": "value", "schema": "{schema}" }}] }}"#
    );
    sources.add("values.json", &text);
    let reading = dtdl::read(sources, None);
    assert!(reading.valid().is_some(), "{schema}: {:?}", reading.diagnostics());
    reading
}

impl Schema {
    /// The codes of the validator's faults.
    fn faults(&self, text: &str) -> Vec<&'static str> {
        let model = self.reading.valid().unwrap();
        let schema = &model.interface(&model.parts[0]).telemetry[0].schema;
        model.check_value(schema, text).iter().map(dtdl::ValueFault::code).collect()
    }

    /// Whether the validator takes the text, and it is of a schema that does not take any string.
    fn is_value(&self, text: &str) -> bool {
        self.name != "string" && self.faults(text).is_empty()
    }

    /// What is wrong with how the two treat the text, if anything is.
    fn disagreement(&self, text: &str) -> Option<String> {
        let faults = self.faults(text);
        let problem = match (faults.as_slice(), (self.through)(text)) {
            ([], Err(problem)) => format!("the runtime alone refuses it: {problem}"),
            ([_, ..], Ok(_)) => format!("the validator alone refuses it: {faults:?}"),
            ([], Ok(written)) if !self.faults(&written).is_empty() => format!("it writes {written}"),
            ([], Ok(written)) if !self.same(text, &written) => format!("it becomes {written}"),
            ([_, ..], Err(_)) | ([], Ok(_)) => return None,
        };
        Some(format!("{} of {text}: {problem}", self.name))
    }

    fn same(&self, given: &str, written: &str) -> bool {
        let (given, written) = (serde_json::from_str(given).unwrap(), serde_json::from_str(written).unwrap());
        if self.name == "bytes" {
            // the last digit may have said bits that are no data
            let (Json::String(given), Json::String(written)) = (given, written) else { return false };
            let data = given.len().saturating_sub(4);
            return given.len() == written.len() && given[..data] == written[..data];
        }
        same(&given, &written, self.name == "float")
    }

    /// Whether the text is of those that serde_json does not leave as they were; see `DIFFERENCES`.
    fn may_differ(&self, text: &str) -> bool {
        let duplicates = self.faults(text).contains(&"duplicateField");
        let out_of_range =
            serde_json::from_str::<Json>(text).is_err_and(|error| error.to_string().contains("out of range"));
        duplicates || out_of_range || negative_zero(text)
    }
}

/// Whether the text, or a scale in it, is -0.0 and not `-0`.
fn negative_zero(text: &str) -> bool {
    let zero =
        |number: &Json| number.as_f64().is_some_and(|number| number == 0.0 && number.is_sign_negative());
    match serde_json::from_str::<Json>(text) {
        Ok(Json::Object(fields)) => fields.get("scale").is_some_and(zero) && !text.contains(": -0}"),
        Ok(value) => zero(&value) && text.trim() != "-0",
        Err(_) => false,
    }
}

/// Whether two values are the same but for how their numbers are written.
fn same(given: &Json, written: &Json, single: bool) -> bool {
    match (given, written) {
        (Json::Number(given), Json::Number(written)) if single => {
            given.as_f64().unwrap() as f32 == written.as_f64().unwrap() as f32
        }
        (Json::Number(a), Json::Number(b)) => {
            // integers are compared as such: two may be one double
            let whole = |number: &serde_json::Number| number.as_i128().filter(|_| !number.is_f64());
            match (whole(a), whole(b)) {
                (Some(a), Some(b)) => a == b,
                _ => a.as_f64() == b.as_f64(),
            }
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, single))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b, single)))
        }
        (a, b) => a == b,
    }
}

#[test]
fn each_type_takes_what_its_schema_takes() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for schema in schemas() {
        let (_, taken, refused) = ROWS.iter().find(|(name, ..)| *name == schema.name).unwrap();
        for (texts, expected) in [(taken, true), (refused, false)] {
            for text in *texts {
                count += 1;
                if (schema.through)(text).is_ok() != expected {
                    wrong.push(format!("{} of {text}: expected {expected}", schema.name));
                }
                wrong.extend(schema.disagreement(text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 250, "{count} rows");
}

#[test]
fn every_text_is_the_same_to_both_whatever_the_schema() {
    let schemas = schemas();
    let texts = ROWS.iter().flat_map(|(_, taken, refused)| taken.iter().chain(*refused));
    let mut wrong = Vec::new();
    for text in texts {
        for schema in schemas.iter().filter(|schema| !schema.may_differ(text)) {
            wrong.extend(schema.disagreement(text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_differs_is_known() {
    let schemas = schemas();
    for (name, text, taken) in DIFFERENCES {
        let schema = schemas.iter().find(|schema| schema.name == *name).unwrap();
        assert_eq!(schema.faults(text).is_empty(), !taken, "{name} of {text}");
        assert_eq!((schema.through)(text).is_ok(), *taken, "{name} of {text}");
    }
}

/// Every text keeps its spelling, escapes aside.
#[test]
fn texts_are_written_as_they_were_read() {
    for schema in schemas() {
        let (_, taken, _) = ROWS.iter().find(|(name, ..)| *name == schema.name).unwrap();
        for text in
            taken.iter().filter(|text| text.starts_with('"') && !text.contains('\\') && text.is_ascii())
        {
            assert_eq!((schema.through)(text).as_deref(), Ok(*text), "{}", schema.name);
        }
    }
}

/// Texts that are almost, and sometimes quite, a value of some schema.
fn near() -> impl Strategy<Value = String> {
    let number = r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,3})?([eE][-+]?[0-9]{1,3})?";
    let date = "[012][09][0-9]{2}-[01][0-9]-[0-3][0-9]";
    let time = r"[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{0,10})?(Z|z|[-+][0-2][0-9]:[0-6][0-9])?";
    let duration = r"-?P([0-9]{1,2}(\.[0-9]{0,2})?[YMWD]){0,3}(T([0-9]{1,2}(\.[0-9]{1,2})?[HMS]){0,3})?";
    let item = r#"(-?[0-9]{1,5}(\.[0-9])?|null|"Point"|"Polygon"|"-?[0-9]{1,2}\.?[0-9]?"|\[(1, 2\.5)?\]|\[\[0, 1e2\], \[\]\]|\[\[\[1\]\]\])"#;
    let key = r#""(type|coordinates|value|scale|x|y|z|lat|lon|alt|bbox)""#;
    let texts = [
        number.to_owned(),
        format!("\"{date}\""),
        format!("\"{time}\""),
        format!("\"{date}[Tt ]{time}\""),
        format!("\"{duration}\""),
        r#""[A-Za-z0-9+/]{0,9}={0,3}""#.to_owned(),
        r#""[-+]?[0-9]{0,3}(\.[0-9]{0,2})?""#.to_owned(),
        r#""[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-gA-G]{12}""#.to_owned(),
        format!(r"\{{({key}: {item})?(, {key}: {item})?\}}"),
    ];
    proptest::strategy::Union::new(texts.map(|regex| proptest::string::string_regex(&regex).unwrap().boxed()))
}

/// A text of the table with a few characters changed.
fn changed() -> impl Strategy<Value = String> {
    let texts: Vec<&str> = ROWS.iter().flat_map(|(_, taken, _)| taken.iter().copied()).collect();
    let letters = r#"[-+.,:=/eETZPYMWDHS0-9a-fx"{}\[\]\\ ]{0,2}"#;
    let change = (any::<Index>(), 0..3_usize, letters);
    (proptest::sample::select(texts), proptest::collection::vec(change, 1..3)).prop_map(|(text, changes)| {
        let mut letters: Vec<char> = text.chars().collect();
        for (place, removed, added) in changes {
            let start = place.index(letters.len() + 1);
            let end = (start + removed).min(letters.len());
            letters.splice(start..end, added.chars());
        }
        letters.into_iter().collect()
    })
}

#[test]
fn texts_near_the_grammar_are_the_same_to_both() {
    let schemas = schemas();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 4000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let texts = prop_oneof![near(), changed()];
    let values = Cell::new(0);
    let outcome = runner.run(&texts, |text| {
        for schema in schemas.iter().filter(|schema| !schema.may_differ(&text)) {
            let disagreement = schema.disagreement(&text);
            prop_assert!(disagreement.is_none(), "{}", disagreement.unwrap());
        }
        values.set(values.get() + i32::from(schemas.iter().any(|schema| schema.is_value(&text))));
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    assert!((500..3500).contains(&values.get()), "{} of the texts are values", values.get());
}
