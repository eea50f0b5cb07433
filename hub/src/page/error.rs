//! Errors of the page's API: a status and `{"code", "message", "details"}`.

use axum::Json;
use axum::http::StatusCode;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::body::{BadRequest, JsonBody};
use crate::state::StateError;

/// A body of the page's API.
pub(super) type Body<T> = JsonBody<T, PageError>;

/// A refusal as the page shows it.
#[derive(Debug)]
pub(super) struct PageError {
    status: StatusCode,
    code: &'static str,
    message: String,
    details: Option<Value>,
}

impl PageError {
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "invalid", message: message.into(), details: None }
    }

    /// What was asked for is not kept, so that it may not have happened.
    pub(super) fn unkept(reason: &str) -> Self {
        let message = format!("the hub cannot keep what it is told, try again later: {reason}");
        Self { status: StatusCode::SERVICE_UNAVAILABLE, code: "unkept", message, details: None }
    }

    pub(super) fn forbidden(message: String) -> Self {
        Self { status: StatusCode::FORBIDDEN, code: "forbidden", message, details: None }
    }

    /// Adds what is wrong in particular.
    pub(super) fn with_details(self, details: Value) -> Self {
        Self { details: Some(details), ..self }
    }
}

impl BadRequest for PageError {
    fn bad_request(message: String) -> Self {
        Self::bad_request(message)
    }
}

impl From<StateError> for PageError {
    fn from(error: StateError) -> Self {
        let (status, code) = match &error {
            StateError::NotFound(_) => (StatusCode::NOT_FOUND, "notFound"),
            StateError::Exists(_) => (StatusCode::CONFLICT, "exists"),
            StateError::Blocked(_) => (StatusCode::CONFLICT, "blocked"),
            StateError::UnknownModel(_) => (StatusCode::BAD_REQUEST, "unknownModel"),
            StateError::Random(_) | StateError::Unreadable(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal")
            }
            _ => (StatusCode::BAD_REQUEST, "invalid"),
        };
        let details = match &error {
            StateError::Properties(problems) => Some(json!(problems)),
            _ => None,
        };
        Self { status, code, message: error.to_string(), details }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut body = json!({ "code": self.code, "message": self.message });
        if let Some(details) = self.details {
            body["details"] = details;
        }
        (self.status, Json(body)).into_response()
    }
}

pub(super) async fn no_route(uri: Uri) -> PageError {
    let message = format!("there is nothing at {}", uri.path());
    PageError { status: StatusCode::NOT_FOUND, code: "notFound", message, details: None }
}

pub(super) async fn no_method(uri: Uri) -> PageError {
    let message = format!("{} does not take this method", uri.path());
    PageError { status: StatusCode::METHOD_NOT_ALLOWED, code: "method", message, details: None }
}
