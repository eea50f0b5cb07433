//! Logging in with the page's token, where there is one.
//!
//! Decides how a failure is told; whether a token is right is decided in [`super::guard`]. Begin with [`log_in`].

use axum::extract::{Extension, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::PageState;
use super::error::{Body, PageError};
use super::guard::address_of;
use crate::http::Peer;

#[derive(Deserialize)]
pub(super) struct Login {
    token: String,
}

/// Answers 204 with a cookie that scripts cannot read.
pub(super) async fn log_in(
    State(page): State<PageState>,
    peer: Option<Extension<Peer>>,
    Body { value: Login { token }, .. }: Body<Login>,
) -> Result<Response, PageError> {
    let address = address_of(peer.as_deref());
    let cookie = page.access.log_in(&token, address).inspect_err(|error| error.log(&page.shared, address))?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}
