//! The provisioning service's API: enrollments, groups and registrations for tools, and the registering of devices by
//! HTTPS.
//!
//! Decides routes and who may use them; [`form`] is the JSON, the state decides what happens. Facts: protocol reference,
//! sections 1.6 and 5.4. Begin with [`router`].

pub(crate) mod attestation;
mod bulk;
mod device;
mod enrollments;
pub(crate) mod error;
pub(crate) mod form;
mod pages;
mod registrations;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use super::auth::check;
use super::refusals;
use super::throttle::{Throttle, throttle};
use crate::body::BadRequest as _;
use crate::policy::Right;
use crate::shared::Shared;
use error::DpsError;

/// How the paths of tools begin.
const HEADS: [&str; 3] = ["enrollments", "enrollmentGroups", "registrations"];

/// The paths of all routes, with the methods of each.
pub(super) fn routes() -> impl Iterator<Item = (&'static str, Vec<Method>)> {
    const ITEM: &[Method] = &[Method::GET, Method::PUT, Method::DELETE];
    const POST: &[Method] = &[Method::POST];
    const ROUTES: [(&str, &[Method]); 13] = [
        ("/enrollments", POST),
        ("/enrollments/", POST),
        ("/enrollments/query", POST),
        ("/enrollments/{id}", ITEM),
        ("/enrollments/{id}/attestationmechanism", POST),
        ("/enrollmentGroups/query", POST),
        ("/enrollmentGroups/{id}", ITEM),
        ("/enrollmentGroups/{id}/attestationmechanism", POST),
        ("/registrations/{id}", ITEM),
        ("/registrations/{id}/query", POST),
        ("/{scope}/registrations/{id}/register", &[Method::PUT]),
        ("/{scope}/registrations/{id}/operations/{operation}", &[Method::GET]),
        ("/{scope}/registrations/{id}", POST),
    ];
    ROUTES.iter().map(|(path, methods)| (*path, methods.to_vec()))
}

/// Whether a path is the provisioning service's, also when there is no such route.
pub(super) fn is_path(path: &str) -> bool {
    let is = |word: &str, heads: &[&str]| heads.iter().any(|head| head.eq_ignore_ascii_case(word));
    let mut words = path.split('/').skip(1);
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    // a device's own path begins with the id scope, and is that of no device or twin
    is(first, &HEADS) || (is(second, &HEADS[2..]) && !is(first, &["devices", "twins"]))
}

/// The refusal of what is no route.
pub(super) fn no_route(message: String) -> Response {
    DpsError::not_found(message).into_response()
}

/// The refusal of what is known by its status alone.
pub(super) fn of_status(status: StatusCode, message: String) -> Response {
    DpsError::of_status(status, message).into_response()
}

/// The refusal of a version that the API does not have.
pub(super) fn wrong_version(message: String) -> Response {
    DpsError::bad_request(message).into_response()
}

fn throttled() -> Response {
    let message = "Throttled: there were more requests than this service takes.".to_owned();
    DpsError::of_status(StatusCode::TOO_MANY_REQUESTS, message).into_response()
}

/// The routes of the provisioning service.
pub(super) fn router(shared: &Arc<Shared>, rates: &Throttle) -> Router<Arc<Shared>> {
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
        .route_layer(from_fn_with_state(rates.refusing_by(throttled), throttle))
        .route_layer(from_fn_with_state(Arc::clone(shared), guard));
    let devices = Router::new()
        .route("/{scope}/registrations/{id}/register", axum::routing::put(device::register))
        .route("/{scope}/registrations/{id}/operations/{operation}", get(device::poll))
        .route("/{scope}/registrations/{id}", post(device::look_up))
        .route_layer(from_fn_with_state(Throttle::of_registrations().refusing_by(throttled), throttle));
    tools.merge(devices).layer(map_response(refusals::of_the_provisioning_service))
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
