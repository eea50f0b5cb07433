//! The page's live events, as server-sent events.
//!
//! Decides which events a page gets and what happens when it missed some. Begin with [`events`].

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::PageState;
use crate::events::{Joined, Numbered};

/// Messages of a device are sent to a page at most this often; faster ones are put together.
const MESSAGE_INTERVAL: Duration = Duration::from_millis(50);
const PING_INTERVAL: Duration = Duration::from_secs(15);
/// Events that may wait for one page's socket.
const QUEUE_CAPACITY: usize = 64;

#[derive(Deserialize)]
pub(super) struct Filter {
    /// What to tell of, separated by commas: `devices`, `templates`, `device:{id}`, `raw:{id}`.
    topics: String,
}

pub(super) async fn events(
    State(page): State<PageState>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Sse<impl tokio_stream::Stream<Item = Result<sse::Event, Infallible>>> {
    let last_seen = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let joined = page.shared.with_bus(|bus| bus.join(last_seen));
    let (sender, receiver) = mpsc::channel(QUEUE_CAPACITY);
    // ends when the page goes (its receiver closes) or the hub stops
    page.tasks.spawn(async move {
        let pump = Pump {
            server_id: joined.server_id.clone(),
            topics: filter.topics.split(',').map(str::to_owned).collect(),
            sender,
            held: BTreeMap::new(),
            free_at: Instant::now(),
        };
        // a failed send means that the page has gone: nothing is left to do
        let _ = pump.run(joined, page.stop).await;
    });
    Sse::new(ReceiverStream::new(receiver).map(Ok))
}

struct Pump {
    server_id: String,
    topics: BTreeSet<String>,
    sender: mpsc::Sender<sse::Event>,
    /// Messages that wait for their turn, the newest values of each component.
    held: BTreeMap<Option<String>, (u64, Value)>,
    /// When messages may be sent again.
    free_at: Instant,
}

/// The page has gone.
struct Gone;

impl Pump {
    async fn run(mut self, mut joined: Joined, stop: CancellationToken) -> Result<(), Gone> {
        let mut last = joined.seq;
        // the id must not claim what is still to be replayed
        let replayed = joined.missed.as_ref().and_then(|missed| missed.first()).map(|first| first.seq - 1);
        self.send("hello", replayed.unwrap_or(last), &json!({ "serverId": self.server_id, "seq": last }))
            .await?;
        match joined.missed.take() {
            None => self.send("reset", last, &json!({})).await?,
            Some(missed) => {
                for numbered in missed {
                    self.pass(&numbered).await?;
                }
            }
        }
        let mut pings = interval(PING_INTERVAL);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings.reset();
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.sender.closed() => return Err(Gone),
                () = sleep_until(self.free_at), if !self.held.is_empty() => self.release().await?,
                _ = pings.tick() => self.send("ping", last, &json!({})).await?,
                received = joined.receiver.recv() => match received {
                    Ok(numbered) => {
                        last = numbered.seq;
                        self.pass(&numbered).await?;
                    }
                    Err(RecvError::Lagged(missed)) => {
                        last += missed;
                        self.send("reset", last, &json!({})).await?;
                    }
                    Err(RecvError::Closed) => return Ok(()),
                },
            }
        }
    }

    async fn pass(&mut self, numbered: &Arc<Numbered>) -> Result<(), Gone> {
        let event = &numbered.event;
        let topic = event.device.as_ref().map_or_else(|| "devices".to_owned(), |id| format!("device:{id}"));
        if !self.topics.contains(&topic) {
            return Ok(());
        }
        if event.name == "telemetry" && Instant::now() < self.free_at {
            self.hold(numbered);
            return Ok(());
        }
        // in order: what was held came before
        self.release().await?;
        if event.name == "telemetry" {
            self.free_at = Instant::now() + MESSAGE_INTERVAL;
        }
        self.send(event.name, numbered.seq, &event.data).await
    }

    /// Keeps a message for later; of a value that comes twice the newer one counts.
    fn hold(&mut self, numbered: &Numbered) {
        let data = &numbered.event.data;
        let component = data["component"].as_str().map(str::to_owned);
        let held = self.held.entry(component).or_insert_with(|| (numbered.seq, data.clone()));
        held.0 = numbered.seq;
        held.1["at"] = data["at"].clone();
        if let (Some(values), Some(newer)) = (held.1["values"].as_object_mut(), data["values"].as_object()) {
            values.extend(newer.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
    }

    /// Sends what was held.
    async fn release(&mut self) -> Result<(), Gone> {
        for (seq, data) in std::mem::take(&mut self.held).into_values() {
            self.free_at = Instant::now() + MESSAGE_INTERVAL;
            self.send("telemetry", seq, &data).await?;
        }
        Ok(())
    }

    async fn send(&self, name: &str, seq: u64, data: &Value) -> Result<(), Gone> {
        let id = format!("{}-{seq}", self.server_id);
        let event = sse::Event::default().event(name).id(id).data(data.to_string());
        self.sender.send(event).await.map_err(|_| Gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Event;

    #[tokio::test(start_paused = true)]
    async fn messages_that_come_faster_are_put_together_in_order() {
        let (sender, mut receiver) = mpsc::channel(QUEUE_CAPACITY);
        let topics = BTreeSet::from(["device:d1".to_owned()]);
        let mut pump =
            Pump { server_id: "s".into(), topics, sender, held: BTreeMap::new(), free_at: Instant::now() };
        let numbered = |seq, name, values: Value| {
            let data = json!({ "at": seq, "component": null, "values": values });
            Arc::new(Numbered { seq, event: Event { name, device: Some("d1".to_owned()), data } })
        };
        for (seq, values) in [(1, json!({ "a": 1 })), (2, json!({ "a": 2 })), (3, json!({ "b": 3 }))] {
            assert!(pump.pass(&numbered(seq, "telemetry", values)).await.is_ok());
        }
        assert!(pump.pass(&numbered(4, "properties", json!({}))).await.is_ok());
        drop(pump);
        let mut count = 0;
        while receiver.recv().await.is_some() {
            count += 1;
        }
        assert_eq!(count, 3, "the first message, the two after it together, the properties");
    }
}
