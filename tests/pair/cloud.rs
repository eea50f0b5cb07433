//! The cloud's side of the ledger: what arrived, what was called and answered, what was wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use device_model_hub::DeviceMessage;
use serde_json::{Map, Value, json};

/// No call takes longer: the slowest handlers, one after the other, and whatever tells the hub that a device is gone.
const LONGEST_CALL: Duration = Duration::from_secs(600);

/// A call and how it ended.
#[derive(Debug)]
struct Called {
    number: u64,
    at: Duration,
    /// `Some(None)`: nobody was there.
    ended: Option<Option<(i32, Value)>>,
}

/// What is known at the hub.
#[derive(Debug, Default)]
pub(crate) struct Cloud {
    /// By message id.
    bodies: BTreeMap<String, Vec<u8>>,
    arrived: BTreeSet<u64>,
    /// The last first arrival of each priority.
    last: [u64; 3],
    pub(crate) repeated: usize,
    calls: BTreeMap<u64, Called>,
    /// Messages to the device that were queued.
    pub(crate) messages: BTreeSet<u64>,
    /// Counts calls, messages and wishes.
    pub(crate) number: u64,
    /// The last wish of each property, and the document's version of it.
    pub(crate) wishes: BTreeMap<&'static str, (i64, u64)>,
    /// The highest version acknowledged and value reported so far.
    acknowledged: BTreeMap<String, i64>,
}

impl Cloud {
    pub(crate) fn next(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// The hub has taken a message of the device.
    pub(crate) fn took(&mut self, message: &DeviceMessage) {
        let id = message.properties.get("$.mid").expect("every message has an id").clone();
        let body: Value = serde_json::from_slice(&message.body).expect("what was sent is JSON");
        let number = body["n"].as_u64().expect("messages are counted");
        match self.bodies.insert(id.clone(), message.body.clone()) {
            Some(before) => {
                assert_eq!(before, message.body, "one id for two messages");
                self.repeated += 1;
            }
            None => {
                assert!(self.arrived.insert(number), "message {number} came again under another id");
                let priority = usize::try_from(body["priority"].as_u64().unwrap_or(0)).unwrap_or(0);
                let last = std::mem::replace(&mut self.last[priority], number);
                assert!(last < number, "{number} came after {last}");
            }
        }
    }

    pub(crate) fn has(&self, number: u64) -> bool {
        self.arrived.contains(&number)
    }

    /// A call has gone out.
    pub(crate) fn called(&mut self, call: u64, number: u64, at: Duration) {
        self.calls.insert(call, Called { number, at, ended: None });
    }

    /// A call has ended.
    pub(crate) fn ended(&mut self, call: u64, at: Duration, answer: Option<(i32, Value)>) {
        let called = self.calls.get_mut(&call).expect("it was called");
        assert!(called.ended.is_none(), "a call ended twice");
        assert!(at - called.at <= LONGEST_CALL, "a call was stuck for {:?}", at - called.at);
        if let Some((200, body)) = &answer {
            assert_eq!(*body, json!(called.number), "the answer of another call");
        }
        called.ended = Some(answer);
    }

    /// Numbers of the calls that were answered by their handler.
    pub(crate) fn answered(&self) -> impl Iterator<Item = u64> {
        let answered = |called: &&Called| matches!(called.ended, Some(Some((200, _))));
        self.calls.values().filter(answered).map(|called| called.number)
    }

    pub(crate) fn waiting(&self) -> usize {
        self.calls.values().filter(|called| called.ended.is_none()).count()
    }

    /// Looks at the reported properties: nothing in them ever goes back.
    pub(crate) fn look(&mut self, reported: &Map<String, Value>) {
        for (name, value) in reported {
            let number = value.get("av").unwrap_or(value).as_i64();
            if let Some(number) = number.filter(|_| name != "diagnose" && !name.starts_with('$')) {
                let before = self.acknowledged.insert(name.clone(), number).unwrap_or(number);
                assert!(before <= number, "{name} went back from {before} to {number}");
            }
        }
    }
}
