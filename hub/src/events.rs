//! The pages' events: numbered, kept for a while for replay, and sent to whoever listens.
//!
//! Decides what a page that comes back has missed. HTTP is in [`crate::page`]. Begin with [`Bus`].

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::broadcast;

use crate::state::Event;

/// Events kept for pages that come back.
const REPLAY_LIMIT: usize = 4096;
/// Most memory the kept events take, in bytes; big ones push out more than one.
const REPLAY_BYTES: usize = 16 * 1024 * 1024;
/// Events a page may lag behind before it is told to load its data again.
const LAG_LIMIT: usize = 1024;

/// An event with its number.
#[derive(Debug, Clone)]
pub(crate) struct Numbered {
    pub(crate) seq: u64,
    pub(crate) event: Event,
}

/// Numbers, keeps and hands out events.
#[derive(Debug)]
pub(crate) struct Bus {
    server_id: String,
    last: u64,
    kept: VecDeque<Kept>,
    /// The sum of what the kept events take.
    kept_bytes: usize,
    sender: broadcast::Sender<Arc<Numbered>>,
}

/// An event kept for replay and the memory it takes.
#[derive(Debug)]
struct Kept {
    event: Arc<Numbered>,
    bytes: usize,
}

/// What a page begins with.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) server_id: String,
    pub(crate) seq: u64,
    /// Missed events in order, or `None` when they are not kept any more.
    pub(crate) missed: Option<Vec<Arc<Numbered>>>,
    pub(crate) receiver: broadcast::Receiver<Arc<Numbered>>,
}

impl Default for Bus {
    fn default() -> Self {
        Self {
            server_id: format!("{:016x}", fastrand::u64(..)),
            last: 0,
            kept: VecDeque::new(),
            kept_bytes: 0,
            sender: broadcast::Sender::new(LAG_LIMIT),
        }
    }
}

impl Bus {
    /// Numbers an event and sends it to all pages.
    pub(crate) fn publish(&mut self, event: Event) {
        self.last += 1;
        let numbered = Arc::new(Numbered { seq: self.last, event });
        self.keep(Arc::clone(&numbered));
        // nobody listening is fine
        let _ = self.sender.send(numbered);
    }

    fn keep(&mut self, event: Arc<Numbered>) {
        let bytes = size_of::<Numbered>() + memory(&event.event.data);
        self.kept_bytes += bytes;
        self.kept.push_back(Kept { event, bytes });
        while self.kept.len() > REPLAY_LIMIT || self.kept_bytes > REPLAY_BYTES {
            let Some(oldest) = self.kept.pop_front() else { return };
            self.kept_bytes -= oldest.bytes;
        }
    }

    /// Lets a page in. `last_seen` is the id of the last event it has, as text from another server's
    /// life or this one's: `{server}-{seq}`.
    pub(crate) fn join(&self, last_seen: Option<&str>) -> Joined {
        Joined {
            server_id: self.server_id.clone(),
            seq: self.last,
            missed: match last_seen {
                None => Some(Vec::new()),
                Some(id) => self.missed_since(id),
            },
            receiver: self.sender.subscribe(),
        }
    }

    fn missed_since(&self, id: &str) -> Option<Vec<Arc<Numbered>>> {
        let (server, seq) = id.rsplit_once('-')?;
        let seq: u64 = seq.parse().ok()?;
        let oldest = self.kept.front().map_or(self.last + 1, |first| first.event.seq);
        if server != self.server_id || seq > self.last || seq + 1 < oldest {
            return None;
        }
        let missed = self.kept.iter().map(|kept| &kept.event).filter(|event| event.seq > seq);
        Some(missed.cloned().collect())
    }
}

/// The bytes a value takes, near enough: its parts and texts, without the allocator's own share.
fn memory(value: &Value) -> usize {
    let content = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(memory).sum(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| size_of::<String>() + key.len() + memory(value)).sum()
        }
    };
    size_of::<Value>() + content
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event {
        Event { name: "device", device: None, data: Value::Null }
    }

    #[test]
    fn a_page_that_comes_back_gets_what_it_missed() {
        let mut bus = Bus::default();
        (0..3).for_each(|_| bus.publish(event()));
        let id = format!("{}-1", bus.server_id);
        let seqs: Vec<_> = bus.join(Some(&id)).missed.unwrap().iter().map(|one| one.seq).collect();
        assert_eq!(seqs, [2, 3]);
    }

    #[test]
    fn a_page_from_another_life_or_too_old_must_load_again() {
        let mut bus = Bus::default();
        (0..=REPLAY_LIMIT + 1).for_each(|_| bus.publish(event()));
        assert!(bus.join(Some("other-1")).missed.is_none());
        assert!(bus.join(Some("junk")).missed.is_none());
        assert!(bus.join(Some(&format!("{}-1", bus.server_id))).missed.is_none());
        assert!(bus.join(None).missed.unwrap().is_empty());
    }

    #[test]
    fn big_events_are_not_kept_beyond_the_room_for_them() {
        let mut bus = Bus::default();
        let big = || Event { data: "x".repeat(REPLAY_BYTES / 4).into(), ..event() };
        (0..6).for_each(|_| bus.publish(big()));
        let missed = |bus: &Bus, seq: u64| bus.join(Some(&format!("{}-{seq}", bus.server_id))).missed;
        assert!(missed(&bus, 2).is_none(), "event 3 should be forgotten");
        assert_eq!(missed(&bus, 3).unwrap().len(), 3);
        bus.publish(Event { data: "x".repeat(REPLAY_BYTES).into(), ..event() });
        assert!(missed(&bus, 6).is_none(), "an event that takes all the room is not kept");
        bus.publish(event());
        assert_eq!(missed(&bus, 7).unwrap().len(), 1, "room given back is used again");
    }
}
