//! Reads a model file into what the page shows; the only module that knows the `dtdl` crate.
//!
//! Decides groups, labels and unit symbols. What is wrong with a file is told with line and column.
//! Begin with [`read`].

use dtdl::{Form, LanguageMap, Options, Quantity, Resolve, SchemaKind, Sources, Texts};
use serde_json::Value;

use crate::error::ModelProblem;
use crate::state::Model;
use crate::view::{
    Command, Convention, EnumValue, Field, Group, MapKey, MapValue, ModelView, Property, Schema, Telemetry,
};

/// Symbols of units that the language's own table does not have, or has differently from what people read: v1-preview's names,
/// and the minute, whose symbol there is a metre's.
const SYMBOLS: [(&str, &str); 3] = [("celsius", "°C"), ("fahrenheit", "°F"), ("minute", "min")];

/// Reads a model file, with what `resolve` finds for the ids it refers to; the error lists everything that is wrong.
pub(crate) fn read(
    file_name: &str,
    text: &str,
    resolve: &mut Resolve<'_>,
) -> Result<Model, Vec<ModelProblem>> {
    let mut sources = Sources::default();
    sources.add(file_name, text);
    let reading = dtdl::read_with(sources, None, &Options::default(), resolve);
    let Some(model) = reading.valid() else {
        let mut problems: Vec<_> =
            reading.diagnostics().iter().map(|fault| problem(file_name, &reading, fault)).collect();
        if problems.is_empty() {
            let message = "the file holds no capability model and no Interface".to_owned();
            problems.push(ModelProblem { code: "noModel".to_owned(), message, line: 1, column: 1 });
        }
        return Err(problems);
    };
    Ok(Model {
        view: view(model),
        language: model.version.to_string(),
        file_name: file_name.to_owned(),
        text: text.to_owned(),
    })
}

fn problem(file_name: &str, reading: &dtdl::Reading, fault: &dtdl::Diagnostic) -> ModelProblem {
    let place = reading.sources().position(fault.at());
    let file = if place.file == file_name { String::new() } else { format!("in {}: ", place.file) };
    let help = match fault.code() {
        // the language's own help speaks of the command line
        "unresolvedReference" => Some("add the model that defines it first"),
        _ => fault.help(),
    };
    let help = help.map(|help| format!(" ({help})")).unwrap_or_default();
    ModelProblem {
        code: fault.code().to_owned(),
        message: format!("{file}{}{help}", fault.message()),
        line: place.line,
        column: place.column,
    }
}

fn view(model: &dtdl::Model) -> ModelView {
    let flat = model.form == Form::CapabilityModel;
    let groups = model.parts.iter().map(|part| group(model, part, flat));
    ModelView {
        id: model.id.text.clone(),
        name: label(&model.texts, &model.id.text),
        description: text(&model.texts.description),
        convention: if flat { Convention::Central2020 } else { Convention::Pnp },
        groups: groups.filter(|group| !group.is_empty()).collect(),
    }
}

impl Group {
    fn is_empty(&self) -> bool {
        self.telemetry.is_empty() && self.properties.is_empty() && self.commands.is_empty()
    }
}

fn group(model: &dtdl::Model, part: &dtdl::Part, flat: bool) -> Group {
    let interface = model.interface(part);
    let own_title = text(&part.texts.display_name);
    let name = part.name.as_ref().map(|name| name.text.clone());
    let title =
        own_title.unwrap_or_else(|| label(&interface.texts, name.as_deref().unwrap_or(&interface.id.text)));
    Group {
        component: name.filter(|_| !flat),
        title,
        telemetry: interface.telemetry.iter().map(telemetry).collect(),
        properties: interface.properties.iter().map(property).collect(),
        commands: interface.commands.iter().map(command).collect(),
    }
}

fn telemetry(item: &dtdl::Telemetry) -> Telemetry {
    Telemetry {
        name: item.name.text.clone(),
        label: label(&item.texts, &item.name.text),
        description: text(&item.texts.description),
        unit: unit(&item.quantity),
        schema: schema(&item.schema),
    }
}

fn property(item: &dtdl::Property) -> Property {
    Property {
        name: item.name.text.clone(),
        label: label(&item.texts, &item.name.text),
        description: text(&item.texts.description),
        unit: unit(&item.quantity),
        writable: item.writable,
        schema: schema(&item.schema),
    }
}

fn command(item: &dtdl::Command) -> Command {
    let payload = |payload: &dtdl::Payload| Field {
        name: payload.name.text.clone(),
        label: label(&payload.texts, &payload.name.text),
        schema: schema(&payload.schema),
    };
    Command {
        name: item.name.text.clone(),
        label: label(&item.texts, &item.name.text),
        description: text(&item.texts.description),
        asynchronous: item.asynchronous,
        request: item.request.as_ref().map(payload),
        response: item.response.as_ref().map(payload),
    }
}

fn schema(schema: &dtdl::Schema) -> Schema {
    match &schema.kind {
        SchemaKind::Primitive(primitive) => Schema::primitive(primitive.name()),
        SchemaKind::Object(object) => Schema::Object { fields: object.fields.iter().map(field).collect() },
        SchemaKind::Enum(one) => match &one.values {
            dtdl::EnumValues::Integers(values) => enumeration("integer", values),
            dtdl::EnumValues::Strings(values) => enumeration("string", values),
        },
        SchemaKind::Array(element) => Schema::Array { element: Box::new(self::schema(element)) },
        SchemaKind::Map(map) => Schema::Map {
            key: MapKey { name: map.key.text.clone() },
            value: Box::new(MapValue {
                name: map.value.name.text.clone(),
                schema: self::schema(&map.value.schema),
            }),
        },
        // a kind this hub does not know yet is edited as JSON
        _ => Schema::primitive("unknown"),
    }
}

fn field(item: &dtdl::Field) -> Field {
    Field {
        name: item.name.text.clone(),
        label: label(&item.texts, &item.name.text),
        schema: schema(&item.schema),
    }
}

fn enumeration<T: Clone + Into<Value>>(value_schema: &'static str, values: &[dtdl::EnumValue<T>]) -> Schema {
    let values = values.iter().map(|one| EnumValue {
        name: one.name.text.clone(),
        label: label(&one.texts, &one.name.text),
        value: one.value.clone().into(),
    });
    Schema::Enum { value_schema, values: values.collect() }
}

fn text(map: &LanguageMap) -> Option<String> {
    map.preferred().map(str::to_owned)
}

fn label(texts: &Texts, name: &str) -> String {
    texts.display_name.preferred().unwrap_or(name).to_owned()
}

/// The display unit as written, else the unit's symbol, else the last part of its name.
fn unit(quantity: &Quantity) -> Option<String> {
    let display = quantity.display_unit.preferred();
    let symbol = || {
        let name = quantity.unit.as_deref()?.rsplit(['/', ':']).next()?;
        let ours = SYMBOLS.iter().find(|(unit, _)| *unit == name).map(|(_, symbol)| *symbol);
        let known = || dtdl::units().find(|unit| unit.name == name).map(|unit| unit.symbol);
        Some(ours.or_else(known).unwrap_or(name)).filter(|symbol| !symbol.is_empty())
    };
    display.or_else(symbol).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(file_name: &str, text: &str) -> Result<Model, Vec<ModelProblem>> {
        read(file_name, text, &mut |_| Vec::new())
    }

    #[test]
    fn a_unit_is_shown_by_its_symbol_and_unity_not_at_all() {
        for (name, shown) in [
            ("kibibyte", Some("KiB")),
            ("Units/Temperature/celsius", Some("°C")),
            ("minute", Some("min")),
            ("unity", None),
            ("furlong", Some("furlong")),
        ] {
            let mut quantity = Quantity::default();
            quantity.unit = Some(name.to_owned());
            assert_eq!(unit(&quantity).as_deref(), shown, "{name}");
        }
    }

    #[test]
    fn a_capability_model_is_flat_groups_with_labels_and_symbols() {
        let text = include_str!("../../models/environmental_sensor.json");
        let model = alone("environmental_sensor.json", text).unwrap();
        let view = model.view;
        assert_eq!(view.convention, Convention::Central2020);
        assert!(view.groups.iter().all(|group| group.component.is_none()));
        let sensor = view.groups.iter().find(|group| !group.telemetry.is_empty()).unwrap();
        let units: Vec<_> = sensor.telemetry.iter().map(|t| (&*t.name, t.unit.as_deref())).collect();
        assert_eq!(units, [("temp", Some("°F")), ("humid", Some("%"))]);
        let brightness = view.property(None, "brightness").unwrap();
        assert_eq!((&*brightness.label, brightness.writable), ("Brightness Level", true));
        let run = sensor.commands.iter().find(|command| command.name == "rundiagnostics").unwrap();
        assert!(run.asynchronous);
    }

    #[test]
    fn an_interface_keeps_its_components() {
        let text = include_str!("../../models/environmental_sensor.v3.json");
        let view = alone("environmental_sensor.v3.json", text).unwrap().view;
        assert_eq!(view.convention, Convention::Pnp);
        assert!(view.groups.iter().any(|group| group.component.is_some()), "{view:?}");
    }

    #[test]
    fn says_where_a_file_is_wrong() {
        let problems = alone("x.json", "{ \"@type\": ").unwrap_err();
        assert_eq!(problems[0].line, 1);
        assert!(problems[0].column > 1);
    }
}
