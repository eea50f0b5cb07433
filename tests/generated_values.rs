//! The same values to the validator and to generated types: both take them or neither does, and what a type writes is what it
//! was given. `wire_values` holds the single values against the validator; here are Objects, Enums, Maps and Arrays, nested
//! and in themselves.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

use device_model::__private::{FromJson, Json, Pointer, Serialize};
use device_model::device_model;
use proptest::prelude::*;

#[device_model("codegen/tests/models/nested.v3.json", unhandled = 501)]
struct Greenhouse;
impl greenhouse::Commands for Greenhouse {}
impl greenhouse::Properties for Greenhouse {}

#[device_model("codegen/tests/models/recursive.v4.json", unhandled = 501)]
struct Plant;
impl plant::Commands for Plant {}
impl plant::Properties for Plant {}

#[device_model("codegen/tests/models/names.v3.json", unhandled = 501)]
struct Hostile {
    bool: Other,
    str: Other,
    std: (),
}
impl hostile::Commands for Hostile {}
impl hostile::Properties for Hostile {}
struct Other;
impl hostile::bool::Commands for Other {}
impl hostile::core::Properties for Other {}

/// A schema of a model, and the generated type that reads and writes it.
struct Pair {
    reading: dtdl::Reading,
    schema: fn(&dtdl::Interface) -> &dtdl::Schema,
    through: fn(&Json) -> Option<Json>,
}

impl Pair {
    fn new<T: FromJson + Serialize>(model: &str, schema: fn(&dtdl::Interface) -> &dtdl::Schema) -> Self {
        let path = format!("{}/codegen/tests/models/{model}", env!("CARGO_MANIFEST_DIR"));
        let mut sources = dtdl::Sources::default();
        sources.add(model, std::fs::read_to_string(path).unwrap());
        Self { reading: dtdl::read(sources, None), schema, through: through::<T> }
    }

    fn validator_takes(&self, text: &str) -> bool {
        let model = self.reading.valid().unwrap();
        model.check_value((self.schema)(model.interface(&model.parts[0])), text).is_empty()
    }

    /// What is different between the two, if anything.
    fn disagreement(&self, text: &str) -> Option<String> {
        let validator = self.validator_takes(text);
        let written = serde_json::from_str(text).ok().and_then(|value: Json| (self.through)(&value));
        if validator != written.is_some() {
            return Some(format!("{text}: valid {validator}, taken {}", written.is_some()));
        }
        let given: Json = serde_json::from_str(text).ok()?;
        let written = written?;
        (!same(&written, &given)).then(|| format!("{text}: written as {written}"))
    }
}

/// Whether what was written is what was given: the float of these models is the nearest of 32 bits.
fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) if one.is_f64() => {
            let nearest = |number: &serde_json::Number| number.to_string().parse::<f32>().ok();
            nearest(one) == nearest(other)
        }
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Json::Object(one), Json::Object(other)) => {
            let found =
                |(name, value): (&String, &Json)| other.get(name).is_some_and(|other| same(value, other));
            one.len() == other.len() && one.iter().all(found)
        }
        _ => one == other,
    }
}

/// A value read by a type and written again.
fn through<T: FromJson + Serialize>(value: &Json) -> Option<Json> {
    let read = T::from_json(value, &Pointer::root()).ok()?;
    Some(serde_json::to_value(&read).unwrap())
}

fn property(interface: &dtdl::Interface, name: &str) -> usize {
    interface.properties.iter().position(|property| property.name.text == name).unwrap()
}

fn pairs() -> Vec<Pair> {
    vec![
        Pair::new::<greenhouse::Mode>("nested.v3.json", |i| &i.properties[property(i, "mode")].schema),
        Pair::new::<Vec<greenhouse::Watering>>("nested.v3.json", |i| {
            &i.properties[property(i, "plan")].schema
        }),
        Pair::new::<plant::Node>("recursive.v4.json", |i| &i.properties[property(i, "layout")].schema),
        Pair::new::<plant::Index>("recursive.v4.json", |i| &i.properties[property(i, "index")].schema),
        Pair::new::<hostile::Option>("names.v3.json", |i| &i.properties[property(i, "Option")].schema),
        Pair::new::<hostile::Result>("names.v3.json", |i| &i.properties[property(i, "Result")].schema),
        Pair::new::<hostile::String>("names.v3.json", |i| &i.properties[property(i, "String")].schema),
        Pair::new::<Vec<hostile::Vec>>("names.v3.json", |i| &i.properties[property(i, "Vec")].schema),
    ]
}

/// Values, each for all the schemas: what is right for one is wrong for most others.
const VALUES: &[&str] = &[
    // Enums are exact
    r#""by hand""#,
    r#""auto/1""#,
    r#""byHand""#,
    r#""By hand""#,
    r#""""#,
    r#""fine, \"quoted\"""#,
    r#""{}""#,
    "0",
    "null",
    "true",
    // Arrays of Objects
    "[]",
    "[{}]",
    r#"[{"at": "06:30:00Z", "litres": 1.5, "when": "auto/1"}]"#,
    r#"[{"at": "06:30:00Z"}, {"litres": 2}]"#,
    r#"[{"at": "06:30:00"}]"#,
    r#"[{"at": "06:30:00Z", "liters": 1}]"#,
    r#"[{"litres": "1"}]"#,
    r#"[{"litres": null}]"#,
    r#"[{"when": "later"}]"#,
    "[[]]",
    "[null]",
    r#"[{"Box": "x"}]"#,
    r#"[{"box": "x"}]"#,
    // Objects: every field may be missing, none is unknown
    "{}",
    r#"{"Some": "x", "None": 5, "fn": ""}"#,
    r#"{"some": "x"}"#,
    r#"{"None": 2147483648}"#,
    r#"{"None": 5.0}"#,
    r#"{"None": -2147483648}"#,
    r#"{"Some": {}}"#,
    // Objects and Maps in themselves
    r#"{"label": "a", "next": {"label": "b", "next": {}}, "children": [{"label": "c"}, {}]}"#,
    r#"{"label": 1}"#,
    r#"{"next": {"next": {"next": {"label": null}}}}"#,
    r#"{"next": null}"#,
    r#"{"next": []}"#,
    r#"{"children": {}}"#,
    r#"{"children": [[]]}"#,
    r#"{"children": [{"children": [{"children": []}]}]}"#,
    r#"{"a": {"b": {"c": {}}}, "": {}}"#,
    r#"{"a": {"b": 5}}"#,
    r#"{"a": null}"#,
];

#[test]
fn generated_types_take_what_the_validator_takes_and_write_what_they_were_given() {
    let pairs = pairs();
    let disagreements: Vec<String> =
        pairs.iter().flat_map(|pair| VALUES.iter().filter_map(|text| pair.disagreement(text))).collect();
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
    for pair in &pairs {
        let taken = VALUES.iter().filter(|text| pair.validator_takes(text)).count();
        assert!((1..VALUES.len()).contains(&taken), "{taken} values are right");
    }
}

/// JSON of the words that the models have.
fn json() -> impl Strategy<Value = Json> {
    const WORDS: [&str; 5] = ["by hand", "auto/1", "06:30:00Z", "a", ""];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-10..10_i64).prop_map(Json::from),
        proptest::sample::select(&WORDS[..]).prop_map(Json::from),
    ];
    const NAMES: [&str; 11] =
        ["at", "litres", "when", "label", "next", "children", "Some", "None", "fn", "Box", "x"];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            proptest::collection::vec((proptest::sample::select(&NAMES[..]), inner), 0..4).prop_map(
                |fields| {
                    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Json>()
                }
            ),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_value_is_taken_by_one_and_refused_by_the_other(value in json()) {
        let text = value.to_string();
        for pair in pairs_once() {
            let disagreement = pair.disagreement(&text);
            prop_assert!(disagreement.is_none(), "{}", disagreement.unwrap());
        }
    }
}

fn pairs_once() -> &'static [Pair] {
    static PAIRS: std::sync::OnceLock<Vec<Pair>> = std::sync::OnceLock::new();
    PAIRS.get_or_init(pairs)
}
