//! The device's side of the ledger: what it sent, what it was told of it, and what its handlers did.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use device_model_runtime::cores::{Call, DeviceCore, Property};
use device_model_runtime::{
    Connection, Convention, DeviceKey, Error, Json, MessageError, ModelTable, PartTable, Priority, WhenFull,
    asynchronous, command, read_only, writable,
};

use crate::schedule::Schedule;

pub(crate) const NAME: &str = "d1";
pub(crate) const KEY: &str = "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=";
pub(crate) const PRIORITIES: [Priority; 3] = [Priority::Low, Priority::Normal, Priority::High];
/// How often a connection may be cut at one message: more often than a schedule does.
const CUTS: u32 = 100;

pub(crate) const MODEL: ModelTable = ModelTable {
    id: "dtmi:test:Pair;1",
    convention: Convention::Pnp,
    parts: &[PartTable {
        component: None,
        telemetry: &["n"],
        properties: &[read_only("state"), writable("brightness"), writable("interval")],
        commands: &[command("blink"), asynchronous("diagnose")],
    }],
};

/// A handler that runs.
#[derive(Debug)]
pub(crate) enum Job {
    Command { call: Call, number: u64, fails: bool },
    Property { property: Property, value: Json, fails: bool },
    Message { number: u64, fails: bool },
}

/// What is known at the device.
#[derive(Debug, Default)]
pub(crate) struct Sensor {
    /// The priority of each accepted message, by its sequence.
    pub(crate) sent: BTreeMap<u64, usize>,
    /// How each of them ended.
    pub(crate) outcomes: BTreeMap<u64, Result<(), Error>>,
    pub(crate) reports: BTreeMap<u64, Option<Result<(), Error>>>,
    /// How often each call's or message's handler ran, and how often it succeeded.
    pub(crate) runs: BTreeMap<u64, (u32, u32)>,
    /// The values that were asked for and are in force, by property.
    pub(crate) asked: BTreeMap<Property, i64>,
    pub(crate) in_force: BTreeMap<&'static str, i64>,
    /// Whose handlers run.
    busy: BTreeSet<Property>,
}

/// The device's core, as a schedule wants it.
pub(crate) fn connection(schedule: &Schedule) -> Connection {
    let key = DeviceKey::from_base64(KEY).expect("a key");
    let connection = Connection::to_hub("localhost", NAME, key).expect("a hub and a device");
    let connection = connection
        .with_outbox(10_000, 1 << 24, WhenFull::Wait)
        .with_in_flight(schedule.in_flight)
        .with_parallel_commands(schedule.parallel)
        .with_token_life(schedule.token_life)
        .with_parking_after(CUTS)
        .with_message_handler(|_, _: device_model_runtime::Client| async { Ok::<_, MessageError>(()) });
    match schedule.lives {
        Some(lives) => connection.with_telemetry_time_to_live(lives),
        None => connection,
    }
}

impl Sensor {
    pub(crate) fn send(&mut self, core: &mut DeviceCore, at: Duration, priority: usize) {
        let body = serde_json::json!({ "n": self.sent.len() + 1, "priority": priority });
        if let Some(sequence) = core.send(at, PRIORITIES[priority], &body) {
            assert_eq!(sequence, self.sent.len() as u64 + 1, "sequences have no gaps");
            self.sent.insert(sequence, priority);
        }
    }

    pub(crate) fn ended(&mut self, sequence: u64, outcome: Result<(), Error>) {
        assert!(self.sent.contains_key(&sequence), "message {sequence} ended and was never accepted");
        let before = self.outcomes.insert(sequence, outcome);
        assert!(before.is_none(), "message {sequence} ended twice");
    }

    pub(crate) fn settled(&mut self, report: u64, outcome: Result<(), Error>) {
        let before = self.reports.insert(report, Some(outcome));
        assert!(matches!(before, Some(None)), "report {report} ended twice, or was never made");
    }

    /// A handler is called for a call or message.
    pub(crate) fn runs(&mut self, number: u64) {
        self.runs.entry(number).or_default().0 += 1;
    }

    /// A handler is called for a property: one at a time, and never for an older wish.
    pub(crate) fn applies(&mut self, property: Property, value: &Json) {
        assert!(self.busy.insert(property), "two handlers of {property:?} at once");
        let wish = value.as_i64().expect("wishes are numbers");
        let before = self.asked.insert(property, wish).unwrap_or(0);
        assert!(before <= wish, "{property:?} went back from {before} to {wish}");
    }

    /// A handler has ended.
    pub(crate) fn done(&mut self, job: &Job) {
        match job {
            Job::Command { number, fails: false, .. } | Job::Message { number, fails: false } => {
                self.runs.entry(*number).or_default().1 += 1;
            }
            Job::Property { property, value, fails } => {
                self.busy.remove(property);
                if !fails {
                    self.in_force.insert(property.path().1, value.as_i64().unwrap_or_default());
                }
            }
            _ => {}
        }
    }
}
