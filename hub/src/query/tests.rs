//! Tests of the query language as a whole: texts in, rows out.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn twins() -> Vec<Value> {
    let twin = |id: &str, tags: Value, interval: Value, state: &str| {
        json!({ "deviceId": id, "status": "enabled", "connectionState": state, "version": 3, "tags": tags,
            "parentScopes": ["ms-azure-iot-edge://e1"],
            "properties": { "desired": { "interval": interval, "$version": 4 },
                "reported": { "odd name": 1, "a-b": { "c": [5, 6] }, "status": "Success" } } })
    };
    vec![
        twin("d1", json!({ "site": "US", "floor": 2 }), json!(60), "Connected"),
        twin("d2", json!({ "site": "DE", "floor": 3, "note": null }), json!(30.5), "Disconnected"),
        twin("d3", json!({ "site": "US" }), json!("never"), "Disconnected"),
    ]
}

fn run(text: &str) -> Vec<Value> {
    let query = Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    match query.groups() {
        Some(mut groups) => {
            twins().iter().for_each(|twin| groups.add(twin));
            groups.rows().map(|(_, row)| row).collect()
        }
        None => twins().iter().filter_map(|twin| query.row(twin)).collect(),
    }
}

/// The ids of the devices for which a condition holds.
fn ids(condition: &str) -> String {
    let rows = run(&format!("SELECT deviceId FROM devices WHERE {condition}"));
    rows.iter().map(|row| row["deviceId"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[test]
fn conditions_choose_the_devices_they_hold_for() {
    for (condition, wanted) in [
        ("tags.site = 'US'", "d1 d3"),
        ("devices.tags.site = \"US\"", "d1 d3"),
        ("tags.site <> 'US'", "d2"),
        ("tags.site = 'US' AND properties.desired.interval >= 60", "d1"),
        ("tags.site = 'DE' or tags.floor = 2", "d1 d2"),
        ("NOT tags.floor = 2", "d2"),
        ("not (tags.site = 'US' and tags.floor = 2)", "d2"),
        ("tags.site in ['US', 'FR']", "d1 d3"),
        ("tags.site IN ('DE')", "d2"),
        ("tags.site NIN ['US']", "d2"),
        ("is_defined(tags.floor)", "d1 d2"),
        ("is_defined(tags.note)", "d2"),
        ("is_null(tags.note)", "d2"),
        ("tags.note = null", "d2"),
        ("tags.floor != null", "d1 d2"),
        ("IS_STRING(properties.desired.interval)", "d3"),
        ("tags.floor + 1 = 3", "d1"),
        ("tags.floor * 2 - 1 = 5 and -tags.floor < 0", "d2"),
        ("tags.floor % 2 = 0", "d1"),
        ("tags.floor / 0 = 1", ""),
        ("startswith(deviceId, 'd') and ends_with(deviceId, '2')", "d2"),
        ("contains(tags.site, 'S')", "d1 d3"),
        ("array_contains(parentScopes, 'ms-azure-iot-edge://e1')", "d1 d2 d3"),
        ("properties.reported.[[odd name]] = 1", "d1 d2 d3"),
        ("properties.reported['a-b'].c[1] = 6 and deviceId = 'd1'", "d1"),
        ("properties.desired.$version = 4", "d1 d2 d3"),
        ("connectionstate = 'Connected' and STATUS = 'enabled'", "d1"),
        ("tags.Site = 'US'", ""),
        ("tags.floor > 'x'", ""),
        ("tags > 1", ""),
        ("tags.floor >= 0x2", "d1 d2"),
        ("lower(tags.site) = 'de' and length(tags.site) = 2 and concat(deviceId, '!') = 'd2!'", "d2"),
        ("substring(deviceId, 1) = '3' and index_of(deviceId, '3') = 1", "d3"),
        ("as_number('2') = tags.floor and power(tags.floor, 2) = 4 and abs(-2) = 2", "d1"),
        ("undefined = undefined", ""),
        ("deviceId = '\\u0064\\u0031'", "d1"),
        ("tags.site", ""),
        ("true", "d1 d2 d3"),
    ] {
        assert_eq!(ids(condition), wanted, "{condition}");
    }
}

#[test]
fn columns_are_named_as_the_query_or_the_twin_names_them() {
    let rows = run("select DeviceId, tags.site, TAGS.floor AS level FROM devices WHERE deviceId = 'd3'");
    assert_eq!(rows, [json!({ "deviceId": "d3", "site": "US" })]);
    let rows = run("SELECT TOP 2 deviceId, tags.floor AS level FROM devices WHERE deviceId = 'd1'");
    assert_eq!(rows, [json!({ "deviceId": "d1", "level": 2 })]);
    let query = Query::parse("SELECT TOP (5) * FROM devices.modules").unwrap();
    assert_eq!((query.top, query.from, query.gives_documents()), (Some(5), Collection::Modules, true));
    assert_eq!(query.row(&twins()[0]).unwrap(), twins()[0]);
}

#[test]
fn groups_count_and_add_up() {
    let rows =
        run("SELECT tags.site AS site, COUNT() AS n, MAX(tags.floor) AS top FROM devices GROUP BY tags.site");
    assert_eq!(rows, [json!({ "n": 1, "site": "DE", "top": 3 }), json!({ "n": 2, "site": "US", "top": 2 })]);
    let rows = run("SELECT COUNT() AS n, SUM(properties.desired.interval) AS s, AVG(tags.floor) AS a, \
        MIN(deviceId) AS m FROM devices");
    assert_eq!(rows, [json!({ "n": 3, "s": 90.5, "a": 2.5, "m": "d1" })]);
    let rows =
        run("SELECT COUNT() AS n, MIN(tags.floor) AS m, AVG(tags.floor) AS a FROM devices WHERE false");
    assert_eq!(rows, [json!({ "n": 0 })]);
    assert_eq!(run("SELECT COUNT() FROM devices"), [json!({ "count": 3 })]);
    let rows = run("SELECT MIN(tags.floor), MAX(tags.floor) FROM devices");
    assert_eq!(rows, [json!({ "min": 2, "max": 3 })]);
    let rows = run("SELECT tags.floor AS floor, COUNT() AS n FROM devices GROUP BY tags.floor");
    assert_eq!(rows.len(), 3, "{rows:?}");
}

#[test]
fn whole_numbers_are_written_without_a_fraction() {
    let rows = run("SELECT SUM(tags.floor) AS s, AVG(version) AS a FROM devices");
    assert_eq!(serde_json::to_string(&rows).unwrap(), r#"[{"a":3,"s":5}]"#);
    assert_eq!(ids("contains(concat('', 'x'), 'x') and floor(2.5) = 2 and abs(-1.5) = 1.5"), "d1 d2 d3");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, at, part) in [
        ("", 1, "SELECT is expected, not the end"),
        ("SELECT * FROM things", 15, "devices is expected"),
        ("SELECT * FROM devices.jobs", 23, "no jobs"),
        ("SELECT * FROM devices WHERE", 28, "a value is expected"),
        ("SELECT * FROM devices WHERE tags.a = 'x", 38, "no ' at its end"),
        ("SELECT * FROM devices WHERE tags.a = 'x' ORDER BY deviceId", 42, "no ORDER BY"),
        ("SELECT * FROM devices WHERE tags.a == 1", 37, "a value is expected, not ="),
        ("SELECT * FROM devices WHERE nosuch(tags.a)", 29, "IS_DEFINED"),
        ("SELECT * FROM devices WHERE is_defined()", 39, "has 1 arguments, not 0"),
        ("SELECT * FROM devices WHERE tags.a = 1 tags.b = 2", 40, "an operator"),
        ("SELECT deviceId, FROM devices", 18, "an attribute"),
        ("SELECT deviceId, COUNT() AS n FROM devices", 1, "neither in GROUP BY"),
        ("SELECT * FROM devices GROUP BY tags.a", 1, "does not go with GROUP BY"),
        ("SELECT * FROM devices WHERE tags.a = 1;", 39, "';' has no meaning"),
        ("SELECT * FROM devices WHERE tags.[[a] = 1", 34, "]]"),
        ("SELECT * FROM devices WHERE tags.a = 1x", 38, "1x is not a number"),
        ("SELECT * FROM devices WHERE tags.a = '\\x'", 39, "escapes"),
        ("SELECT TOP x * FROM devices", 12, "a number of rows"),
        ("SELECT tags.a.x, properties.desired.x FROM devices", 1, "two columns are called \"x\""),
        ("SELECT MIN(tags.a), MIN(tags.b) FROM devices", 1, "AS"),
    ] {
        let error = Query::parse(text).expect_err(text);
        assert_eq!(error.at, at, "{text}: {error}");
        assert!(error.message.contains(part), "{text}: {error}");
    }
}

#[test]
fn nesting_and_length_are_bounded() {
    let deep = |open: &str, close: &str, times: usize| {
        format!("SELECT * FROM devices WHERE {}true{}", open.repeat(times), close.repeat(times))
    };
    for (open, close) in [("(", ")"), ("NOT ", ""), ("[", "]"), ("is_defined(", ")"), ("- ", "")] {
        assert!(Query::parse(&deep(open, close, 30)).is_ok(), "{open}");
        let error = Query::parse(&deep(open, close, 600)).unwrap_err();
        assert!(error.message.contains("levels"), "{error}");
    }
    let chain = format!("SELECT * FROM devices WHERE 1{} > 2", " + 1".repeat(1_900));
    assert_eq!(Query::parse(&chain).unwrap().row(&twins()[0]), Some(twins()[0].clone()));
    let error = Query::parse(&" ".repeat(LENGTH_LIMIT + 1)).unwrap_err();
    assert!(error.message.contains("8192"), "{error}");
}

/// Texts that are nearly queries.
fn nearly() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "SELECT",
        "*",
        "FROM",
        "devices",
        "WHERE",
        "GROUP BY",
        "TOP 3",
        "COUNT()",
        "AS n",
        "tags.site",
        "deviceId",
        "=",
        "<",
        "AND",
        "OR",
        "NOT",
        "IN",
        "[",
        "]",
        "(",
        ")",
        ",",
        "'x'",
        "1",
        "-",
        "+",
        "/",
        "0",
        "null",
        ".",
        "is_defined(",
        "[[a b]]",
        "tags",
        "\"",
        "\\",
        "0x",
        "1e",
        "$version",
        "MAX(",
        "%",
        "undefined",
    ]);
    prop::collection::vec(word, 0..24).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn no_text_makes_reading_or_running_panic(text in "\\PC{0,60}", near in nearly()) {
        for text in [text.clone(), near.clone(), format!("SELECT * FROM devices WHERE {near}")] {
            if let Ok(query) = Query::parse(&text) {
                for twin in twins() {
                    let _ = query.row(&twin);
                    if let Some(mut groups) = query.groups() {
                        groups.add(&twin);
                        prop_assert_eq!(groups.rows().count(), usize::from(query.takes(&twin) || query.group_by.is_empty()));
                    }
                }
            }
        }
    }

    #[test]
    fn any_text_is_found_when_it_is_written_as_the_language_writes_it(text in "\\PC{0,20}") {
        let written = text.replace('\\', "\\\\").replace('\'', "\\'");
        let query = Query::parse(&format!("SELECT * FROM devices WHERE tags.t = '{written}'")).unwrap();
        let twin = json!({ "tags": { "t": text } });
        prop_assert!(query.row(&twin).is_some());
    }

    #[test]
    fn a_condition_and_its_negation_never_both_hold(near in nearly()) {
        let parsed = |text: String| Query::parse(&format!("SELECT * FROM devices WHERE {text}"));
        if let (Ok(plain), Ok(not)) = (parsed(near.clone()), parsed(format!("NOT ({near})"))) {
            for twin in twins() {
                prop_assert!(!(plain.takes(&twin) && not.takes(&twin)));
            }
        }
    }
}
