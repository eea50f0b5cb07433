//! Who may call the service API: shared access policies and what each one allows.
//!
//! Decides by the `Authorization` header; begin with [`authorize`]. Facts: protocol reference, 5.1.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::RestError;
use crate::sas::{SasError, Token};
use crate::shared::Shared;

/// What a call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    RegistryRead,
    RegistryWrite,
    /// Twins, methods and queries.
    Service,
}

/// What each policy allows.
const RIGHTS: [(&str, &[Right]); 4] = [
    ("iothubowner", &[Right::RegistryRead, Right::RegistryWrite, Right::Service]),
    ("service", &[Right::Service]),
    ("registryRead", &[Right::RegistryRead]),
    ("registryReadWrite", &[Right::RegistryRead, Right::RegistryWrite]),
];

/// Lets a call through whose token is signed by a policy that has the right; refusals are logged.
pub(super) fn authorize(shared: &Shared, headers: &HeaderMap, right: Right) -> Result<(), RestError> {
    check(shared, headers, right).map_err(|reason| {
        shared.with(|state, now| state.refuse(None, format!("service API: {reason}"), now));
        RestError::unauthorized(reason)
    })
}

fn check(shared: &Shared, headers: &HeaderMap, right: Right) -> Result<(), String> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("");
    let token = Token::parse(header).map_err(|error| error.to_string())?;
    let policy = token.policy().ok_or("the token names no policy (skn)")?;
    let key = shared.settings.policies.get(policy);
    let key = key.ok_or_else(|| format!("there is no policy {policy:?}"))?;
    token.verify([key], jiff::Timestamp::now()).map_err(|error: SasError| error.to_string())?;
    let allowed = RIGHTS.iter().any(|(name, rights)| *name == policy && rights.contains(&right));
    if allowed { Ok(()) } else { Err(format!("the policy {policy:?} does not allow this call")) }
}
