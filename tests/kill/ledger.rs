//! What was accepted, and what arrived.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use device_model::hub::DeviceMessage;
use serde_json::Value;
use tokio::sync::Notify;

#[derive(Debug, Default)]
struct Pages {
    accepted: BTreeSet<i64>,
    /// The message ids that each number came with, one for each time.
    arrived: BTreeMap<i64, Vec<String>>,
    arrivals: u64,
}

/// The book of one run.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pages: Mutex<Pages>,
    news: Notify,
}

impl Ledger {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A line of the device; whether it is a number.
    pub(crate) fn accepted(&self, line: &str) -> bool {
        let number = line.parse();
        number.is_ok_and(|number| self.pages().accepted.insert(number))
    }

    /// A message that the hub has taken.
    pub(crate) fn arrived(&self, message: &DeviceMessage) {
        let body: Value = serde_json::from_slice(&message.body).expect("JSON");
        let number = body["number"].as_i64().expect("a number");
        let id = message.properties.get("$.mid").cloned().unwrap_or_default();
        let mut pages = self.pages();
        pages.arrived.entry(number).or_default().push(id);
        pages.arrivals += 1;
        self.news.notify_one();
    }

    pub(crate) fn arrivals(&self) -> u64 {
        self.pages().arrivals
    }

    pub(crate) async fn another_arrival(&self) {
        self.news.notified().await;
    }

    /// Holds that nothing accepted is missing and that what came again was marked as the same.
    pub(crate) fn verdict(&self) -> String {
        let pages = self.pages();
        let missing: Vec<_> =
            pages.accepted.iter().filter(|number| !pages.arrived.contains_key(number)).collect();
        assert!(missing.is_empty(), "accepted, and never seen: {missing:?}");
        let mut owners = BTreeMap::new();
        for (number, ids) in &pages.arrived {
            assert!(ids.iter().all(|id| !id.is_empty() && *id == ids[0]), "{number} came as {ids:?}");
            let other = owners.insert(&ids[0], number);
            assert!(other.is_none(), "{number} and {other:?} have one id");
        }
        let (accepted, arrived) = (pages.accepted.len(), pages.arrived.len());
        let again = pages.arrivals - arrived as u64;
        assert!(accepted > 0);
        format!("{accepted} messages accepted, {arrived} arrived, {again} times one of them again")
    }
}
