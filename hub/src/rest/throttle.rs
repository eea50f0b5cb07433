//! How often the service API may be called before it answers 429 with `Retry-After`.
//!
//! Decides what kind of operation a request is and how many of each are let through. Facts: protocol reference,
//! section 2.7. Begin with [`throttle`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
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
    Other,
}

/// A rate a second and how many are let through at once.
type Rate = (f64, u32);

const GENEROUS: Rate = (2_000.0, 2_000);

/// One unit of S1: 100 identity operations and 20 queries a minute, 100 twin reads and 50 updates a second, methods of
/// 160 KB a second, each of which counts as 4 KB.
const S1: [(Kind, Rate); 6] = [
    (Kind::Identities, (100.0 / 60.0, 100)),
    (Kind::Queries, (20.0 / 60.0, 20)),
    (Kind::TwinReads, (100.0, 100)),
    (Kind::TwinUpdates, (50.0, 50)),
    (Kind::Methods, (40.0, 40)),
    (Kind::Other, GENEROUS),
];

/// Counts the requests of all callers that may ask, together.
#[derive(Debug, Clone)]
pub(crate) struct Throttle(Arc<Mutex<Buckets>>);

/// What is counted together: one kind of request, or all.
type Buckets = Vec<(Option<Kind>, Bucket)>;

impl Throttle {
    pub(crate) fn new(throttling: Throttling) -> Self {
        let now = Instant::now();
        let bucket = |(per_second, most)| Bucket::new(per_second, most, now);
        let buckets = match throttling {
            Throttling::Generous => vec![(None, bucket(GENEROUS))],
            Throttling::S1 => S1.into_iter().map(|(kind, rate)| (Some(kind), bucket(rate))).collect(),
        };
        Self(Arc::new(Mutex::new(buckets)))
    }

    /// Counts devices that register apart: whoever asks has not shown yet who it is, and takes nothing from tools.
    pub(crate) fn of_registrations() -> Self {
        Self::new(Throttling::Generous)
    }

    fn take(&self, kind: Kind, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = buckets.iter_mut().find(|(of, _)| of.is_none_or(|of| of == kind));
        found.map_or(Ok(()), |(_, bucket)| bucket.take(now))
    }
}

/// Lets a request through, or answers when to come again.
pub(super) async fn throttle(State(throttle): State<Throttle>, request: Request, next: Next) -> Response {
    let kind = kind(request.method(), request.uri().path());
    match throttle.take(kind, Instant::now()) {
        Ok(()) => next.run(request).await,
        Err(wait) => {
            let mut response = RestError::throttled().into_response();
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
            response
        }
    }
}

fn kind(method: &Method, path: &str) -> Kind {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts[..] {
        ["devices", "query"] => Kind::Queries,
        ["devices", _, "messages" | "files" | "commands", ..] => Kind::Other,
        ["devices", ..] => Kind::Identities,
        ["twins", .., "methods"] => Kind::Methods,
        ["twins", ..] if *method == Method::GET => Kind::TwinReads,
        ["twins", ..] => Kind::TwinUpdates,
        _ => Kind::Other,
    }
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
            (Method::POST, "/devices/d1/messages/devicebound", Kind::Other),
            (Method::POST, "/devices/d1/messages/events", Kind::Other),
            (Method::POST, "/devices/d1/files", Kind::Other),
            (Method::GET, "/devices/d1/messages/deviceBound", Kind::Other),
            (Method::DELETE, "/devices/d1/messages/deviceBound/lock", Kind::Other),
            (Method::DELETE, "/devices/d1/commands", Kind::Other),
            (Method::PUT, "/devices/messages/modules/files", Kind::Identities),
            (Method::GET, "/statistics/devices", Kind::Other),
        ] {
            assert_eq!(kind(&method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn s1_counts_each_kind_on_its_own_and_says_when_to_come_again() {
        let (s1, now) = (Throttle::new(Throttling::S1), Instant::now());
        assert_eq!((0..100).filter(|_| s1.take(Kind::Queries, now).is_ok()).count(), 20);
        assert_eq!(s1.take(Kind::Queries, now).map_err(whole_seconds), Err(3));
        assert!(s1.take(Kind::TwinReads, now).is_ok());
        let generous = Throttle::new(Throttling::Generous);
        assert!((0..100).all(|_| generous.take(Kind::Queries, now).is_ok()));
    }
}
