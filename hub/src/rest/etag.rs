//! Etags of the service API: how they are written, and whether a caller's is the current one.
//!
//! Decides that quotes and a weak mark do not matter, as clients send both forms. Begin with [`check`].

use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::state::StateError;
use crate::state::device::Device;

/// The etag of a device's identity.
pub(super) fn of_identity(device: &Device) -> String {
    BASE64.encode(device.record.etag.to_string())
}

/// The etag of a device's twin: it changes with tags and desired properties, not with what the device reports.
pub(super) fn of_twin(device: &Device) -> String {
    BASE64.encode(device.record.twin.revision.saturating_add(1).to_be_bytes())
}

/// The etag as a header has it.
pub(super) fn header(etag: &str) -> HeaderValue {
    // base64 and quotes are characters that every header may have
    HeaderValue::from_str(&format!("\"{etag}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// What the caller wants the etag to be.
pub(super) fn if_match(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(IF_MATCH)?.to_str().ok()?.to_owned())
}

/// Whether the etag a caller gave is the current one, or `*`.
pub(super) fn check(given: &str, current: &str) -> Result<(), StateError> {
    let bare = given.trim().trim_start_matches("W/").trim_matches('"');
    if bare == "*" || bare == current {
        return Ok(());
    }
    Err(StateError::Etag { given: bare.chars().take(80).collect(), current: current.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn quotes_and_the_weak_mark_do_not_matter() {
        for given in ["MQ==", "\"MQ==\"", "W/\"MQ==\"", "*", "\"*\"", " MQ== "] {
            assert!(check(given, "MQ==").is_ok(), "{given}");
        }
        for given in ["", "\"\"", "Mg==", "**"] {
            assert!(check(given, "MQ==").is_err(), "{given}");
        }
    }
}
