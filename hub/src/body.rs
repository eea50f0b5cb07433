//! JSON request bodies whose refusal is in the form of the API that was called.
//!
//! Decides that any media type will do and that a body that does not fit is explained. Begin with
//! [`JsonBody`].

use std::marker::PhantomData;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;

/// A body read as `T`; an error becomes an `E`.
pub(crate) struct JsonBody<T, E> {
    pub(crate) value: T,
    error: PhantomData<E>,
}

/// An API's error for a request that cannot be understood.
pub(crate) trait BadRequest: IntoResponse {
    /// The error with this text.
    fn bad_request(message: String) -> Self;
    /// The same for one that is larger than what is taken.
    fn too_large(message: String) -> Self;
}

impl<S: Send + Sync, T: DeserializeOwned, E: BadRequest> FromRequest<S> for JsonBody<T, E> {
    type Rejection = E;

    async fn from_request(request: Request, state: &S) -> Result<Self, E> {
        let body = Bytes::from_request(request, state).await.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => E::too_large("the body is larger than what is taken".to_owned()),
            _ => E::bad_request(format!("the body cannot be read: {error}")),
        })?;
        let value = serde_json::from_slice(&body)
            .map_err(|error| E::bad_request(format!("the body is not the expected JSON: {error}")))?;
        Ok(Self { value, error: PhantomData })
    }
}
