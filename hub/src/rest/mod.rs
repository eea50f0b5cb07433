//! The service API: what IoT Hub offers to back ends and tools, with SAS authentication.
//!
//! Decides routes, permissions and JSON forms; the state decides what happens. Facts: protocol
//! reference, section 5. Begin with [`router`].

mod auth;
mod bulk;
mod devices;
mod dps;
mod error;
mod etag;
mod identity;
mod messages;
mod methods;
mod permissions;
mod query;
mod statistics;
mod throttle;
mod twins;

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Router, middleware};

use crate::shared::Shared;

pub(crate) use dps::in_usual_case;
pub(crate) use error::RestError;
pub(crate) use methods::is_method_name;
pub(crate) use throttle::Throttle;

/// The routes of the service API, each behind [`permissions::guard`]. A trailing slash is accepted where clients send
/// one.
pub(crate) fn router(shared: &Arc<Shared>, rates: Throttle) -> Router<Arc<Shared>> {
    Router::new()
        .route("/devices", get(devices::list).post(bulk::run))
        .route("/devices/", get(devices::list).post(bulk::run))
        .route("/devices/query", post(query::run))
        .route("/devices/{id}", get(devices::read).put(devices::write).delete(devices::delete))
        .route("/statistics/devices", get(statistics::devices))
        .route("/statistics/service", get(statistics::service))
        .route("/twins/{id}", get(twins::read).patch(twins::patch).put(twins::replace))
        .route("/twins/{id}/methods", post(methods::call))
        .route("/devices/{id}/messages/devicebound", post(messages::send))
        .route_layer(middleware::from_fn_with_state(Arc::clone(shared), permissions::guard))
        .merge(dps::router(shared))
        .fallback(no_route)
        .layer(middleware::from_fn_with_state(rates, throttle::throttle))
}

async fn no_route(uri: axum::http::Uri) -> RestError {
    RestError::not_found(format!("this hub does not serve {}", uri.path()))
}

#[cfg(test)]
mod tests;
