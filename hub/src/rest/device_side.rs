//! What a device does over HTTPS: sends telemetry, receives messages and settles them.
//!
//! Decides the forms of IoT Hub's device API; the state decides what happens. Who may come is [`super::auth`]'s: a device is
//! known by its token or by its certificate, as by MQTT. Begin with [`send`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{RestError, etag, headers};
use crate::shared::Shared;
use crate::state::inbox::Queued;
use crate::state::messages::Settlement;
use crate::topics::Bag;

/// The largest message or batch, in bytes (protocol reference, section 2.7).
const SIZE_LIMIT: usize = 256 * 1024;
/// The most messages of a batch, and how many of them are taken in one go.
const BATCH_LIMIT: usize = 500;
const PORTION: usize = 32;
const BATCH_TYPE: &str = "application/vnd.microsoft.iothub.json";
/// How long a message is locked unless the device asks for another time, and the longest it may ask for, in seconds.
const LOCK_SECONDS: u64 = 60;
const LONGEST_LOCK_SECONDS: u64 = 300;

/// A message of a batch.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Batched {
    body: String,
    #[serde(default = "yes", alias = "isBase64Encoded")]
    base64_encoded: bool,
    #[serde(default)]
    properties: BTreeMap<String, Value>,
}

fn yes() -> bool {
    true
}

/// Takes one message, or a batch of them.
pub(super) async fn send(
    State(shared): State<Arc<Shared>>,
    request: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, RestError> {
    let properties = headers::properties(&request)?;
    let size = body.len() + properties.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    if size > SIZE_LIMIT {
        let message = format!("the message has {size} bytes with its properties, IoT Hub takes {SIZE_LIMIT}");
        return Err(RestError::too_large(message));
    }
    let is_batch =
        request.get(CONTENT_TYPE).is_some_and(|found| found.as_bytes().starts_with(BATCH_TYPE.as_bytes()));
    let messages = if is_batch { read_batch(&body)? } else { vec![(bag(properties), body.to_vec())] };
    for portion in messages.chunks(PORTION) {
        shared.with(|state, now| -> Result<(), RestError> {
            state.device(&id)?;
            portion.iter().for_each(|(bag, body)| state.telemetry(&id, bag, body, now));
            Ok(())
        })?;
        // others have their turn
        tokio::task::yield_now().await;
    }
    Ok(StatusCode::NO_CONTENT)
}

fn bag(properties: impl IntoIterator<Item = (String, String)>) -> Bag {
    let mut bag = Bag::default();
    properties.into_iter().for_each(|(name, value)| bag.insert(&name, &value));
    bag
}

fn read_batch(body: &[u8]) -> Result<Vec<(Bag, Vec<u8>)>, RestError> {
    let wrong = |reason: String| RestError::bad_request(format!("the batch cannot be read: {reason}"));
    let batch: Vec<Batched> = serde_json::from_slice(body).map_err(|error| wrong(error.to_string()))?;
    if batch.len() > BATCH_LIMIT {
        return Err(wrong(format!("it has {} messages, {BATCH_LIMIT} are taken at once", batch.len())));
    }
    let message = |one: Batched| {
        let body = if one.base64_encoded {
            BASE64.decode(&one.body).map_err(|error| wrong(format!("a body is not base64: {error}")))?
        } else {
            one.body.into_bytes()
        };
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // clients write these names with the prefix of headers, or bare
        let named = |(name, value): (String, Value)| {
            (headers::property(&name).map_or_else(|| name.clone(), str::to_owned), text(value))
        };
        Ok((bag(one.properties.into_iter().map(named)), body))
    };
    batch.into_iter().map(message).collect()
}

/// Gives the device its next message under a lock, which is the etag.
pub(super) async fn receive(
    State(shared): State<Arc<Shared>>,
    request: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, RestError> {
    let wanted = request.get("iothub-messagelocktimeout").and_then(|value| value.to_str().ok());
    let seconds = match wanted.map(str::parse::<u64>) {
        None => LOCK_SECONDS,
        Some(Ok(seconds @ 1..=LONGEST_LOCK_SECONDS)) => seconds,
        Some(_) => {
            let message =
                format!("iothub-messagelocktimeout is a number of seconds, 1 to {LONGEST_LOCK_SECONDS}");
            return Err(RestError::bad_request(message));
        }
    };
    let received = shared.with(|state, now| state.receive_message(&id, Duration::from_secs(seconds), now))?;
    Ok(match received {
        None => StatusCode::NO_CONTENT.into_response(),
        Some((lock, queued)) => message(&id, &lock, queued),
    })
}

fn message(id: &str, lock: &str, queued: Queued) -> Response {
    let mut headers = headers::headers(&queued.message.properties);
    headers.insert(ETAG, etag::header(lock));
    let own = [
        ("iothub-to", format!("/devices/{id}/messages/devicebound")),
        ("iothub-sequencenumber", (queued.number + 1).to_string()),
        ("iothub-enqueuedtime", queued.enqueued.to_string()),
        ("iothub-expiry", queued.expires.to_string()),
        ("iothub-deliverycount", (queued.deliveries - 1).to_string()),
    ];
    for (name, value) in own {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    (headers, queued.message.body).into_response()
}

/// Whether `?reject` is there.
#[derive(Deserialize)]
pub(super) struct Ending {
    reject: Option<String>,
}

pub(super) async fn complete(
    State(shared): State<Arc<Shared>>,
    Path((id, lock)): Path<(String, String)>,
    Query(ending): Query<Ending>,
) -> Result<StatusCode, RestError> {
    let settlement = if ending.reject.is_some() { Settlement::Reject } else { Settlement::Complete };
    settle(&shared, &id, &lock, settlement)
}

pub(super) async fn abandon(
    State(shared): State<Arc<Shared>>,
    Path((id, lock)): Path<(String, String)>,
) -> Result<StatusCode, RestError> {
    settle(&shared, &id, &lock, Settlement::Abandon)
}

fn settle(shared: &Shared, id: &str, lock: &str, settlement: Settlement) -> Result<StatusCode, RestError> {
    let token = etag::bare(lock);
    shared.with(|state, now: Timestamp| state.settle_message(id, token, settlement, now))?;
    Ok(StatusCode::NO_CONTENT)
}
