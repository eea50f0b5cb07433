//! What devices send, for other programs: a stream of lines of JSON that does not end.
//!
//! IoT Hub gives its messages to others by AMQP, from an Event Hubs endpoint; this is the local hub's own form of it. Decides
//! filters and positions; what an item looks like is [`crate::feed`]'s. Begin with [`stream`].

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;

use super::RestError;
use crate::feed::{Batch, From, Source};
use crate::shared::Shared;

/// When nothing happens, an empty line comes this often: whoever has gone is noticed.
const PAUSE: Duration = Duration::from_secs(15);

#[derive(Deserialize)]
pub(super) struct Parameters {
    from: Option<String>,
    device: Option<String>,
    source: Option<String>,
}

/// Streams items from `from` on: `latest` (the default), `earliest`, or a number; only those of one `device` or `source`.
pub(super) async fn stream(
    State(shared): State<Arc<Shared>>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, RestError> {
    let from = match parameters.from.as_deref() {
        None | Some("latest") => From::Latest,
        Some("earliest") => From::Earliest,
        Some(number) => From::Number(number.parse().map_err(|_| {
            RestError::bad_request("from is latest, earliest or the sequence number to begin with")
        })?),
    };
    let source = match parameters.source.as_deref() {
        None => None,
        Some(name) => Some(Source::of_name(name).ok_or_else(|| {
            let names = "Telemetry, twinChangeEvents, deviceLifecycleEvents or deviceConnectionStateEvents";
            RestError::bad_request(format!("source is {names}"))
        })?),
    };
    let (next, news) = shared.join_feed(from);
    let reader = Reader { shared, news, next, device: parameters.device, source };
    // the head comes at once, also when nothing happens
    let lines = futures_util::stream::unfold(reader, |mut reader| async move {
        let lines = reader.lines().await;
        Some((Ok::<_, Infallible>(lines), reader))
    });
    let kind = [(CONTENT_TYPE, "application/x-ndjson")];
    Ok((kind, Body::from_stream(lines)).into_response())
}

/// One client's place in the stream.
struct Reader {
    shared: Arc<Shared>,
    news: watch::Receiver<u64>,
    next: u64,
    device: Option<String>,
    source: Option<Source>,
}

impl Reader {
    /// The next lines; an empty one when nothing has happened for a while.
    async fn lines(&mut self) -> String {
        loop {
            self.news.mark_unchanged();
            let batch = self.shared.read_feed(self.next);
            let is_empty = batch.items.is_empty();
            self.next = batch.next;
            let lines = self.write(&batch);
            if !lines.is_empty() {
                return lines;
            }
            // a batch of which nothing was wanted may be followed by another
            if !is_empty {
                // other tasks of this thread have their turn
                tokio::task::yield_now().await;
                continue;
            }
            if !matches!(tokio::time::timeout(PAUSE, self.news.changed()).await, Ok(Ok(()))) {
                return "\n".to_owned();
            }
        }
    }

    fn write(&self, batch: &Batch) -> String {
        let mut lines = String::new();
        if let Some((from, to)) = batch.missed {
            let missed = json!({ "missed": { "from": from, "to": to } });
            // writing to a String cannot fail
            let _ = writeln!(lines, "{missed}");
        }
        for item in &batch.items {
            let is_wanted = self.device.as_ref().is_none_or(|device| *device == item.news.device)
                && self.source.is_none_or(|source| source == item.news.source);
            if is_wanted {
                let _ = writeln!(lines, "{}", item.json());
            }
        }
        lines
    }
}
