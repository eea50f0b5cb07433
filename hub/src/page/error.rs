//! Errors of the page's API: a status and `{"code", "message", "details"}`.

use axum::Json;
use axum::http::StatusCode;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::body::{BadRequest, JsonBody};
use crate::state::StateError;
use crate::state::templates::TemplateError;

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

    pub(super) fn forbidden(message: String) -> Self {
        Self { status: StatusCode::FORBIDDEN, code: "forbidden", message, details: None }
    }

    pub(super) fn not_found(message: String) -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "notFound", message, details: None }
    }

    /// Another stable word for what went wrong.
    pub(super) fn with_code(self, code: &'static str) -> Self {
        Self { code, ..self }
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
            StateError::Template(error) => template_status(error),
            StateError::Random(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            _ => (StatusCode::BAD_REQUEST, "invalid"),
        };
        let details = match &error {
            StateError::Properties(problems) => Some(json!(problems)),
            StateError::Template(TemplateError::Invalid(details) | TemplateError::Breaking(details)) => {
                Some(json!(details))
            }
            _ => None,
        };
        Self { status, code, message: error.to_string(), details }
    }
}

fn template_status(error: &TemplateError) -> (StatusCode, &'static str) {
    match error {
        TemplateError::NotFound(_) | TemplateError::NoView(_) => (StatusCode::NOT_FOUND, "notFound"),
        TemplateError::Changed { .. } => (StatusCode::PRECONDITION_FAILED, "changed"),
        TemplateError::InUse { .. } => (StatusCode::CONFLICT, "inUse"),
        TemplateError::NotPublished => (StatusCode::CONFLICT, "notPublished"),
        TemplateError::NothingNew => (StatusCode::CONFLICT, "nothingNew"),
        TemplateError::Breaking(_) => (StatusCode::CONFLICT, "breaking"),
        TemplateError::Invalid(_) => (StatusCode::BAD_REQUEST, "invalid"),
        TemplateError::Full => (StatusCode::CONFLICT, "full"),
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
    PageError::not_found(message)
}

pub(super) async fn no_method(uri: Uri) -> PageError {
    let message = format!("{} does not take this method", uri.path());
    PageError { status: StatusCode::METHOD_NOT_ALLOWED, code: "method", message, details: None }
}
