//! The service API: what IoT Hub offers to back ends and tools, with SAS authentication.
//!
//! Decides routes, permissions and JSON forms; the state decides what happens. Facts: protocol
//! reference, section 5. Begin with [`router`].

mod auth;
mod devices;
mod error;
mod messages;
mod methods;
mod query;
mod throttle;
mod twins;

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Router, middleware};

use crate::shared::Shared;

pub(crate) use error::RestError;
pub(crate) use methods::is_method_name;
pub(crate) use throttle::Throttle;

/// The routes of the service API. A trailing slash is accepted where clients send one.
pub(crate) fn router(rates: Throttle) -> Router<Arc<Shared>> {
    Router::new()
        .route("/devices", get(devices::list).post(devices::bulk))
        .route("/devices/", get(devices::list).post(devices::bulk))
        .route("/devices/query", post(query::run))
        .route("/devices/{id}", get(devices::read).put(devices::write).delete(devices::delete))
        .route("/statistics/devices", get(devices::statistics))
        .route("/statistics/service", get(devices::service_statistics))
        .route("/twins/{id}", get(twins::read).patch(twins::patch).put(twins::replace))
        .route("/twins/{id}/methods", post(methods::call))
        .route("/devices/{id}/messages/devicebound", post(messages::send))
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(middleware::from_fn_with_state(rates, throttle::throttle))
}

async fn no_route(uri: axum::http::Uri) -> RestError {
    RestError::not_found(format!("this hub does not serve {}", uri.path()))
}

async fn no_method(uri: axum::http::Uri) -> RestError {
    RestError::method_not_allowed(format!("{} does not take this method", uri.path()))
}
