//! How often the service API may be called before it answers 429 with `Retry-After`.
//!
//! Decides what kind of operation a request is and how many of each are let through. What devices do takes nothing from
//! tools, and one device not all of what is there for devices. Facts: protocol reference, section 2.7. Begin with
//! [`throttle`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use percent_encoding::percent_decode_str;
use tokio::time::Instant;

use super::RestError;
use crate::bucket::Bucket;
use crate::limits::Throttling;
use crate::page::whole_seconds;

/// The kinds of operations that are counted on their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Identities,
    Queries,
    TwinReads,
    TwinUpdates,
    Methods,
    /// What a device does itself.
    Devices,
    /// Content of files, whose sender is known by nothing but the token of its upload.
    Uploads,
    Other,
}

/// A rate a second and how many are let through at once.
type Rate = (f64, u32);

const GENEROUS: Rate = (2_000.0, 2_000);

/// One unit of S1: 100 identity operations and 20 queries a minute, 100 twin reads and 50 updates a second, methods of
/// 160 KB a second, each of which counts as 4 KB.
const S1: [(Kind, Rate); 8] = [
    (Kind::Identities, (100.0 / 60.0, 100)),
    (Kind::Queries, (20.0 / 60.0, 20)),
    (Kind::TwinReads, (100.0, 100)),
    (Kind::TwinUpdates, (50.0, 50)),
    (Kind::Methods, (40.0, 40)),
    (Kind::Devices, GENEROUS),
    (Kind::Uploads, GENEROUS),
    (Kind::Other, GENEROUS),
];

/// Of one device.
const OF_A_DEVICE: u32 = 200;
/// Devices that are counted; who has asked for nothing lately is forgotten beyond it.
const DEVICES: usize = 1_000;

/// Counts the requests of all callers that may ask, together.
#[derive(Debug, Clone)]
pub(crate) struct Throttle {
    buckets: Arc<Mutex<Buckets>>,
    /// What is answered to those that ask too often.
    refusal: fn() -> Response,
}

#[derive(Debug)]
struct Buckets {
    /// What is counted together: one kind of request, or all that have no bucket before.
    kinds: Vec<(Option<Kind>, Bucket)>,
    /// Of devices that asked lately, by id.
    devices: BTreeMap<String, Bucket>,
    /// How many a second one device may ask.
    of_a_device: u32,
}

impl Throttle {
    /// Of one device, not more than `messages_per_second` are let through.
    pub(crate) fn new(throttling: Throttling, messages_per_second: u32) -> Self {
        let now = Instant::now();
        let bucket = |(per_second, most)| Bucket::new(per_second, most, now);
        let kinds = match throttling {
            Throttling::Generous => {
                [Some(Kind::Devices), Some(Kind::Uploads), None].map(|kind| (kind, bucket(GENEROUS))).into()
            }
            Throttling::S1 => S1.into_iter().map(|(kind, rate)| (Some(kind), bucket(rate))).collect(),
        };
        let of_a_device = OF_A_DEVICE.min(messages_per_second);
        let buckets = Buckets { kinds, devices: BTreeMap::new(), of_a_device };
        Self { buckets: Arc::new(Mutex::new(buckets)), refusal: || RestError::throttled().into_response() }
    }

    /// Counts devices that register apart: whoever asks has not shown yet who it is, and takes nothing from tools.
    pub(crate) fn of_registrations() -> Self {
        Self::new(Throttling::Generous, OF_A_DEVICE)
    }

    /// The same counts for an API with another form of refusals.
    pub(crate) fn refusing_by(&self, refusal: fn() -> Response) -> Self {
        Self { buckets: Arc::clone(&self.buckets), refusal }
    }

    fn take(&self, kind: Kind, device: Option<&str>, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(device) = device {
            buckets.take_of(device, now)?;
        }
        let found = buckets.kinds.iter_mut().find(|(of, _)| of.is_none_or(|of| of == kind));
        found.map_or(Ok(()), |(_, bucket)| bucket.take(now))
    }
}

impl Buckets {
    fn take_of(&mut self, device: &str, now: Instant) -> Result<(), Duration> {
        if self.devices.len() >= DEVICES && !self.devices.contains_key(device) {
            self.devices.retain(|_, bucket| !bucket.is_full(now));
        }
        let rate = self.of_a_device;
        let bucket = self.devices.entry(device.to_owned());
        bucket.or_insert_with(|| Bucket::new(f64::from(rate), rate, now)).take(now)
    }
}

/// Lets a request through, or answers when to come again.
pub(super) async fn throttle(State(throttle): State<Throttle>, request: Request, next: Next) -> Response {
    let (kind, device) = kind(request.method(), request.uri().path());
    // one device has one bucket, however its id is written
    let device = device.map(|id| percent_decode_str(id).decode_utf8_lossy());
    match throttle.take(kind, device.as_deref(), Instant::now()) {
        Ok(()) => next.run(request).await,
        Err(wait) => {
            let mut response = (throttle.refusal)();
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
            response
        }
    }
}

/// The kind of a request, and the device whose own it is.
fn kind<'a>(method: &Method, path: &'a str) -> (Kind, Option<&'a str>) {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let kind = match parts[..] {
        ["devices", "query"] => Kind::Queries,
        ["devices", _, "messages", "deviceBound"] if *method == Method::POST => Kind::Other,
        ["devices", device, "messages" | "files", ..] => return (Kind::Devices, Some(device)),
        ["devices", _, "commands", ..] => Kind::Other,
        ["devices", ..] => Kind::Identities,
        ["twins", .., "methods"] => Kind::Methods,
        ["twins", ..] if *method == Method::GET => Kind::TwinReads,
        ["twins", ..] => Kind::TwinUpdates,
        ["uploads", ..] => Kind::Uploads,
        _ => Kind::Other,
    };
    (kind, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_a_request_counts_as() {
        for (method, path, expected) in [
            (Method::PUT, "/devices/d1", Kind::Identities),
            (Method::GET, "/devices/", Kind::Identities),
            (Method::POST, "/devices/query", Kind::Queries),
            (Method::GET, "/twins/d1", Kind::TwinReads),
            (Method::PATCH, "/twins/d1/modules/m1", Kind::TwinUpdates),
            (Method::POST, "/twins/d1/methods", Kind::Methods),
            (Method::POST, "/devices/d1/messages/deviceBound", Kind::Other),
            (Method::POST, "/devices/d1/messages/events", Kind::Devices),
            (Method::POST, "/devices/d1/files", Kind::Devices),
            (Method::GET, "/devices/d1/messages/deviceBound", Kind::Devices),
            (Method::DELETE, "/devices/d1/messages/deviceBound/lock", Kind::Devices),
            (Method::PUT, "/uploads/d1/a/b", Kind::Uploads),
            (Method::DELETE, "/devices/d1/commands", Kind::Other),
            (Method::PUT, "/devices/messages/modules/files", Kind::Identities),
            (Method::GET, "/statistics/devices", Kind::Other),
        ] {
            let (found, device) = kind(&method, path);
            assert_eq!(found, expected, "{method} {path}");
            assert_eq!(device, (found == Kind::Devices).then_some("d1"), "{method} {path}");
        }
    }

    #[test]
    fn s1_counts_each_kind_on_its_own_and_says_when_to_come_again() {
        let (s1, now) = (Throttle::new(Throttling::S1, 1_000), Instant::now());
        assert_eq!((0..100).filter(|_| s1.take(Kind::Queries, None, now).is_ok()).count(), 20);
        assert_eq!(s1.take(Kind::Queries, None, now).map_err(whole_seconds), Err(3));
        assert!(s1.take(Kind::TwinReads, None, now).is_ok());
        let generous = Throttle::new(Throttling::Generous, 1_000);
        assert!((0..100).all(|_| generous.take(Kind::Queries, None, now).is_ok()));
    }

    #[test]
    fn devices_and_uploads_take_nothing_from_tools_and_one_device_not_all() {
        let (generous, now) = (Throttle::new(Throttling::Generous, 1_000), Instant::now());
        let count = |kind, device| (0..5_000).filter(|_| generous.take(kind, device, now).is_ok()).count();
        assert_eq!(count(Kind::Devices, Some("fast")), 200);
        assert_eq!(count(Kind::Devices, Some("other")), 200);
        assert_eq!(count(Kind::Uploads, None), 2_000);
        assert_eq!(count(Kind::TwinReads, None), 2_000);
        let slow = Throttle::new(Throttling::Generous, 3);
        assert_eq!((0..9).filter(|_| slow.take(Kind::Devices, Some("d"), now).is_ok()).count(), 3);
    }

    #[test]
    fn devices_that_ask_for_nothing_any_more_are_forgotten() {
        let (throttle, now) = (Throttle::new(Throttling::Generous, 1_000), Instant::now());
        let ask = |at: Instant| {
            for number in 0..DEVICES {
                let _ = throttle.take(Kind::Devices, Some(&format!("{at:?} {number}")), at);
            }
        };
        ask(now);
        ask(now + Duration::from_secs(60));
        assert_eq!(throttle.buckets.lock().unwrap().devices.len(), DEVICES);
    }
}
