//! The page's API for certificate authorities that the hub trusts to name devices.
//!
//! Begin with [`list`].

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::PageState;
use super::error::PageError;
use crate::certificate::{Description, Thumbprint};
use crate::state::provisioning::authorities::{Authority, AuthorityError};

pub(super) async fn list(State(page): State<PageState>) -> Json<Value> {
    let items: Vec<Value> = page.shared.with(|state, _| state.trusted().map(item).collect());
    Json(json!({ "items": items }))
}

fn item(authority: &Authority) -> Value {
    let der = authority.certificate.der();
    let known = Description::read(der).ok();
    json!({
        "name": authority.name,
        "subject": known.as_ref().map(|known| &known.subject),
        "issuer": known.as_ref().map(|known| &known.issuer),
        "expires": known.as_ref().map(|known| known.until),
        "thumbprint": Thumbprint::of(der).to_string(),
        "created": authority.created,
    })
}

#[derive(Deserialize)]
pub(super) struct Name {
    name: Option<String>,
}

/// Takes a PEM file as it is; answers the names under which its certificates are trusted from now on.
pub(super) async fn add(
    State(page): State<PageState>,
    Query(query): Query<Name>,
    body: String,
) -> Result<(StatusCode, Json<Value>), PageError> {
    let name = query.name.as_deref().filter(|name| !name.is_empty());
    let names = page.shared.with(|state, now| state.trust(name, &body, now))?;
    Ok((StatusCode::CREATED, Json(json!({ "names": names }))))
}

pub(super) async fn remove(
    State(page): State<PageState>,
    Path(name): Path<String>,
) -> Result<StatusCode, PageError> {
    page.shared.with(|state, _| state.distrust(&name))?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<AuthorityError> for PageError {
    fn from(error: AuthorityError) -> Self {
        let (status, code, field) = match &error {
            AuthorityError::NotFound(_) => (StatusCode::NOT_FOUND, "notFound", None),
            AuthorityError::Exists(_) => (StatusCode::CONFLICT, "exists", Some("name")),
            AuthorityError::Name | AuthorityError::Several(_) => {
                (StatusCode::BAD_REQUEST, "invalid", Some("name"))
            }
            AuthorityError::Certificate(_) => (StatusCode::BAD_REQUEST, "invalid", Some("certificate")),
            AuthorityError::Full => (StatusCode::BAD_REQUEST, "invalid", None),
        };
        let refusal = Self::new(status, code, error.to_string());
        match field {
            Some(field) => refusal.at(field),
            None => refusal,
        }
    }
}
