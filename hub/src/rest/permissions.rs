//! What each route of the service API needs, and the check before any of them.
//!
//! Decides nothing about tokens; [`super::auth`] does. A route that is not in the table is closed to everybody, so that
//! none can be forgotten. Begin with [`guard`].

use std::sync::Arc;

use axum::extract::{MatchedPath, RawPathParams, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use super::RestError;
use super::auth::{authorize, authorize_device};
use crate::http::Peer;
use crate::policy::Right;
use crate::shared::Shared;

use Right::{Device, Own, RegistryRead, RegistryWrite, Service};

/// The right for each route and method.
const NEEDS: &[(&str, &[(Method, Right)])] = &[
    ("/devices", &[(Method::GET, RegistryRead), (Method::POST, RegistryWrite)]),
    ("/devices/", &[(Method::GET, RegistryRead), (Method::POST, RegistryWrite)]),
    ("/devices/query", &[(Method::POST, Service)]),
    (
        "/devices/{id}",
        &[(Method::GET, RegistryRead), (Method::PUT, RegistryWrite), (Method::DELETE, RegistryWrite)],
    ),
    ("/statistics/devices", &[(Method::GET, RegistryRead)]),
    ("/statistics/service", &[(Method::GET, Service)]),
    ("/twins/{id}", &[(Method::GET, Service), (Method::PATCH, Service), (Method::PUT, Service)]),
    ("/twins/{id}/methods", &[(Method::POST, Service)]),
    ("/devices/{id}/modules", &[(Method::GET, RegistryRead)]),
    (
        "/devices/{id}/modules/{mid}",
        &[(Method::GET, RegistryRead), (Method::PUT, RegistryWrite), (Method::DELETE, RegistryWrite)],
    ),
    (
        "/twins/{id}/modules/{mid}",
        &[(Method::GET, Service), (Method::PATCH, Service), (Method::PUT, Service)],
    ),
    ("/twins/{id}/modules/{mid}/methods", &[(Method::POST, Service)]),
    ("/devices/{id}/commands", &[(Method::DELETE, Service)]),
    ("/messages/events", &[(Method::GET, Service)]),
    ("/messages/serviceBound/feedback", &[(Method::GET, Service)]),
    ("/messages/serviceBound/feedback/{lock}", &[(Method::DELETE, Service)]),
    ("/messages/serviceBound/feedback/{lock}/abandon", &[(Method::POST, Service)]),
    ("/devices/{id}/messages/deviceBound", &[(Method::POST, Service), (Method::GET, Device)]),
    ("/devices/{id}/messages/deviceBound/{lock}", &[(Method::DELETE, Device)]),
    ("/devices/{id}/messages/deviceBound/{lock}/abandon", &[(Method::POST, Device)]),
    ("/devices/{id}/messages/events", &[(Method::POST, Device)]),
    ("/devices/{id}/files", &[(Method::POST, Device)]),
    ("/devices/{id}/files/notifications", &[(Method::POST, Device)]),
    ("/devices/{id}/files/notifications/{correlation}", &[(Method::POST, Device)]),
    ("/uploads/{id}/{*name}", &[(Method::PUT, Own)]),
];

/// Lets a request through to its route if it may.
pub(super) async fn guard(
    State(shared): State<Arc<Shared>>,
    path: MatchedPath,
    parameters: RawPathParams,
    request: Request,
    next: Next,
) -> Result<Response, RestError> {
    let method = if *request.method() == Method::HEAD { &Method::GET } else { request.method() };
    match needed(path.as_str(), method) {
        None if is_known(path.as_str()) => {
            let message = format!("{} does not take {method}", path.as_str());
            return Err(RestError::method_not_allowed(message));
        }
        None => return Err(RestError::unauthorized("this hub lets nobody do this")),
        Some(Own) => {}
        Some(Device) => {
            let id = parameters.iter().find(|(name, _)| *name == "id").map_or("", |(_, id)| id);
            authorize_device(&shared, request.extensions().get::<Peer>(), request.headers(), id)?;
        }
        Some(right) => authorize(&shared, request.uri(), request.headers(), right)?,
    }
    Ok(next.run(request).await)
}

/// The paths of all routes, with the methods of each.
pub(super) fn routes() -> impl Iterator<Item = (&'static str, Vec<Method>)> {
    NEEDS.iter().map(|(path, needs)| (*path, needs.iter().map(|(method, _)| method.clone()).collect()))
}

fn is_known(path: &str) -> bool {
    NEEDS.iter().any(|(known, _)| *known == path)
}

fn needed(path: &str, method: &Method) -> Option<Right> {
    let (_, methods) = NEEDS.iter().find(|(known, _)| *known == path)?;
    methods.iter().find(|(known, _)| known == method).map(|(_, right)| *right)
}
