//! Etags of the service API: how they are written, and whether a caller's is the current one.
//!
//! Decides that quotes and a weak mark do not matter, as clients send both forms. Begin with [`check`].

use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::state::StateError;
use crate::state::device::Device;

/// The etag of a device's identity. The number in it is never given again: an etag of a deleted device is none of the one
/// that has its id now.
pub(super) fn of_identity(device: &Device) -> String {
    BASE64.encode(format!("{}.{}", device.record.number, device.record.etag))
}

/// The etag of a device's twin: it changes with tags and desired properties, not with what the device reports.
pub(super) fn of_twin(device: &Device) -> String {
    let revision = device.record.twin.revision.saturating_add(1);
    BASE64.encode([device.record.number.to_be_bytes(), revision.to_be_bytes()].concat())
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

/// An etag without its quotes, as locks stand in paths: clients write them in both ways.
pub(super) fn bare(etag: &str) -> &str {
    etag.trim().trim_start_matches("W/").trim_matches('"')
}

/// Whether the etag a caller gave is the current one, or `*`.
pub(super) fn check(given: &str, current: &str) -> Result<(), StateError> {
    let bare = bare(given);
    if bare == "*" || bare == current {
        return Ok(());
    }
    Err(StateError::Etag { given: bare.chars().take(80).collect(), current: current.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::{NOW, state};

    #[test]
    fn a_device_made_anew_has_other_etags_than_the_deleted_one() {
        let mut state = state();
        let mut made = || {
            let _ = state.delete("d1");
            let device = state.create("d1", None, true, NOW).unwrap();
            [of_identity(device), of_twin(device)]
        };
        let (first, second) = (made(), made());
        assert!(first[0] != second[0] && first[1] != second[1], "{first:?} {second:?}");
    }

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
