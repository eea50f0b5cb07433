//! Errors of the provisioning service in the form of its answers.
//!
//! Begin with [`DpsError`]. Facts: protocol reference, section 1.3.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::body::{BadRequest, JsonBody};
use crate::provisioning::error_body;
use crate::state::provisioning::enroll::EnrollmentError;

/// A body of the provisioning service's API.
pub(super) type Body<T> = JsonBody<T, DpsError>;

/// A refusal.
#[derive(Debug)]
pub(crate) struct DpsError {
    status: StatusCode,
    code: u32,
    message: String,
    /// The member of the body that is wrong, where it is one.
    field: Option<&'static str>,
}

impl DpsError {
    fn new(status: StatusCode, code: u32, message: String) -> Self {
        Self { status, code, message, field: None }
    }

    /// The same about a member of the body.
    pub(super) fn at(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn field(&self) -> Option<&'static str> {
        self.field
    }

    pub(super) fn unauthorized(message: String) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 401_000, message)
    }

    pub(super) fn not_found(message: String) -> Self {
        Self::new(StatusCode::NOT_FOUND, 404_000, message)
    }

    /// A refusal that is known by its status alone.
    pub(super) fn of_status(status: StatusCode, message: String) -> Self {
        let code = match status {
            StatusCode::BAD_REQUEST => 400_004,
            StatusCode::PAYLOAD_TOO_LARGE => 413_001,
            StatusCode::TOO_MANY_REQUESTS => 429_001,
            other => u32::from(other.as_u16()) * 1000,
        };
        Self::new(status, code, message)
    }

    pub(super) fn no_registration(id: &str) -> Self {
        let message = format!("there is no registration {id:?}");
        Self::new(StatusCode::NOT_FOUND, 404_202, message)
    }

    /// The code, as bulk operations list it.
    pub(super) fn code(&self) -> u32 {
        self.code
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl BadRequest for DpsError {
    fn bad_request(message: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, 400_004, message)
    }

    fn too_large(message: String) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, 413_001, message)
    }
}

impl From<EnrollmentError> for DpsError {
    fn from(error: EnrollmentError) -> Self {
        let (status, code) = match &error {
            EnrollmentError::NotFound(_) => (StatusCode::NOT_FOUND, 404_201),
            EnrollmentError::Exists(_) => (StatusCode::CONFLICT, 409_201),
            EnrollmentError::Etag { .. } => (StatusCode::PRECONDITION_FAILED, 412_001),
            EnrollmentError::Full(_) => (StatusCode::FORBIDDEN, 403_001),
            EnrollmentError::Invalid(_)
            | EnrollmentError::Id(_)
            | EnrollmentError::State(_)
            | EnrollmentError::DefaultGroup(_) => (StatusCode::BAD_REQUEST, 400_004),
        };
        let refusal = Self::new(status, code, error.to_string());
        match error.field() {
            Some(field) => refusal.at(field),
            None => refusal,
        }
    }
}

impl IntoResponse for DpsError {
    fn into_response(self) -> Response {
        let body = error_body(self.code, &self.message, crate::shared::now());
        (self.status, Json(body)).into_response()
    }
}
