//! Messages from the cloud to the device: what a handler is given, and what it may say instead of success.
//!
//! Begin with [`CloudMessage`]. Source of the properties' names: protocol, section 2.5.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use percent_encoding::percent_decode_str;

use crate::client::Client;
use crate::driver::BoxFuture;
use crate::json::{FromJson, Pointer, ValueError};
use crate::time::DateTime;

/// A message that the cloud sent to this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudMessage {
    properties: BTreeMap<String, String>,
    payload: Bytes,
}

impl CloudMessage {
    /// `bag` is what the topic ends in: `name=value` joined by `&`, percent-encoded, names included. What is not
    /// encoded as it should be is taken as it stands.
    pub(crate) fn new(bag: &str, payload: Bytes) -> Self {
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        };
        let bag = bag.strip_prefix('?').unwrap_or(bag);
        let properties = bag.split('&').filter(|text| !text.is_empty()).map(pair).collect();
        Self { properties, payload }
    }

    /// The id that the sender gave it.
    pub fn id(&self) -> Option<&str> {
        self.property("$.mid")
    }

    /// What it answers or belongs to.
    pub fn correlation_id(&self) -> Option<&str> {
        self.property("$.cid")
    }

    /// Who sent it, as the sender says.
    pub fn user_id(&self) -> Option<&str> {
        self.property("$.uid")
    }

    /// The payload's media type, for example `application/json`.
    pub fn content_type(&self) -> Option<&str> {
        self.property("$.ct")
    }

    /// The payload's encoding, for example `utf-8`.
    pub fn content_encoding(&self) -> Option<&str> {
        self.property("$.ce")
    }

    /// Until when it was worth delivering.
    pub fn expires(&self) -> Option<DateTime> {
        self.property("$.exp")?.parse().ok()
    }

    /// When it was made, as the sender says.
    pub fn created(&self) -> Option<DateTime> {
        self.property("$.ctime").or_else(|| self.property("iothub-creation-time-utc"))?.parse().ok()
    }

    /// One property, by its name on the wire.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.get(name).map(String::as_str)
    }

    /// The sender's own properties, by name; a property without a value is empty.
    pub fn properties(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.properties.iter().filter(|(name, _)| !name.starts_with("$."));
        own.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What was sent.
    pub fn payload(&self) -> &Bytes {
        &self.payload
    }

    /// The payload as JSON, read strictly as a `T`; a `Json` takes whatever it is.
    ///
    /// # Errors
    /// When it is not JSON, or not a `T`; the error names the place.
    pub fn json<T: FromJson>(&self) -> Result<T, MessageError> {
        let value = serde_json::from_slice(&self.payload)?;
        Ok(T::from_json(&value, &Pointer::root())?)
    }
}

/// Why a message was not processed. The hub is not told that it was delivered, so that it delivers it again.
///
/// It takes any `std::error::Error` by `?`, which is why it is none itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageError {
    reason: String,
}

impl MessageError {
    /// For this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.reason)
    }
}

impl<E: std::error::Error> From<E> for MessageError {
    fn from(error: E) -> Self {
        Self::new(error.to_string())
    }
}

impl From<ValueError> for MessageError {
    fn from(error: ValueError) -> Self {
        let place = if error.at().is_empty() { String::new() } else { format!("{}: ", error.at()) };
        Self::new(format!("{place}{}", error.message()))
    }
}

/// The application's handler of messages, whatever its type.
#[derive(Clone)]
pub(crate) struct MessageHandler(Arc<Handle>);

type Handle = dyn Fn(CloudMessage, Client) -> BoxFuture<'static, Result<(), MessageError>> + Send + Sync;

impl MessageHandler {
    pub(crate) fn new<C, F, R>(handler: F) -> Self
    where
        C: From<Client>,
        F: Fn(CloudMessage, C) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), MessageError>> + Send + 'static,
    {
        Self(Arc::new(move |message, client| Box::pin(handler(message, C::from(client)))))
    }

    pub(crate) fn call(
        &self,
        message: CloudMessage,
        client: Client,
    ) -> BoxFuture<'static, Result<(), MessageError>> {
        self.0(message, client)
    }
}

impl fmt::Debug for MessageHandler {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("MessageHandler")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::Json;

    const BAG: &str = "%24.mid=a%201&%24.to=%2Fdevices%2Fd%2Fmessages%2FdeviceBound&$.ct=application%2Fjson&%24.ce=utf-8&\
                       %24.exp=2026-11-25T23%3A00%3A00Z&iothub-ack=full&b%26=c%2Fd&none&empty=";

    #[test]
    fn the_bag_is_decoded_names_included() {
        let message = CloudMessage::new(BAG, Bytes::from_static(b"{\"a\":1}"));
        assert_eq!((message.id(), message.content_type()), (Some("a 1"), Some("application/json")));
        assert_eq!(
            message.expires().map(|moment| moment.to_string()).as_deref(),
            Some("2026-11-25T23:00:00Z")
        );
        let own: Vec<_> = message.properties().collect();
        assert_eq!(own, [("b&", "c/d"), ("empty", ""), ("iothub-ack", "full"), ("none", "")]);
        assert_eq!(message.json::<Json>(), Ok(json!({ "a": 1 })));
        assert_eq!((message.correlation_id(), message.created()), (None, None));
    }

    #[test]
    fn a_payload_of_another_kind_is_an_error_that_names_the_place() {
        let message = CloudMessage::new("", Bytes::from_static(b"[1,\"x\"]"));
        let error = message.json::<Vec<i64>>().unwrap_err().to_string();
        assert!(error.starts_with("/1: expected a 64-bit integer"), "{error}");
        assert!(CloudMessage::new("", Bytes::from_static(b"\xff")).json::<Json>().is_err());
    }

    proptest! {
        #[test]
        fn no_bag_makes_reading_panic(bag in "[%$=&?a-f0-9é.]{0,40}", any in "\\PC{0,40}") {
            for bag in [bag, any] {
                let message = CloudMessage::new(&bag, Bytes::new());
                let _ = (message.properties().count(), message.expires(), message.created());
            }
        }
    }
}
