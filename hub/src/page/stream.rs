//! The page's live events, as server-sent events.
//!
//! Decides which events a page gets and what happens when it missed some. Begin with [`events`].

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
use tokio::time::{MissedTickBehavior, interval};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::PageState;
use crate::events::{Joined, Numbered};

const PING_INTERVAL: Duration = Duration::from_secs(15);
/// Events that may wait for one page's socket.
const QUEUE_CAPACITY: usize = 64;

#[derive(Deserialize)]
pub(super) struct Filter {
    device: Option<String>,
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
            device: filter.device,
            sender,
        };
        // a failed send means that the page has gone: nothing is left to do
        let _ = pump.run(joined, page.stop).await;
    });
    Sse::new(ReceiverStream::new(receiver).map(Ok))
}

struct Pump {
    server_id: String,
    device: Option<String>,
    sender: mpsc::Sender<sse::Event>,
}

/// The page has gone.
struct Gone;

impl Pump {
    async fn run(self, mut joined: Joined, stop: CancellationToken) -> Result<(), Gone> {
        let mut last = joined.seq;
        // the id must not claim what is still to be replayed
        let replayed = joined
            .missed
            .as_ref()
            .and_then(|missed| missed.first())
            .map(|first| first.seq - 1);
        self.send(
            "hello",
            replayed.unwrap_or(last),
            &json!({ "serverId": self.server_id, "seq": last }),
        )
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

    async fn pass(&self, numbered: &Arc<Numbered>) -> Result<(), Gone> {
        let event = &numbered.event;
        if event.device.is_some() && event.device != self.device {
            return Ok(());
        }
        self.send(event.name, numbered.seq, &event.data).await
    }

    async fn send(&self, name: &str, seq: u64, data: &Value) -> Result<(), Gone> {
        let id = format!("{}-{seq}", self.server_id);
        let event = sse::Event::default().event(name).id(id).data(data.to_string());
        self.sender.send(event).await.map_err(|_| Gone)
    }
}
