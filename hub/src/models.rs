//! The models that a hub was given, by the ids they define: what one refers to is looked up among the others.
//!
//! Decides which text is offered for an id, and that a model is read anew when one is replaced that it may refer to. What
//! a model looks like is [`crate::model_view`]'s. Begin with [`Library::read`].

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::error::ModelProblem;
use crate::model_view;
use crate::shared::Shared;
use crate::state::{Model, State};

/// Most models that a hub is given while it runs.
const MODEL_LIMIT: usize = 1000;

/// Texts by the ids that they define.
#[derive(Default)]
pub(crate) struct Library<'t> {
    texts: Vec<(&'t str, &'t str)>,
    by_id: HashMap<String, usize>,
}

impl<'t> Library<'t> {
    /// Adds names and texts, which go before what was added earlier. Among themselves those go first that define little:
    /// they bring nothing along that another text may define as well.
    pub(crate) fn add(&mut self, texts: impl IntoIterator<Item = (&'t str, &'t str)>) {
        let mut texts: Vec<_> = texts.into_iter().map(|(name, text)| (name, text, defined(text))).collect();
        texts.sort_by_key(|(_, _, ids)| Reverse(ids.len()));
        for (name, text, ids) in texts {
            self.by_id.extend(ids.into_iter().map(|id| (id, self.texts.len())));
            self.texts.push((name, text));
        }
    }

    /// Reads a model file with what it refers to; the error lists everything that is wrong with it.
    pub(crate) fn read(&self, name: &str, text: &str) -> Result<Model, Vec<ModelProblem>> {
        self.read_files(&[(name, text)], None)
    }

    /// Reads files that are one model, with what they refer to: the model with the id `root`, or the first that no other
    /// of the files refers to.
    pub(crate) fn read_files(
        &self,
        files: &[(&str, &str)],
        root: Option<&str>,
    ) -> Result<Model, Vec<ModelProblem>> {
        let mut given = BTreeSet::new();
        let is_file = |text: &str| files.iter().any(|(_, file)| *file == text);
        model_view::read_files(files, root, &mut |ids| {
            let numbers = ids.iter().filter_map(|id| self.by_id.get(without_fragment(id)));
            let fresh = numbers.filter(|number| given.insert(**number)).map(|number| self.texts[*number]);
            fresh.filter(|found| !is_file(found.1)).map(|(name, text)| (name.into(), text.into())).collect()
        })
    }
}

/// What adding a model changes, worked out without the state.
struct Change {
    /// The models there were.
    known: Vec<Arc<Model>>,
    model: Arc<Model>,
    /// Models that look different with it.
    anew: Vec<Arc<Model>>,
}

impl Change {
    /// Reads a model file with what it refers to among `known`, and those anew that may refer to what it replaces.
    fn read(known: Vec<Arc<Model>>, name: &str, text: &str) -> Result<Self, Vec<ModelProblem>> {
        let mut library = Library::default();
        library.add(known.iter().map(|model| (&*model.file_name, &*model.text)));
        let model = Arc::new(library.read(name, text)?);
        if known.len() >= MODEL_LIMIT && known.iter().all(|one| one.view.id != model.view.id) {
            let message = format!("there are {MODEL_LIMIT} models already: replace one of them instead");
            return Err(vec![ModelProblem::new("tooManyModels", message, name, (1, 1))]);
        }
        library.add([(name, text)]);
        let mut anew = Vec::new();
        for other in known.iter().filter(|other| other.view.id != model.view.id) {
            match library.read(&other.file_name, &other.text) {
                Ok(read) if read.view != other.view => anew.push(Arc::new(read)),
                Ok(_) => {}
                Err(_) => {
                    tracing::warn!(
                        model = other.view.id,
                        added = model.view.id,
                        "a model stays as it was: it does not fit the added one"
                    );
                }
            }
        }
        drop(library);
        Ok(Self { known, model, anew })
    }

    /// Whether the models are still those that it was worked out from.
    fn is_timely(&self, state: &State) -> bool {
        state.models().count() == self.known.len()
            && state.models().zip(&self.known).all(|(one, known)| Arc::ptr_eq(one, known))
    }

    fn apply(self, state: &mut State, now: Timestamp) -> Arc<Model> {
        state.add_model(Arc::clone(&self.model));
        state.provide_template(&self.model, now);
        for model in self.anew {
            state.add_model(Arc::clone(&model));
            state.refresh_template(&model, now);
        }
        self.model
    }
}

/// Reads a model file with what it refers to among the models there are, adds it, makes a published template of it and
/// answers it. Models that looked different with what it replaces are read anew. Devices do not wait for the reading.
pub(crate) fn add(shared: &Shared, name: &str, text: &str) -> Result<Arc<Model>, Vec<ModelProblem>> {
    loop {
        let known = shared.with(|state, _| state.models().cloned().collect());
        let change = Change::read(known, name, text)?;
        // whoever was faster has added a model: the second reading has it, too
        if let Some(model) =
            shared.with(|state, now| change.is_timely(state).then(|| change.apply(state, now)))
        {
            return Ok(model);
        }
    }
}

/// The same for whoever has the state alone.
#[cfg(test)]
pub(crate) fn add_to(
    state: &mut State,
    name: &str,
    text: &str,
    now: Timestamp,
) -> Result<Arc<Model>, Vec<ModelProblem>> {
    Ok(Change::read(state.models().cloned().collect(), name, text)?.apply(state, now))
}

/// The ids that a text defines. An object with an id but no type only refers.
fn defined(text: &str) -> Vec<String> {
    fn visit(value: &Value, ids: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                if let (Some(Value::String(id)), true) = (members.get("@id"), members.contains_key("@type")) {
                    ids.push(id.clone());
                }
                members.values().for_each(|member| visit(member, ids));
            }
            Value::Array(items) => items.iter().for_each(|item| visit(item, ids)),
            _ => {}
        }
    }
    let mut ids = Vec::new();
    // what is no JSON is told when the text itself is read
    let value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
    visit(&value, &mut ids);
    ids
}

fn without_fragment(id: &str) -> &str {
    id.split_once('#').map_or(id, |(id, _)| id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::{NOW, state};

    const CONTROLLER: &str = include_str!("../../models/dtmi/com/example/temperaturecontroller-1.json");
    const THERMOSTAT: &str = include_str!("../../models/dtmi/com/example/thermostat-1.json");
    const INFORMATION: &str =
        include_str!("../../models/dtmi/azure/devicemanagement/deviceinformation-1.json");

    fn three() -> Library<'static> {
        let mut library = Library::default();
        library.add([("c.json", CONTROLLER), ("t.json", THERMOSTAT), ("d.json", INFORMATION)]);
        library
    }

    #[test]
    fn a_model_in_several_files_is_one_with_all_its_components() {
        let view = three().read("c.json", CONTROLLER).unwrap().view;
        let groups: Vec<_> =
            view.groups.iter().map(|group| (group.component.as_deref(), &*group.title)).collect();
        let components = [
            (None, "Temperature Controller"),
            (Some("thermostat1"), "Thermostat One"),
            (Some("thermostat2"), "Thermostat Two"),
            (Some("deviceInformation"), "Device Information"),
        ];
        assert_eq!(groups, components);
        for group in &view.groups[1..3] {
            let telemetry: Vec<_> =
                group.telemetry.iter().map(|item| (&*item.name, item.unit.as_deref())).collect();
            assert_eq!(telemetry, [("temperature", Some("°C"))]);
            assert_eq!(group.commands[0].name, "getMaxMinReport");
        }
        assert!(view.property(Some("thermostat2"), "targetTemperature").unwrap().writable);
    }

    #[test]
    fn what_is_not_among_the_models_is_told_with_its_place() {
        let mut library = Library::default();
        library.add([("t.json", THERMOSTAT)]);
        let problems = library.read("c.json", CONTROLLER).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| (&*problem.code, problem.line)).collect();
        assert_eq!(found, [("unresolvedReference", 55)], "{problems:?}");
        assert!(problems[0].message.ends_with("(add the model that defines it first)"), "{problems:?}");
    }

    #[test]
    fn a_fault_in_another_file_names_the_file() {
        let wrong = THERMOSTAT.replacen("\"double\"", "\"dobule\"", 1);
        let mut library = Library::default();
        library.add([("t.json", &*wrong), ("d.json", INFORMATION)]);
        let problems = library.read("c.json", CONTROLLER).unwrap_err();
        assert!(problems[0].message.starts_with("in t.json: `dobule`"), "{problems:?}");
    }

    #[test]
    fn of_two_texts_that_define_an_id_the_one_that_defines_less_is_taken() {
        let both = format!("[{INFORMATION}, {THERMOSTAT}]");
        let mut library = Library::default();
        library.add([("t.json", THERMOSTAT), ("d.json", INFORMATION), ("both.json", &*both)]);
        assert!(library.read("c.json", CONTROLLER).is_ok());
    }

    #[test]
    fn there_are_no_more_models_than_there_may_be_and_one_can_still_be_replaced() {
        let model = |number: usize| {
            format!(
                r#"{{ "@context": "dtmi:dtdl:context;2", "@id": "dtmi:test:m{number};1", "@type": "Interface" }}"#
            )
        };
        let one = Arc::new(Library::default().read("m.json", &model(0)).unwrap());
        let known = vec![one; MODEL_LIMIT];
        let refused = Change::read(known.clone(), "m.json", &model(1)).err().unwrap();
        assert_eq!(refused[0].code, "tooManyModels");
        assert!(Change::read(known, "m.json", &model(0)).is_ok());
    }

    #[test]
    fn what_was_read_while_another_model_came_is_read_again() {
        let mut state = state();
        let change = Change::read(Vec::new(), "t.json", THERMOSTAT).unwrap();
        assert!(change.is_timely(&state));
        add_to(&mut state, "d.json", INFORMATION, NOW).unwrap();
        assert!(!change.is_timely(&state));
    }

    #[test]
    fn replacing_a_model_changes_those_that_refer_to_it() {
        let mut state = state();
        for (name, text) in [("t.json", THERMOSTAT), ("d.json", INFORMATION), ("c.json", CONTROLLER)] {
            add_to(&mut state, name, text, NOW).unwrap();
        }
        let kelvin = THERMOSTAT.replace("degreeCelsius", "kelvin");
        add_to(&mut state, "t.json", &kelvin, NOW).unwrap();
        let controller = state.models().find(|model| model.file_name == "c.json").unwrap();
        assert_eq!(controller.view.groups[1].telemetry[0].unit.as_deref(), Some("K"));

        // version 2 of the language allows no components in components
        let nested = THERMOSTAT.replacen(
            "\"contents\": [",
            r#""contents": [{ "@type": "Component", "name": "more", "schema": "dtmi:azure:DeviceManagement:DeviceInformation;1" },"#,
            1,
        );
        add_to(&mut state, "t.json", &nested, NOW).unwrap();
        let controller = state.models().find(|model| model.file_name == "c.json").unwrap();
        assert!(controller.view.property(Some("thermostat1"), "targetTemperature").is_some());
    }
}
