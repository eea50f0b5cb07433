//! Reading, deleting and listing registrations.
//!
//! Begin with [`read`].

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::error::DpsError;
use super::pages::{PORTION, Page};
use crate::provisioning::registration_state;
use crate::rest::etag::if_match;
use crate::shared::Shared;
use crate::state::provisioning::enroll::EnrollmentError;
use crate::state::provisioning::enrollment::Kind;

pub(super) async fn read(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Response, DpsError> {
    shared.with(|state, _| {
        let known = state.registration(&id).map_err(of_registration)?;
        let body = Json(registration_state(known, state.host_name()));
        Ok(([(ETAG, known.etag())], body).into_response())
    })
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, DpsError> {
    let forgotten = shared.with(|state, _| state.forget_registration(&id, if_match(&headers).as_deref()));
    forgotten.map_err(of_registration)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The registrations that came by a group.
pub(super) async fn query(
    State(shared): State<Arc<Shared>>,
    Path(group): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, DpsError> {
    let portion = |after: Option<&str>| {
        shared.with(|state, _| {
            state.enrollment(Kind::Group, &group)?;
            let some = state.registrations_of(&group, after).take(PORTION);
            let show = |one: &_| registration_state(one, state.host_name());
            Ok(some.map(|(key, one)| (key.to_owned(), show(one))).collect())
        })
    };
    Page::asked(&headers, &body)?.answer("deviceRegistration", portion).await
}

fn of_registration(error: EnrollmentError) -> DpsError {
    match error {
        EnrollmentError::NotFound(id) => DpsError::no_registration(&id),
        other => other.into(),
    }
}
