//! What the framework refuses by itself (a query or a path that does not fit, a method), in the form of the API.
//!
//! Decides nothing else: an answer that is in a form already stays as it is. Begin with [`of_the_hub`].

use axum::body::to_bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::{RestError, dps};

/// The longest text of the framework's that is told.
const TEXT_LIMIT: usize = 4096;

/// A refusal of the hub's API.
pub(super) async fn of_the_hub(response: Response) -> Response {
    let formed = ["iothub-errorcode", "x-ms-error-code"];
    let is_formed = formed.iter().any(|name| response.headers().contains_key(*name));
    if is_formed || !response.status().is_client_error() {
        return response;
    }
    let (status, text) = text_of(response).await;
    RestError::of_status(status, text).into_response()
}

/// A refusal of the provisioning service's API, whose errors are all JSON.
pub(super) async fn of_the_provisioning_service(response: Response) -> Response {
    let kind = response.headers().get(axum::http::header::CONTENT_TYPE);
    let is_formed = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if is_formed || !response.status().is_client_error() {
        return response;
    }
    let (status, text) = text_of(response).await;
    dps::of_status(status, text)
}

async fn text_of(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let bytes = to_bytes(response.into_body(), TEXT_LIMIT).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let reason = status.canonical_reason().unwrap_or("refused");
    (status, if text.is_empty() { reason.to_owned() } else { text })
}
