//! Errors of the page's API: a status and `{"code", "message", "details"}`.

use std::net::IpAddr;
use std::time::Duration;

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::body::{BadRequest, JsonBody};
use crate::files::FileError;
use crate::shared::Shared;
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
    /// How long to wait before the next try.
    retry_after: Option<Duration>,
    /// Whether somebody gave a token that is not the page's.
    is_guess: bool,
}

/// Gives what the framework refuses by itself (a query, a path or a body that does not fit) the API's form.
pub(super) async fn in_form(response: Response) -> Response {
    let form = |status, text| PageError::new(status, "invalid", text).into_response();
    crate::rest::formed(response, form).await
}

impl PageError {
    pub(super) fn new(status: StatusCode, code: &'static str, message: String) -> Self {
        Self { status, code, message, details: None, retry_after: None, is_guess: false }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", message.into())
    }

    /// What was asked for is not kept, so that it may not have happened.
    pub(super) fn unkept(reason: &str) -> Self {
        let message = format!("the hub cannot keep what it is told, try again later: {reason}");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unkept", message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "notFound", message.into())
    }

    pub(super) fn forbidden(message: String) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub(super) fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message.to_owned())
    }

    /// What was given is not the token.
    pub(super) fn wrong_token() -> Self {
        Self { is_guess: true, ..Self::unauthorized("this is not the token that the hub said at its start") }
    }

    /// Tells the hub's log of a wrong token.
    pub(super) fn log(&self, shared: &Shared, from: IpAddr) {
        if self.is_guess {
            shared.with(|state, now| state.refuse(None, &format!("page: {from}: {self}"), now));
        }
    }

    /// There were too many requests; the next one should wait this long.
    pub(super) fn too_many(wait: Duration) -> Self {
        let message = "there were too many requests: try again in a moment".to_owned();
        Self {
            retry_after: Some(wait),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "tooManyRequests", message)
        }
    }

    /// Another stable word for what went wrong.
    pub(super) fn with_code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// Says which member of a body is wrong.
    pub(super) fn at(self, field: &str) -> Self {
        let details = json!([{ "field": field, "message": self.message }]);
        self.with_details(details)
    }

    /// Adds what is wrong in particular.
    pub(super) fn with_details(self, details: Value) -> Self {
        Self { details: Some(details), ..self }
    }
}

impl std::fmt::Display for PageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<FileError> for PageError {
    fn from(error: FileError) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", error.to_string())
    }
}

impl BadRequest for PageError {
    fn bad_request(message: String) -> Self {
        Self::bad_request(message)
    }

    fn too_large(message: String) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "tooLarge", message)
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
            StateError::Random(_) | StateError::Unreadable(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal")
            }
            _ => (StatusCode::BAD_REQUEST, "invalid"),
        };
        let details = match &error {
            StateError::Properties(problems) => Some(json!(problems)),
            StateError::Template(
                TemplateError::Invalid(details)
                | TemplateError::Blocked(details)
                | TemplateError::Breaking(details),
            ) => Some(json!(details)),
            _ => None,
        };
        Self { details, ..Self::new(status, code, error.to_string()) }
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
        TemplateError::Blocked(_) => (StatusCode::CONFLICT, "blocked"),
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
        let mut response = (self.status, Json(body)).into_response();
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(super::whole_seconds(wait)));
        }
        response
    }
}

pub(super) async fn no_route(uri: Uri) -> PageError {
    let message = format!("there is nothing at {}", uri.path());
    PageError::not_found(message)
}

pub(super) async fn no_method(uri: Uri) -> PageError {
    let message = format!("{} does not take this method", uri.path());
    PageError::new(StatusCode::METHOD_NOT_ALLOWED, "method", message)
}
