//! What the hub has received: which messages came first in which order, and which came again.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use device_model::hub::DeviceMessage;
use serde_json::Value;

/// The messages of all devices.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) devices: BTreeMap<String, Column>,
    pub(crate) problems: Vec<String>,
}

/// The messages of one device. They are numbered from 0 in the order in which they were sent.
#[derive(Debug, Default)]
pub(crate) struct Column {
    /// The message id of each number that has arrived, without a gap.
    ids: Vec<String>,
    pub(crate) duplicates: u32,
}

impl Column {
    /// How many have arrived for the first time.
    pub(crate) fn arrived(&self) -> u32 {
        self.ids.len() as u32
    }
}

impl Ledger {
    /// Room for so many messages of each device.
    pub(crate) fn new(devices: &[String], messages: u32) -> Self {
        let column = || Column { ids: Vec::with_capacity(messages as usize), duplicates: 0 };
        Self { devices: devices.iter().map(|id| (id.clone(), column())).collect(), problems: Vec::new() }
    }

    /// Takes note of an arrival.
    pub(crate) fn take(&mut self, message: &DeviceMessage) {
        let body: Value = serde_json::from_slice(&message.body).unwrap_or_default();
        let number = body["temp"].as_f64().map(|number| number as usize);
        let id = message.properties.get("$.mid");
        let column = self.devices.get_mut(&message.device);
        let told = message.properties.get("number").and_then(|text| text.parse().ok());
        if number != told {
            self.problems.push(format!("a message that is not what was sent: {message:?}"));
        }
        let (Some(number), Some(id), Some(column)) = (number, id, column) else {
            return self.problems.push(format!("a message that was never sent: {message:?}"));
        };
        match column.ids.get(number) {
            None if number == column.ids.len() => column.ids.push(id.clone()),
            None => {
                let expected = column.ids.len();
                self.problems.push(format!("{}: message {number} came before {expected}", message.device));
            }
            Some(known) => {
                column.duplicates += 1;
                if known != id {
                    let text = format!("{}: message {number} came as {known} and {id}", message.device);
                    self.problems.push(text);
                }
            }
        }
    }
}

/// A problem found does not hinder the finding of others.
pub(crate) fn lock(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}
