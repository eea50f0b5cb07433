//! Telemetry on its way to the pages, put together by device: at most four events a second for each.
//!
//! Decides when a batch is due and what is left out of one that grows too large. No clock: times are arguments. Begin with
//! [`Batches::add`].

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

/// Events of one device come at most this often.
const INTERVAL: Duration = Duration::from_millis(250);
/// Most messages in a batch, and most bytes of their texts; of more, the newest.
const MESSAGES: usize = 200;
const BYTES: usize = 64 * 1024;

/// What waits, by device.
#[derive(Debug, Default)]
pub(crate) struct Batches(BTreeMap<String, Batch>);

#[derive(Debug)]
struct Batch {
    items: VecDeque<String>,
    bytes: usize,
    missed: u64,
    /// When it may go; one that is empty is kept until then.
    due: Timestamp,
}

impl Batches {
    /// Adds a message: `{"at", "component", "values"}`. Answers the batch if it may go at once.
    pub(crate) fn add(&mut self, device: &str, message: &Value, now: Timestamp) -> Option<String> {
        let batch = match self.0.get_mut(device) {
            Some(batch) => batch,
            None => {
                let empty = Batch { items: VecDeque::new(), bytes: 0, missed: 0, due: now };
                self.0.entry(device.to_owned()).or_insert(empty)
            }
        };
        batch.push(message.to_string());
        (batch.due <= now).then(|| batch.take(device, now))
    }

    /// Takes what waits for one device, if anything does.
    pub(crate) fn take(&mut self, device: &str, now: Timestamp) -> Option<String> {
        self.0.get_mut(device).filter(|batch| !batch.items.is_empty()).map(|batch| batch.take(device, now))
    }

    /// Takes the batches whose time has come.
    pub(crate) fn due(&mut self, now: Timestamp) -> Vec<(String, String)> {
        self.0.retain(|_, batch| batch.due > now || !batch.items.is_empty());
        let due = self.0.iter_mut().filter(|(_, batch)| batch.due <= now);
        due.map(|(device, batch)| (device.clone(), batch.take(device, now))).collect()
    }

    /// When the next batch is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.0.values().filter(|batch| !batch.items.is_empty()).map(|batch| batch.due).min()
    }
}

impl Batch {
    fn push(&mut self, text: String) {
        self.bytes += text.len();
        self.items.push_back(text);
        while self.items.len() > MESSAGES || (self.bytes > BYTES && self.items.len() > 1) {
            if let Some(oldest) = self.items.pop_front() {
                self.bytes -= oldest.len();
                self.missed += 1;
            }
        }
    }

    fn take(&mut self, device: &str, now: Timestamp) -> String {
        let items = self.items.drain(..).collect::<Vec<_>>().join(",");
        let missed = std::mem::take(&mut self.missed);
        self.bytes = 0;
        self.due = now.checked_add(INTERVAL).unwrap_or(now);
        format!("{{\"device\":{},\"missed\":{missed},\"items\":[{items}]}}", json!(device))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn the_first_goes_at_once_and_those_within_a_quarter_of_a_second_together() {
        let mut batches = Batches::default();
        let text = batches.add("d\"1", &json!({ "at": 1 }), NOW).unwrap();
        assert_eq!(text, r#"{"device":"d\"1","missed":0,"items":[{"at":1}]}"#);
        assert!(batches.add("d\"1", &json!(2), NOW).is_none());
        assert!(batches.due(NOW).is_empty());
        let due = batches.next_due().unwrap();
        assert_eq!(due, NOW + INTERVAL);
        assert_eq!(batches.due(due).len(), 1);
        assert_eq!(batches.next_due(), None);
        assert!(batches.due(due + INTERVAL).is_empty() && batches.0.is_empty(), "what is quiet is forgotten");
    }

    #[test]
    fn a_batch_is_bounded_and_says_what_it_left_out() {
        let mut batches = Batches::default();
        (0..MESSAGES + 6).for_each(|n| drop(batches.add("d", &json!(n), NOW)));
        let text = batches.take("d", NOW).unwrap();
        assert!(text.contains("\"missed\":5,\"items\":[6,"), "{}", &text[..60]);
        (0..4).for_each(|_| drop(batches.add("d", &json!("x".repeat(BYTES / 2)), NOW)));
        assert!(batches.take("d", NOW).unwrap().len() < BYTES + 100);
    }
}
