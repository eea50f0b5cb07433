//! Messages to devices in the service API.
//!
//! IoT Hub takes them by AMQP only; this is the path and these are the headers under which its HTTPS API gives them to
//! devices, turned round. Begin with [`send`].

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;

use super::RestError;
use crate::message::CloudToDevice;
use crate::shared::Shared;

/// Which header is which property on the wire.
const HEADERS: [(&str, &str); 6] = [
    ("iothub-messageid", "$.mid"),
    ("iothub-correlationid", "$.cid"),
    ("iothub-userid", "$.uid"),
    ("content-type", "$.ct"),
    ("content-encoding", "$.ce"),
    ("iothub-ack", "iothub-ack"),
];
/// Begins the headers of the sender's own properties.
const OWN: &str = "iothub-app-";

/// Queues the body as a message for the device; `iothub-expiry` is until when it is worth delivering, at most two days.
pub(super) async fn send(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, RestError> {
    let mut message = CloudToDevice::new(body);
    for (name, value) in &headers {
        let value =
            || value.to_str().map_err(|_| RestError::bad_request(format!("the header {name} is no text")));
        if let Some((_, property)) = HEADERS.iter().find(|(header, _)| name.as_str() == *header) {
            message = message.with_property(*property, value()?);
        } else if let Some(own) = name.as_str().strip_prefix(OWN) {
            message = message.with_property(own, value()?);
        } else if name.as_str() == "iothub-expiry" {
            message = message.with_property("$.exp", value()?).with_time_to_live(until(value()?)?);
        }
    }
    shared.with(|state, now| state.send_message(&id, message, now))?;
    Ok(StatusCode::NO_CONTENT)
}

fn until(text: &str) -> Result<Duration, RestError> {
    let bad = || RestError::bad_request("iothub-expiry is a time to come such as 2026-11-25T23:00:00Z");
    let expiry: Timestamp = text.parse().map_err(|_| bad())?;
    Duration::try_from(expiry.duration_since(Timestamp::now())).map_err(|_| bad())
}
