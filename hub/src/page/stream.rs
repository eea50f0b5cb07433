//! The page's live events, as server-sent events.
//!
//! Decides how a page names what it follows, and how it is told that it missed something. Which events there are is decided
//! by [`crate::events`]. Begin with [`events`].

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::PageState;
use super::error::PageError;
use crate::events::{Frame, Joined, ListenerId};
use crate::shared::Shared;
use crate::topic::Topic;

const PING_INTERVAL: Duration = Duration::from_secs(15);
/// Events that may wait for one page's socket; those behind them wait in the bus, which bounds them.
const QUEUE_CAPACITY: usize = 16;
/// Most topics of one page.
const TOPIC_LIMIT: usize = 32;

#[derive(Deserialize)]
pub(super) struct Wanted {
    /// What to tell of, separated by commas: `devices`, `templates`, `device:{id}`, `raw:{id}`. A comma in an id is `%2C`.
    topics: String,
}

pub(super) async fn events(
    State(page): State<PageState>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Sse<impl tokio_stream::Stream<Item = Result<sse::Event, Infallible>>>, PageError> {
    let topics = read_topics(&wanted.topics)?;
    let last_seen = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let joined = page.shared.join(topics, last_seen);
    let (sender, receiver) = mpsc::channel(QUEUE_CAPACITY);
    let seat = Seat { shared: Arc::clone(&page.shared), id: joined.id };
    // ends when the page goes (its receiver closes) or the hub stops
    page.tasks.spawn(async move {
        let pump = Pump { server_id: joined.server_id.clone(), sender, seat };
        // a failed send means that the page has gone: nothing is left to do
        let _ = pump.run(joined, page.stop).await;
    });
    Ok(Sse::new(ReceiverStream::new(receiver).map(Ok)))
}

fn read_topics(text: &str) -> Result<Vec<Topic>, PageError> {
    let topic = |text: &str| {
        let name = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
        Topic::parse(&name).ok_or_else(|| PageError::bad_request(format!("{name:?} is no topic")))
    };
    let mut topics = text.split(',').map(topic).collect::<Result<Vec<_>, _>>()?;
    topics.sort();
    topics.dedup();
    if topics.len() > TOPIC_LIMIT {
        return Err(PageError::bad_request(format!("a page follows {TOPIC_LIMIT} topics at most")));
    }
    Ok(topics)
}

/// A page's place at the bus, given up when it is dropped.
struct Seat {
    shared: Arc<Shared>,
    id: ListenerId,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.shared.leave(self.id);
    }
}

struct Pump {
    server_id: String,
    sender: mpsc::Sender<sse::Event>,
    seat: Seat,
}

/// The page has gone.
struct Gone;

impl Pump {
    async fn run(self, mut joined: Joined, stop: CancellationToken) -> Result<(), Gone> {
        let mut last = joined.seq;
        // the id must not claim what is still to be replayed
        let replayed = joined.missed.as_ref().and_then(|missed| missed.first()).map(|first| first.seq - 1);
        self.tell("hello", replayed.unwrap_or(last), &json!({ "serverId": self.server_id, "seq": last }))
            .await?;
        match joined.missed.take() {
            None => self.tell("reset", last, &json!({})).await?,
            Some(missed) => self.pass(&missed).await?,
        }
        let mut pings = interval(PING_INTERVAL);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings.reset();
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.sender.closed() => return Err(Gone),
                _ = pings.tick() => self.tell("ping", last, &json!({})).await?,
                () = joined.wake.notified() => {
                    let taken = self.seat.shared.with_bus(|bus| bus.take(self.seat.id));
                    last = taken.seq;
                    if taken.missed > 0 {
                        self.tell("lagged", last, &json!({ "missed": taken.missed })).await?;
                    }
                    self.pass(&taken.frames).await?;
                }
            }
        }
    }

    async fn pass(&self, frames: &[Arc<Frame>]) -> Result<(), Gone> {
        for frame in frames {
            self.send(frame.name, frame.seq, &frame.text).await?;
        }
        Ok(())
    }

    async fn tell(&self, name: &str, seq: u64, data: &Value) -> Result<(), Gone> {
        self.send(name, seq, &data.to_string()).await
    }

    async fn send(&self, name: &str, seq: u64, text: &str) -> Result<(), Gone> {
        let id = format!("{}-{seq}", self.server_id);
        let event = sse::Event::default().event(name).id(id).data(text);
        self.sender.send(event).await.map_err(|_| Gone)
    }
}
