//! The operator's page: its files, its API and its events, and the router of both HTTP listeners.
//!
//! A request that is signed or has an `api-version` belongs to the service API ([`crate::rest`]), as does the content of an
//! upload, every other one to the page. [`guard`] keeps other web sites out, and other machines that do not know the [`token`]. Begin with
//! [`router`].

mod api;
mod approval;
mod assets;
mod certificates;
mod commands;
mod device;
mod devices;
mod enrollments;
mod error;
mod events;
mod failures;
mod faults;
mod files;
mod guard;
mod gzip;
mod languages;
mod login;
mod preload;
mod qr;
mod raw;
mod series;
mod stream;
mod templates;
mod token;
mod twin;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::Method;
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post, put};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use self::error::PageError;
use crate::limits::Limits;
use crate::mqtt::websocket;
use crate::paced::pace;
use crate::rest::{self, RestError};
use crate::shared::Shared;

pub(crate) use guard::{Access, whole_seconds};
pub(crate) use token::PageToken;

/// The sections of the page, the first part of each address.
const SECTIONS: [&str; 3] = ["devices", "templates", "hub"];

/// What the page's handlers share.
#[derive(Clone)]
pub(crate) struct PageState {
    shared: Arc<Shared>,
    access: Access,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// The router of the HTTP listeners; event streams are `tasks` that end with `stop`.
pub(crate) fn router(
    shared: Arc<Shared>,
    access: Access,
    limits: &Limits,
    tasks: TaskTracker,
    stop: CancellationToken,
) -> Router {
    let service = rest::router(&shared, rest::Throttle::new(limits.throttling, limits.messages_per_second))
        .with_state(Arc::clone(&shared));
    let guard = middleware::from_fn_with_state((access.clone(), Arc::clone(&shared)), guard::guard);
    let page = PageState { shared: Arc::clone(&shared), access, tasks, stop };
    let page = page_router().layer(guard).with_state(page);
    Router::new()
        .route(websocket::PATH, get(websocket::upgrade))
        .fallback(choose)
        .with_state((service, page, shared))
        .layer(DefaultBodyLimit::max(limits.body_bytes))
        .layer(middleware::from_fn_with_state(limits.body_deadline, pace))
}

async fn choose(
    State((service, page, shared)): State<(Router, Router, Arc<Shared>)>,
    request: Request,
) -> Response {
    let is_service = rest::is_for_services(&request);
    let mut request = request;
    let usual = is_service.then(|| rest::in_usual_case(request.method(), request.uri())).flatten();
    if let Some(uri) = usual {
        *request.uri_mut() = uri;
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let refusal = || {
        let reason = changes.then(|| shared.unkept()).flatten()?;
        let refused = RestError::unkept(&reason).into_response();
        Some(if is_service { refused } else { PageError::unkept(&reason).into_response() })
    };
    if let Some(refusal) = refusal() {
        return refusal;
    }
    let Ok(response) = (if is_service { service } else { page }).oneshot(request).await;
    // nothing is answered as done before it is kept
    refusal().unwrap_or(response)
}

fn page_router() -> Router<PageState> {
    Router::new()
        .merge(shell())
        .route("/assets/{*name}", get(assets::asset))
        .merge(api_routes().layer(middleware::from_fn(gzip::compress)))
        .merge(secret_routes())
        .layer(middleware::map_response(error::in_form))
        .route("/events", get(stream::events))
        .fallback(error::no_route)
        .method_not_allowed_fallback(error::no_method)
}

/// What gives or takes secrets, and so is never compressed.
fn secret_routes() -> Router<PageState> {
    Router::new()
        .route(guard::LOGIN, post(login::log_in))
        .route("/api/devices/{id}/credentials", get(device::credentials))
        .route("/api/enrollments/{kind}/{id}/keys", get(enrollments::keys))
        .route("/api/enrollments/group/{id}/deviceKey", post(enrollments::device_key))
}

fn api_routes() -> Router<PageState> {
    Router::new()
        .route("/api/hub", get(api::hub))
        .route("/api/certificates", get(certificates::list).post(certificates::add))
        .route("/api/certificates/{name}", delete(certificates::remove))
        .route("/api/enrollments/{kind}", get(enrollments::list).post(enrollments::add))
        .route(
            "/api/enrollments/{kind}/{id}",
            get(enrollments::read).put(enrollments::write).delete(enrollments::delete),
        )
        .route("/api/enrollments/group/{id}/registrations", get(enrollments::registrations))
        .route("/api/hub/approval", put(approval::set))
        .route("/api/log", get(api::log))
        .route("/api/faults", get(faults::list).post(faults::inject).delete(faults::clear))
        .route("/api/faults/cut", post(faults::cut))
        .route("/api/faults/{id}", delete(faults::end))
        .route("/api/models", get(api::models).post(api::add_model))
        .route("/api/devices", get(devices::list).post(devices::add))
        .route("/api/devices/{id}", get(device::read).patch(device::label).delete(approval::delete))
        .route("/api/devices/{id}/approve", post(approval::approve))
        .route("/api/devices/{id}/block", post(approval::block))
        .route("/api/devices/{id}/unblock", post(approval::unblock))
        .route("/api/devices/{id}/model", put(device::assign_model))
        .route("/api/devices/{id}/template", put(device::assign_template))
        .route("/api/devices/{id}/telemetry", get(series::one))
        .route("/api/devices/{id}/raw", get(raw::rows))
        .route("/api/devices/{id}/raw/export", get(raw::export))
        .route("/api/devices/{id}/twin", get(twin::read).patch(twin::patch))
        .route("/api/devices/{id}/telemetry/events", get(events::newest))
        .route("/api/devices/{id}/telemetry/series", get(series::series))
        .route("/api/devices/{id}/properties", axum::routing::patch(device::write_properties))
        .route("/api/devices/{id}/files", get(files::list))
        .route("/api/devices/{id}/files/{*name}", get(files::read).delete(files::delete))
        .route("/api/devices/{id}/commands", post(commands::call))
        .merge(templates::routes())
}

/// Every address of a page answers the same file, whose script looks at the address.
fn shell() -> Router<PageState> {
    SECTIONS.iter().fold(Router::new().route("/", get(assets::index)), |router, section| {
        router
            .route(&format!("/{section}"), get(assets::index))
            .route(&format!("/{section}/{{*rest}}"), get(assets::index))
    })
}

#[cfg(test)]
mod list_tests;
#[cfg(test)]
mod template_tests;
#[cfg(test)]
pub(crate) mod tests;
