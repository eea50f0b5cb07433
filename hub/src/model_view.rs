//! Reads a model file into what the page shows; the only module that knows the `dtdl` crate.
//!
//! Decides groups, labels in the asked language and unit symbols. What is wrong with a file is told with line and column.
//! Begin with [`read_files`] and [`Words`].

use std::sync::Arc;

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

/// A checked model, from which [`Words`] makes what is shown.
#[derive(Debug, Clone)]
pub(crate) struct Parsed(Arc<dtdl::Model>);

/// Reads several files that are one model together: the one with the id `root`, or the first that no other refers to.
pub(crate) fn read_files(
    files: &[(&str, &str)],
    root: Option<&str>,
    resolve: &mut Resolve<'_>,
) -> Result<Model, Vec<ModelProblem>> {
    let mut sources = Sources::default();
    for (name, text) in files {
        sources.add(*name, *text);
    }
    let mut found = Vec::new();
    let mut noted = |ids: &[&str]| {
        let texts = resolve(ids);
        found.extend(texts.iter().cloned());
        texts
    };
    let reading = dtdl::read_with(sources, root, &Options::default(), &mut noted);
    let Some(model) = reading.valid() else {
        let mut problems: Vec<_> =
            reading.diagnostics().iter().map(|fault| problem(files, &reading, fault)).collect();
        if problems.is_empty() {
            let message = "the file holds no capability model and no Interface".to_owned();
            problems.push(ModelProblem::new(
                "noModel",
                message,
                files.first().map_or("", |(name, _)| name),
                (1, 1),
            ));
        }
        return Err(problems);
    };
    let at = reading.sources().position(model.id.at).file;
    let (mut root, mut others) = (Vec::new(), Vec::new());
    for (name, text) in files {
        // of two files of one name the first is meant
        let target = if *name == at && root.is_empty() { &mut root } else { &mut others };
        target.push(((*name).to_owned(), (*text).to_owned()));
    }
    let (file_name, text) = root.pop().unwrap_or_default();
    others.extend(found);
    let parsed = Parsed(Arc::new(model.clone()));
    let view = Words(&[]).view(&parsed);
    Ok(Model { view, language: model.version.to_string(), file_name, text, others, parsed })
}

fn problem(given: &[(&str, &str)], reading: &dtdl::Reading, fault: &dtdl::Diagnostic) -> ModelProblem {
    let place = reading.sources().position(fault.at());
    let is_given = given.iter().any(|(name, _)| *name == place.file);
    let file = if is_given { String::new() } else { format!("in {}: ", place.file) };
    let help = match fault.code() {
        // the language's own help speaks of the command line
        "unresolvedReference" => Some("add the model that defines it first"),
        _ => fault.help(),
    };
    let help = help.map(|help| format!(" ({help})")).unwrap_or_default();
    let message = format!("{file}{}{help}", fault.message());
    ModelProblem::new(fault.code(), message, place.file, (place.line, place.column))
}

/// Everything of a model in the first of the languages that it has a text in, else in English, else in any.
pub(crate) struct Words<'l>(pub(crate) &'l [String]);

impl Words<'_> {
    /// The model in these languages.
    pub(crate) fn view(&self, parsed: &Parsed) -> ModelView {
        let model = &*parsed.0;
        let flat = model.form == Form::CapabilityModel;
        let groups = model.parts.iter().map(|part| self.group(model, part, flat));
        ModelView {
            id: model.id.text.clone(),
            name: self.label(&model.texts, &model.id.text),
            description: self.text(&model.texts.description),
            convention: if flat { Convention::Central2020 } else { Convention::Pnp },
            groups: groups.filter(|group| !group.is_empty()).collect(),
        }
    }

    fn group(&self, model: &dtdl::Model, part: &dtdl::Part, flat: bool) -> Group {
        let interface = model.interface(part);
        let own_title = self.text(&part.texts.display_name);
        let name = part.name.as_ref().map(|name| name.text.clone());
        let title = own_title
            .unwrap_or_else(|| self.label(&interface.texts, name.as_deref().unwrap_or(&interface.id.text)));
        Group {
            key: name.clone().unwrap_or_default(),
            component: name.filter(|_| !flat),
            title,
            telemetry: interface.telemetry.iter().map(|item| self.telemetry(item)).collect(),
            properties: interface.properties.iter().map(|item| self.property(item)).collect(),
            commands: interface.commands.iter().map(|item| self.command(item)).collect(),
        }
    }

    fn telemetry(&self, item: &dtdl::Telemetry) -> Telemetry {
        Telemetry {
            name: item.name.text.clone(),
            label: self.label(&item.texts, &item.name.text),
            description: self.text(&item.texts.description),
            semantic_type: semantic_type(&item.quantity),
            unit: self.unit(&item.quantity),
            schema: self.schema(&item.schema),
        }
    }

    fn property(&self, item: &dtdl::Property) -> Property {
        Property {
            name: item.name.text.clone(),
            label: self.label(&item.texts, &item.name.text),
            description: self.text(&item.texts.description),
            semantic_type: semantic_type(&item.quantity),
            unit: self.unit(&item.quantity),
            writable: item.writable,
            schema: self.schema(&item.schema),
        }
    }

    fn command(&self, item: &dtdl::Command) -> Command {
        let payload = |payload: &dtdl::Payload| Field {
            name: payload.name.text.clone(),
            label: self.label(&payload.texts, &payload.name.text),
            schema: self.schema(&payload.schema),
        };
        Command {
            name: item.name.text.clone(),
            label: self.label(&item.texts, &item.name.text),
            description: self.text(&item.texts.description),
            asynchronous: item.asynchronous,
            request: item.request.as_ref().map(payload),
            response: item.response.as_ref().map(payload),
        }
    }

    fn schema(&self, schema: &dtdl::Schema) -> Schema {
        match &schema.kind {
            SchemaKind::Primitive(primitive) => Schema::primitive(primitive.name()),
            SchemaKind::Object(object) => {
                Schema::Object { fields: object.fields.iter().map(|field| self.field(field)).collect() }
            }
            SchemaKind::Enum(one) => match &one.values {
                dtdl::EnumValues::Integers(values) => self.enumeration("integer", values),
                dtdl::EnumValues::Strings(values) => self.enumeration("string", values),
            },
            SchemaKind::Array(element) => Schema::Array { element: Box::new(self.schema(element)) },
            SchemaKind::Map(map) => Schema::Map {
                key: MapKey { name: map.key.text.clone() },
                value: Box::new(MapValue {
                    name: map.value.name.text.clone(),
                    schema: self.schema(&map.value.schema),
                }),
            },
            // a kind this hub does not know yet is edited as JSON
            _ => Schema::primitive("unknown"),
        }
    }

    fn field(&self, item: &dtdl::Field) -> Field {
        Field {
            name: item.name.text.clone(),
            label: self.label(&item.texts, &item.name.text),
            schema: self.schema(&item.schema),
        }
    }

    fn enumeration<T: Clone + Into<Value>>(
        &self,
        value_schema: &'static str,
        values: &[dtdl::EnumValue<T>],
    ) -> Schema {
        let values = values.iter().map(|one| EnumValue {
            name: one.name.text.clone(),
            label: self.label(&one.texts, &one.name.text),
            value: one.value.clone().into(),
        });
        Schema::Enum { value_schema, values: values.collect() }
    }

    /// The text in the first language it is in: as asked (`de-AT`), or without the region (`de`).
    fn choose<'t>(&self, map: &'t LanguageMap) -> Option<&'t str> {
        let in_language = |code: &String| {
            map.get(code).or_else(|| map.get(code.split_once('-').map_or(code, |(short, _)| short)))
        };
        self.0.iter().find_map(in_language).or_else(|| map.preferred())
    }

    fn text(&self, map: &LanguageMap) -> Option<String> {
        self.choose(map).map(str::to_owned)
    }

    fn label(&self, texts: &Texts, name: &str) -> String {
        self.choose(&texts.display_name).unwrap_or(name).to_owned()
    }

    /// The display unit as written, else the unit's symbol, else the last part of its name.
    fn unit(&self, quantity: &Quantity) -> Option<String> {
        let display = self.choose(&quantity.display_unit);
        let symbol = || {
            let name = quantity.unit.as_deref()?.rsplit(['/', ':']).next()?;
            let ours = SYMBOLS.iter().find(|(unit, _)| *unit == name).map(|(_, symbol)| *symbol);
            let known = || dtdl::units().find(|unit| unit.name == name).map(|unit| unit.symbol);
            Some(ours.or_else(known).unwrap_or(name)).filter(|symbol| !symbol.is_empty())
        };
        display.or_else(symbol).map(str::to_owned)
    }
}

impl Group {
    fn is_empty(&self) -> bool {
        self.telemetry.is_empty() && self.properties.is_empty() && self.commands.is_empty()
    }
}

/// `Temperature` of `SemanticType/Temperature`, and of what has no path.
fn semantic_type(quantity: &Quantity) -> Option<String> {
    Some(quantity.semantic_type.as_deref()?.rsplit(['/', ':']).next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(file_name: &str, text: &str) -> Result<Model, Vec<ModelProblem>> {
        read_files(&[(file_name, text)], None, &mut |_| Vec::new())
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
            assert_eq!(Words(&[]).unit(&quantity).as_deref(), shown, "{name}");
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
