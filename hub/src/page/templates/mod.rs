//! The page's API about templates: the list, import, export, and what happens to a template as a whole.
//!
//! An edit may name, by `If-Match`, the entity tag of the template as it was read; it is refused with 412 when the template
//! has changed since. Answers are the template as it is then, with its `ETag`. What is edited of a draft is [`edit`]'s;
//! rules are [`crate::template`]'s. Begin with [`routes`].

mod edit;
mod import;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post, put};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::PageState;
use super::error::{Body, PageError};
use super::languages::Languages;
use crate::state::StateError;
use crate::state::templates::Target;
use crate::template::Template;
use crate::template::json as form;

/// The routes of the API.
pub(super) fn routes() -> Router<PageState> {
    Router::new()
        .route("/api/templates", get(list).post(import::import))
        .route("/api/templates/{id}", get(read).patch(edit::rename).delete(delete))
        .route("/api/templates/{id}/model", get(export).put(import::replace))
        .route("/api/templates/{id}/customizations", patch(edit::customize))
        .route("/api/templates/{id}/cloudProperties", put(edit::cloud_properties))
        .route("/api/templates/{id}/views", post(edit::add_view).put(edit::order_views))
        .route("/api/templates/{id}/views/{slug}", put(edit::put_view).delete(edit::delete_view))
        .route("/api/templates/{id}/generateViews", post(edit::generate_views))
        .route("/api/templates/{id}/publish", post(publish))
        .route("/api/templates/{id}/revert", post(revert))
        .route("/api/templates/{id}/version", post(new_version))
        .route("/api/templates/{id}/migrate", post(migrate))
}

/// The template that a request is about, and the tag it must have.
pub(super) struct Subject {
    id: String,
    etag: Option<String>,
    languages: Vec<String>,
}

impl FromRequestParts<PageState> for Subject {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &PageState) -> Result<Self, PageError> {
        let path = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Path(segments) = path.map_err(|error| PageError::bad_request(error.to_string()))?;
        let id = segments.into_iter().next().map(|(_, id)| id).unwrap_or_default();
        let Ok(Languages(languages)) = Languages::from_request_parts(parts, state).await;
        // the tag names the state and not the bytes: a compressed answer has it weakly
        let plain = |etag: &str| etag.strip_prefix("W/").unwrap_or(etag).to_owned();
        let etag = parts.headers.get(IF_MATCH).map(|etag| plain(etag.to_str().unwrap_or("?")));
        Ok(Self { id, etag, languages })
    }
}

impl Subject {
    fn target(&self) -> Target<'_> {
        Target { id: &self.id, etag: self.etag.as_deref() }
    }

    /// Does something with the template and answers it as it is then.
    fn edit(
        &self,
        page: &PageState,
        edit: impl FnOnce(&mut crate::state::State, Timestamp) -> Result<(), StateError>,
    ) -> Result<Response, PageError> {
        page.shared.with(|state, now| {
            edit(state, now)?;
            Ok(answer(state, state.template(&self.id)?, &self.languages))
        })
    }
}

/// A template with all that its page needs.
fn whole(state: &crate::state::State, template: &Template, languages: &[String]) -> Value {
    let mut value = form::detail(template, state.device_count(&template.id), languages);
    let family = state.templates().filter(|other| other.family == template.family);
    let mut versions: Vec<_> = family.collect();
    versions.sort_by_key(|other| other.version);
    value["versions"] = versions
        .iter()
        .map(|other| {
            json!({ "id": other.id, "name": other.name, "version": other.version,
                    "published": other.published.is_some(), "deviceCount": state.device_count(&other.id) })
        })
        .collect();
    value["nextVersionName"] = json!(state.next_version(template).1);
    value["issues"] = json!(state.template_issues(template));
    value
}

fn answer(state: &crate::state::State, template: &Template, languages: &[String]) -> Response {
    let mut response = Json(whole(state, template, languages)).into_response();
    if let Ok(etag) = HeaderValue::from_str(&template.etag()) {
        response.headers_mut().insert(ETAG, etag);
    }
    response
}

async fn list(State(page): State<PageState>) -> Json<Value> {
    let items: Vec<Value> = page.shared.with(|state, _| {
        let newest = state.newest_published();
        let item = |template: &Template| {
            let mut item = form::summary(template, state.device_count(&template.id));
            item["takesDevices"] = json!(newest.get(template.model_id()) == Some(&&*template.id));
            item
        };
        state.templates().map(item).collect()
    });
    Json(json!({ "total": items.len(), "items": items, "next": null }))
}

async fn read(State(page): State<PageState>, subject: Subject) -> Result<Response, PageError> {
    subject.edit(&page, |_, _| Ok(()))
}

async fn delete(State(page): State<PageState>, subject: Subject) -> Result<StatusCode, PageError> {
    page.shared.with(|state, _| state.delete_template(subject.target()))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct FileChoice {
    file: Option<String>,
}

/// A file of the model as it was imported, byte for byte: the one with the model's id unless another is named.
async fn export(
    State(page): State<PageState>,
    subject: Subject,
    axum::extract::Query(choice): axum::extract::Query<FileChoice>,
) -> Result<Response, PageError> {
    let (name, text) = page.shared.with(|state, _| {
        let model = &state.template(&subject.id)?.draft.model;
        let wanted = choice.file.as_deref().unwrap_or(&model.file_name);
        let own = Some((&model.file_name, &model.text));
        let others = model.others.iter().map(|(name, text)| (name, text));
        let found = own.into_iter().chain(others).find(|(name, _)| *name == wanted);
        let (name, text) = found.ok_or_else(|| PageError::not_found(format!("no file {wanted:?}")))?;
        Ok::<_, PageError>((name.clone(), text.clone()))
    })?;
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let last = name.rsplit(['/', '\\']).next().unwrap_or(&name);
    let disposition = format!("attachment; filename=\"{}\"", last.chars().map(plain).collect::<String>());
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, text).into_response())
}

async fn publish(State(page): State<PageState>, subject: Subject) -> Result<Response, PageError> {
    subject.edit(&page, |state, now| state.publish_template(subject.target(), now))
}

async fn revert(State(page): State<PageState>, subject: Subject) -> Result<Response, PageError> {
    subject.edit(&page, |state, now| state.revert_template(subject.target(), now))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewVersion {
    #[serde(default)]
    name: Option<String>,
}

async fn new_version(
    State(page): State<PageState>,
    subject: Subject,
    Body { value: new, .. }: Body<NewVersion>,
) -> Result<Response, PageError> {
    let response = page.shared.with(|state, now| {
        let id = state.new_template_version(subject.target(), new.name.as_deref(), now)?.id.clone();
        Ok::<_, PageError>(answer(state, state.template(&id)?, &subject.languages))
    })?;
    Ok((StatusCode::CREATED, response).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Migration {
    /// All devices of this template.
    #[serde(default)]
    from: Option<String>,
    /// These devices.
    #[serde(default)]
    devices: Vec<String>,
}

/// Gives devices this template.
async fn migrate(
    State(page): State<PageState>,
    subject: Subject,
    Body { value: migration, .. }: Body<Migration>,
) -> Result<Json<Value>, PageError> {
    let Migration { from, devices } = migration;
    let migrated =
        page.shared.with(|state, _| state.migrate_devices(from.as_deref(), &devices, &subject.id))?;
    Ok(Json(json!({ "migrated": migrated })))
}
