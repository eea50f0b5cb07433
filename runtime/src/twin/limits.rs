//! What a hub takes as reported properties: size, depth, keys, strings and numbers (protocol, section 2.6).
//!
//! Checked before anything is queued, so that a report that no hub takes ends at once and says where it is wrong.

use serde_json::Map;

use crate::error::Error;
use crate::json::{Json, Pointer};

/// What all reported properties may have together: their keys and values, numbers as 8 and booleans as 4 bytes.
pub(crate) const LARGEST: usize = 32 * 1024;
const LONGEST_KEY: usize = 1024;
const LONGEST_STRING: usize = 4096;
const LARGEST_INTEGER: f64 = 4_503_599_627_370_496.0;
const DEEPEST: usize = 10;

/// Checks the fields of a component, or of the device itself; their size.
pub(crate) fn check(component: Option<&str>, fields: &Map<String, Json>) -> Result<usize, Error> {
    let root = Pointer::root();
    let size = match component {
        None => object(fields, &root, 1)?,
        Some(component) => component.len() + object(fields, &root.field(component), 2)?,
    };
    match size {
        0..=LARGEST => Ok(size),
        _ => Err(Error::TooLarge { size, limit: LARGEST }),
    }
}

fn object(fields: &Map<String, Json>, at: &Pointer<'_>, depth: usize) -> Result<usize, Error> {
    let mut size = 0;
    for (name, value) in fields {
        let illegal = |letter: char| matches!(letter, '.' | '$' | ' ') || letter.is_control();
        if name.is_empty() || name.len() > LONGEST_KEY || name.contains(illegal) {
            let rule = "keys in a twin have 1 to 1024 bytes without `.`, `$`, spaces and control characters";
            return Err(problem(&at.field(name), rule));
        }
        size += name.len() + measure(value, &at.field(name), depth)?;
    }
    Ok(size)
}

fn measure(value: &Json, at: &Pointer<'_>, depth: usize) -> Result<usize, Error> {
    match value {
        Json::Null => Ok(0),
        Json::Bool(_) => Ok(4),
        Json::Number(number) => {
            if !number.is_f64() && number.as_f64().is_none_or(|number| number.abs() > LARGEST_INTEGER) {
                return Err(problem(at, "integers in a twin are within -2^52 and 2^52"));
            }
            Ok(8)
        }
        Json::String(text) if text.len() > LONGEST_STRING => {
            Err(problem(at, "strings in a twin have at most 4096 bytes"))
        }
        Json::String(text) => Ok(text.len()),
        Json::Object(_) | Json::Array(_) if depth >= DEEPEST => {
            Err(problem(at, "a twin is nested 10 levels deep at most"))
        }
        Json::Object(fields) => object(fields, at, depth + 1),
        Json::Array(elements) => elements
            .iter()
            .enumerate()
            .map(|(index, element)| measure(element, &at.index(index), depth + 1))
            .sum(),
    }
}

fn problem(at: &Pointer<'_>, rule: &str) -> Error {
    const LONGEST: usize = 200;
    let at: String = at.to_string().chars().take(LONGEST).collect();
    Error::Value { problem: format!("{at}: {rule}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "it is called with literals")]
    fn checked(value: Json) -> Result<usize, String> {
        check(None, value.as_object().unwrap()).map_err(|error| error.to_string())
    }

    fn nested(levels: usize) -> Json {
        (1..levels).fold(json!({ "a": 1 }), |inner, _| json!({ "a": inner }))
    }

    #[test]
    fn sizes_are_counted_as_the_hub_counts_them() {
        assert_eq!(
            checked(json!({ "ab": "xyz", "c": 5, "d": [true, null], "e": { "f": 1.5 } })),
            Ok(5 + 9 + 5 + 10)
        );
        assert!(checked(json!({ "a": vec!["x".repeat(4096); 8] })).unwrap_err().contains("32768"));
    }

    #[test]
    fn what_no_twin_takes_is_refused_with_its_place() {
        for (value, part) in [
            (json!({ "m": { "a.b": 1 } }), "/m/a.b: keys"),
            (json!({ "m": { "": 1 } }), "/m/: keys"),
            (json!({ "m": [{ "a b": 1 }] }), "/m/0/a b: keys"),
            (json!({ "s": "x".repeat(4097) }), "/s: strings"),
            (json!({ "i": 4_503_599_627_370_497i64 }), "/i: integers"),
            (nested(11), "/a/a/a/a/a/a/a/a/a/a: a twin is nested"),
        ] {
            let error = checked(value).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
        assert!(checked(json!({ "i": -4_503_599_627_370_496i64, "d": 1e300 })).is_ok());
        assert!(checked(nested(10)).is_ok());
        let within = nested(10);
        assert!(check(Some("sensor"), within.as_object().unwrap()).is_err(), "the component is a level");
    }
}
