//! Who may call the service API: shared access policies, devices' keys, and what each allows.
//!
//! Decides by the `Authorization` header, or for what a device does itself by its certificate; which right a route needs is
//! [`super::permissions`]'s. Begin with [`authorize`]. Facts: protocol reference, 5.1.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Uri};

use super::RestError;
use crate::certificate::Presented;
use crate::http::Peer;
use crate::policy::{self, Right};
use crate::sas::{SasError, Token};
use crate::shared::Shared;

/// Lets a call through whose token is for its path and signed by a policy that has the right; refusals
/// are logged.
pub(super) fn authorize(
    shared: &Shared,
    uri: &Uri,
    headers: &HeaderMap,
    right: Right,
) -> Result<(), RestError> {
    check(shared, uri, headers, right).map_err(|reason| refused(shared, None, reason))
}

/// The same without a word in the log; answers why not.
pub(super) fn check(shared: &Shared, uri: &Uri, headers: &HeaderMap, right: Right) -> Result<(), String> {
    by_policy(shared, uri, &token(headers)?, right)
}

/// The same for what the device `id` does itself: with its own key, by a policy, or with the certificate of its connection.
pub(super) fn authorize_device(
    shared: &Shared,
    peer: Option<&Peer>,
    headers: &HeaderMap,
    id: &str,
) -> Result<(), RestError> {
    let certificate = peer.and_then(|peer| peer.certificate.as_ref()).map(|presented| {
        presented.verify(shared, |state, verified, now| state.question_of_device(id, verified, now))
    });
    let presented = Presented { password: header(headers), certificate: certificate.as_ref() };
    let checked = shared.with(|state, now| state.authenticate(id, presented, now));
    checked.map(drop).map_err(|error| refused(shared, Some(id), error.to_string()))
}

fn refused(shared: &Shared, device: Option<&str>, reason: String) -> RestError {
    shared.with(|state, now| state.refuse(device, &format!("service API: {reason}"), now));
    RestError::unauthorized(reason)
}

fn token(headers: &HeaderMap) -> Result<Token<'_>, String> {
    Token::parse(header(headers)).map_err(|error| error.to_string())
}

fn header(headers: &HeaderMap) -> &str {
    headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("")
}

fn by_policy(shared: &Shared, uri: &Uri, token: &Token<'_>, right: Right) -> Result<(), String> {
    let policy = token.policy().ok_or("the token names no policy (skn)")?;
    let keys = shared.settings.policy_keys(policy);
    let keys = keys.ok_or_else(|| format!("there is no policy {policy:?}"))?;
    token.verify(keys, jiff::Timestamp::now()).map_err(|error: SasError| error.to_string())?;
    // names are compared without case, as some clients sign in lower case; what is another device's is not for this one
    let is_others = |key: String| shared.with(|state, _| state.device(&key).is_ok());
    if !token.covers(uri.path()) || token.names_other_than(uri.path()).is_some_and(is_others) {
        let (found, wanted) = (token.resource().to_owned(), uri.path().to_owned());
        return Err(SasError::WrongResource { found, wanted }.to_string());
    }
    match policy::allows(policy, right) {
        true => Ok(()),
        false => Err(format!("the policy {policy:?} does not allow this call")),
    }
}
