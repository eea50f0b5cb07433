//! The service API: what IoT Hub offers to back ends and tools, with SAS authentication.
//!
//! Decides routes, permissions and JSON forms; the state decides what happens. Facts: protocol
//! reference, section 5. Begin with [`router`].

mod auth;
mod blobs;
mod bulk;
mod device_side;
mod devices;
pub(crate) mod dps;
mod error;
mod etag;
mod events;
mod headers;
mod identity;
mod messages;
mod methods;
mod modules;
mod permissions;
mod query;
mod refusals;
mod rows;
mod spelling;
mod statistics;
mod target;
mod throttle;
mod twins;
mod uploads;
mod version;

use std::sync::Arc;

use axum::http::Uri;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post, put};
use axum::{Router, middleware};

use crate::shared::Shared;

pub(crate) use error::RestError;
pub(crate) use methods::is_method_name;
pub(crate) use refusals::formed;
pub(crate) use spelling::in_usual_case;
pub(crate) use throttle::Throttle;
pub(crate) use uploads::CONTAINER;
pub(crate) use version::is_for_services;

/// The routes of the service API, each behind [`permissions::guard`]. A trailing slash is accepted where clients send
/// one.
pub(crate) fn router(shared: &Arc<Shared>, rates: Throttle) -> Router<Arc<Shared>> {
    let provisioning = dps::router(shared, &rates);
    Router::new()
        .route("/devices", get(devices::list).post(bulk::run))
        .route("/devices/", get(devices::list).post(bulk::run))
        .route("/devices/query", post(query::run))
        .route("/devices/{id}", get(devices::read).put(devices::write).delete(devices::delete))
        .route("/statistics/devices", get(statistics::devices))
        .route("/statistics/service", get(statistics::service))
        .route("/twins/{id}", get(twins::read).patch(twins::patch).put(twins::replace))
        .route("/twins/{id}/methods", post(methods::call))
        .route("/devices/{id}/modules", get(modules::list))
        .route("/devices/{id}/modules/{mid}", get(devices::read).put(devices::write).delete(devices::delete))
        .route("/twins/{id}/modules/{mid}", get(twins::read).patch(twins::patch).put(twins::replace))
        .route("/twins/{id}/modules/{mid}/methods", post(methods::call))
        .route("/devices/{id}/commands", delete(messages::purge))
        .route("/messages/events", get(events::stream))
        .route("/messages/serviceBound/feedback", get(messages::feedback))
        .route("/messages/serviceBound/feedback/{lock}", delete(messages::complete_feedback))
        .route("/messages/serviceBound/feedback/{lock}/abandon", post(messages::abandon_feedback))
        .route("/devices/{id}/messages/deviceBound", post(messages::send).get(device_side::receive))
        .route("/devices/{id}/messages/deviceBound/{lock}", delete(device_side::complete))
        .route("/devices/{id}/messages/deviceBound/{lock}/abandon", post(device_side::abandon))
        .route("/devices/{id}/messages/events", post(device_side::send))
        .route("/devices/{id}/files", post(uploads::begin))
        .route("/devices/{id}/files/notifications", post(uploads::notify))
        .route("/devices/{id}/files/notifications/{correlation}", post(uploads::notify_by_path))
        .route("/uploads/{id}/{*name}", put(blobs::put))
        // what is added later comes first: a request that is refused takes nothing from those that are not
        .route_layer(middleware::from_fn_with_state(rates, throttle::throttle))
        .route_layer(middleware::from_fn_with_state(Arc::clone(shared), permissions::guard))
        .layer(middleware::map_response(refusals::of_the_hub))
        .merge(provisioning)
        .fallback(no_route)
        .layer(middleware::from_fn(version::check))
}

async fn no_route(uri: Uri) -> Response {
    let message = format!("this hub does not serve {}", uri.path());
    if dps::is_path(uri.path()) {
        return dps::no_route(message);
    }
    RestError::not_found(message).into_response()
}

#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod registry_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod upload_tests;
