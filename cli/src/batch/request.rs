//! A request of `check --batch`: what it may hold. Members nobody here knows are ignored.

use std::collections::BTreeMap;

use dtdl::{Dtmi, Options, UndefinedExtensions};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A request: to read models, or to take a DTMI apart.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Request {
    /// Repeated in the answer.
    pub(super) id: Value,
    /// The documents' texts.
    #[serde(deserialize_with = "or_default")]
    pub(super) models: Vec<String>,
    /// Texts by the id that they are offered for.
    #[serde(deserialize_with = "or_default")]
    pub(super) resolver: BTreeMap<String, String>,
    #[serde(deserialize_with = "or_default")]
    options: Vec<String>,
    /// Elements to describe.
    pub(super) want: Option<Vec<String>>,
    /// Values to check.
    pub(super) instances: Option<Vec<Instance>>,
    /// The other kind of request.
    pub(super) dtmi: Option<String>,
}

/// A value and the element whose value it should be.
#[derive(Debug, Deserialize)]
pub(super) struct Instance {
    pub(super) subject: String,
    /// JSON as text.
    pub(super) instance: String,
}

/// Why a line is no request.
#[derive(Debug, PartialEq)]
pub(super) struct Bad {
    /// The line's id, as far as it has one.
    pub(super) id: Value,
    pub(super) message: String,
}

impl Request {
    pub(super) fn parse(line: &[u8]) -> Result<Self, Bad> {
        let bad = |id, message: String| Bad { id, message: format!("this is no request: {message}") };
        // an array would be taken for the members in their order
        if !line.trim_ascii_start().starts_with(b"{") {
            return Err(bad(Value::Null, "a request is a JSON object".to_owned()));
        }
        serde_json::from_slice(line).map_err(|error| {
            let mut object: Value = serde_json::from_slice(line).unwrap_or_default();
            bad(object.get_mut("id").map(Value::take).unwrap_or_default(), error.to_string())
        })
    }

    /// The options of the reading. One that nobody knows is ignored, as an unknown member is.
    pub(super) fn reading(&self) -> Result<Options, String> {
        let mut options = Options::default().stop_like_reference();
        let (mut of_files, mut of_resolved) = (false, false);
        for option in &self.options {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            options = match name {
                "allow-undefined-extensions" => options.undefined_extensions(UndefinedExtensions::Allow),
                "disallow-undefined-extensions" => {
                    options.undefined_extensions(UndefinedExtensions::Disallow)
                }
                "max-dtdl-version" => {
                    options.max_version(value.parse().map_err(|_| format!("`{option}`: no version"))?)
                }
                "accept-limits" => {
                    options.accept_limits(Dtmi::parse(value).ok_or_else(|| format!("`{option}`: no DTMI"))?)
                }
                _ => {
                    of_files |= name == "tolerate-solecisms-in-parse";
                    of_resolved |= name == "tolerate-solecisms-in-resolve";
                    options
                }
            };
        }
        Ok(options.tolerate_solecisms(of_files, of_resolved))
    }
}

/// `null` is as good as nothing.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(value: D) -> Result<T, D::Error> {
    Option::deserialize(value).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_request_says_why_and_keeps_its_id() {
        for (line, id) in [
            ("[]", Value::Null),
            ("nonsense", Value::Null),
            ("{\"id\": ", Value::Null),
            ("{\"id\": 7, \"models\": [1]}", Value::from(7)),
        ] {
            let bad = Request::parse(line.as_bytes()).unwrap_err();
            assert_eq!(bad.id, id, "{line}");
            assert!(bad.message.starts_with("this is no request: "), "{}", bad.message);
        }
        assert!(Request::parse(b"{\"id\": \"\xff\"}").is_err());
    }

    #[test]
    fn null_and_unknown_members_and_options_are_ignored() {
        let line = br#"{"id": null, "models": null, "resolver": null, "options": ["new"], "later": {}}"#;
        let request = Request::parse(line).unwrap();
        assert!(request.models.is_empty() && request.want.is_none() && request.reading().is_ok());
    }

    #[test]
    fn an_option_without_its_value_is_refused() {
        for option in ["max-dtdl-version", "max-dtdl-version=x", "accept-limits=x"] {
            let line = format!("{{\"options\": [\"{option}\"]}}");
            let refused = Request::parse(line.as_bytes()).unwrap().reading().unwrap_err();
            assert!(refused.contains(option), "{refused}");
        }
    }
}
