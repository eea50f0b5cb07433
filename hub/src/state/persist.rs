//! What of the state is kept on disk, as keys and bytes.
//!
//! Decides the records' form and how they are read back; the file itself is [`crate::store`]'s.
//! Begin with [`StoreKey`].

use serde_json::Value;

use super::commands::{CallOutcome, Command, CommandState};
use super::device::{Device, Record};
use super::history::{Kind, Row};
use super::{State, telemetry};

/// Names one record of the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StoreKey {
    Model(String),
    Device(String),
    Row(String, u64),
    Command(String, u64),
    /// Of who may come: enrollments, registrations, authorities, approval.
    Provisioning(String),
}

/// A change for the store: bytes to keep under the key, or nothing any more.
pub(crate) type Change = (StoreKey, Option<Vec<u8>>);

impl State {
    /// Up to `limit` records that changed since they were last taken.
    #[must_use]
    pub(crate) fn take_dirty(&mut self, limit: usize) -> Vec<Change> {
        let rest = match self.dirty.iter().nth(limit).cloned() {
            Some(key) => self.dirty.split_off(&key),
            None => std::collections::BTreeSet::new(),
        };
        let taken = std::mem::replace(&mut self.dirty, rest);
        taken
            .into_iter()
            .map(|key| {
                let bytes = self.record(&key);
                (key, bytes)
            })
            .collect()
    }

    /// Marks records again whose writing failed.
    pub(crate) fn mark_dirty(&mut self, keys: impl IntoIterator<Item = StoreKey>) {
        self.dirty.extend(keys);
    }

    fn record(&self, key: &StoreKey) -> Option<Vec<u8>> {
        match key {
            StoreKey::Model(id) => {
                let model = self.models.get(id)?;
                serde_json::to_vec(&(&model.file_name, &model.text)).ok()
            }
            StoreKey::Device(id) => serde_json::to_vec(&self.devices.get(id)?.record).ok(),
            StoreKey::Row(id, seq) => serde_json::to_vec(&**self.devices.get(id)?.history.get(*seq)?).ok(),
            StoreKey::Provisioning(key) => self.provisioning.record(key),
            StoreKey::Command(id, row) => serde_json::to_vec(self.devices.get(id)?.commands.get(*row)?).ok(),
        }
    }

    /// Takes back a device read from the store.
    pub(crate) fn restore_device(&mut self, bytes: &[u8]) -> Result<(), serde_json::Error> {
        let record: Record = serde_json::from_slice(bytes)?;
        self.devices.insert(record.id.clone(), Device::new(record));
        Ok(())
    }

    /// Takes back what the provisioning service keeps under a key.
    pub(crate) fn restore_provisioning(&mut self, key: &str, bytes: &[u8]) -> Result<(), serde_json::Error> {
        self.provisioning.restore(key, bytes)
    }

    /// Takes back a row of a device's history; rows come in order.
    pub(crate) fn restore_row(&mut self, device: &str, bytes: &[u8]) -> Result<(), serde_json::Error> {
        let row: Row = serde_json::from_slice(bytes)?;
        let Some(device) = self.devices.get_mut(device) else {
            return Ok(());
        };
        if row.kind == Kind::Telemetry
            && let Ok(Value::Object(values)) = serde_json::from_str(&row.body)
        {
            for (name, value) in &values {
                telemetry::remember(&mut device.latest, row.component.as_deref(), name, value, row.at);
            }
        }
        device.history.restore(row);
        Ok(())
    }

    /// Takes back a command; one that waited for its answer gets none any more.
    pub(crate) fn restore_command(&mut self, device: &str, bytes: &[u8]) -> Result<(), serde_json::Error> {
        let command: Command = serde_json::from_slice(bytes)?;
        let Some(device) = self.devices.get_mut(device) else {
            return Ok(());
        };
        let (id, waiting) = (command.id, command.state == CommandState::Sent);
        device.commands.restore(command);
        if waiting {
            device.commands.finish(id, &CallOutcome::TimedOut);
        }
        Ok(())
    }

    /// The time a device was last heard of, for tests of what survives.
    #[cfg(test)]
    pub(crate) fn last_seen(&self, id: &str) -> Option<jiff::Timestamp> {
        self.devices.get(id)?.record.last_seen
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, connected, state};
    use super::*;
    use crate::topics::Bag;
    use serde_json::json;

    #[test]
    fn everything_that_changed_comes_back() {
        let (mut before, session) = connected("d1");
        before.telemetry("d1", &Bag::default(), br#"{"temp":1}"#, NOW);
        before.report("d1", json!({ "state": true }).as_object().unwrap(), NOW).unwrap();
        before.subscribe("d1", session, crate::topics::Subscription::Methods, true, NOW);
        before.start_call("d1", None, "blink", None, NOW).unwrap();
        let mut after = state();
        for (key, bytes) in before.take_dirty(1000) {
            let bytes = bytes.unwrap();
            match key {
                StoreKey::Device(_) => after.restore_device(&bytes).unwrap(),
                StoreKey::Row(id, _) => after.restore_row(&id, &bytes).unwrap(),
                StoreKey::Command(id, _) => after.restore_command(&id, &bytes).unwrap(),
                other => panic!("{other:?} was not changed"),
            }
        }
        let device = after.device("d1").unwrap();
        assert_eq!(device.latest.len(), 1);
        assert_eq!(device.history.iter().count(), 3);
        assert_eq!(device.record.twin, before.device("d1").unwrap().record.twin);
        assert_eq!(device.commands.get(0).unwrap().state, CommandState::Timeout);
        assert_eq!(after.last_seen("d1"), Some(NOW));
        assert!(before.take_dirty(1000).is_empty());
    }

    #[test]
    fn takes_changes_in_portions() {
        let (mut state, _) = connected("d1");
        let all = state.dirty.len();
        assert!(all > 1);
        assert_eq!(state.take_dirty(1).len(), 1);
        assert_eq!(state.take_dirty(1000).len(), all - 1);
    }
}
