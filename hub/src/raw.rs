//! A row of a device's history as the raw data shows it: what its template knows, what it does not, and what is wrong.
//!
//! Decides what is modeled; it reads no history and no HTTP. Begin with [`describe`]. Rules: operator pages reference,
//! section 1.7.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::feed::system_name;
use crate::state::history::{Kind, Row};
use crate::view::ModelView;

/// Characters shown of a body; a list of rows would be too long otherwise.
const BODY_CHARACTERS: usize = 4096;
/// Names that IoT Central ignores in telemetry.
const IGNORED: [&str; 7] = [
    "EventEnqueuedUtcTime",
    "EventProcessedUtcTime",
    "PartitionId",
    "EventHub",
    "User",
    "$metadata",
    "$version",
];

/// A row with what its model says of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawRow {
    pub(crate) seq: u64,
    /// The time the device gave, else when the hub took it.
    pub(crate) at: jiff::Timestamp,
    pub(crate) enqueued_at: jiff::Timestamp,
    pub(crate) kind: Kind,
    pub(crate) component: Option<String>,
    pub(crate) size: u32,
    /// What the model has a telemetry or a property for; without a model, everything.
    pub(crate) modeled: Map<String, Value>,
    /// What it has none for: name and component must be exactly its.
    pub(crate) unmodeled: Map<String, Value>,
    pub(crate) problems: Vec<String>,
    /// As it came, not more than its beginning.
    pub(crate) body_text: String,
    /// The properties that its sender gave a message.
    pub(crate) properties: Map<String, Value>,
    /// Those that IoT Hub knows, by its names.
    pub(crate) system_properties: Map<String, Value>,
}

impl RawRow {
    /// Whether anything of it is unknown to the model or wrong.
    pub(crate) fn is_odd(&self) -> bool {
        !self.unmodeled.is_empty() || !self.problems.is_empty()
    }

    /// The value at the path of a capability: `name` or `component/name`.
    pub(crate) fn value(&self, path: &str) -> Option<&Value> {
        let (component, name) = match path.split_once('/') {
            Some((component, name)) => (Some(component), name),
            None => (None, path),
        };
        let own = (self.component.as_deref() == component).then(|| self.modeled.get(name)).flatten();
        own.or_else(|| self.modeled.get(component?)?.get(name))
    }
}

/// Describes a row by the model of its device.
pub(crate) fn describe(row: &Row, model: Option<&ModelView>) -> RawRow {
    let (properties, system_properties) = properties_of(row);
    let mut described = RawRow {
        seq: row.seq,
        at: row.at,
        enqueued_at: row.received,
        kind: row.kind,
        component: row.component.clone(),
        size: row.size,
        modeled: Map::new(),
        unmodeled: Map::new(),
        problems: row.problem.iter().cloned().collect(),
        body_text: row.body.chars().take(BODY_CHARACTERS).collect(),
        properties,
        system_properties,
    };
    if !matches!(row.kind, Kind::Telemetry | Kind::Property) {
        return described;
    }
    let Ok(Value::Object(values)) = serde_json::from_str(&row.body) else {
        return described;
    };
    for (name, value) in values {
        match (row.kind, component_of(row, &name, &value, model)) {
            (Kind::Property, Some(component)) => described.take_component(&component, value, model),
            _ => described.take(row.kind, name, value, model),
        }
    }
    described
}

/// The properties of a message: its sender's own, and those that IoT Hub knows.
fn properties_of(row: &Row) -> (Map<String, Value>, Map<String, Value>) {
    let text = row.properties.as_deref().unwrap_or("{}");
    let all: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
    let (mut own, mut system) = (Map::new(), Map::new());
    for (name, value) in all {
        match system_name(&name) {
            Some(known) => drop(system.insert(known.to_owned(), value)),
            None => drop(own.insert(name, value)),
        }
    }
    (own, system)
}

/// A member of a property patch that is a component: marked as one, or one of the model.
fn component_of(row: &Row, name: &str, value: &Value, model: Option<&ModelView>) -> Option<String> {
    let inner = value.as_object().filter(|_| row.component.is_none())?;
    let is = inner.contains_key("__t") || model.is_some_and(|model| model.has_component(name));
    is.then(|| name.to_owned())
}

impl RawRow {
    fn take(&mut self, kind: Kind, name: String, value: Value, model: Option<&ModelView>) {
        if IGNORED.contains(&name.as_str()) {
            self.problems.push(format!("{name} is a reserved name: IoT Central ignores it"));
            return;
        }
        if kind == Kind::Telemetry && name.starts_with('_') {
            self.problems.push(format!("{name} begins with _, which IoT Central does not allow"));
        }
        let known = judge(kind, self.component.as_deref(), &name, &value, model);
        self.put(known, name, value);
    }

    /// The properties of one component stay together under its name.
    fn take_component(&mut self, component: &str, value: Value, model: Option<&ModelView>) {
        let Value::Object(inner) = value else { return };
        let (mut modeled, mut unmodeled) = (Map::new(), Map::new());
        for (name, value) in inner.into_iter().filter(|(name, _)| name != "__t") {
            let known = judge(Kind::Property, Some(component), &name, &value, model);
            match known {
                Known::Yes(problem) => {
                    self.problems.extend(problem.map(|text| format!("{component}/{text}")));
                    modeled.insert(name, value);
                }
                Known::No => {
                    unmodeled.insert(name, value);
                }
            }
        }
        for (target, part) in [(&mut self.modeled, modeled), (&mut self.unmodeled, unmodeled)] {
            if !part.is_empty() {
                target.insert(component.to_owned(), Value::Object(part));
            }
        }
    }

    fn put(&mut self, known: Known, name: String, value: Value) {
        match known {
            Known::Yes(problem) => {
                self.problems.extend(problem);
                self.modeled.insert(name, value);
            }
            Known::No => {
                self.unmodeled.insert(name, value);
            }
        }
    }
}

/// Whether a model knows a value, and then what is wrong with it.
enum Known {
    Yes(Option<String>),
    No,
}

fn judge(kind: Kind, component: Option<&str>, name: &str, value: &Value, model: Option<&ModelView>) -> Known {
    let Some(model) = model else {
        return Known::Yes(None);
    };
    let mut groups = model.groups.iter().filter(|group| group.component.as_deref() == component);
    let schema = match kind {
        Kind::Property => model.property(component, name).map(|property| &property.schema),
        _ => groups
            .find_map(|group| group.telemetry.iter().find(|one| one.name == name))
            .map(|one| &one.schema),
    };
    let Some(schema) = schema else {
        return if kind == Kind::Property && is_command(model, component, name) {
            Known::Yes(None)
        } else {
            Known::No
        };
    };
    // a property may be an acknowledgement, whose value stands inside
    let shown = match kind {
        Kind::Property => acknowledged(value),
        _ => value,
    };
    if shown.is_null() {
        return Known::Yes(None);
    }
    Known::Yes(schema.check(shown).err().map(|why| format!("{name}: {why}")))
}

/// An asynchronous command reports its progress in a property of its name.
fn is_command(model: &ModelView, component: Option<&str>, name: &str) -> bool {
    let groups = model.groups.iter().filter(|group| group.component.as_deref() == component);
    groups.flat_map(|group| &group.commands).any(|command| command.name == name)
}

fn acknowledged(value: &Value) -> &Value {
    match value.as_object().and_then(|object| object.get("value")) {
        Some(inner) => acknowledged(inner),
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::sensor_model;
    use jiff::Timestamp;
    use serde_json::json;

    fn row(kind: Kind, body: &str, problem: Option<&str>) -> Row {
        Row {
            seq: 1,
            at: Timestamp::UNIX_EPOCH,
            received: Timestamp::UNIX_EPOCH,
            kind,
            component: None,
            body: body.to_owned(),
            size: 0,
            problem: problem.map(str::to_owned),
            properties: None,
        }
    }

    fn model() -> ModelView {
        let mut view = sensor_model().view.clone();
        let schema = crate::view::Schema::primitive("double");
        view.groups[0].telemetry.push(crate::view::Telemetry {
            name: "temp".into(),
            label: "temp".into(),
            description: None,
            semantic_type: None,
            unit: None,
            schema,
        });
        view
    }

    #[test]
    fn an_extra_name_and_a_wrong_case_are_unmodeled_and_a_wrong_type_is_a_problem() {
        let told =
            describe(&row(Kind::Telemetry, r#"{"temp":"hot","Temp":1,"extra":2}"#, None), Some(&model()));
        assert_eq!(Value::Object(told.modeled), json!({ "temp": "hot" }));
        assert_eq!(Value::Object(told.unmodeled), json!({ "Temp": 1, "extra": 2 }));
        assert_eq!(told.problems, ["temp: expected a number, got string"]);
    }

    #[test]
    fn a_body_that_is_no_json_keeps_its_text_and_its_problem() {
        let told = describe(&row(Kind::Telemetry, "{", Some("not JSON: at line 1 column 1")), Some(&model()));
        assert!(told.is_odd() && told.modeled.is_empty());
        assert_eq!((told.body_text.as_str(), told.problems.len()), ("{", 1));
    }

    #[test]
    fn properties_are_known_in_both_forms_and_in_components() {
        let body = r#"{"brightness":{"value":2,"ac":200,"av":3},"state":"true","part":{"__t":"c","x":1},"$version":4}"#;
        let told = describe(&row(Kind::Property, body, None), Some(&model()));
        assert!(told.modeled.contains_key("brightness") && told.modeled.contains_key("state"));
        assert_eq!(Value::Object(told.unmodeled.clone()), json!({ "part": { "x": 1 } }));
        assert_eq!(told.problems.len(), 2, "{:?}", told.problems);
        assert_eq!(told.value("state"), Some(&json!("true")));
    }

    #[test]
    fn properties_are_those_of_the_sender_and_those_that_iot_hub_knows() {
        let text = r#"{"$.ct":"application/json","$.ctime":"2026-01-02T03:04:05Z","level":"high"}"#;
        let with = Row { properties: Some(text.into()), ..row(Kind::Telemetry, "{}", None) };
        let told = describe(&with, None);
        assert_eq!(Value::Object(told.properties), json!({ "level": "high" }));
        let system =
            json!({ "content-type": "application/json", "iothub-creation-time-utc": "2026-01-02T03:04:05Z" });
        assert_eq!(Value::Object(told.system_properties), system);
    }

    #[test]
    fn without_a_model_everything_is_a_value() {
        let told = describe(&row(Kind::Telemetry, r#"{"a":1,"_b":2,"User":3}"#, None), None);
        assert_eq!(Value::Object(told.modeled.clone()), json!({ "a": 1, "_b": 2 }));
        assert_eq!(told.problems.len(), 2);
    }
}
