//! The page's API for enrollments: lists, making, changing and deleting them, their keys, and the registrations of a group.
//!
//! The JSON of an enrollment is the service API's ([`crate::rest::dps::form`]), and so is what is done with it. A list is cut by
//! `limit` and `offset`, and `q` is a part of an id. What is wrong with one member of a body is told with its name:
//! `{ "details": [{ "field": "primaryKey", "message": ".." }] }`. Only [`keys`] and [`device_key`] tell keys; their routes
//! are among those that are not compressed. Begin with [`list`].

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::PageState;
use super::error::{Body, PageError};
use crate::provisioning::registration_state;
use crate::rest::dps::error::DpsError;
use crate::rest::dps::{attestation, form};
use crate::state::provisioning::enroll::EnrollmentError;
use crate::state::provisioning::enrollment::{Attestation, Kind};

/// Rows of an answer: when none are asked for, and at most.
const ROWS: (usize, usize) = (100, 1000);

#[derive(Deserialize)]
pub(super) struct Part {
    /// In any case.
    #[serde(default)]
    q: String,
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
}

impl Part {
    /// The part of a list by its keys, the ids in lower case.
    fn of<'a, T: 'a>(
        &self,
        all: impl Iterator<Item = (&'a str, &'a T)>,
        show: impl Fn(&T) -> Value,
    ) -> Value {
        let wanted = self.q.trim().to_lowercase();
        let found: Vec<&T> = all.filter(|(key, _)| key.contains(&wanted)).map(|(_, one)| one).collect();
        let rows = self.limit.unwrap_or(ROWS.0).min(ROWS.1);
        let items: Vec<Value> = found.iter().skip(self.offset).take(rows).map(|one| show(one)).collect();
        json!({ "items": items, "total": found.len(), "offset": self.offset })
    }
}

pub(super) async fn list(
    State(page): State<PageState>,
    Path(kind): Path<Kind>,
    Query(part): Query<Part>,
) -> Json<Value> {
    Json(
        page.shared
            .with(|state, _| part.of(state.enrollments(kind, None), |one| form::show(state, kind, one))),
    )
}

pub(super) async fn read(
    State(page): State<PageState>,
    Path((kind, id)): Path<(Kind, String)>,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, _| Ok(Json(form::show(state, kind, state.enrollment(kind, &id)?))))
}

/// Makes an enrollment; one that there is already is not changed.
pub(super) async fn add(
    State(page): State<PageState>,
    Path(kind): Path<Kind>,
    Body { value: body, .. }: Body<Value>,
) -> Result<(StatusCode, Json<Value>), PageError> {
    let id = body.get(form::id_name(kind)).and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok((StatusCode::CREATED, Json(put(&page, kind, &id, &body, None)?)))
}

/// Changes an enrollment that is as `If-Match` says.
pub(super) async fn write(
    State(page): State<PageState>,
    Path((kind, id)): Path<(Kind, String)>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<Value>,
) -> Result<Json<Value>, PageError> {
    let given = if_match(&headers).ok_or_else(|| {
        PageError::bad_request("If-Match must have the etag of the enrollment as it was read")
    })?;
    put(&page, kind, &id, &body, Some(given)).map(Json)
}

fn put(page: &PageState, kind: Kind, id: &str, body: &Value, etag: Option<&str>) -> Result<Value, PageError> {
    page.shared.with(|state, now| {
        let (attestation, settings) = form::read(state, kind, id, body)?;
        state.enroll(kind, id, attestation, settings, etag, now)?;
        Ok(form::show(state, kind, state.enrollment(kind, id)?))
    })
}

fn if_match(headers: &HeaderMap) -> Option<&str> {
    headers.get(IF_MATCH)?.to_str().ok()
}

pub(super) async fn delete(
    State(page): State<PageState>,
    Path((kind, id)): Path<(Kind, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, PageError> {
    page.shared.with(|state, _| state.unenroll(kind, &id, if_match(&headers)))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The registrations that came by a group.
pub(super) async fn registrations(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Query(part): Query<Part>,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, _| {
        state.enrollment(Kind::Group, &id)?;
        let show = |one: &_| registration_state(one, state.host_name());
        Ok(Json(part.of(state.registrations_of(&id, None), show)))
    })
}

/// The attestation with its keys.
pub(super) async fn keys(
    State(page): State<PageState>,
    Path((kind, id)): Path<(Kind, String)>,
) -> Result<Json<Value>, PageError> {
    page.shared.with(|state, _| Ok(Json(attestation::show(&state.enrollment(kind, &id)?.attestation, true))))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Derived {
    registration_id: String,
}

/// The key that a device of a group proves itself with: derived from the group's primary key and its registration id.
pub(super) async fn device_key(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Body { value: Derived { registration_id }, .. }: Body<Derived>,
) -> Result<Json<Value>, PageError> {
    if !crate::state::device::is_registration_id(&registration_id) {
        let message =
            "a registration id has 1 to 128 letters, digits and - . _ : and ends with a letter, a digit or -";
        return Err(PageError::bad_request(message).at("registrationId"));
    }
    page.shared.with(|state, _| match &state.enrollment(Kind::Group, &id)?.attestation {
        Attestation::Keys { primary, .. } => Ok(Json(json!({
            "idScope": page.shared.settings.id_scope,
            "registrationId": registration_id,
            "key": primary.derive(&registration_id).reveal(),
        }))),
        _ => Err(PageError::bad_request(
            "devices of this group prove themselves with certificates, not with keys",
        )),
    })
}

impl From<DpsError> for PageError {
    fn from(error: DpsError) -> Self {
        let code = match error.status() {
            StatusCode::NOT_FOUND => "notFound",
            StatusCode::CONFLICT => "exists",
            StatusCode::PRECONDITION_FAILED => "changed",
            _ => "invalid",
        };
        let refusal = Self::new(error.status(), code, error.message().to_owned());
        match error.field() {
            Some(field) => refusal.at(field),
            None => refusal,
        }
    }
}

impl From<EnrollmentError> for PageError {
    fn from(error: EnrollmentError) -> Self {
        DpsError::from(error).into()
    }
}
