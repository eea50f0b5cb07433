//! What a handler says instead of a result: [`CommandError`] and [`PropertyError`].
//!
//! Both take any `std::error::Error` by `?` (as a failure, 500) and a bad payload (as a refusal, 400). That is why
//! neither is itself a `std::error::Error`.

use std::fmt;

use serde_json::json;

use crate::json::{Json, ValueError};

/// Why a command was not carried out: a status for the caller and a text for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandError {
    status: u16,
    message: String,
    at: Option<String>,
}

impl CommandError {
    /// An error with a status of the HTTP kind (400-499: the caller's mistake, 500-599: the device's).
    pub fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), at: None }
    }

    /// 400: the request makes no sense.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// 409: the request does not fit the device's present state.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, message)
    }

    /// 500: the device tried and failed.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(500, message)
    }

    /// 503: not now; the caller may try again.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(503, message)
    }

    /// The status the caller gets.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The text the caller gets.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The answer's payload: `{"message": .., "at": ..}`, `at` only for a bad payload.
    pub(crate) fn body(&self) -> Json {
        match &self.at {
            Some(at) => json!({ "message": self.message, "at": at }),
            None => json!({ "message": self.message }),
        }
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.message, self.status)
    }
}

impl<E: std::error::Error> From<E> for CommandError {
    fn from(error: E) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<ValueError> for CommandError {
    fn from(error: ValueError) -> Self {
        Self { status: 400, message: error.message().to_owned(), at: Some(error.at().to_owned()) }
    }
}

/// Why a desired property value was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyError {
    code: u16,
    message: String,
}

impl PropertyError {
    /// An error with a code of the HTTP kind, acknowledged to the cloud.
    pub fn new(code: u16, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// 400: the value is not acceptable.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// 500: the device tried and failed.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(500, message)
    }

    /// The code that is acknowledged.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// The text that is acknowledged.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for PropertyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.message, self.code)
    }
}

impl<E: std::error::Error> From<E> for PropertyError {
    fn from(error: E) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<ValueError> for PropertyError {
    fn from(error: ValueError) -> Self {
        let place = if error.at().is_empty() { String::new() } else { format!("{}: ", error.at()) };
        Self::invalid(format!("{place}{}", error.message()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{FromJson, Pointer};

    #[test]
    fn any_error_becomes_a_failure_by_the_question_mark() {
        fn handler() -> Result<i64, CommandError> {
            Ok("x".parse::<i64>()?)
        }
        let error = handler().unwrap_err();
        assert_eq!((error.status(), error.message()), (500, "invalid digit found in string"));
        assert_eq!(error.body(), json!({ "message": "invalid digit found in string" }));
    }

    #[test]
    fn a_bad_payload_is_a_refusal_that_names_the_place() {
        let root = Pointer::root();
        let bad = i64::from_json(&json!("5"), &root.field("interval")).unwrap_err();
        assert_eq!(CommandError::from(bad.clone()).status(), 400);
        assert_eq!(CommandError::from(bad.clone()).body()["at"], "/interval");
        assert!(PropertyError::from(bad).message().starts_with("/interval: expected a 64-bit integer"));
    }
}
