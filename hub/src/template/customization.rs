//! How a template shows a capability otherwise than its model does, and the properties that only the hub knows.
//!
//! Decides what may be customised of which capability. The model's text is never changed. Begin with [`Customization`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::Detail;
use super::capability::{Capability, Kind, Shape};
use crate::view::Schema;

/// Most characters of a text that an operator gives.
pub(crate) const TEXT_LIMIT: usize = 256;
/// Most decimals a number is shown with.
const DECIMALS_LIMIT: u8 = 15;

/// What is customised of one capability; what is not set is as in the model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Customization {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) display_unit: Option<String>,
    /// Of a command: it may wait for a device that is offline.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) durable: bool,
    #[serde(flatten)]
    pub(crate) display: Display,
}

/// How values are shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Display {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) true_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) false_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) decimals: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<Number>,
    /// `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) color: Option<String>,
    /// What a form or a command's form begins with when nothing is known of the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) initial_value: Option<Value>,
}

/// A property that is kept by the hub and never sent to a device. It belongs to the root.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CloudProperty {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) display_name: Option<String>,
    /// A primitive schema by its DTDL name.
    pub(crate) schema: String,
    #[serde(default)]
    pub(crate) unit: Option<String>,
}

/// The schemas a cloud property may have.
pub(crate) const CLOUD_SCHEMAS: [&str; 8] =
    ["boolean", "date", "dateTime", "double", "integer", "long", "string", "time"];

impl Customization {
    /// Whether nothing is set.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Shows the capability as it is set here.
    pub(crate) fn apply(&self, capability: &mut Capability) {
        if let Some(name) = &self.display_name {
            capability.label.clone_from(name);
        }
        if let Some(unit) = &self.display_unit {
            capability.unit = Some(unit.clone()).filter(|unit| !unit.is_empty());
        }
        capability.durable |= self.durable;
        capability.display = self.display.clone();
    }

    /// What of it does not suit the capability.
    pub(crate) fn check(&self, capability: &Capability) -> Vec<Detail> {
        let display = &self.display;
        let is = |shape| capability.shape() == Some(shape);
        let command = capability.kind == Kind::Command;
        let is_boolean =
            matches!(&capability.schema, Some(Schema::Primitive { r#type }) if r#type == "boolean");
        let (boolean, number) = (is_boolean, is(Shape::Number));
        // each member: whether it is set, whether it suits, and what it is for
        let table = [
            ("displayUnit", self.display_unit.is_some(), !command, "a unit is for values, not for commands"),
            ("durable", self.durable, command, "only a command can wait for a device"),
            ("trueName", display.true_name.is_some(), boolean, "only a boolean has names for true and false"),
            (
                "falseName",
                display.false_name.is_some(),
                boolean,
                "only a boolean has names for true and false",
            ),
            ("decimals", display.decimals.is_some(), number, "only a number has decimals"),
            ("min", display.min.is_some(), number, "only a number has a least value"),
            ("max", display.max.is_some(), number, "only a number has a greatest value"),
            ("color", display.color.is_some(), !command, "a colour is for values, not for commands"),
        ];
        let wrong = table.into_iter().filter(|(_, set, suits, _)| *set && !suits);
        let mut found: Vec<_> = wrong.map(|(name, _, _, why)| Detail::new(format!("/{name}"), why)).collect();
        found.extend(self.check_values(capability));
        found
    }

    fn check_values(&self, capability: &Capability) -> Vec<Detail> {
        let display = &self.display;
        let texts = [
            ("displayName", &self.display_name),
            ("displayUnit", &self.display_unit),
            ("trueName", &display.true_name),
            ("falseName", &display.false_name),
        ];
        let mut found = Vec::new();
        for (name, text) in texts {
            let blank = name != "displayUnit" && text.as_ref().is_some_and(|text| text.trim().is_empty());
            let long = text.as_ref().is_some_and(|text| text.chars().count() > TEXT_LIMIT);
            if blank || long {
                let message = format!("a text of 1 to {TEXT_LIMIT} characters, or nothing at all");
                found.push(Detail::new(format!("/{name}"), message));
            }
        }
        if display.decimals.is_some_and(|decimals| decimals > DECIMALS_LIMIT) {
            found.push(Detail::new("/decimals", format!("0 to {DECIMALS_LIMIT} decimals")));
        }
        let bound = |number: &Option<Number>| number.as_ref().and_then(Number::as_f64);
        if let (Some(min), Some(max)) = (bound(&display.min), bound(&display.max))
            && min >= max
        {
            found.push(Detail::new("/max", "the greatest value must be above the least"));
        }
        if display.color.as_ref().is_some_and(|color| !is_color(color)) {
            found.push(Detail::new("/color", "a colour is # and six hexadecimal digits"));
        }
        found.extend(display.initial_value.as_ref().and_then(|value| initial_problem(capability, value)));
        found
    }
}

fn initial_problem(capability: &Capability, value: &Value) -> Option<Detail> {
    let schema = match capability.kind {
        Kind::Command => capability.request.as_ref().map(|field| &field.schema),
        _ if capability.is_editable() => capability.schema.as_ref(),
        _ => None,
    };
    let message = match schema {
        None => "only what can be set begins with a value".to_owned(),
        Some(schema) => schema.check(value).err()?,
    };
    Some(Detail::new("/initialValue", message))
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// What of a change of customisations (by path; nothing takes one away) does not suit the capabilities.
pub(crate) fn check_all(
    changes: &BTreeMap<String, Option<Customization>>,
    capabilities: &[Capability],
) -> Vec<Detail> {
    let one = |(path, change): (&String, &Option<Customization>)| {
        let base = format!("/{}", escape(path));
        let Some(change) = change else { return Vec::new() };
        match capabilities.iter().find(|capability| capability.path == *path) {
            None => vec![Detail::new(base, format!("the model has no {path:?}"))],
            Some(capability) => {
                change.check(capability).into_iter().map(|detail| detail.below(&base)).collect()
            }
        }
    };
    changes.iter().flat_map(one).collect()
}

/// A path as one token of a JSON pointer.
pub(crate) fn escape(path: &str) -> String {
    path.replace('~', "~0").replace('/', "~1")
}

impl CloudProperty {
    /// It as a capability.
    pub(crate) fn capability(&self) -> Capability {
        let label = self.display_name.clone().unwrap_or_else(|| self.name.clone());
        Capability {
            path: format!("$cloud/{}", self.name),
            kind: Kind::CloudProperty,
            name: self.name.clone(),
            component: None,
            group: "$cloud".to_owned(),
            model_label: label.clone(),
            label,
            description: None,
            semantic_type: None,
            unit: self.unit.clone(),
            model_unit: self.unit.clone(),
            schema: Some(Schema::primitive(&self.schema)),
            writable: true,
            asynchronous: false,
            durable: false,
            request: None,
            response: None,
            display: Display::default(),
        }
    }

    /// What is wrong with a value of it; nothing takes a value away.
    pub(crate) fn problem(&self, value: &Value) -> Option<String> {
        if value.is_null() { None } else { Schema::primitive(&self.schema).check(value).err() }
    }

    /// What is wrong with a list of them beside the capabilities of a model: names on the root are one name space.
    pub(crate) fn check_all(list: &[Self], capabilities: &[Capability]) -> Vec<Detail> {
        let mut found = Vec::new();
        for (index, one) in list.iter().enumerate() {
            let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let named = one.name.len() <= 64
                && one.name.starts_with(|c: char| c.is_ascii_alphabetic())
                && one.name.chars().all(letters);
            if !named {
                let message = "a name has 1 to 64 letters, digits and _, and begins with a letter";
                found.push(Detail::new(format!("/{index}/name"), message));
            }
            let is_taken = |of_model: &Capability| {
                of_model.kind != Kind::CloudProperty
                    && of_model.component.is_none()
                    && of_model.name == one.name
            };
            if capabilities.iter().any(is_taken) {
                found.push(Detail::new(format!("/{index}/name"), "the model has this name already"));
            }
            if list.iter().take(index).any(|other| other.name == one.name) {
                found.push(Detail::new(format!("/{index}/name"), "the name is there twice"));
            }
            if !CLOUD_SCHEMAS.contains(&&*one.schema) {
                let message = format!("one of {}", CLOUD_SCHEMAS.join(", "));
                found.push(Detail::new(format!("/{index}/schema"), message));
            }
        }
        found
    }
}
