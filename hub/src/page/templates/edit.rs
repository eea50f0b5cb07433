//! The page's API for editing a draft: its name, customisations, cloud properties and views.
//!
//! Begin with [`customize`].

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{PageState, Subject, whole};
use crate::page::error::{Body, PageError};
use crate::template::customization::{CloudProperty, Customization};
use crate::template::generate::Wanted;
use crate::template::view::View;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rename {
    name: String,
}

pub(super) async fn rename(
    State(page): State<PageState>,
    subject: Subject,
    Body { value: Rename { name }, .. }: Body<Rename>,
) -> Result<Response, PageError> {
    subject.edit(&page, |state, now| state.rename_template(subject.target(), &name, now))
}

/// Changes customisations, by path; `null` takes one away, and paths that are not named stay.
pub(super) async fn customize(
    State(page): State<PageState>,
    subject: Subject,
    Body { value: changes, .. }: Body<BTreeMap<String, Option<Customization>>>,
) -> Result<Response, PageError> {
    subject.edit(&page, |state, now| state.customize_template(subject.target(), changes, now))
}

pub(super) async fn cloud_properties(
    State(page): State<PageState>,
    subject: Subject,
    Body { value: list, .. }: Body<Vec<CloudProperty>>,
) -> Result<Response, PageError> {
    subject.edit(&page, |state, now| state.set_cloud_properties(subject.target(), list, now))
}

pub(super) async fn add_view(
    State(page): State<PageState>,
    subject: Subject,
    Body { value: view, .. }: Body<View>,
) -> Result<Response, PageError> {
    let mut slug = String::new();
    let response = subject.edit(&page, |state, now| {
        slug = state.put_view(subject.target(), None, view, now)?;
        Ok(())
    })?;
    let location = [("location", format!("/api/templates/{}/views/{slug}", subject.id))];
    Ok((StatusCode::CREATED, location, response).into_response())
}

/// Puts the views into the order of these slugs.
pub(super) async fn order_views(
    State(page): State<PageState>,
    subject: Subject,
    Body { value: slugs, .. }: Body<Vec<String>>,
) -> Result<Response, PageError> {
    subject.edit(&page, |state, now| state.order_views(subject.target(), &slugs, now))
}

pub(super) async fn put_view(
    State(page): State<PageState>,
    Path((_, slug)): Path<(String, String)>,
    subject: Subject,
    Body { value: view, .. }: Body<View>,
) -> Result<Response, PageError> {
    subject.edit(&page, |state, now| state.put_view(subject.target(), Some(&slug), view, now).map(drop))
}

pub(super) async fn delete_view(
    State(page): State<PageState>,
    Path((_, slug)): Path<(String, String)>,
    subject: Subject,
) -> Result<Response, PageError> {
    subject.edit(&page, |state, now| state.delete_view(subject.target(), &slug, now))
}

/// Makes the default views; answers what became of each, and the template.
pub(super) async fn generate_views(
    State(page): State<PageState>,
    subject: Subject,
    Body { value: wanted, .. }: Body<Wanted>,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, now| {
        let outcomes = state.generate_views(subject.target(), wanted, now)?;
        let template = whole(state, state.template(&subject.id)?, &subject.languages);
        Ok(Json(json!({ "outcomes": outcomes, "template": template })))
    })
}
