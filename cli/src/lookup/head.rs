//! The head of a document: the ids at its top level and whether it has a context, without understanding the rest.
//!
//! Far cheaper than reading a model, so that a folder of thousands can be searched for one id. Decides nothing about
//! validity: what is not JSON has no head.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};
use serde_json::Value;

/// What stands at the top level of a document, be it an object or an array of objects.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// The `@id`s, in the order of the text.
    pub(crate) ids: Vec<String>,
    /// Whether anything has a `@context`: without one, this is some other JSON.
    pub(crate) has_context: bool,
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "@id", default)]
    id: Value,
    #[serde(rename = "@context", default)]
    context: Presence,
}

/// Whether a member is there, whatever it holds.
#[derive(Default)]
struct Presence(bool);

impl<'de> Deserialize<'de> for Presence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

impl Head {
    /// The head of a text; `None` when it is not JSON.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
        let objects = match text.as_bytes().first() {
            Some(b'{') => serde_json::from_str(text).map(|object| vec![object]),
            _ => serde_json::from_str::<Vec<Object>>(text),
        };
        match objects {
            Ok(objects) => Some(Self {
                has_context: objects.iter().any(|object| object.context.0),
                ids: objects.iter().filter_map(|object| object.id.as_str()).map(str::to_owned).collect(),
            }),
            // JSON of another shape. A context somewhere in it means that it may have been meant as a model.
            Err(_) => serde_json::from_str::<IgnoredAny>(text)
                .ok()
                .map(|_| Self { ids: Vec::new(), has_context: text.contains("\"@context\"") }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(ids: &[&str], has_context: bool) -> Option<Head> {
        Some(Head { ids: ids.iter().map(ToString::to_string).collect(), has_context })
    }

    #[test]
    fn the_ids_at_the_top_level_are_found_and_no_others() {
        assert_eq!(Head::of(r#"{"@id": "a", "x": [{"@id": "b"}], "@context": null}"#), head(&["a"], true));
        assert_eq!(Head::of("\u{feff} [{\"@id\": \"a\"}, {\"@id\": \"b\"}]"), head(&["a", "b"], false));
    }

    #[test]
    fn other_json_has_an_empty_head_and_what_is_no_json_has_none() {
        for text in ["3", "[1, {}]", "null", "[]", r#"{"name": {"@id": 3}}"#, r#"{"@id": 3}"#] {
            assert_eq!(Head::of(text), head(&[], false), "{text}");
        }
        for text in ["", "{", "[1,]", "// comment\n{}"] {
            assert_eq!(Head::of(text), None, "{text}");
        }
    }

    #[test]
    fn a_model_with_a_fault_is_not_taken_for_other_json() {
        let twice = r#"{"@context": "dtmi:dtdl:context;3", "@context": "dtmi:dtdl:context;3", "@id": "a"}"#;
        assert_eq!(Head::of(twice), head(&[], true));
    }
}
