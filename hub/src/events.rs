//! The pages' events: numbered, kept for a while for replay, and sent to whoever listens.
//!
//! Decides what a page that comes back has missed. HTTP is in [`crate::page`]. Begin with [`Bus`].

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::broadcast;

use crate::state::Event;

/// Events kept for pages that come back.
const REPLAY_LIMIT: usize = 4096;
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
    kept: VecDeque<Arc<Numbered>>,
    sender: broadcast::Sender<Arc<Numbered>>,
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
            sender: broadcast::Sender::new(LAG_LIMIT),
        }
    }
}

impl Bus {
    /// Numbers an event and sends it to all pages.
    pub(crate) fn publish(&mut self, event: Event) {
        self.last += 1;
        let numbered = Arc::new(Numbered { seq: self.last, event });
        self.kept.push_back(Arc::clone(&numbered));
        if self.kept.len() > REPLAY_LIMIT {
            self.kept.pop_front();
        }
        // nobody listening is fine
        let _ = self.sender.send(numbered);
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
        let oldest = self.kept.front().map_or(self.last + 1, |first| first.seq);
        if server != self.server_id || seq > self.last || seq + 1 < oldest {
            return None;
        }
        Some(self.kept.iter().filter(|kept| kept.seq > seq).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event {
        Event { name: "device", device: None, data: serde_json::Value::Null }
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
}
