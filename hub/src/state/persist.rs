//! What of the state is kept on disk, as keys and bytes.
//!
//! Decides the records' kinds and form and how they are read back; the files are [`crate::keep`]'s. A new kind is a
//! line in the table of [`StoreKey`] with a function that writes its record and one that takes it back; whoever changes
//! such a record puts its key into `State::dirty`. The rows of devices' histories are no records: they are handed over
//! once, in [`Changes::rows`]. Begin with [`StoreKey`].

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::State;
use super::commands::{CallOutcome, Command, CommandState};
use super::device::{Device, Latest, Record};
use super::feedback::Feedback;
use super::history::{Group, Row, so_many_rows};
use super::inbox::Queued;
use super::recall;
use crate::HubError;
use crate::keep::Packed;
use crate::template::record as template;

/// A record's bytes to keep under its key, or nothing any more.
pub(crate) type Change = (StoreKey, Option<Vec<u8>>);

/// What has changed since it was last asked.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) records: Vec<Change>,
    /// New rows of histories, in the order they came.
    pub(crate) rows: Vec<NewRow>,
}

/// A row and the number of the device whose history it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewRow {
    pub(crate) device: u64,
    pub(crate) row: Arc<Row>,
}

/// Rows that a device had and that are not there any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gap {
    device: String,
    first: u64,
    last: u64,
    /// When the next row came, if one did.
    before: Option<Timestamp>,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { device, first, last, before } = self;
        let rows = so_many_rows(last - first + 1);
        write!(f, "lost of the device {device:?}: {rows}, ")?;
        match before {
            Some(before) => write!(f, "before the one that came at {before}"),
            None => write!(f, "the last ones there were"),
        }
    }
}

/// What a device's rows come to: kept with them, so that a start need not read them.
#[derive(Debug, Serialize, Deserialize)]
struct Pulse<L = Vec<Latest>> {
    device: u64,
    /// The number of the first row that is not counted in.
    next: u64,
    messages: u64,
    last_seen: Option<Timestamp>,
    latest: L,
}

type PulseOut<'a> = Pulse<Vec<&'a Latest>>;

/// A device's number and the rows that leave its history for a file.
pub(crate) type LeavingRows = (u64, Vec<Arc<Group>>);

/// Why a record cannot be taken back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordError {
    #[error("a record of the kind {0}")]
    UnknownKind(u8),
    #[error("the {kind} {id:?}: {reason}")]
    Unreadable { kind: &'static str, id: String, reason: String },
}

impl RecordError {
    /// What it means for the file that has the record.
    pub(crate) fn in_file(&self, path: &Path) -> HubError {
        let (path, reason) = (path.to_owned(), self.to_string());
        match self {
            Self::UnknownKind(_) => HubError::NewerVersion { path, reason },
            Self::Unreadable { .. } => HubError::Damaged { path, reason },
        }
    }
}

/// Makes [`StoreKey`] of a table: the kind's number on disk (never to be given to another kind), its name, what its
/// keys are made of, and the functions of [`State`] that write a record and take it back. Records come back in
/// the order of the kinds' numbers, then of their keys.
macro_rules! kinds {
    (@number) => { 0 };
    (@number $number:ident) => { *$number };
    (@ignore $name:ident $value:expr) => { $value };
    ($($kind:literal: $name:ident(id $(, $number:ident)?) => $write:ident, $restore:ident;)*) => {
        /// Names one record of the store.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum StoreKey {
            $($name(String $(, kinds!(@type $number))?),)*
        }

        impl StoreKey {
            /// The kind's number, the id and the number within the id, which is 0 where there is one record for an id.
            pub(crate) fn parts(&self) -> (u8, &str, u64) {
                match self {
                    $(Self::$name(id $(, $number)?) => ($kind, id, kinds!(@number $($number)?)),)*
                }
            }

            /// The key with these parts, if there is such a kind.
            pub(crate) fn from_parts(kind: u8, id: &str, number: u64) -> Option<Self> {
                // not every kind has a number
                let _ = number;
                match kind {
                    $($kind => Some(Self::$name(id.to_owned() $(, kinds!(@ignore $number number))?)),)*
                    _ => None,
                }
            }

            /// What it is and whose, for people.
            pub(crate) fn describe(&self) -> String {
                let (_, id, _) = self.parts();
                format!("the {} {id:?}", self.kind())
            }

            fn kind(&self) -> &'static str {
                match self {
                    $(Self::$name(..) => stringify!($name),)*
                }
            }
        }

        impl State {
            fn record(&self, key: &StoreKey) -> Option<Vec<u8>> {
                match key {
                    $(StoreKey::$name(id $(, $number)?) => self.$write(id $(, *$number)?),)*
                }
            }

            /// Takes back a record; they come in the order of their keys.
            pub(crate) fn restore(&mut self, key: &StoreKey, bytes: &[u8]) -> Result<(), RecordError> {
                let restored = match key {
                    $(StoreKey::$name(id $(, $number)?) => {
                        $(let _ = $number;)?
                        read(bytes).and_then(|record| self.$restore(id, record))
                    })*
                };
                let (_, id, _) = key.parts();
                let unreadable = |reason| RecordError::Unreadable { kind: key.kind(), id: id.to_owned(), reason };
                restored.map_err(unreadable)
            }
        }
    };
    (@type $number:ident) => { u64 };
}

kinds! {
    1: Counters(id) => write_counters, restore_counters;
    2: Model(id) => write_model, restore_model;
    3: Device(id) => write_device, restore_device;
    4: Command(id, row) => write_command, restore_command;
    5: Message(id, number) => write_message, restore_message;
    6: Provisioning(id) => write_provisioning, restore_provisioning;
    7: Template(id) => write_template, restore_template;
    20: Feedback(id, number) => write_feedback, restore_feedback;
    30: Pulse(id) => write_pulse, restore_pulse;
}

/// A record's form on disk.
fn bytes(record: &impl Serialize) -> Option<Vec<u8>> {
    serde_json::to_vec(record).ok()
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

impl State {
    /// Everything that changed since it was last taken.
    #[must_use]
    pub(crate) fn take_changes(&mut self) -> Changes {
        let dirty = std::mem::take(&mut self.dirty);
        let with_bytes = |key: StoreKey| {
            let bytes = self.record(&key);
            (key, bytes)
        };
        let records = dirty.into_iter().map(with_bytes).collect();
        Changes { records, rows: std::mem::take(&mut self.new_rows) }
    }

    /// Takes back rows that are in no file of the history, by the numbers of their devices; answers which are missing between
    /// them, and between them and what is counted in already (rows that came while a checkpoint was made are). They are
    /// counted, but not taken apart: how long a start takes depends on it.
    pub(crate) fn restore_rows(&mut self, mut rows: BTreeMap<u64, Vec<Packed>>) -> Vec<Gap> {
        let mut gaps = Vec::new();
        // where the record of a device is lost, none is to have its rows
        let highest = rows.last_key_value().map_or(0, |(number, _)| number.saturating_add(1));
        self.next_device = self.next_device.max(highest);
        // those of devices that were deleted since are left
        for device in self.devices.values_mut() {
            let Some(packed) = rows.remove(&device.record.number) else { continue };
            let groups: Vec<Arc<Group>> =
                packed.into_iter().map(|packed| Arc::new(Group::of_packed(packed))).collect();
            let counted = device.history.next();
            let id = device.record.id.clone();
            let gap = |first, last, before| Gap { device: id.clone(), first, last, before };
            let mut next = None;
            for row in groups.iter().flat_map(|group| group.row_refs()) {
                // where the first row is counted in, those before it are in a file
                let expected = next.unwrap_or(counted.min(row.seq));
                if row.seq > expected {
                    gaps.push(gap(expected, row.seq - 1, Some(row.received)));
                }
                next = Some(row.seq.saturating_add(1));
                if row.seq >= counted {
                    device.count(&row);
                }
            }
            gaps.extend(next.filter(|next| *next < counted).map(|next| gap(next, counted - 1, None)));
            device.history.restore(&groups);
            device.latest = recall::later(std::mem::take(&mut device.latest), groups, counted);
        }
        gaps
    }

    /// The id of the device that has a number.
    pub(crate) fn device_of_number(&self, number: u64) -> Option<String> {
        let device = self.devices.values().find(|device| device.record.number == number)?;
        Some(device.record.id.clone())
    }

    /// Has every device hand over its rows to be written to a file: the ids of those that had any, and the rows by number.
    pub(crate) fn rows_leave(&mut self) -> (Vec<String>, Vec<LeavingRows>) {
        let leaving = self.devices.values_mut().filter_map(|device| {
            let groups = device.history.leave().to_vec();
            (!groups.is_empty()).then(|| (device.record.id.clone(), (device.record.number, groups)))
        });
        leaving.unzip()
    }

    /// What devices handed over is in a file.
    pub(crate) fn rows_left(&mut self, ids: &[String]) {
        for id in ids {
            if let Some(device) = self.devices.get_mut(id) {
                device.history.left();
            }
        }
    }

    /// What is derived from devices' rows, as records.
    pub(crate) fn pulses(&self, ids: &[String]) -> Vec<Change> {
        let keys = ids.iter().map(|id| StoreKey::Pulse(id.clone()));
        keys.map(|key| (key.clone(), self.record(&key))).collect()
    }

    fn write_pulse(&self, id: &str) -> Option<Vec<u8>> {
        let device = self.devices.get(id)?;
        bytes(&PulseOut {
            device: device.record.number,
            next: device.history.next(),
            messages: device.record.messages,
            last_seen: device.record.last_seen,
            latest: device.latest.values().collect(),
        })
    }

    fn restore_pulse(&mut self, id: &str, pulse: Pulse) -> Result<(), String> {
        // that of a device which had the id before is of no use
        let device = self.devices.get_mut(id).filter(|device| device.record.number == pulse.device);
        if let Some(device) = device {
            device.history.count_from(pulse.next);
            device.record.messages = pulse.messages;
            device.record.last_seen = pulse.last_seen;
            let latest = pulse.latest.into_iter();
            let latest = latest.map(|one| ((one.component.clone(), one.name.clone()), one)).collect();
            device.latest = recall::now(latest);
        }
        Ok(())
    }

    fn write_counters(&self, _: &str) -> Option<Vec<u8>> {
        bytes(&self.next_device)
    }

    fn restore_counters(&mut self, _: &str, next_device: u64) -> Result<(), String> {
        self.next_device = next_device;
        Ok(())
    }

    fn write_model(&self, id: &str) -> Option<Vec<u8>> {
        let model = self.models.get(id)?;
        bytes(&(&model.file_name, &model.text))
    }

    /// The file's name and text: reading it anew needs all other models, which the start of the hub sees to.
    fn restore_model(&mut self, _: &str, file: (String, String)) -> Result<(), String> {
        self.kept_models.push(file);
        Ok(())
    }

    fn write_template(&self, id: &str) -> Option<Vec<u8>> {
        bytes(&template::write(self.templates.get(id)?))
    }

    /// A template whose model this version of the hub refuses is left out: that must not keep the hub from starting.
    fn restore_template(&mut self, id: &str, record: template::Record) -> Result<(), String> {
        match template::read(record) {
            Ok(template) => drop(self.templates.insert(id.to_owned(), template)),
            Err(reason) => tracing::warn!(template = id, reason, "a kept template is left out"),
        }
        Ok(())
    }

    fn write_provisioning(&self, key: &str) -> Option<Vec<u8>> {
        self.provisioning.record(key)
    }

    fn restore_provisioning(&mut self, key: &str, record: Value) -> Result<(), String> {
        self.provisioning.restore(key, record).map_err(|error| error.to_string())
    }

    fn write_device(&self, id: &str) -> Option<Vec<u8>> {
        bytes(&self.devices.get(id)?.record)
    }

    fn restore_device(&mut self, _: &str, record: Record) -> Result<(), String> {
        self.insert_device(Device::new(record));
        Ok(())
    }

    fn write_command(&self, id: &str, row: u64) -> Option<Vec<u8>> {
        bytes(self.devices.get(id)?.commands.get(row)?)
    }

    fn write_message(&self, id: &str, number: u64) -> Option<Vec<u8>> {
        bytes(self.devices.get(id)?.inbox.get(number)?)
    }

    fn restore_message(&mut self, id: &str, message: Queued) -> Result<(), String> {
        if let Some(device) = self.devices.get_mut(id) {
            device.inbox.restore(message);
        }
        Ok(())
    }

    fn write_feedback(&self, _: &str, number: u64) -> Option<Vec<u8>> {
        bytes(self.feedback.get(number)?)
    }

    fn restore_feedback(&mut self, _: &str, feedback: Feedback) -> Result<(), String> {
        self.feedback.restore(feedback);
        Ok(())
    }

    /// A command that waited for its answer gets none any more.
    fn restore_command(&mut self, id: &str, command: Command) -> Result<(), String> {
        let Some(device) = self.devices.get_mut(id) else {
            return Ok(());
        };
        let (row, at, waiting) = (command.id, command.at, command.state == CommandState::Sent);
        device.commands.restore(command);
        if waiting {
            device.commands.finish(row, &CallOutcome::TimedOut, at);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{NOW, connected, sensor_model, state};
    use super::*;
    use crate::message::CloudToDevice;
    use crate::state::commands::Order;

    fn blink() -> Order {
        Order { name: "blink".to_owned(), ..Order::default() }
    }

    #[test]
    fn everything_that_changed_comes_back() {
        let (mut before, session) = connected("d1");
        before.report("d1", json!({ "state": true }).as_object().unwrap(), NOW).unwrap();
        before.subscribe("d1", session, crate::topics::Subscription::Methods, true, NOW);
        before.start_call("d1", blink(), NOW).unwrap();
        before.send_message("d1", CloudToDevice::new([0xff]).with_property("a", "b"), NOW).unwrap();
        before.add_model(sensor_model());
        let mut after = state();
        for (key, bytes) in before.take_changes().records {
            let (kind, id, number) = key.parts();
            assert_eq!(StoreKey::from_parts(kind, id, number), Some(key.clone()));
            after.restore(&key, &bytes.unwrap()).unwrap();
        }
        let (device, was) = (after.device("d1").unwrap(), before.device("d1").unwrap());
        assert_eq!(device.record.twin, was.record.twin);
        assert_eq!(device.commands.get(0).unwrap().state, CommandState::Timeout);
        assert_eq!(bytes(device.inbox.get(0).unwrap()), bytes(was.inbox.get(0).unwrap()));
        assert_eq!(after.next_device, 2);
        let model = sensor_model();
        assert_eq!(after.take_kept_models(), [(model.file_name.clone(), model.text.clone())]);
        let nothing = before.take_changes();
        assert!(nothing.records.is_empty() && nothing.rows.is_empty());
    }

    #[test]
    fn a_deleted_device_leaves_no_record() {
        let (mut state, session) = connected("d1");
        state.subscribe("d1", session, crate::topics::Subscription::Methods, true, NOW);
        state.start_call("d1", blink(), NOW).unwrap();
        state.send_message("d1", CloudToDevice::new("x"), NOW).unwrap();
        let made = state.take_changes().records;
        state.delete("d1").unwrap();
        let gone = state.take_changes().records;
        assert!(gone.iter().all(|(_, bytes)| bytes.is_none()));
        let kept = |key: &StoreKey| !matches!(key, StoreKey::Counters(_));
        let made = made.into_iter().map(|(key, _)| key).filter(kept);
        let made: Vec<_> = made.chain([StoreKey::Pulse("d1".to_owned())]).collect();
        assert_eq!(made, gone.into_iter().map(|(key, _)| key).collect::<Vec<_>>());
    }

    #[test]
    fn a_record_that_cannot_be_read_is_named() {
        let error = state().restore(&StoreKey::Device("d1".to_owned()), b"{").unwrap_err();
        assert!(error.to_string().starts_with("the Device \"d1\": "), "{error}");
    }
}
