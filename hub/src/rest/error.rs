//! Errors of the service API in the forms that its clients parse.
//!
//! Identity errors use the older text form, which the Node client reads; methods the JSON form. Begin
//! with [`RestError`].

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::body::{BadRequest, JsonBody};
use crate::files::FileError;
use crate::state::StateError;

/// A body of the service API.
pub(super) type Body<T> = JsonBody<T, RestError>;

/// A refusal with everything a client may look at.
#[derive(Debug)]
pub(crate) struct RestError {
    status: StatusCode,
    code: u32,
    name: &'static str,
    message: String,
    form: Form,
}

/// How a time that was waited is written.
fn waited(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Text,
    /// With how long the hub has waited.
    Json {
        timeout: Duration,
    },
}

impl RestError {
    fn new(status: StatusCode, code: u32, name: &'static str, message: String) -> Self {
        Self { status, code, name, message, form: Form::Text }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, 400_004, "ArgumentInvalid", message.into())
    }

    pub(super) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 401_003, "IotHubUnauthorized", message.into())
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, 404_000, "NotFound", message.into())
    }

    /// A refusal that is known by its status alone.
    pub(super) fn of_status(status: StatusCode, message: String) -> Self {
        match status {
            StatusCode::METHOD_NOT_ALLOWED => Self::method_not_allowed(message),
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(message),
            StatusCode::BAD_REQUEST => Self::bad_request(message),
            _ => Self::new(status, u32::from(status.as_u16()) * 1000, "RequestRefused", message),
        }
    }

    /// The API has no such version.
    pub(super) fn wrong_version(message: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, 400_001, "InvalidProtocolVersion", message)
    }

    pub(super) fn method_not_allowed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, 405_000, "MethodNotAllowed", message.into())
    }

    /// What was asked for is not kept, so that it may not have happened.
    pub(crate) fn unkept(reason: &str) -> Self {
        let message = format!("the hub cannot keep what it is told, try again later: {reason}");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, 503_003, "ServiceUnavailable", message)
    }

    pub(super) fn throttled() -> Self {
        let message = "Throttled: there were more requests than this hub takes.".to_owned();
        Self::new(StatusCode::TOO_MANY_REQUESTS, 429_001, "ThrottlingException", message)
    }

    pub(super) fn too_large(message: String) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, 413_001, "MessageTooLarge", message)
    }

    /// The hub has no folder for files.
    pub(super) fn no_storage() -> Self {
        let message = "this hub has no folder for files".to_owned();
        Self::new(StatusCode::BAD_REQUEST, 400_004, "DefaultStorageEndpointNotConfigured", message)
    }

    #[allow(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
    pub(super) fn file(error: FileError) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, 500_001, "ServerError", error.to_string())
    }

    /// The device was not there for so long.
    pub(super) fn offline(timeout: Duration) -> Self {
        let message = "Timed out waiting for device to connect.".to_owned();
        let error = Self::new(StatusCode::NOT_FOUND, 404_103, "DeviceNotOnline", message);
        Self { form: Form::Json { timeout }, ..error }
    }

    /// The device was there and did not answer for so long.
    pub(super) fn no_answer(timeout: Duration) -> Self {
        let message = "Timed out waiting for the response from device.".to_owned();
        let error = Self::new(StatusCode::GATEWAY_TIMEOUT, 504_101, "GatewayTimeout", message);
        Self { form: Form::Json { timeout }, ..error }
    }
}

impl BadRequest for RestError {
    fn bad_request(message: String) -> Self {
        Self::bad_request(message)
    }

    fn too_large(message: String) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, 413_001, "MessageTooLarge", message)
    }
}

impl From<StateError> for RestError {
    fn from(error: StateError) -> Self {
        let (status, code, name) = numbers(&error);
        Self::new(status, code, name, error.to_string())
    }
}

/// The status, the code and its name for what the state refuses (protocol reference, section 2.7).
pub(super) fn numbers(error: &StateError) -> (StatusCode, u32, &'static str) {
    match error {
        StateError::NotFound(_) => (StatusCode::NOT_FOUND, 404_001, "DeviceNotFound"),
        StateError::Exists(_) => (StatusCode::CONFLICT, 409_001, "DeviceAlreadyExists"),
        StateError::Etag { .. } | StateError::NoEtag => {
            (StatusCode::PRECONDITION_FAILED, 412_001, "PreconditionFailed")
        }
        StateError::TooManyUploads(_) => {
            (StatusCode::FORBIDDEN, 403_006, "DeviceMaximumActiveFileUploadLimitExceeded")
        }
        StateError::LockLost => (StatusCode::PRECONDITION_FAILED, 412_002, "DeviceMessageLockLost"),
        StateError::Blocked(_) => (StatusCode::CONFLICT, 409_002, "Conflict"),
        StateError::QueueFull(_) => (StatusCode::FORBIDDEN, 403_004, "DeviceMaximumQueueDepthExceeded"),
        StateError::MessageSize { .. } | StateError::MessageTopic { .. } => {
            (StatusCode::PAYLOAD_TOO_LARGE, 413_001, "MessageTooLarge")
        }
        StateError::Random(_) | StateError::Unreadable(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, 500_001, "ServerError")
        }
        StateError::Repeated(_) => (StatusCode::BAD_REQUEST, 400_012, "DeviceDefinedMultipleTimes"),
        StateError::BadId(_)
        | StateError::BadKey
        | StateError::BadThumbprint
        | StateError::BadAuthentication(_)
        | StateError::BadMode(_)
        | StateError::BadStatus(_)
        | StateError::WrongType(..)
        | StateError::BadOperation(_)
        | StateError::BadFileName(_)
        | StateError::NoUpload(_)
        | StateError::NotStored
        | StateError::TooManyModules(_)
        | StateError::UnknownModel(_)
        | StateError::Template(_)
        | StateError::LongName { .. }
        | StateError::Twin(_)
        | StateError::Properties(_) => (StatusCode::BAD_REQUEST, 400_004, "ArgumentInvalid"),
    }
}

/// Other languages' clients do not read nanoseconds.
fn milliseconds(at: jiff::Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

impl IntoResponse for RestError {
    fn into_response(self) -> Response {
        let tracking = format!("{:032X}", fastrand::u128(..));
        let now = milliseconds(jiff::Timestamp::now());
        let body = match self.form {
            Form::Text => json!({
                "Message": format!("ErrorCode:{};{}", self.name, self.message),
                "ExceptionMessage": format!("Tracking ID:{tracking}-TimeStamp:{now}"),
            }),
            Form::Json { timeout } => {
                let inner = json!({
                    "errorCode": self.code,
                    "trackingId": tracking,
                    "message": self.message,
                    "info": { "timeout": waited(timeout) },
                    "timestampUtc": now,
                });
                json!({ "Message": inner.to_string(), "ExceptionMessage": "" })
            }
        };
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert("iothub-errorcode", HeaderValue::from_static(self.name));
        response
    }
}
