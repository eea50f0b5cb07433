//! Reading, writing, deleting and listing enrollments, individual ones and groups alike.
//!
//! Begin with [`read`].

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use super::error::{Body, DpsError};
use super::pages::{PORTION, Page};
use super::{attestation as mechanism, form};
use crate::rest::etag::if_match;
use crate::shared::Shared;
use crate::state::provisioning::enrollment::Kind;

fn read(shared: &Shared, kind: Kind, id: &str) -> Result<Response, DpsError> {
    shared.with(|state, _| {
        let known = state.enrollment(kind, id)?;
        Ok(([(ETAG, known.etag())], Json(form::show(state, kind, known))).into_response())
    })
}

fn write(
    shared: &Shared,
    kind: Kind,
    id: &str,
    headers: &HeaderMap,
    body: &Value,
) -> Result<Response, DpsError> {
    let given = if_match(headers);
    shared.with(|state, now| {
        let (attestation, settings) = form::read(state, kind, id, body)?;
        state.enroll(kind, id, attestation, settings, given.as_deref(), now)?;
        Ok::<_, DpsError>(())
    })?;
    read(shared, kind, id)
}

fn delete(shared: &Shared, kind: Kind, id: &str, headers: &HeaderMap) -> Result<StatusCode, DpsError> {
    shared.with(|state, _| state.unenroll(kind, id, if_match(headers).as_deref()))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn query(shared: &Shared, kind: Kind, headers: &HeaderMap, body: &[u8]) -> Result<Response, DpsError> {
    let name = match kind {
        Kind::Individual => "enrollment",
        Kind::Group => "enrollmentGroup",
    };
    let portion = |after: Option<&str>| {
        shared.with(|state, _| {
            let some = state.enrollments(kind, after).take(PORTION);
            Ok(some.map(|(key, one)| (key.to_owned(), form::show(state, kind, one))).collect())
        })
    };
    Page::asked(headers, body)?.answer(name, portion).await
}

/// The only call that tells keys.
fn attestation(shared: &Shared, kind: Kind, id: &str) -> Result<Json<Value>, DpsError> {
    shared.with(|state, _| Ok(Json(mechanism::show(&state.enrollment(kind, id)?.attestation, true))))
}

/// The handlers of one kind.
macro_rules! handlers {
    ($name:ident, $kind:expr, $doc:literal) => {
        #[doc = $doc]
        pub(super) mod $name {
            use super::*;

            pub(in super::super) async fn read(
                State(shared): State<Arc<Shared>>,
                Path(id): Path<String>,
            ) -> Result<Response, DpsError> {
                super::read(&shared, $kind, &id)
            }

            pub(in super::super) async fn write(
                State(shared): State<Arc<Shared>>,
                Path(id): Path<String>,
                headers: HeaderMap,
                Body { value: body, .. }: Body<Value>,
            ) -> Result<Response, DpsError> {
                super::write(&shared, $kind, &id, &headers, &body)
            }

            pub(in super::super) async fn delete(
                State(shared): State<Arc<Shared>>,
                Path(id): Path<String>,
                headers: HeaderMap,
            ) -> Result<StatusCode, DpsError> {
                super::delete(&shared, $kind, &id, &headers)
            }

            pub(in super::super) async fn query(
                State(shared): State<Arc<Shared>>,
                headers: HeaderMap,
                body: Bytes,
            ) -> Result<Response, DpsError> {
                super::query(&shared, $kind, &headers, &body).await
            }

            pub(in super::super) async fn attestation(
                State(shared): State<Arc<Shared>>,
                Path(id): Path<String>,
            ) -> Result<Json<Value>, DpsError> {
                super::attestation(&shared, $kind, &id)
            }
        }
    };
}

handlers!(individual, Kind::Individual, "Of individual enrollments.");
handlers!(group, Kind::Group, "Of enrollment groups.");
