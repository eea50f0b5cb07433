//! Who may call the service API: shared access policies, devices' keys, and what each allows.
//!
//! Decides by the `Authorization` header; which right a route needs is [`super::permissions`]'s. Begin with
//! [`authorize`]. Facts: protocol reference, 5.1, and IoT Hub's reference of its permissions.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Uri};
use percent_encoding::percent_decode_str;

use super::RestError;
use crate::sas::{SasError, Token};
use crate::shared::Shared;
use crate::state::modules::{module_key, split_module};

/// What a call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    RegistryRead,
    RegistryWrite,
    /// Twins, methods, queries, messages to devices and from them.
    Service,
    /// Everything of the provisioning service.
    Provisioning,
    /// What a device does itself. A device's own key has it, for that device.
    Device,
    /// The route checks by itself.
    Own,
}

/// What each policy allows.
const RIGHTS: [(&str, &[Right]); 6] = [
    (
        "iothubowner",
        &[Right::RegistryRead, Right::RegistryWrite, Right::Service, Right::Device, Right::Provisioning],
    ),
    ("provisioningserviceowner", &[Right::Provisioning]),
    ("service", &[Right::Service]),
    ("device", &[Right::Device]),
    ("registryRead", &[Right::RegistryRead]),
    ("registryReadWrite", &[Right::RegistryRead, Right::RegistryWrite]),
];

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

/// The same for what the device `id` does itself, with its own key or by a policy.
pub(super) fn authorize_device(
    shared: &Shared,
    uri: &Uri,
    headers: &HeaderMap,
    id: &str,
) -> Result<(), RestError> {
    let checked = token(headers).and_then(|token| match token.policy() {
        Some(_) => by_policy(shared, uri, &token, Right::Device).and_then(|()| {
            shared.with(|state, _| match state.device(id) {
                Ok(device) if device.record.enabled => Ok(()),
                Ok(_) => Err("the device is disabled".to_owned()),
                Err(error) => Err(error.to_string()),
            })
        }),
        None => shared.with(|state, now| {
            let text = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("");
            state.authenticate(id, text, now).map(drop).map_err(|error| error.to_string())
        }),
    });
    checked.map_err(|reason| refused(shared, Some(id), reason))
}

fn refused(shared: &Shared, device: Option<&str>, reason: String) -> RestError {
    shared.with(|state, now| state.refuse(device, &format!("service API: {reason}"), now));
    RestError::unauthorized(reason)
}

fn token(headers: &HeaderMap) -> Result<Token<'_>, String> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("");
    Token::parse(header).map_err(|error| error.to_string())
}

fn by_policy(shared: &Shared, uri: &Uri, token: &Token<'_>, right: Right) -> Result<(), String> {
    let policy = token.policy().ok_or("the token names no policy (skn)")?;
    let keys = shared.settings.policy_keys(policy);
    let keys = keys.ok_or_else(|| format!("there is no policy {policy:?}"))?;
    token.verify(keys, jiff::Timestamp::now()).map_err(|error: SasError| error.to_string())?;
    let is_for_it = covers(token.resource(), uri.path())
        // without case, as some clients sign in lower case; but what is another device's is not for this one
        && others_key(token.resource(), uri.path()).is_none_or(|key| shared.with(|state, _| state.device(&key).is_err()));
    if !is_for_it {
        let (found, wanted) = (token.resource().to_owned(), uri.path().to_owned());
        return Err(SasError::WrongResource { found, wanted }.to_string());
    }
    let allowed = RIGHTS.iter().any(|(name, rights)| *name == policy && rights.contains(&right));
    if allowed { Ok(()) } else { Err(format!("the policy {policy:?} does not allow this call")) }
}

/// Whether a token's decoded resource, `{host}` or `{host}/{path}`, is for a request of `path`.
///
/// What is below the host must lead to the path by whole segments. A device covers its twin too: az signs
/// calls of both with `{host}/devices/{id}`.
fn covers(resource: &str, path: &str) -> bool {
    let normal = |text: &str| text.trim_matches('/').to_lowercase();
    let scope = normal(resource.split_once('/').map_or("", |(_, scope)| scope));
    let path = normal(&percent_decode_str(path).decode_utf8_lossy());
    let twin = scope.strip_prefix("devices/").map(|device| format!("twins/{device}"));
    leads_to(&scope, &path) || twin.is_some_and(|twin| leads_to(&twin, &path))
}

/// Whom a token's resource names, if that is not, letter by letter, whom the path names.
fn others_key(resource: &str, path: &str) -> Option<String> {
    let key = |text: &str| {
        let text = percent_decode_str(text).decode_utf8_lossy().into_owned();
        let words: Vec<&str> = text.trim_matches('/').split('/').collect();
        match words[..] {
            [_, device, "modules", module, ..] => Some(module_key(device, module)),
            [_, device, ..] => Some(device.to_owned()),
            _ => None,
        }
    };
    let (_, scope) = resource.split_once('/')?;
    // a resource may name the device of a path's module
    let (named, path) = (key(scope)?, key(path)?);
    let is_it = path == named || split_module(&path).is_some_and(|(device, _)| device == named);
    (!is_it).then_some(named)
}

fn leads_to(scope: &str, path: &str) -> bool {
    scope.is_empty() || path.strip_prefix(scope).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_token_covers_its_resource_and_what_is_below() {
        for (resource, path) in [
            ("localhost", "/devices/d1"),
            ("localhost:8443", "/twins/d1/methods"),
            ("localhost:8443/", "/devices/query"),
            ("localhost/devices", "/devices/d1"),
            ("localhost/devices/D1", "/devices/d1"),
            ("localhost/devices/d1", "/twins/d1"),
            ("localhost/devices/d1", "/twins/d1/methods"),
            ("localhost/devices/a:b", "/devices/a%3Ab"),
        ] {
            assert!(covers(resource, path), "{resource} {path}");
        }
        for (resource, path) in [
            ("localhost/devices/d1", "/devices/d10"),
            ("localhost/devices/d1", "/devices"),
            ("localhost/devices/d1", "/twins/d2"),
            ("localhost/twins/d1", "/devices/d1"),
            ("localhost/devices/", "/statistics/devices"),
        ] {
            assert!(!covers(resource, path), "{resource} {path}");
        }
    }
}
