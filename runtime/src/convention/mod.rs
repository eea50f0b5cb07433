//! The strings and envelopes on the wire: topics, user names, property bags, reported and desired properties.
//!
//! Pure functions, no state. [`topic`] knows MQTT topics, [`login`] the CONNECT fields, [`Principal`] who connects,
//! [`envelope`] how properties are framed in either convention.

mod bag;
pub(crate) mod envelope;
pub(crate) mod login;
mod principal;
pub(crate) mod topic;

pub(crate) use bag::{creation_time, message_id, property, write_bag};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
pub(crate) use principal::Principal;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Percent-encodes as both services decode: a space is `%20`, and nothing of MQTT's wildcards is left.
pub(crate) fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}
