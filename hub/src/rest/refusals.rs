//! What the framework refuses by itself (a query or a path that does not fit, a method), in the form of the API.
//!
//! Decides nothing else: an answer that is in a form already stays as it is. Begin with [`of_the_hub`].

use axum::body::to_bytes;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use super::{RestError, dps};

/// The longest text of the framework's that is told.
const TEXT_LIMIT: usize = 4096;

/// A refusal of the hub's API.
pub(super) async fn of_the_hub(response: Response) -> Response {
    // what stands for the storage service answers in XML
    if response.headers().contains_key("x-ms-error-code") {
        return response;
    }
    formed(response, |status, text| RestError::of_status(status, text).into_response()).await
}

/// A refusal of the provisioning service's API.
pub(super) async fn of_the_provisioning_service(response: Response) -> Response {
    formed(response, dps::of_status).await
}

/// An answer, or what `form` makes of a refusal that is in no form of ours.
pub(crate) async fn formed(
    response: Response,
    form: impl FnOnce(StatusCode, String) -> Response,
) -> Response {
    if is_formed(&response) {
        return response;
    }
    let (status, text) = text_of(response).await;
    form(status, text)
}

/// Whether an answer is no refusal, or is one in a form of ours: those are JSON, as are lists of what failed.
fn is_formed(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    is_json || !response.status().is_client_error()
}

async fn text_of(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let bytes = to_bytes(response.into_body(), TEXT_LIMIT).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let reason = status.canonical_reason().unwrap_or("refused");
    (status, if text.is_empty() { reason.to_owned() } else { text })
}
