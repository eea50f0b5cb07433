//! The capabilities of a model as one list: telemetry, properties and commands, each with a path of its own.
//!
//! Decides paths and order; what a path is says [`super`]. Begin with [`of_model`].

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::customization::Display;
use crate::view::{Field, Group, ModelView, Schema};

/// What a capability is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    Telemetry,
    Property,
    Command,
    CloudProperty,
}

impl Kind {
    /// The word for people.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Telemetry => "telemetry",
            Self::Property => "a property",
            Self::Command => "a command",
            Self::CloudProperty => "a cloud property",
        }
    }
}

/// One capability as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Capability {
    pub(crate) path: String,
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// The component on the wire.
    pub(crate) component: Option<String>,
    /// The key of its group.
    pub(crate) group: String,
    pub(crate) label: String,
    /// The label without customisation.
    pub(crate) model_label: String,
    pub(crate) description: Option<String>,
    pub(crate) semantic_type: Option<String>,
    pub(crate) unit: Option<String>,
    /// The unit without customisation.
    pub(crate) model_unit: Option<String>,
    /// Not of commands.
    pub(crate) schema: Option<Schema>,
    pub(crate) writable: bool,
    #[serde(rename = "async")]
    pub(crate) asynchronous: bool,
    /// Of a command: whether it may wait for a device that is offline.
    pub(crate) durable: bool,
    pub(crate) request: Option<Field>,
    pub(crate) response: Option<Field>,
    pub(crate) display: Display,
}

/// How the values of a schema are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Number,
    /// One of a few: boolean or Enum.
    State,
    Text,
    Structured,
}

/// How deep inside a value another one may be to have a history of its own: as deep as [`crate::columns`] looks.
const DEPTH: usize = 3;

/// The numbers inside values of what is no object in a model (IoT Central's extension of DTDL).
const NUMBERS_INSIDE: [(&str, &[&str]); 2] =
    [("vector", &["x", "y", "z"]), ("geopoint", &["lat", "lon", "alt"])];

fn field<'s>(schema: &'s Schema, name: &str) -> Option<&'s Schema> {
    match schema {
        Schema::Object { fields } => {
            fields.iter().find(|field| field.name == name).map(|field| &field.schema)
        }
        _ => None,
    }
}

impl Capability {
    /// How its values are shown; commands have none.
    pub(crate) fn shape(&self) -> Option<Shape> {
        self.schema.as_ref().map(shape)
    }

    /// How a value inside its values is shown: that of a path such as `location.speed`, if that begins with its own.
    pub(crate) fn inner_shape(&self, path: &str) -> Option<Shape> {
        let inner = path.strip_prefix(self.path.as_str())?.strip_prefix('.')?;
        let names: Vec<&str> = inner.split('.').collect();
        let (last, objects) = names.split_last().filter(|(_, objects)| objects.len() < DEPTH)?;
        let mut schema = self.schema.as_ref()?;
        for name in objects {
            schema = field(schema, name)?;
        }
        match schema {
            Schema::Primitive { r#type } => {
                let (_, parts) = NUMBERS_INSIDE.iter().find(|(name, _)| name == r#type)?;
                parts.contains(last).then_some(Shape::Number)
            }
            _ => field(schema, last).map(shape),
        }
    }

    /// Whether an operator may set it.
    pub(crate) fn is_editable(&self) -> bool {
        match self.kind {
            Kind::Property => self.writable,
            Kind::CloudProperty => true,
            Kind::Telemetry | Kind::Command => false,
        }
    }

    /// Whether it is telemetry of this semantic type (`Event`, `State`).
    pub(crate) fn means(&self, semantic_type: &str) -> bool {
        self.kind == Kind::Telemetry && self.semantic_type.as_deref() == Some(semantic_type)
    }
}

fn shape(schema: &Schema) -> Shape {
    match schema {
        Schema::Enum { .. } => Shape::State,
        Schema::Object { .. } | Schema::Array { .. } | Schema::Map { .. } => Shape::Structured,
        Schema::Primitive { r#type } => match &**r#type {
            "boolean" => Shape::State,
            "byte" | "short" | "integer" | "long" | "unsignedByte" | "unsignedShort" | "unsignedInteger"
            | "unsignedLong" | "float" | "double" => Shape::Number,
            // a decimal is a string on the wire
            "string" | "date" | "dateTime" | "time" | "duration" | "uuid" | "bytes" | "decimal" => {
                Shape::Text
            }
            // vector, geopoint, geospatial, and what this hub does not know
            _ => Shape::Structured,
        },
    }
}

/// All capabilities of a model, group by group: its telemetry, its properties, its commands.
pub(crate) fn of_model(view: &ModelView) -> Vec<Capability> {
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for capability in view.groups.iter().flat_map(of_group) {
        let short = match &capability.component {
            Some(component) => format!("{component}/{}", capability.name),
            None => capability.name.clone(),
        };
        let path = if taken.insert(short.clone()) {
            short
        } else {
            let long = format!("{}/{}", capability.group, capability.name);
            if !taken.insert(long.clone()) {
                continue;
            }
            long
        };
        found.push(Capability { path, ..capability });
    }
    found
}

fn of_group(group: &Group) -> Vec<Capability> {
    let base = |kind, name: &str, label: &str, description: &Option<String>| Capability {
        path: String::new(),
        kind,
        name: name.to_owned(),
        component: group.component.clone(),
        group: group.key.clone(),
        label: label.to_owned(),
        model_label: label.to_owned(),
        description: description.clone(),
        semantic_type: None,
        unit: None,
        model_unit: None,
        schema: None,
        writable: false,
        asynchronous: false,
        durable: false,
        request: None,
        response: None,
        display: Display::default(),
    };
    let telemetry = group.telemetry.iter().map(|item| Capability {
        semantic_type: item.semantic_type.clone(),
        unit: item.unit.clone(),
        model_unit: item.unit.clone(),
        schema: Some(item.schema.clone()),
        ..base(Kind::Telemetry, &item.name, &item.label, &item.description)
    });
    let properties = group.properties.iter().map(|item| Capability {
        semantic_type: item.semantic_type.clone(),
        unit: item.unit.clone(),
        model_unit: item.unit.clone(),
        schema: Some(item.schema.clone()),
        writable: item.writable,
        ..base(Kind::Property, &item.name, &item.label, &item.description)
    });
    let commands = group.commands.iter().map(|item| Capability {
        asynchronous: item.asynchronous,
        request: item.request.clone(),
        response: item.response.clone(),
        ..base(Kind::Command, &item.name, &item.label, &item.description)
    });
    telemetry.chain(properties).chain(commands).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_inside_telemetry_have_paths_of_their_own() {
        let model = crate::state::tests::read_model(
            r#"{ "@context": "dtmi:dtdl:context;2", "@id": "dtmi:com:example:Tracker;1", "@type": "Interface",
                "contents": [{ "@type": "Telemetry", "name": "location", "schema": { "@type": "Object", "fields": [
                    { "name": "speed", "schema": "double" },
                    { "name": "road", "schema": "string" },
                    { "name": "at", "schema": { "@type": "Object", "fields": [
                        { "name": "lat", "schema": "double" } ] } } ] } }] }"#,
        );
        let capabilities = of_model(&model.view);
        let [location] = &capabilities[..] else { panic!("{capabilities:?}") };
        let shape = |path: &str| location.inner_shape(path);
        assert_eq!(
            (shape("location.speed"), shape("location.at.lat")),
            (Some(Shape::Number), Some(Shape::Number))
        );
        assert_eq!(
            (shape("location.road"), shape("location.at")),
            (Some(Shape::Text), Some(Shape::Structured))
        );
        for path in ["location", "location.", "location.height", "locations.speed", "location.speed.x"] {
            assert_eq!(shape(path), None, "{path}");
        }
    }
}
