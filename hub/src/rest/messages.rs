//! Messages to devices in the service API, and what became of them.
//!
//! IoT Hub takes messages by AMQP only; sending is here under the path and with the headers by which its HTTPS API gives
//! them to devices, turned round. Feedback and purging are IoT Hub's own. Begin with [`send`].

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::target::Target;
use super::{RestError, etag, headers};
use crate::message::CloudToDevice;
use crate::shared::Shared;
use crate::state;
use crate::state::feedback::Feedback;

/// What a sender may ask to be told: nothing, how it ended, only that it arrived, only that it did not.
const ACKNOWLEDGEMENTS: [&str; 4] = ["none", "full", "positive", "negative"];

/// Queues the body as a message for the device; `iothub-expiry` is until when it is worth delivering, at most two days.
pub(super) async fn send(
    State(shared): State<Arc<Shared>>,
    request: HeaderMap,
    Path(target): Path<Target>,
    body: Bytes,
) -> Result<StatusCode, RestError> {
    let mut message = CloudToDevice::new(body);
    for (name, property) in [(CONTENT_TYPE, "$.ct"), (CONTENT_ENCODING, "$.ce")] {
        if let Some(value) = request.get(name).and_then(|value| value.to_str().ok()) {
            message = message.with_property(property, value);
        }
    }
    for (name, value) in headers::properties(&request)? {
        message = match name.as_str() {
            "$.exp" => expiring(message, &value)?,
            "iothub-ack" if !ACKNOWLEDGEMENTS.contains(&value.as_str()) => {
                let known = ACKNOWLEDGEMENTS.join(", ");
                return Err(RestError::bad_request(format!("iothub-ack is one of {known}")));
            }
            _ => message.with_property(name, value),
        };
    }
    let id = target.key()?;
    shared.with(|state, now| state.send_message(&id, message, now))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The message with this expiry, which its device is told, or with the latest that there may be.
fn expiring(message: CloudToDevice, text: &str) -> Result<CloudToDevice, RestError> {
    let bad = || RestError::bad_request("iothub-expiry is a time to come such as 2026-11-25T23:00:00Z");
    let (now, expiry) = (crate::shared::now(), text.parse::<Timestamp>().map_err(|_| bad())?);
    let wanted = Duration::try_from(expiry.duration_since(now)).map_err(|_| bad())?;
    let message = message.with_time_to_live(wanted);
    let told = match now.checked_add(message.time_to_live) {
        Ok(latest) if message.time_to_live < wanted => latest.to_string(),
        _ => text.to_owned(),
    };
    Ok(message.with_property("$.exp", told))
}

/// Forgets the messages that wait for a device.
pub(super) async fn purge(
    State(shared): State<Arc<Shared>>,
    Path(target): Path<Target>,
) -> Result<Json<Value>, RestError> {
    let id = target.key()?;
    let count = shared.with(|state, now| state.purge_messages(&id, now))?;
    Ok(Json(json!({ "totalMessagesPurged": count, "deviceId": id, "moduleId": null })))
}

/// What became of messages whose senders asked; the etag is the lock.
pub(super) async fn feedback(State(shared): State<Arc<Shared>>) -> Response {
    let Some((lock, batch)) = shared.with(state::State::receive_feedback) else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let headers = [
        (ETAG, etag::header(&lock)),
        (
            CONTENT_TYPE,
            axum::http::HeaderValue::from_static("application/vnd.microsoft.iothub.feedback.json"),
        ),
    ];
    let body: Vec<Value> = batch.iter().map(shown).collect();
    (headers, Value::from(body).to_string()).into_response()
}

fn shown(feedback: &Feedback) -> Value {
    let outcome = format!("{:?}", feedback.outcome);
    json!({
        "originalMessageId": feedback.message_id,
        "description": outcome,
        "deviceGenerationId": feedback.generation,
        "deviceId": feedback.device,
        "enqueuedTimeUtc": feedback.at,
        "statusCode": outcome,
    })
}

pub(super) async fn complete_feedback(
    State(shared): State<Arc<Shared>>,
    Path(lock): Path<String>,
) -> Result<StatusCode, RestError> {
    shared.with(|state, now| state.settle_feedback(etag::bare(&lock), false, now))?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn abandon_feedback(
    State(shared): State<Arc<Shared>>,
    Path(lock): Path<String>,
) -> Result<StatusCode, RestError> {
    shared.with(|state, now| state.settle_feedback(etag::bare(&lock), true, now))?;
    Ok(StatusCode::NO_CONTENT)
}
