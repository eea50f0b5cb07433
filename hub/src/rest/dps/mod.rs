//! The provisioning service's API: enrollments, groups and registrations for tools, and the registering of devices by
//! HTTPS.
//!
//! Decides routes and who may use them; [`form`] is the JSON, the state decides what happens. Facts: protocol reference,
//! sections 1.6 and 5.4. Begin with [`router`].

mod attestation;
mod bulk;
mod device;
mod enrollments;
mod error;
mod form;
mod pages;
mod registrations;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};

use super::auth::check;
use super::throttle::{Throttle, throttle};
use crate::policy::Right;
use crate::shared::Shared;
use error::DpsError;

/// How the paths of tools begin.
const HEADS: [&str; 3] = ["enrollments", "enrollmentGroups", "registrations"];
/// Words that come later in them, and where.
const TAILS: [(usize, &str); 3] = [(2, "query"), (3, "query"), (3, "attestationmechanism")];

/// The routes of the provisioning service.
pub(super) fn router(shared: &Arc<Shared>, rates: Throttle) -> Router<Arc<Shared>> {
    let tools = Router::new()
        .route("/enrollments", post(bulk::run))
        .route("/enrollments/", post(bulk::run))
        .route("/enrollments/query", post(enrollments::individual::query))
        .route(
            "/enrollments/{id}",
            get(enrollments::individual::read)
                .put(enrollments::individual::write)
                .delete(enrollments::individual::delete),
        )
        .route("/enrollments/{id}/attestationmechanism", post(enrollments::individual::attestation))
        .route("/enrollmentGroups/query", post(enrollments::group::query))
        .route(
            "/enrollmentGroups/{id}",
            get(enrollments::group::read).put(enrollments::group::write).delete(enrollments::group::delete),
        )
        .route("/enrollmentGroups/{id}/attestationmechanism", post(enrollments::group::attestation))
        .route("/registrations/{id}", get(registrations::read).delete(registrations::delete))
        .route("/registrations/{id}/query", post(registrations::query))
        .route_layer(from_fn_with_state(rates, throttle))
        .route_layer(from_fn_with_state(Arc::clone(shared), guard));
    let devices = Router::new()
        .route("/{scope}/registrations/{id}/register", axum::routing::put(device::register))
        .route("/{scope}/registrations/{id}/operations/{operation}", get(device::poll))
        .route("/{scope}/registrations/{id}", post(device::look_up))
        .route_layer(from_fn_with_state(Throttle::of_registrations(), throttle));
    tools.merge(devices)
}

/// Lets tools through that have the policy of the provisioning service.
async fn guard(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Result<Response, DpsError> {
    match check(&shared, request.uri(), request.headers(), Right::Provisioning) {
        Ok(()) => Ok(next.run(request).await),
        Err(reason) => {
            shared.with(|state, now| state.refuse(None, &format!("provisioning service API: {reason}"), now));
            Err(DpsError::unauthorized(reason))
        }
    }
}

/// The same address with the words of its route as the routes have them, if they are not; ids stay as they are.
pub(crate) fn in_usual_case(uri: &Uri) -> Option<Uri> {
    let mut segments: Vec<&str> = uri.path().split('/').collect();
    let head =
        HEADS.iter().find(|head| segments.get(1).is_some_and(|word| word.eq_ignore_ascii_case(head)))?;
    for (at, word) in TAILS.iter().chain([&(1, *head)]) {
        if let Some(segment) = segments.get_mut(*at).filter(|segment| segment.eq_ignore_ascii_case(word)) {
            *segment = word;
        }
    }
    let path = segments.join("/");
    if path == uri.path() {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{path}{query}").parse().ok()?);
    Uri::from_parts(parts).ok()
}
