//! Documents of some megabytes that are made to be slow: each gets its answer. Nothing here looks at the clock, but sizes
//! are such that a quadratic step anywhere would take minutes; `--nocapture` shows the time that each took.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

use std::time::Instant;

use dtdl::{Reading, Sources};

/// About how long the documents are.
const SIZE: usize = 5 << 20;
const MANY: usize = 100_000;

fn read(what: &str, text: &str) -> Reading {
    let mut sources = Sources::default();
    sources.add("model.json", text);
    let start = Instant::now();
    let reading = dtdl::read(sources, None);
    eprintln!("{what}: {:.2} s for {} kB", start.elapsed().as_secs_f64(), text.len() / 1000);
    reading
}

/// The codes that are reported, each once, sorted.
fn codes(reading: &Reading) -> Vec<&'static str> {
    let mut codes: Vec<_> = reading.diagnostics().iter().map(dtdl::Diagnostic::code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn joined(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(",\n")
}

fn interface(version: u8, name: &str, members: &str) -> String {
    format!(
        r#"{{ "@context": "dtmi:dtdl:context;{version}", "@id": "dtmi:x:{name};1", "@type": "Interface"{members} }}"#
    )
}

/// Interfaces, each with its number and what its `extends` says.
fn extending(version: u8, count: usize, bases: impl Fn(usize) -> Vec<usize>) -> String {
    let one = |number: usize| {
        let bases: Vec<_> = bases(number).iter().map(|base| format!("\"dtmi:x:i{base};1\"")).collect();
        let extends = format!(r#", "extends": [{}]"#, bases.join(","));
        let telemetry = format!(r#"{{ "@type": "Telemetry", "name": "t{number}", "schema": "long" }}"#);
        let members =
            format!("{}, \"contents\": [{telemetry}]", if bases.is_empty() { "" } else { &extends });
        interface(version, &format!("i{number}"), &members)
    };
    format!("[{}]", joined(count, one))
}

#[test]
fn brackets_may_be_nested_as_deep_as_the_text_is_long() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"@context\":[", "]}")] {
        let nested = format!("{}1{}", open.repeat(MANY), close.repeat(MANY));
        assert_eq!(read("nested brackets", &nested).diagnostics().len(), 1);
        assert_eq!(codes(&read("open brackets", &open.repeat(MANY))), ["jsonInvalid"]);
        let inside = interface(3, "A", &format!(", \"contents\": {nested}"));
        assert!(!read("nested brackets in contents", &inside).is_valid());
        let text = interface(3, "A", &format!(", \"displayName\": {nested}"));
        assert!(!read("nested brackets in a text", &text).is_valid());
    }
}

#[test]
fn elements_nested_in_elements_are_refused_at_some_depth() {
    for version in [2, 3, 4] {
        let open = r#"{ "@type": "Array", "elementSchema": "#.repeat(MANY);
        let schema = format!("{open}\"long\"{}", "}".repeat(MANY));
        let telemetry =
            format!(r#", "contents": {{ "@type": "Telemetry", "name": "t", "schema": {schema} }}"#);
        assert!(
            codes(&read("nested Arrays", &interface(version, "A", &telemetry))).contains(&"nestingTooDeep")
        );
    }
}

#[test]
fn large_texts_of_no_model_get_an_answer() {
    let numbers = format!("[{}1]", "1,".repeat(SIZE / 2));
    assert_eq!(codes(&read("numbers", &numbers)), ["notJsonObject", "tooManyFaults"]);
    let wide = format!("{{{}}}", joined(SIZE / 16, |n| format!("\"m{n}\": 1")));
    assert_eq!(codes(&read("a wide object", &wide)), ["missingContext"]);
    assert_eq!(codes(&read("one string", &format!("\"{}\"", "x".repeat(SIZE)))), ["notJsonObject"]);
    assert_eq!(codes(&read("nothing but spaces", &" ".repeat(SIZE))), ["jsonInvalid"]);
    assert_eq!(codes(&read("escapes", &format!("\"{}\"", "\\u0041".repeat(SIZE / 6)))), ["notJsonObject"]);
}

#[test]
fn large_members_of_a_model_get_an_answer() {
    let unknown = joined(SIZE / 16, |n| format!("\"m{n}\": 1"));
    let reading = read("unknown members", &interface(3, "A", &format!(", {unknown}")));
    assert_eq!(codes(&reading), ["propertyUndefinedTerm", "tooManyFaults"]);
    let comment = format!(", \"comment\": \"{}\"", "x".repeat(SIZE));
    assert!(codes(&read("a long comment", &interface(3, "A", &comment))).contains(&"stringTooLong"));
    let types = joined(MANY, |n| format!("\"T{n}\""));
    let text = format!(
        r#"{{ "@context": "dtmi:dtdl:context;3", "@id": "dtmi:x;1", "@type": ["Interface", {types}] }}"#
    );
    assert_eq!(codes(&read("unknown types", &text)), ["tooManyFaults", "typeUndefinedTerm"]);
    let name = "x".repeat(SIZE);
    let schema = format!(r#", "contents": {{ "@type": "Telemetry", "name": "t", "schema": "{name}" }}"#);
    assert!(codes(&read("a long name of a schema", &interface(3, "A", &schema))).contains(&"badDtmiOrTerm"));
    let texts = joined(MANY, |n| format!("\"l{n}\": \"x\""));
    let texts = format!(", \"displayName\": {{ {texts} }}");
    assert_eq!(
        codes(&read("many languages", &interface(3, "A", &texts))),
        ["langStringInvalidCode", "tooManyFaults"]
    );
}

#[test]
fn a_hundred_thousand_keys_of_one_name_are_reported() {
    let comments = joined(MANY, |_| "\"comment\": \"x\"".to_owned());
    let reading = read("one key many times", &interface(3, "A", &format!(", {comments}")));
    assert_eq!(codes(&reading), ["duplicatePropertyName", "tooManyFaults"]);
    let ids = joined(MANY, |_| "\"@id\": \"dtmi:x;1\"".to_owned());
    assert_eq!(codes(&read("one keyword many times", &format!("{{ {ids} }}"))), ["repeatedIdProperty"]);
}

#[test]
fn a_hundred_thousand_contents_get_an_answer() {
    let contents = |name: &dyn Fn(usize) -> usize| {
        let one = |n| format!(r#"{{ "@type": "Telemetry", "name": "t{}", "schema": "long" }}"#, name(n));
        format!(", \"contents\": [{}]", joined(MANY, one))
    };
    let reading = read("contents of v2", &interface(2, "A", &contents(&|n| n)));
    assert_eq!(codes(&reading), ["objectCountAboveMax"]);
    let reading = read("contents of v3", &interface(3, "A", &contents(&|n| n)));
    assert_eq!(codes(&reading), ["partitionTooLarge"]);
    let reading = read("contents of one name", &interface(2, "A", &contents(&|_| 1)));
    assert_eq!(codes(&reading), ["nonUniquePropertyValue", "tooManyFaults"]);
}

#[test]
fn a_chain_of_a_hundred_thousand_bases_gets_an_answer() {
    for version in [2, 3, 4] {
        let chain = |n| if n + 1 < MANY { vec![n + 1] } else { Vec::new() };
        let reading = read("a chain of bases", &extending(version, MANY, chain));
        assert!(codes(&reading).contains(&"excessiveDepthNarrow"), "{:?}", codes(&reading));
    }
}

#[test]
fn bases_in_a_circle_get_an_answer() {
    for version in [2, 3, 4] {
        let reading = read("a circle of bases", &extending(version, 10_000, |n| vec![(n + 1) % 10_000]));
        assert!(codes(&reading).contains(&"recursiveStructureNarrow"), "{:?}", codes(&reading));
    }
}

#[test]
fn a_lattice_of_bases_gets_an_answer() {
    let lattice = |n: usize| {
        let row = n / 200 + 1;
        if row < 12 { (row * 200..(row + 1) * 200).collect() } else { Vec::new() }
    };
    let reading = read("a lattice of bases", &extending(4, 12 * 200, lattice));
    assert_eq!(codes(&reading), ["excessiveCount", "tooManyFaults"]);
}

#[test]
fn schemas_that_refer_to_themselves_get_an_answer() {
    let array = |n: usize| {
        let next = (n + 1) % 10_000;
        format!(r#"{{ "@id": "dtmi:x:s{n};1", "@type": "Array", "elementSchema": "dtmi:x:s{next};1" }}"#)
    };
    let schemas = format!(", \"schemas\": [{}]", joined(10_000, array));
    for version in [2, 3, 4] {
        let reading = read("schemas in a circle", &interface(version, "A", &schemas));
        // a circle this long is too deep in every version, and there are too many such faults for others to be shown
        assert_eq!(codes(&reading), ["excessiveDepthWide", "tooManyFaults"]);
    }
}

#[test]
fn shared_schemas_that_unfold_to_billions_get_an_answer() {
    let rows = |count: usize| {
        let object = move |n: usize| {
            let next = if n + 1 < count { format!("dtmi:x:s{};1", n + 1) } else { "long".to_owned() };
            format!(
                r#"{{ "@id": "dtmi:x:s{n};1", "@type": "Object", "fields": [
                  {{ "name": "a", "schema": "{next}" }}, {{ "name": "b", "schema": "{next}" }} ] }}"#
            )
        };
        let telemetry = r#"{ "@type": "Telemetry", "name": "t", "schema": "dtmi:x:s0;1" }"#;
        format!(", \"contents\": [{telemetry}], \"schemas\": [{}]", joined(count, object))
    };
    for version in [2, 3, 4] {
        let reading = read("schemas that unfold", &interface(version, "A", &rows(40)));
        assert!(codes(&reading).contains(&"excessiveDepthWide"), "{:?}", codes(&reading));
        if let Some(model) = reading.model() {
            assert!(dtdl::compare(model, model).is_empty());
        }
    }
}

#[test]
fn a_hundred_thousand_missing_ids_get_an_answer() {
    let one = |n: usize, id: &str| {
        format!(r#"{{ "@type": "Component", "name": "c{n}", "schema": "dtmi:com:example:missing:{id};1" }}"#)
    };
    let same = format!(", \"contents\": [{}]", joined(MANY, |n| one(n, "one")));
    let reading = read("one missing id", &interface(2, "A", &same));
    assert_eq!((reading.unresolved().len(), reading.unresolved()[0].asked_at.len()), (1, MANY));
    let distinct = format!(", \"contents\": [{}]", joined(MANY, |n| one(n, &format!("m{n}"))));
    let reading = read("distinct missing ids", &interface(2, "A", &distinct));
    assert_eq!(reading.unresolved().len(), MANY);
}

#[test]
fn a_hundred_thousand_interfaces_of_a_megabyte_document_get_an_answer() {
    let inner = |n: usize| {
        let interface = format!(r#"{{ "@id": "dtmi:x:i{n};1", "@type": "Interface" }}"#);
        format!(r#"{{ "@type": "Component", "name": "c{n}", "schema": {interface} }}"#)
    };
    let nested = format!(", \"contents\": [{}]", joined(MANY, inner));
    let reading = read("nested Interfaces", &interface(3, "A", &nested));
    assert!(codes(&reading).contains(&"partitionTooLarge"), "{:?}", codes(&reading));
    let padding = " ".repeat(1 << 20);
    let large = |n: usize| interface(3, &format!("i{n}"), &padding);
    let reading = read("large Interfaces", &format!("[{}]", joined(40, large)));
    assert_eq!(codes(&reading), ["partitionTooLarge"]);
}

#[test]
fn an_interface_is_measured_without_those_in_it_each_taken_off_once() {
    let part = |name: &str, kilobytes: usize, inner: &str| {
        let padding = " ".repeat(kilobytes << 10);
        let inner = format!(r#"{{ "@type": "Component", "name": "part", "schema": {inner} }}"#);
        interface(3, name, &format!("{padding}, \"contents\": [{inner}]"))
    };
    let last = |kilobytes: usize| interface(3, "C", &" ".repeat(kilobytes << 10));
    // components may not be nested, which is seen only when sizes are right
    let sound = part("A", 1000, &part("B", 1000, &last(1000)));
    assert_eq!(codes(&read("three Interfaces of a megabyte", &sound)), ["excludedType"]);
    let large = part("A", 1100, &part("B", 600, &last(500)));
    let reading = read("a large Interface around small ones", &large);
    assert_eq!(codes(&reading), ["partitionTooLarge"]);
    assert_eq!(reading.diagnostics()[0].details().id.as_deref(), Some("dtmi:x:A;1"));
}

#[test]
fn ids_that_are_inferred_take_no_room_of_their_own() {
    let fields = joined(MANY / 10, |number| format!(r#"{{ "name": "f{number}", "schema": "long" }}"#));
    let object = |name: &str, schema: &str| {
        format!(r#"{{ "@type": "Object", "fields": [{{ "name": "{name}", "schema": {schema} }}] }}"#)
    };
    let leaf = format!(r#"{{ "@type": "Object", "fields": [{fields}] }}"#);
    let telemetry = |name: &str, schema: &str| {
        let one = format!(r#"{{ "@type": "Telemetry", "name": "{name}", "schema": {schema} }}"#);
        interface(4, "A", &format!(", \"contents\": [{one}]"))
    };
    // each field's id holds the name
    let long = "a".repeat(SIZE / 10);
    assert_eq!(codes(&read("a name of half a megabyte", &telemetry(&long, &leaf))), ["stringTooLong"]);
    // as long and as deep as is allowed
    let names = ["b", "c", "d", "e", "f", "g"].map(|letter| letter.repeat(512));
    let deep = names.iter().fold(leaf, |schema, name| object(name, &schema));
    let reading = read("long names, one inside another", &telemetry("t", &deep));
    assert!(reading.is_valid());
    let path: String = names.iter().rev().map(|name| format!(":_fields:__{name}:_schema")).collect();
    let field = format!("dtmi:x:A:_contents:__t:_schema{path}:_fields:__f7;1");
    assert_eq!(reading.describe(&field).unwrap().class, "Field");
}
