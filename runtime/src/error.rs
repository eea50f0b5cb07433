//! The one error type of the crate.
//!
//! Texts say what went wrong, where, and what to do. Keys and tokens are never part of an [`Error`].

use std::io;
use std::sync::Arc;
use std::time::Duration;

/// What can go wrong between a device and its hub.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is missing or makes no sense. Nothing was tried.
    #[error("{what}: {problem}")]
    Configuration {
        /// The variable, argument or file.
        what: String,
        /// What is wrong with it and what is expected.
        problem: String,
    },
    /// `connect` was called outside a tokio runtime.
    #[error("no tokio runtime here: call connect from async code that tokio runs")]
    NoRuntime,
    /// The network or TLS did not let us through.
    #[error("cannot connect to {endpoint}: {source}")]
    Connect {
        /// `host:port`.
        endpoint: String,
        /// What the operating system or TLS said.
        source: io::Error,
    },
    /// The application's token provider gave none.
    #[error("no token for {resource}: {problem}")]
    Token {
        /// What it was asked for.
        resource: String,
        /// What the provider said.
        problem: String,
    },
    /// The hub refused the MQTT connection. Code 5 stands for nearly everything: unknown or disabled device, wrong
    /// key, a clock that is off, but also passing faults.
    #[error("{endpoint} refused the connection (CONNACK code {code}): check device id, key and clock")]
    Refused {
        /// `host:port`.
        endpoint: String,
        /// MQTT's return code, 1-5.
        code: u8,
    },
    /// The provisioning service did not assign a hub.
    #[error("provisioning {registration_id} failed with status {status}: {text}")]
    Provisioning {
        /// Who asked.
        registration_id: String,
        /// The service's status, of the HTTP kind; 200 with a registration that failed or is disabled.
        status: u16,
        /// What the service said.
        text: String,
        /// How long it asked to be left alone.
        retry_after: Option<Duration>,
    },
    /// The connection broke.
    #[error("the connection was lost: {cause}")]
    Lost {
        /// What ended it.
        cause: String,
    },
    /// The hub sent something that MQTT or its own protocol does not allow.
    #[error("the hub broke the protocol: {what}")]
    Protocol {
        /// What it sent.
        what: String,
    },
    /// Something took too long.
    #[error("{what} took longer than {} s{}", limit.as_secs_f32(), last.as_deref().map(|cause| format!("; last cause: {cause}")).unwrap_or_default())]
    TimedOut {
        /// What was waited for.
        what: &'static str,
        /// How long it may take.
        limit: Duration,
        /// The last connection failure, when offline.
        last: Option<String>,
    },
    /// A value cannot be written as JSON: a number is not finite, or something is null.
    #[error("the value cannot be sent: {problem}")]
    Value {
        /// What is wrong with it.
        problem: String,
    },
    /// A message is larger than a hub takes. It was not queued.
    #[error("the message has {size} bytes with its properties, the hub takes {limit}: send less at once")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The largest size in bytes.
        limit: usize,
    },
    /// A property given with a message cannot be sent. The message was not queued.
    #[error("the property {name:?} cannot be sent: {problem}")]
    Property {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The outbox is full and its policy is to refuse.
    #[error("the outbox is full: wait for messages to be acknowledged or raise its limits")]
    OutboxFull,
    /// The message was dropped to make room for newer ones, as the outbox's policy says.
    #[error("the message was dropped to make room for newer ones")]
    Dropped,
    /// The disk outbox's folder does not take or give what it should: a full disk, no permission, a failing disk. What was
    /// accepted before stays accepted. The message that this answers was not accepted; in rare cases, when the disk
    /// fails twice in a row, it may still be found and sent at the next start.
    #[error("the outbox's folder {folder}: {problem}: make room on the disk or see to its permissions")]
    Disk {
        /// The folder.
        folder: String,
        /// What the operating system said.
        problem: String,
    },
    /// The message was accepted into the disk outbox, and its bytes there have changed since.
    #[error("the message was damaged on disk: check the disk")]
    Damaged,
    /// The client was closed before the hub acknowledged the message. It is kept on disk and sent at the next start.
    #[error(
        "the client was closed before the hub acknowledged the message: it is kept on disk for the next start"
    )]
    Kept,
    /// The message was older than its time to live before it could be acknowledged.
    #[error("the message expired before the hub acknowledged it")]
    Expired,
    /// The hub cut the connection again and again with this message first in line; it was put aside.
    #[error("the hub cut the connection {times} times at this message: it was given up")]
    Rejected {
        /// How often.
        times: u32,
    },
    /// Something was called from where it makes no sense.
    #[error("{what} belongs in {place}: call it on the client that the handler is given")]
    OutOfPlace {
        /// What was called.
        what: &'static str,
        /// Where it belongs.
        place: &'static str,
    },
    /// The hub refused a twin operation.
    #[error("the hub answered {status} to the reported properties: {text}")]
    Twin {
        /// The status, of the HTTP kind.
        status: u16,
        /// What it said.
        text: String,
    },
    /// The hub or its storage service refused a part of an upload.
    #[error("{step} failed with status {status}: {text}")]
    Upload {
        /// Which part.
        step: &'static str,
        /// The HTTP status.
        status: u16,
        /// What the service said.
        text: String,
    },
    /// The client was closed.
    #[error("the client is closed")]
    Closed,
    /// The retry policy gave the session up.
    #[error("the session was given up: {cause}")]
    GivenUp {
        /// What went wrong last.
        cause: Arc<Self>,
    },
    /// Closing did not get everything through in time.
    #[error("closed with {count} messages not acknowledged")]
    Undelivered {
        /// How many messages and reports ended with [`Error::Closed`].
        count: u64,
    },
}

impl Error {
    /// Whether the same call may succeed later without any change.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Connect { .. }
            | Self::Token { .. }
            | Self::Refused { .. }
            | Self::Lost { .. }
            | Self::TimedOut { .. }
            | Self::OutboxFull
            | Self::Disk { .. }
            | Self::Dropped => true,
            Self::Provisioning { status, .. } | Self::Twin { status, .. } | Self::Upload { status, .. } => {
                *status == 429 || *status >= 500
            }
            Self::Configuration { .. }
            | Self::NoRuntime
            | Self::Protocol { .. }
            | Self::Value { .. }
            | Self::Property { .. }
            | Self::TooLarge { .. }
            | Self::Expired
            | Self::Damaged
            | Self::Kept
            | Self::Rejected { .. }
            | Self::OutOfPlace { .. }
            | Self::Closed
            | Self::GivenUp { .. }
            | Self::Undelivered { .. } => false,
        }
    }

    /// How long the service asked to be left alone, where it did.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Provisioning { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    pub(crate) fn configuration(what: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Configuration { what: what.into(), problem: problem.into() }
    }

    pub(crate) fn lost(cause: impl Into<String>) -> Self {
        Self::Lost { cause: cause.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttling_is_retryable_and_a_bad_value_is_not() {
        assert!(Error::Twin { status: 429, text: String::new() }.is_retryable());
        assert!(!Error::Twin { status: 400, text: String::new() }.is_retryable());
        assert!(!Error::Value { problem: String::new() }.is_retryable());
    }

    #[test]
    fn a_timeout_names_the_last_cause() {
        let error = Error::TimedOut {
            what: "the report",
            limit: Duration::from_secs(60),
            last: Some("no route".to_owned()),
        };
        assert_eq!(error.to_string(), "the report took longer than 60 s; last cause: no route");
    }
}
