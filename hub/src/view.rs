//! A model as the operator's page sees it: groups of telemetry, properties and commands with labels.
//!
//! Plain data that serializes to the page's `MODEL`, and the check of a value against a schema's basic
//! type. It does not read model files ([`crate::model_view`] does). Begin with [`ModelView`].

use serde::Serialize;
use serde_json::Value;

use crate::json::same;

/// How a device of this model speaks: the two conventions of the protocol reference, section 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Convention {
    /// Capability models of 2020: flat names, desired values wrapped in `{"value": ..}`.
    #[serde(rename = "central-2020")]
    Central2020,
    /// IoT Plug and Play: components marked by `__t`, bare desired values.
    #[serde(rename = "pnp")]
    Pnp,
}

/// A model in the words of the page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ModelView {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) convention: Convention,
    pub(crate) groups: Vec<Group>,
}

/// What belongs together: the root, a component, or an interface of a capability model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Group {
    /// Names the group in its model: the component, the interface's instance, or nothing for the root.
    pub(crate) key: String,
    /// The component on the wire; `None` is the flat name space.
    pub(crate) component: Option<String>,
    pub(crate) title: String,
    pub(crate) telemetry: Vec<Telemetry>,
    pub(crate) properties: Vec<Property>,
    pub(crate) commands: Vec<Command>,
}

/// A value the device sends.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Telemetry {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) description: Option<String>,
    /// The model's semantic type without its path, e.g. `Temperature` or `Event`.
    pub(crate) semantic_type: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) schema: Schema,
}

/// A value the device keeps.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) description: Option<String>,
    pub(crate) semantic_type: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) writable: bool,
    pub(crate) schema: Schema,
}

/// Something the device does when told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Command {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) description: Option<String>,
    pub(crate) asynchronous: bool,
    pub(crate) request: Option<Field>,
    pub(crate) response: Option<Field>,
}

/// A named value inside an object, or a command's payload.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) schema: Schema,
}

/// The shape of a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Schema {
    Enum {
        value_schema: &'static str,
        values: Vec<EnumValue>,
    },
    Object {
        fields: Vec<Field>,
    },
    Array {
        element: Box<Schema>,
    },
    Map {
        key: MapKey,
        value: Box<MapValue>,
    },
    /// A primitive by its DTDL name.
    #[serde(untagged)]
    Primitive {
        r#type: String,
    },
}

/// One value of an enum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct EnumValue {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) value: Value,
}

/// The key of a map.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct MapKey {
    pub(crate) name: String,
}

/// The value of a map.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct MapValue {
    pub(crate) name: String,
    pub(crate) schema: Schema,
}

impl ModelView {
    /// The property `name` of `component` and the group it stands in.
    pub(crate) fn property(&self, component: Option<&str>, name: &str) -> Option<&Property> {
        self.groups
            .iter()
            .filter(|group| group.component.as_deref() == component)
            .flat_map(|group| &group.properties)
            .find(|property| property.name == name)
    }

    /// Whether the model has a component of this name on the wire.
    pub(crate) fn has_component(&self, name: &str) -> bool {
        self.groups.iter().any(|group| group.component.as_deref() == Some(name))
    }
}

impl Schema {
    /// A primitive schema by its DTDL name.
    pub(crate) fn primitive(name: &str) -> Self {
        Self::Primitive { r#type: name.to_owned() }
    }

    /// Whether `value` has the schema's basic JSON type; the error says what is expected and what came.
    pub(crate) fn check(&self, value: &Value) -> Result<(), String> {
        let (fits, wanted) = match self {
            Self::Enum { values, .. } => (
                values.iter().any(|one| same(&one.value, value)),
                format!(
                    "one of {}",
                    values.iter().map(|v| v.value.to_string()).collect::<Vec<_>>().join(", ")
                ),
            ),
            Self::Object { .. } | Self::Map { .. } => (value.is_object(), "an object".to_owned()),
            Self::Array { .. } => (value.is_array(), "an array".to_owned()),
            Self::Primitive { r#type } => primitive_fits(r#type, value),
        };
        if fits { Ok(()) } else { Err(format!("expected {wanted}, got {}", type_name(value))) }
    }
}

fn primitive_fits(name: &str, value: &Value) -> (bool, String) {
    match name {
        "boolean" => (value.is_boolean(), "true or false".to_owned()),
        "byte" | "short" | "integer" | "long" | "unsignedByte" | "unsignedShort" | "unsignedInteger"
        | "unsignedLong" => {
            let whole = value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|v| v.fract() == 0.0);
            (whole, "a whole number".to_owned())
        }
        "float" | "double" => (value.is_number(), "a number".to_owned()),
        "string" | "date" | "dateTime" | "time" | "duration" | "uuid" | "bytes" | "decimal" => {
            (value.is_string(), format!("a string ({name})"))
        }
        "vector" | "geopoint" => (value.is_object(), format!("an object ({name})")),
        _ => (true, name.to_owned()),
    }
}

/// The JSON type of a value, for messages.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn serializes_schemas_as_the_page_expects() {
        let schema = Schema::Array { element: Box::new(Schema::primitive("double")) };
        assert_eq!(
            serde_json::to_value(&schema).unwrap(),
            json!({ "type": "array", "element": { "type": "double" } })
        );
        let schema = Schema::Enum {
            value_schema: "integer",
            values: vec![EnumValue { name: "low".into(), label: "Low".into(), value: json!(0) }],
        };
        assert_eq!(
            serde_json::to_value(&schema).unwrap(),
            json!({ "type": "enum", "valueSchema": "integer",
                    "values": [{ "name": "low", "label": "Low", "value": 0 }] })
        );
        assert!(schema.check(&json!(0)).is_ok());
        assert!(schema.check(&json!(0.0)).is_ok(), "a whole double is the integer");
        assert!(schema.check(&json!(1)).is_err());
    }

    #[test]
    fn says_what_a_value_should_have_been() {
        let text = Schema::primitive("boolean").check(&json!("true")).unwrap_err();
        assert_eq!(text, "expected true or false, got string");
        assert!(Schema::primitive("long").check(&json!(2.5)).is_err());
        assert!(Schema::primitive("long").check(&json!(2)).is_ok());
    }
}
