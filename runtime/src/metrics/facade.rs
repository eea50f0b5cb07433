//! The same numbers for the recorder of the `metrics` crate, labelled with the device's id.
//!
//! Names begin with `device_model_`; their descriptions and units are given to the recorder that is installed when the
//! first session starts. A session keeps the handles it has got: install the recorder before.

use std::sync::Once;
use std::time::Duration;

use metrics::{Counter, Gauge as Level, Histogram, Unit};

use super::Metrics;

type Read = fn(&Metrics) -> u64;

/// What only grows: name, unit, description, where it is read.
const COUNTERS: [(&str, Unit, &str, Read); 28] = [
    ("connects_total", Unit::Count, "connections that came to serve", |m| m.counters.connects),
    ("disconnects_total", Unit::Count, "connections that were lost or renewed", |m| m.counters.disconnects),
    ("losses_unreachable_total", Unit::Count, "attempts that reached nobody", |m| m.losses.unreachable),
    ("losses_refused_total", Unit::Count, "attempts that were refused", |m| m.losses.refused),
    ("losses_broken_total", Unit::Count, "connections that broke or were cut", |m| m.losses.broken),
    ("losses_timed_out_total", Unit::Count, "connections given up for want of an answer", |m| {
        m.losses.timed_out
    }),
    ("losses_other_total", Unit::Count, "connections given up for other reasons", |m| m.losses.other),
    ("throttled_total", Unit::Count, "times the hub asked for a pause", |m| m.counters.throttled),
    ("messages_accepted_total", Unit::Count, "telemetry messages accepted into the outbox", |m| {
        m.counters.accepted
    }),
    ("messages_refused_total", Unit::Count, "telemetry messages not accepted", |m| m.counters.refused),
    ("messages_sent_total", Unit::Count, "telemetry messages written, repetitions included", |m| {
        m.counters.sent
    }),
    ("messages_acknowledged_total", Unit::Count, "telemetry messages the hub took", |m| {
        m.counters.acknowledged
    }),
    ("messages_dropped_total", Unit::Count, "telemetry messages dropped for newer ones", |m| {
        m.counters.dropped
    }),
    ("messages_expired_total", Unit::Count, "telemetry messages that expired", |m| m.counters.expired),
    ("messages_parked_total", Unit::Count, "telemetry messages the hub does not take", |m| m.counters.parked),
    ("messages_abandoned_total", Unit::Count, "telemetry messages left when closed", |m| {
        m.counters.abandoned
    }),
    ("messages_recovered_total", Unit::Count, "telemetry messages found on disk at the start", |m| {
        m.counters.recovered
    }),
    ("messages_damaged_total", Unit::Count, "telemetry messages lost to a damaged disk", |m| {
        m.counters.damaged
    }),
    ("cloud_messages_completed_total", Unit::Count, "messages from the cloud that were handled", |m| {
        m.counters.messages_completed
    }),
    ("reports_total", Unit::Count, "reported patches the hub took", |m| m.counters.reported),
    ("desired_applied_total", Unit::Count, "desired values handed to handlers", |m| {
        m.counters.desired_applied
    }),
    ("commands_answered_total", Unit::Count, "commands answered", |m| m.counters.commands_answered),
    ("commands_succeeded_total", Unit::Count, "handlers of commands that succeeded", |m| {
        m.commands.succeeded
    }),
    ("commands_refused_total", Unit::Count, "commands refused, status below 500", |m| m.commands.refused),
    ("commands_failed_total", Unit::Count, "commands that failed, status 500 and up", |m| m.commands.failed),
    ("rejected_total", Unit::Count, "messages and reports given up at cut connections", |m| {
        m.counters.rejected
    }),
    ("sent_bytes_total", Unit::Bytes, "MQTT bytes written", |m| m.bytes_sent),
    ("received_bytes_total", Unit::Bytes, "MQTT bytes read", |m| m.bytes_received),
];

const QUEUED: &str = "device_model_queued_messages";
const QUEUED_BYTES: &str = "device_model_queued_bytes";
const CONNECTED: &str = "device_model_connected";
const COMMAND: &str = "device_model_command_seconds";
const ACKNOWLEDGEMENT: &str = "device_model_acknowledgement_seconds";

/// One session's handles on the recorder.
pub(crate) struct Facade {
    counters: Vec<(Counter, u64)>,
    queued: Level,
    queued_bytes: Level,
    connected: Level,
    command: Histogram,
    acknowledgement: Histogram,
}

impl Facade {
    pub(crate) fn new(device: &str) -> Self {
        static DESCRIBED: Once = Once::new();
        DESCRIBED.call_once(describe);
        let label = || metrics::Label::new("device", device.to_owned());
        let labels = || vec![label()];
        let counter = |(name, ..): &(&str, Unit, &str, Read)| {
            (metrics::counter!(format!("device_model_{name}"), labels()), 0)
        };
        Self {
            counters: COUNTERS.iter().map(counter).collect(),
            queued: metrics::gauge!(QUEUED, labels()),
            queued_bytes: metrics::gauge!(QUEUED_BYTES, labels()),
            connected: metrics::gauge!(CONNECTED, labels()),
            command: metrics::histogram!(COMMAND, labels()),
            acknowledgement: metrics::histogram!(ACKNOWLEDGEMENT, labels()),
        }
    }

    /// Hands on what has changed.
    #[expect(clippy::cast_precision_loss, reason = "no queue holds 2^53 messages or bytes")]
    pub(crate) fn feed(&mut self, metrics: &Metrics, is_connected: bool) {
        for ((counter, last), (.., read)) in self.counters.iter_mut().zip(COUNTERS) {
            let value = read(metrics);
            if value > *last {
                counter.increment(value - *last);
                *last = value;
            }
        }
        self.queued.set(metrics.counters.queued as f64);
        self.queued_bytes.set(metrics.counters.queued_bytes as f64);
        self.connected.set(f64::from(u8::from(is_connected)));
    }

    pub(crate) fn command(&self, took: Duration) {
        self.command.record(took);
    }

    pub(crate) fn acknowledged(&self, took: Duration) {
        self.acknowledgement.record(took);
    }
}

fn describe() {
    for (name, unit, text, _) in COUNTERS {
        metrics::describe_counter!(format!("device_model_{name}"), unit, text);
    }
    metrics::describe_gauge!(QUEUED, Unit::Count, "telemetry messages in the outbox");
    metrics::describe_gauge!(QUEUED_BYTES, Unit::Bytes, "bytes of the telemetry messages in the outbox");
    metrics::describe_gauge!(CONNECTED, Unit::Count, "1 while the device is connected, else 0");
    metrics::describe_histogram!(COMMAND, Unit::Seconds, "how long handlers of commands took");
    metrics::describe_histogram!(
        ACKNOWLEDGEMENT,
        Unit::Seconds,
        "how long the hub took to acknowledge telemetry"
    );
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::{Arc, Mutex};

    use metrics::{Key, KeyName, Metadata, Recorder, SharedString};

    use super::*;

    /// A recorder that keeps counters by name and label.
    #[derive(Default)]
    struct Notebook(Mutex<BTreeMap<String, Arc<AtomicU64>>>);

    impl Recorder for Notebook {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            let label = key.labels().next().unwrap();
            let name = format!("{} {}={}", key.name(), label.key(), label.value());
            Counter::from_arc(Arc::clone(self.0.lock().unwrap().entry(name).or_default()))
        }

        fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Level {
            Level::noop()
        }

        fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::noop()
        }
    }

    #[test]
    fn what_has_grown_is_handed_on_once_under_the_devices_label() {
        let notebook = Notebook::default();
        metrics::with_local_recorder(&notebook, || {
            let mut facade = Facade::new("lamp-7");
            let mut seen = Metrics::default();
            seen.counters.acknowledged = 3;
            facade.feed(&seen, true);
            facade.feed(&seen, true);
            seen.counters.acknowledged = 5;
            facade.feed(&seen, false);
        });
        let counters = notebook.0.lock().unwrap();
        let acknowledged = &counters["device_model_messages_acknowledged_total device=lamp-7"];
        assert_eq!(acknowledged.load(Ordering::Relaxed), 5);
        assert_eq!(counters.len(), COUNTERS.len());
    }
}
