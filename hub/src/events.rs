//! The pages' events: written once for all who follow them, kept for a while for replay, and queued for each page.
//!
//! Decides who gets an event, what a page that comes back has missed, and what happens to one that cannot keep up. A topic
//! is recorded only while somebody follows it, and a minute longer for pages that come back. It has no clock and knows no
//! HTTP, which is in [`crate::page`]. Begin with [`Bus`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::batch::Batches;
use crate::state::Event;
use crate::topic::{Followed, Topic};

/// Events kept for pages that come back, and most memory they take, in bytes.
const REPLAY_LIMIT: usize = 4096;
const REPLAY_BYTES: usize = 16 * 1024 * 1024;
/// Events that wait for one page, and most memory they take, in bytes; a page that is further behind loads its data anew.
const QUEUE_LIMIT: usize = 1024;
const QUEUE_BYTES: usize = 1024 * 1024;
/// How long a topic is recorded after the last page left it.
const LINGER: Duration = Duration::from_secs(60);

/// An event as it is sent.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) seq: u64,
    pub(crate) name: &'static str,
    /// One line of JSON.
    pub(crate) text: String,
    topics: Vec<Topic>,
}

/// The number of a page's stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ListenerId(u64);

/// Numbers, keeps and hands out events.
#[derive(Debug)]
pub(crate) struct Bus {
    server_id: String,
    last: u64,
    /// The number of the newest event that is not kept any more.
    forgotten: u64,
    kept: VecDeque<Arc<Frame>>,
    kept_bytes: usize,
    topics: BTreeMap<Topic, Record>,
    listeners: BTreeMap<ListenerId, Listener>,
    next_listener: u64,
    batches: Batches,
    /// Wakes whoever hands out what waits in `batches`.
    batched: Arc<Notify>,
}

/// A topic that is recorded.
#[derive(Debug)]
struct Record {
    /// Events after this number are recorded.
    since: u64,
    listeners: BTreeSet<ListenerId>,
    /// When the last page left.
    left: Option<Timestamp>,
}

#[derive(Debug)]
struct Listener {
    topics: Vec<Topic>,
    queue: VecDeque<Arc<Frame>>,
    bytes: usize,
    missed: u64,
    wake: Arc<Notify>,
}

/// What a page begins with.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) id: ListenerId,
    pub(crate) server_id: String,
    pub(crate) seq: u64,
    /// Missed events in order, or `None` when they are not kept.
    pub(crate) missed: Option<Vec<Arc<Frame>>>,
    /// Wakes when there is something to take.
    pub(crate) wake: Arc<Notify>,
}

/// What there is to send to a page.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) frames: Vec<Arc<Frame>>,
    /// Events that the page was too slow for; they come before the frames.
    pub(crate) missed: u64,
    /// The number of the last event there was.
    pub(crate) seq: u64,
}

impl Default for Bus {
    fn default() -> Self {
        Self {
            server_id: format!("{:016x}", fastrand::u64(..)),
            last: 0,
            forgotten: 0,
            kept: VecDeque::new(),
            kept_bytes: 0,
            topics: BTreeMap::new(),
            listeners: BTreeMap::new(),
            next_listener: 1,
            batches: Batches::default(),
            batched: Arc::default(),
        }
    }
}

impl Bus {
    /// Sends an event to all who follow one of its topics; telemetry is put together for a moment first.
    pub(crate) fn publish(&mut self, event: Event, now: Timestamp) {
        match &event.topics[..] {
            [Topic::Device(device)] if event.name == "telemetry" => {
                let device = device.clone();
                if let Some(batch) = self.batches.add(&device, &event.data, now) {
                    self.send("telemetry", batch, vec![Topic::Device(device)]);
                } else {
                    self.batched.notify_one();
                }
            }
            _ => {
                // what was held came before
                let waiting = event.topics.iter().filter_map(|topic| match topic {
                    Topic::Device(device) => Some((device.clone(), self.batches.take(device, now)?)),
                    _ => None,
                });
                for (device, batch) in waiting.collect::<Vec<_>>() {
                    self.send("telemetry", batch, vec![Topic::Device(device)]);
                }
                self.send(event.name, event.data.to_string(), event.topics);
            }
        }
    }

    /// Sends the telemetry whose time has come; answers when there is more.
    pub(crate) fn send_batches(&mut self, now: Timestamp) -> Option<Timestamp> {
        for (device, batch) in self.batches.due(now) {
            self.send("telemetry", batch, vec![Topic::Device(device)]);
        }
        self.batches.next_due()
    }

    /// Wakes when telemetry waits for [`Self::send_batches`].
    pub(crate) fn batched(&self) -> Arc<Notify> {
        Arc::clone(&self.batched)
    }

    fn send(&mut self, name: &'static str, text: String, mut topics: Vec<Topic>) {
        topics.retain(|topic| self.topics.contains_key(topic));
        if topics.is_empty() {
            return;
        }
        self.last += 1;
        let frame = Arc::new(Frame { seq: self.last, name, text, topics });
        let records = frame.topics.iter().filter_map(|topic| self.topics.get(topic));
        let listening: BTreeSet<ListenerId> =
            records.flat_map(|record| record.listeners.iter().copied()).collect();
        for id in listening {
            if let Some(listener) = self.listeners.get_mut(&id) {
                listener.push(Arc::clone(&frame));
            }
        }
        self.keep(frame);
    }

    fn keep(&mut self, frame: Arc<Frame>) {
        self.kept_bytes += frame.bytes();
        self.kept.push_back(frame);
        while self.kept.len() > REPLAY_LIMIT || self.kept_bytes > REPLAY_BYTES {
            let Some(oldest) = self.kept.pop_front() else { return };
            self.kept_bytes -= oldest.bytes();
            self.forgotten = oldest.seq;
        }
    }

    /// So many events could not be sent: every page loads its data anew, those that come back later too.
    pub(crate) fn lose(&mut self, count: u64) {
        self.last += count;
        self.forgotten = self.last;
        self.kept.clear();
        self.kept_bytes = 0;
        for listener in self.listeners.values_mut() {
            listener.lag();
            listener.missed += count;
            listener.wake.notify_one();
        }
    }

    /// Lets a page in. `last_seen` is the id of the last event it has, as text from another server's
    /// life or this one's: `{server}-{seq}`.
    pub(crate) fn join(&mut self, topics: Vec<Topic>, last_seen: Option<&str>) -> Joined {
        let id = ListenerId(self.next_listener);
        self.next_listener += 1;
        let missed = match last_seen {
            None => Some(Vec::new()),
            Some(last_seen) => self.missed_since(last_seen, &topics),
        };
        for topic in &topics {
            let fresh = || Record { since: self.last, listeners: BTreeSet::new(), left: None };
            let record = self.topics.entry(topic.clone()).or_insert_with(fresh);
            record.listeners.insert(id);
            record.left = None;
        }
        let wake = Arc::new(Notify::new());
        let listener =
            Listener { topics, queue: VecDeque::new(), bytes: 0, missed: 0, wake: Arc::clone(&wake) };
        self.listeners.insert(id, listener);
        Joined { id, server_id: self.server_id.clone(), seq: self.last, missed, wake }
    }

    fn missed_since(&self, id: &str, topics: &[Topic]) -> Option<Vec<Arc<Frame>>> {
        let (server, seq) = id.rsplit_once('-')?;
        let seq: u64 = seq.parse().ok()?;
        let recorded = |topic: &Topic| self.topics.get(topic).is_some_and(|record| record.since <= seq);
        if server != self.server_id || seq > self.last || seq < self.forgotten || !topics.iter().all(recorded)
        {
            return None;
        }
        let wanted =
            |frame: &&Arc<Frame>| frame.seq > seq && frame.topics.iter().any(|one| topics.contains(one));
        Some(self.kept.iter().filter(wanted).cloned().collect())
    }

    /// What a page has not got yet.
    pub(crate) fn take(&mut self, id: ListenerId) -> Taken {
        let seq = self.last;
        self.listeners.get_mut(&id).map_or_else(Taken::default, |listener| {
            listener.bytes = 0;
            Taken {
                frames: listener.queue.drain(..).collect(),
                missed: std::mem::take(&mut listener.missed),
                seq,
            }
        })
    }

    /// A page has gone.
    pub(crate) fn leave(&mut self, id: ListenerId, now: Timestamp) {
        let Some(listener) = self.listeners.remove(&id) else { return };
        for topic in listener.topics {
            if let Some(record) = self.topics.get_mut(&topic)
                && record.listeners.remove(&id)
                && record.listeners.is_empty()
            {
                record.left = Some(now);
            }
        }
    }

    /// Records no more what was left a while ago; answers whether that was anything.
    pub(crate) fn tidy(&mut self, now: Timestamp) -> bool {
        let before = self.topics.len();
        self.topics.retain(|_, record| {
            record.left.is_none_or(|left| now.duration_since(left).unsigned_abs() < LINGER)
        });
        self.topics.len() < before
    }

    /// What is recorded now.
    pub(crate) fn followed(&self) -> Followed {
        Followed::new(self.topics.keys())
    }
}

impl Frame {
    /// The memory it takes, near enough.
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.text.len()
    }
}

impl Listener {
    /// What waits for the page will not be sent.
    fn lag(&mut self) {
        self.missed += self.queue.len() as u64;
        self.queue.clear();
        self.bytes = 0;
    }

    fn push(&mut self, frame: Arc<Frame>) {
        if self.queue.len() >= QUEUE_LIMIT || self.bytes + frame.bytes() > QUEUE_BYTES {
            self.lag();
        }
        if self.missed > 0 {
            // it loads its data anew, so that nothing has to wait for it until then
            self.missed += 1;
        } else {
            self.bytes += frame.bytes();
            self.queue.push_back(frame);
        }
        self.wake.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn event(data: Value) -> Event {
        Event { name: "device", topics: vec![Topic::Devices], data }
    }

    fn publish(bus: &mut Bus, count: usize) {
        (0..count).for_each(|_| bus.publish(event(Value::Null), NOW));
    }

    #[test]
    fn a_page_that_comes_back_gets_what_it_missed() {
        let mut bus = Bus::default();
        let first = bus.join(vec![Topic::Devices], None);
        publish(&mut bus, 3);
        bus.leave(first.id, NOW);
        publish(&mut bus, 1);
        let id = format!("{}-1", first.server_id);
        let seqs: Vec<_> =
            bus.join(vec![Topic::Devices], Some(&id)).missed.unwrap().iter().map(|one| one.seq).collect();
        assert_eq!(seqs, [2, 3, 4]);
    }

    #[test]
    fn pages_load_anew_what_could_not_be_sent() {
        let mut bus = Bus::default();
        let (here, gone) = (bus.join(vec![Topic::Devices], None), bus.join(vec![Topic::Devices], None));
        bus.leave(gone.id, NOW);
        publish(&mut bus, 1);
        bus.lose(2);
        let taken = bus.take(here.id);
        assert_eq!((taken.frames.len(), taken.missed, taken.seq), (0, 3, 3));
        assert!(bus.join(vec![Topic::Devices], Some(&format!("{}-1", gone.server_id))).missed.is_none());
        publish(&mut bus, 1);
        assert_eq!(bus.take(here.id).frames.len(), 1);
    }

    #[test]
    fn a_page_from_another_life_or_too_old_must_load_again() {
        let mut bus = Bus::default();
        let first = bus.join(vec![Topic::Devices], None);
        publish(&mut bus, REPLAY_LIMIT + 2);
        let missed = |bus: &mut Bus, id: &str| bus.join(vec![Topic::Devices], Some(id)).missed;
        assert!(missed(&mut bus, "other-1").is_none());
        assert!(missed(&mut bus, "junk").is_none());
        assert!(missed(&mut bus, &format!("{}-1", first.server_id)).is_none());
        assert_eq!(missed(&mut bus, &format!("{}-2", first.server_id)).unwrap().len(), REPLAY_LIMIT);
    }

    #[test]
    fn a_topic_that_was_not_recorded_meanwhile_must_be_loaded_again() {
        let mut bus = Bus::default();
        let first = bus.join(vec![Topic::Devices], None);
        publish(&mut bus, 1);
        let id = format!("{}-1", first.server_id);
        let device = Topic::Device("d1".into());
        assert!(bus.join(vec![Topic::Devices, device], Some(&id)).missed.is_none());
        bus.leave(first.id, NOW);
        assert!(!bus.tidy(NOW + Duration::from_secs(59)), "another page still follows the list");
    }

    #[test]
    fn nobody_pays_for_what_nobody_follows() {
        let mut bus = Bus::default();
        publish(&mut bus, 1);
        assert_eq!((bus.last, bus.kept.len()), (0, 0));
        let one = bus.join(vec![Topic::Devices], None);
        bus.leave(one.id, NOW);
        assert!(bus.followed().devices, "a page that was cut off may come back");
        assert!(bus.tidy(NOW + LINGER));
        assert!(!bus.followed().devices);
    }

    #[test]
    fn all_pages_share_one_text_and_one_that_lags_is_told_how_much_it_missed() {
        let mut bus = Bus::default();
        let (fast, slow) = (bus.join(vec![Topic::Devices], None), bus.join(vec![Topic::Devices], None));
        publish(&mut bus, 1);
        assert!(Arc::ptr_eq(&bus.take(fast.id).frames[0], &bus.kept[0]));
        publish(&mut bus, QUEUE_LIMIT);
        let taken = bus.take(slow.id);
        assert_eq!((taken.frames.len(), taken.missed), (0, QUEUE_LIMIT as u64 + 1));
        publish(&mut bus, 1);
        assert_eq!((bus.take(slow.id).frames.len(), bus.take(slow.id).missed), (1, 0));
    }

    #[test]
    fn what_waits_for_a_page_is_bounded_by_bytes_too() {
        let mut bus = Bus::default();
        let slow = bus.join(vec![Topic::Devices], None);
        let big = || event(json!("x".repeat(QUEUE_BYTES / 3)));
        (0..3).for_each(|_| bus.publish(big(), NOW));
        assert_eq!(bus.take(slow.id).missed, 3);
        (0..60).for_each(|_| bus.publish(big(), NOW));
        assert!(bus.kept_bytes <= REPLAY_BYTES && bus.forgotten > 0);
    }

    #[test]
    fn messages_that_come_fast_are_put_together_and_stay_before_what_came_after_them() {
        let mut bus = Bus::default();
        let page = bus.join(vec![Topic::Device("d1".into())], None);
        let telemetry = |value: i64| Event {
            name: "telemetry",
            topics: vec![Topic::Device("d1".into())],
            data: json!({ "at": value, "component": null, "values": { "a": value } }),
        };
        (1..=3).for_each(|value| bus.publish(telemetry(value), NOW));
        bus.publish(
            Event { name: "properties", topics: vec![Topic::Device("d1".into())], data: json!({}) },
            NOW,
        );
        let frames = bus.take(page.id).frames;
        let texts: Vec<_> =
            frames.iter().map(|frame| (frame.name, frame.text.matches("\"at\"").count())).collect();
        assert_eq!(texts, [("telemetry", 1), ("telemetry", 2), ("properties", 0)]);
        bus.publish(telemetry(4), NOW);
        assert!(bus.take(page.id).frames.is_empty());
        let due = bus.send_batches(NOW).unwrap();
        assert_eq!(bus.send_batches(due), None);
        assert_eq!(bus.take(page.id).frames.len(), 1);
    }
}
