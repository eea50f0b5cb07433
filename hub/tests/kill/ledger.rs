//! What the hub acknowledged, and whether it still has it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde_json::Value;
use tokio::sync::watch;

use crate::target::Target;
use crate::{MAILBOX, REPORTER, SENDERS};

/// What was acknowledged in all lives.
#[derive(Debug)]
pub(crate) struct Ledger {
    acknowledged: Mutex<Acknowledged>,
    count: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Acknowledged {
    numbers: BTreeMap<&'static str, BTreeSet<u64>>,
    reported: u64,
    made: BTreeSet<String>,
    posted: BTreeSet<String>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { acknowledged: Mutex::default(), count: watch::Sender::new(0) }
    }
}

impl Ledger {
    fn note(&self, note: impl FnOnce(&mut Acknowledged)) {
        note(&mut self.acknowledged.lock().unwrap());
        self.count.send_modify(|count| *count += 1);
    }

    pub(crate) fn number(&self, id: &'static str, number: u64) {
        self.note(|all| {
            all.numbers.entry(id).or_default().insert(number);
        });
    }

    pub(crate) fn reported(&self, number: u64) {
        self.note(|all| all.reported = all.reported.max(number));
    }

    pub(crate) fn made(&self, id: String) {
        self.note(|all| {
            all.made.insert(id);
        });
    }

    pub(crate) fn posted(&self, text: String) {
        self.note(|all| {
            all.posted.insert(text);
        });
    }

    /// How much was acknowledged.
    pub(crate) fn count(&self) -> u64 {
        *self.count.borrow()
    }

    /// Waits until so much was.
    pub(crate) async fn until(&self, count: u64) {
        let mut seen = self.count.subscribe();
        seen.wait_for(|seen| *seen >= count).await.expect("the ledger lives");
    }

    /// Compares with what a hub has after a start.
    pub(crate) async fn check(&self, target: &Target) {
        for id in SENDERS {
            let series = target.get(&format!("/api/devices/{id}/telemetry/series?paths=n&width=4000")).await;
            let series = &series["series"][0];
            assert_eq!(series["raw"], true, "the test sends more than a chart shows whole");
            let stored: Vec<u64> = list(&series["points"]["v"], Value::as_u64);
            let once: BTreeSet<u64> = stored.iter().copied().collect();
            assert_eq!(once.len(), stored.len(), "{id}: something is there twice");
            let lost = self.not_in(id, &once);
            assert!(lost.is_empty(), "{id}: acknowledged and lost: {lost:?}");
            let device = target.get(&format!("/api/devices/{id}")).await;
            assert_eq!(device["device"]["messages"], stored.len(), "{id}: the count is that of the rows");
        }
        let device = target.get(&format!("/api/devices/{REPORTER}")).await;
        let reported = device["properties"][0]["reported"].as_u64().unwrap_or(0);
        let devices = target.get("/api/devices").await;
        let ids: BTreeSet<String> =
            list(&devices["items"], |item| Some(item["id"].as_str()?.to_owned())).into_iter().collect();
        let all = self.acknowledged.lock().unwrap();
        assert!(reported >= all.reported, "reported {}, found {reported}", all.reported);
        let lost: Vec<_> = all.made.difference(&ids).collect();
        assert!(lost.is_empty(), "made and lost: {lost:?}");
    }

    /// The numbers of a sender that were acknowledged and are not among those found.
    fn not_in(&self, id: &str, found: &BTreeSet<u64>) -> Vec<u64> {
        let all = self.acknowledged.lock().unwrap();
        let numbers = all.numbers.get(id).into_iter().flatten();
        numbers.filter(|number| !found.contains(number)).copied().collect()
    }

    /// Takes what waits for the mailbox: all that was accepted, each once.
    pub(crate) async fn check_messages(&self, target: &Target) {
        let accepted = self.acknowledged.lock().unwrap().posted.clone();
        let got = crate::client::receive(target, MAILBOX, &accepted).await;
        let once: BTreeSet<&String> = got.iter().collect();
        assert_eq!(once.len(), got.len(), "a message came twice: {got:?}");
    }

    pub(crate) fn verdict(&self) -> String {
        let all = self.acknowledged.lock().unwrap();
        let messages: usize = all.numbers.values().map(BTreeSet::len).sum();
        assert!(
            messages > 0 && all.reported > 0 && !all.made.is_empty() && !all.posted.is_empty(),
            "{all:?}"
        );
        format!(
            "all there, once: {messages} messages, {} devices, {} messages to one, properties up to {}",
            all.made.len(),
            all.posted.len(),
            all.reported
        )
    }
}

fn list<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    value.as_array().expect("a list").iter().map(|one| read(one).expect("an item")).collect()
}
