//! The page's API for importing models: files, one of the models that the hub was given, or the sample.
//!
//! Begin with [`import`].

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;

use super::{PageState, Subject, answer};
use crate::models::Library;
use crate::page::error::{Body, PageError};
use crate::page::languages::Languages;
use crate::state::{Model, StateError};
use crate::template::import::{FILE_LIMIT, read};

/// The model of the tutorial, offered where there is no template yet: the project's own `models/environmental_sensor.json`.
const SAMPLE: (&str, &str) =
    ("environmental_sensor.json", include_str!("../../template/samples/environmental_sensor.json"));

/// One of `files`, `modelId` and `sample` says which model.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Import {
    /// The template's name; else the model's.
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    files: Vec<ImportFile>,
    /// The model among the files, or else among those that the hub was given.
    #[serde(default)]
    model_id: Option<String>,
    #[serde(default)]
    sample: bool,
    /// Refuses a model that a template has already, and names that template.
    #[serde(default)]
    only_new: bool,
}

#[derive(Deserialize)]
struct ImportFile {
    name: String,
    text: String,
}

/// Makes a draft of a model.
pub(super) async fn import(
    State(page): State<PageState>,
    Languages(languages): Languages,
    Body { value: import, .. }: Body<Import>,
) -> Result<Response, PageError> {
    let model = import.model(&page)?;
    let response = page.shared.with(|state, now| {
        if import.only_new {
            check_new(state, &model)?;
        }
        let id = state.import_template(model, import.name.as_deref(), now)?.id.clone();
        Ok::<_, PageError>(answer(state, state.template(&id)?, &languages))
    })?;
    Ok((StatusCode::CREATED, response).into_response())
}

/// Whether no template has the model; else the newest version that has.
fn check_new(state: &crate::state::State, model: &Model) -> Result<(), PageError> {
    let known = state.templates().filter(|template| template.model_id() == model.view.id);
    let Some(newest) = known.max_by_key(|template| template.version) else {
        return Ok(());
    };
    let message = format!("the template {:?} has this model already", newest.name);
    let details =
        json!([{ "id": newest.id, "name": newest.name, "version": newest.version, "message": message }]);
    Err(PageError::new(StatusCode::CONFLICT, "known", message).with_details(details))
}

/// Puts another model into a draft.
pub(super) async fn replace(
    State(page): State<PageState>,
    subject: Subject,
    Body { value: import, .. }: Body<Import>,
) -> Result<Response, PageError> {
    let model = import.model(&page)?;
    subject.edit(&page, |state, now| state.replace_template_model(subject.target(), model, now))
}

impl Import {
    fn model(&self, page: &PageState) -> Result<Arc<Model>, PageError> {
        let known: Vec<Arc<Model>> = page.shared.with(|state, _| state.models().cloned().collect());
        let mut files: Vec<_> = self.files.iter().map(|file| (&*file.name, &*file.text)).collect();
        if files.is_empty() && self.sample {
            files.push(SAMPLE);
        }
        if files.len() > FILE_LIMIT {
            return Err(PageError::bad_request(format!("at most {FILE_LIMIT} files at once")));
        }
        match (&*files, &self.model_id) {
            ([], None) => Err(PageError::bad_request("choose a model file")),
            ([], Some(id)) => {
                let model = known.into_iter().find(|model| model.view.id == *id);
                Ok(model.ok_or_else(|| StateError::UnknownModel(id.clone()))?)
            }
            (files, root) => {
                let mut library = Library::default();
                library.add(known.iter().map(|model| (&*model.file_name, &*model.text)));
                let read = read(&library, files, root.as_deref());
                let model = read.map_err(|problems| {
                    let count = problems.len();
                    let message = format!("the model cannot be imported: {count} {}", plural(count));
                    PageError::bad_request(message).with_code("model").with_details(json!(problems))
                })?;
                Ok(Arc::new(model))
            }
        }
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "error" } else { "errors" }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_sample_is_the_projects_model() {
        assert_eq!(super::SAMPLE.1, include_str!("../../../../models/environmental_sensor.json"));
    }
}
