//! Values against schemas: for each schema what it takes, and what it does not with path and code.
#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

use dtdl::{Reading, Sources};

/// A schema, the values it takes, and those it refuses, each with path and code of its first fault.
struct Case {
    schema: &'static str,
    valid: &'static [&'static str],
    invalid: &'static [(&'static str, &'static str, &'static str)],
}

/// Valid and invalid values of each of the language's own schemas.
const PRIMITIVES: &[Case] = &[
    Case {
        schema: r#""boolean""#,
        valid: &["true", " false\n"],
        invalid: &[("0", "", "wrongType"), (r#""true""#, "", "wrongType"), ("null", "", "wrongType")],
    },
    Case {
        schema: r#""integer""#,
        valid: &["0", "-0", "2147483647", "-2147483648"],
        invalid: &[
            ("2147483648", "", "outOfRange"),
            ("-2147483649", "", "outOfRange"),
            ("0.0", "", "notInteger"),
            ("1e0", "", "notInteger"),
            ("1E2", "", "notInteger"),
            (r#""1""#, "", "wrongType"),
            ("true", "", "wrongType"),
            ("01", "", "notJson"),
        ],
    },
    Case {
        schema: r#""long""#,
        valid: &["9223372036854775807", "-9223372036854775808", "9007199254740993"],
        invalid: &[
            ("9223372036854775808", "", "outOfRange"),
            ("-9223372036854775809", "", "outOfRange"),
            ("99999999999999999999999999999999999999999999", "", "outOfRange"),
            ("9007199254740993.0", "", "notInteger"),
        ],
    },
    Case {
        schema: r#""byte""#,
        valid: &["127", "-128"],
        invalid: &[("128", "", "outOfRange"), ("-129", "", "outOfRange")],
    },
    Case {
        schema: r#""short""#,
        valid: &["32767", "-32768"],
        invalid: &[("32768", "", "outOfRange"), ("-32769", "", "outOfRange")],
    },
    Case {
        schema: r#""unsignedByte""#,
        valid: &["0", "255"],
        invalid: &[("256", "", "outOfRange"), ("-1", "", "outOfRange"), ("-0", "", "outOfRange")],
    },
    Case {
        schema: r#""unsignedShort""#,
        valid: &["65535"],
        invalid: &[("65536", "", "outOfRange"), ("1.5", "", "notInteger")],
    },
    Case {
        schema: r#""unsignedInteger""#,
        valid: &["4294967295"],
        invalid: &[("4294967296", "", "outOfRange"), ("-0", "", "outOfRange")],
    },
    Case {
        schema: r#""unsignedLong""#,
        valid: &["18446744073709551615"],
        invalid: &[("18446744073709551616", "", "outOfRange"), ("-1", "", "outOfRange")],
    },
    Case {
        schema: r#""float""#,
        valid: &["0", "-0", "1.5", "3.4028235e38", "-3.4028235E+38", "1e-60"],
        invalid: &[("3.5e38", "", "outOfRange"), ("-1e39", "", "outOfRange"), (r#""NaN""#, "", "wrongType")],
    },
    Case {
        schema: r#""double""#,
        valid: &["1", "-0", "1e308", "1.7976931348623157e308"],
        invalid: &[("1e309", "", "outOfRange"), ("-1e999", "", "outOfRange"), ("NaN", "", "notJson")],
    },
    Case {
        schema: r#""string""#,
        valid: &[r#""""#, r#""ä\n\u0041""#],
        invalid: &[("1", "", "wrongType"), ("null", "", "wrongType"), (r#""\ud800""#, "", "notJson")],
    },
    Case {
        schema: r#""date""#,
        valid: &[
            r#""2026-01-31""#,
            r#""2024-02-29""#,
            r#""2000-02-29""#,
            r#""9999-12-31""#,
            r#""2026-0\u0031-31""#,
        ],
        invalid: &[
            (r#""2026-02-29""#, "", "badFormat"),
            (r#""1900-02-29""#, "", "badFormat"),
            (r#""2026-04-31""#, "", "badFormat"),
            (r#""2026-13-01""#, "", "badFormat"),
            (r#""2026-00-01""#, "", "badFormat"),
            (r#""2026-01-00""#, "", "badFormat"),
            (r#""26-01-01""#, "", "badFormat"),
            (r#""2026-01-01Z""#, "", "badFormat"),
            (r#""2026-1-1""#, "", "badFormat"),
            ("20260101", "", "wrongType"),
        ],
    },
    Case {
        schema: r#""time""#,
        valid: &[r#""00:00:00Z""#, r#""23:59:59.999999999999+14:00""#, r#""12:00:00-23:59""#],
        invalid: &[
            (r#""24:00:00Z""#, "", "badFormat"),
            (r#""12:60:00Z""#, "", "badFormat"),
            (r#""23:59:60Z""#, "", "badFormat"),
            (r#""12:00:00""#, "", "badFormat"),
            (r#""12:00Z""#, "", "badFormat"),
            (r#""12:00:00.Z""#, "", "badFormat"),
            (r#""12:00:00z""#, "", "badFormat"),
            (r#""12:00:00+24:00""#, "", "badFormat"),
            (r#""12:00:00+01""#, "", "badFormat"),
            (r#""T12:00:00Z""#, "", "badFormat"),
        ],
    },
    Case {
        schema: r#""dateTime""#,
        valid: &[r#""2026-01-31T12:00:00Z""#, r#""2026-01-31T12:00:00.5+01:00""#],
        invalid: &[
            (r#""2026-01-31""#, "", "badFormat"),
            (r#""2026-01-31 12:00:00Z""#, "", "badFormat"),
            (r#""2026-01-31t12:00:00Z""#, "", "badFormat"),
            (r#""2026-02-30T12:00:00Z""#, "", "badFormat"),
            (r#""2026-01-31T12:00:00""#, "", "badFormat"),
            (r#""2016-12-31T23:59:60Z""#, "", "badFormat"),
        ],
    },
    Case {
        schema: r#""duration""#,
        valid: &[
            r#""P1Y2M3DT4H5M6S""#,
            r#""P2W""#,
            r#""P1W2DT3H""#,
            r#""PT0S""#,
            r#""PT1.5S""#,
            r#""PT0.5H""#,
            r#""P0.5Y""#,
            r#""P1.5D""#,
            r#""P1M""#,
            r#""PT1M""#,
        ],
        invalid: &[
            (r#""P""#, "", "badFormat"),
            (r#""PT""#, "", "badFormat"),
            (r#""P1DT""#, "", "badFormat"),
            (r#""1D""#, "", "badFormat"),
            (r#""P1""#, "", "badFormat"),
            (r#""-P1D""#, "", "badFormat"),
            (r#""P1Y1W""#, "", "badFormat"),
            (r#""P1M1W""#, "", "badFormat"),
            (r#""P1D1Y""#, "", "badFormat"),
            (r#""P1S""#, "", "badFormat"),
            (r#""PT1D""#, "", "badFormat"),
            (r#""P1.5DT1H""#, "", "badFormat"),
            (r#""PT1,5S""#, "", "badFormat"),
            (r#""PT1.S""#, "", "badFormat"),
            (r#""PT.5S""#, "", "badFormat"),
            (r#""P1Y1Y""#, "", "badFormat"),
        ],
    },
    Case {
        schema: r#""bytes""#,
        valid: &[r#""""#, r#""AA==""#, r#""AAA=""#, r#""+/9a""#],
        invalid: &[
            (r#""AA""#, "", "badFormat"),
            (r#""A===""#, "", "badFormat"),
            (r#""AA=A""#, "", "badFormat"),
            (r#""-_9a""#, "", "badFormat"),
            (r#""AAAA\n""#, "", "badFormat"),
        ],
    },
    Case {
        schema: r#""decimal""#,
        valid: &[r#""0""#, r#""-0.00""#, r#""+12.""#, r#""123456789012345678901234567890.1""#],
        invalid: &[
            (r#""""#, "", "badFormat"),
            (r#"".5""#, "", "badFormat"),
            (r#""007""#, "", "badFormat"),
            (r#""1e3""#, "", "badFormat"),
            (r#""+-1""#, "", "badFormat"),
            (r#""1.2.3""#, "", "badFormat"),
            ("1.5", "", "wrongType"),
        ],
    },
    Case {
        schema: r#""uuid""#,
        valid: &[r#""123e4567-e89b-12d3-A456-426614174000""#],
        invalid: &[
            (r#""123e4567e89b12d3a456426614174000""#, "", "badFormat"),
            (r#""123e4567-e89b-12d3-a456-42661417400""#, "", "badFormat"),
            (r#""123e4567-e89b-12d3-a456-42661417400g""#, "", "badFormat"),
            (r#""123e4567-e89b-12d3-a456-426614174000-""#, "", "badFormat"),
            (r#""{123e4567-e89b-12d3-a456-426614174000}""#, "", "badFormat"),
        ],
    },
    Case {
        schema: r#""point""#,
        valid: &[r#"{"type": "Point", "coordinates": [1, -2.5]}"#, r#"{"coordinates": []}"#, "{}"],
        invalid: &[
            ("[1, 2]", "", "wrongType"),
            (r#"{"type": "LineString", "coordinates": [1, 2]}"#, "/type", "notInEnum"),
            (r#"{"type": "Point", "coordinates": [[1, 2]]}"#, "/coordinates/0", "wrongType"),
            (r#"{"type": "Point", "coordinates": ["1"]}"#, "/coordinates/0", "wrongType"),
            (r#"{"type": "Point", "bbox": []}"#, "/bbox", "unknownField"),
        ],
    },
    Case {
        schema: r#""multiPoint""#,
        valid: &[r#"{"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}"#],
        invalid: &[(r#"{"type": "MultiPoint", "coordinates": [1, 2]}"#, "/coordinates/0", "wrongType")],
    },
    Case {
        schema: r#""lineString""#,
        valid: &[r#"{"type": "LineString", "coordinates": [[1, 2], [3, 4]]}"#],
        invalid: &[(
            r#"{"type": "LineString", "coordinates": [[1, null]]}"#,
            "/coordinates/0/1",
            "wrongType",
        )],
    },
    Case {
        schema: r#""multiLineString""#,
        valid: &[r#"{"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]]]}"#],
        invalid: &[(
            r#"{"type": "MultiLineString", "coordinates": [[1, 2]]}"#,
            "/coordinates/0/0",
            "wrongType",
        )],
    },
    Case {
        schema: r#""polygon""#,
        valid: &[r#"{"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}"#],
        invalid: &[(r#"{"type": "Polygon", "coordinates": [[0, 0]]}"#, "/coordinates/0/0", "wrongType")],
    },
    Case {
        schema: r#""multiPolygon""#,
        valid: &[r#"{"type": "MultiPolygon", "coordinates": [[[[0, 0], [0, 1], [1, 1], [0, 0]]]]}"#],
        invalid: &[(
            r#"{"type": "MultiPolygon", "coordinates": [[[0, 0]]]}"#,
            "/coordinates/0/0/0",
            "wrongType",
        )],
    },
    Case {
        schema: r#""scaledDecimal""#,
        valid: &[r#"{"value": "1.5", "scale": -3}"#, r#"{"value": "7"}"#],
        invalid: &[
            (r#""1.5""#, "", "wrongType"),
            (r#"{"value": 1.5}"#, "/value", "wrongType"),
            (r#"{"value": "1", "scale": 40000}"#, "/scale", "outOfRange"),
            (r#"{"value": "1", "unit": "m"}"#, "/unit", "unknownField"),
        ],
    },
];

/// Valid and invalid values of the schemas that contain others.
const COMPLEX: &[Case] = &[
    Case {
        schema: r#"{ "@type": "Object", "fields": [
            { "name": "x", "schema": "integer" },
            { "name": "inner", "schema": { "@type": "Object", "fields": [{ "name": "y", "schema": "string" }] } }
        ] }"#,
        valid: &["{}", r#"{"x": 1}"#, r#"{"inner": {"y": ""}, "x": 1}"#, r#"{"\u0078": 1}"#],
        invalid: &[
            ("[]", "", "wrongType"),
            (r#"{"x": null}"#, "/x", "wrongType"),
            (r#"{"X": 1}"#, "/X", "unknownField"),
            (r#"{"inner": {"y": "", "z": 1}}"#, "/inner/z", "unknownField"),
            (r#"{"x": 1, "x": 1}"#, "/x", "duplicateField"),
            (r#"{"x": 1, "\u0078": 1}"#, "/x", "duplicateField"),
            (r#"{"a/b~c": 1}"#, "/a~1b~0c", "unknownField"),
            (r#"{"x": 1,}"#, "", "notJson"),
        ],
    },
    Case {
        schema: r#"{ "@type": "Map", "mapKey": { "name": "k", "schema": "string" },
            "mapValue": { "name": "v", "schema": "double" } }"#,
        valid: &["{}", r#"{"": 1, "any key/": 2.5}"#],
        invalid: &[
            ("[]", "", "wrongType"),
            (r#"{"a": "1"}"#, "/a", "wrongType"),
            (r#"{"a": 1, "b": null}"#, "/b", "wrongType"),
            (r#"{"a": 1, "a": 1}"#, "/a", "duplicateField"),
        ],
    },
    Case {
        schema: r#"{ "@type": "Array", "elementSchema": { "@type": "Array", "elementSchema": "boolean" } }"#,
        valid: &["[]", "[[], [true]]"],
        invalid: &[
            ("{}", "", "wrongType"),
            ("[true]", "/0", "wrongType"),
            ("[[], [true, 1]]", "/1/1", "wrongType"),
            ("[null]", "/0", "wrongType"),
        ],
    },
    Case {
        schema: r#"{ "@type": "Enum", "valueSchema": "integer", "enumValues": [
            { "name": "off", "enumValue": 0 }, { "name": "on", "enumValue": 1 } ] }"#,
        valid: &["0", "1"],
        invalid: &[
            ("2", "", "notInEnum"),
            ("1.0", "", "notInEnum"),
            ("1e0", "", "notInEnum"),
            (r#""on""#, "", "wrongType"),
            (r#""1""#, "", "wrongType"),
        ],
    },
    Case {
        schema: r#"{ "@type": "Enum", "valueSchema": "string", "enumValues": [
            { "name": "off", "enumValue": "Off" }, { "name": "on", "enumValue": "On" } ] }"#,
        valid: &[r#""Off""#, r#""\u004fn""#],
        invalid: &[(r#""off""#, "", "notInEnum"), ("0", "", "wrongType"), (r#"["On"]"#, "", "wrongType")],
    },
];

fn read(context: &str, id: &str, schema: &str) -> Reading {
    let mut sources = Sources::default();
    let text = format!(
        r#"{{ "@context": "{context}", "@id": "{id}", "@type": "Interface",
          "contents": [{{ "@type": "Telemetry", "name": "value", "schema": {schema} }}] }}"#
    );
    sources.add("values.json", &text);
    dtdl::read(sources, None)
}

/// Path and code of the first fault of each value.
fn first_fault(reading: &Reading, json: &str) -> Option<(String, &'static str)> {
    let model = reading.valid().unwrap();
    let schema = &model.interface(&model.parts[0]).telemetry[0].schema;
    model.check_value(schema, json).first().map(|fault| (fault.path.clone(), fault.code()))
}

fn check(cases: &[Case], context: &str, id: &str) {
    let mut wrong = Vec::new();
    for case in cases {
        let reading = read(context, id, case.schema);
        assert!(reading.valid().is_some(), "{}: {:?}", case.schema, reading.diagnostics());
        let valid = case.valid.iter().map(|json| (*json, None));
        let invalid =
            case.invalid.iter().map(|(json, path, code)| (*json, Some(((*path).to_owned(), *code))));
        for (json, expected) in valid.chain(invalid) {
            let found = first_fault(&reading, json);
            if found != expected {
                wrong.push(format!("{} of {json}: {found:?}, expected {expected:?}", case.schema));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_primitive_takes_its_values_and_no_others() {
    check(PRIMITIVES, "dtmi:dtdl:context;4", "dtmi:com:example:Values;1");
}

#[test]
fn each_complex_schema_takes_its_values_and_no_others() {
    check(COMPLEX, "dtmi:dtdl:context;4", "dtmi:com:example:Values;1");
    check(COMPLEX, "dtmi:dtdl:context;2", "dtmi:com:example:Values;1");
}

#[test]
fn the_previews_geospatial_is_any_geojson_object() {
    let case = Case {
        schema: r#""geospatial""#,
        valid: &[
            r#"{"type": "Point", "coordinates": [1, 2]}"#,
            r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": null}], "bbox": []}"#,
        ],
        invalid: &[
            (r#""Point""#, "", "wrongType"),
            ("{}", "", "wrongType"),
            (r#"{"type": 1}"#, "", "wrongType"),
            (
                r#"{"type": "Feature", "properties": {"a": [{"b": 1, "b": 2}]}}"#,
                "/properties/a/0/b",
                "duplicateField",
            ),
        ],
    };
    check(&[case], "http://azureiot.com/v1/contexts/IoTModel.json", "urn:example:values:test:1");
}

#[test]
fn a_fault_says_what_was_expected_and_where() {
    let reading = read("dtmi:dtdl:context;3", "dtmi:com:example:Values;1", COMPLEX[0].schema);
    let model = reading.valid().unwrap();
    let schema = &model.interface(&model.parts[0]).telemetry[0].schema;
    let json = r#"{"inner": {"y": 5}, "x": 12345678901234567890123456789012345678901234567890}"#;
    let faults = model.check_value(schema, json);
    let shown: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "/inner/y: expected a string, found a number",
            "/x: expected an integer from -2147483648 to 2147483647, \
             found 1234567890123456789012345678901234567890…",
        ]
    );
    assert_eq!(&json[faults[0].at()], "5");
    let faults = model.check_value(schema, "{\"ä\": 1} x");
    assert_eq!((faults[0].to_string().as_str(), faults[0].at()), ("no JSON: trailing characters", 10..11));
}
