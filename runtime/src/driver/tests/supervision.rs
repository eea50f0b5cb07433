//! What the session does when connections fail: policies, clocks, and what the log says of it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use rumqttc::mqttbytes::v4::{ConnAck, ConnectReturnCode, Packet};
use serde_json::json;
use tokio::sync::watch;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::super::{Clock, now};
use super::peer::{connection, start};
use super::sensor::Sensor;
use crate::connection::Connection;
use crate::error::Error;
use crate::fleet::Gate;
use crate::retry::{Failure, RetryPolicy};
use crate::session::Clocks;
use crate::state::State;

#[derive(Debug)]
struct Twice;

impl RetryPolicy for Twice {
    fn pause(&self, failure: &Failure<'_>) -> Option<Duration> {
        (failure.attempt <= 2).then_some(Duration::from_secs(7))
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_gives_up_ends_the_session_and_everything_that_waits_with_the_cause() {
    let (client, mut hub) = start(Sensor, connection().with_retry_policy(Twice));
    let delivery = client.__enqueue(&json!({ "temp": 1 })).await.unwrap();
    let begin = now();
    for _ in 0..3 {
        hub.next().await.1.refuse().await;
    }
    assert!(matches!(client.connected().await, Err(Error::GivenUp { .. })));
    assert_eq!(now() - begin, Duration::from_secs(14));
    let refused = |error: Error| match error {
        Error::GivenUp { cause } => matches!(*cause, Error::Refused { code: 5, .. }),
        _ => false,
    };
    assert!(refused(delivery.await.unwrap_err()));
    assert!(refused(client.__send(&json!({ "temp": 2 })).await.unwrap_err()));
    assert!(refused(client.__report(&json!({ "state": true })).await.unwrap_err()));
    assert!(refused(client.close().await.unwrap_err()));
    assert!(matches!(client.state(), State::GivenUp { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_for_a_command_that_the_model_does_not_have_is_an_error_at_the_start() {
    let connection = connection().with_deadline_for("blnk", Duration::from_secs(1));
    let error = super::super::start(Sensor, connection).unwrap_err();
    assert!(
        error.to_string().starts_with("the deadline for \"blnk\": the model has no such command"),
        "{error}"
    );
}

/// A wall clock that the test sets, and a monotonic one that follows tokio's.
fn with_clock(connection: Connection) -> (Connection, watch::Sender<SystemTime>) {
    let begin = now();
    let (set, dawn) = watch::channel(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
    let read = move || {
        let monotonic: Instant = now();
        Clocks { monotonic, wall: *dawn.borrow() + (monotonic - begin) }
    };
    let mut connection = connection;
    connection.options.clock = Clock::new(read);
    (connection, set)
}

fn expiry(password: &str) -> u64 {
    password.rsplit_once("&se=").unwrap().1.parse().unwrap()
}

/// azure-iot-sdk-python#700: after a laptop's sleep the SAS is expired, and nothing reconnects.
#[tokio::test(start_paused = true)]
async fn after_three_hours_of_sleep_the_device_reconnects_with_a_fresh_token() {
    const SLEPT: Duration = Duration::from_secs(3 * 3600);
    let (connection, wall) = with_clock(connection());
    let (_client, mut hub) = start(Sensor, connection);
    let (_, mut peer) = hub.next().await;
    let first = peer.greet().await.login.unwrap();
    peer.twin(json!({ "$version": 1 })).await;
    wall.send_modify(|dawn| *dawn += SLEPT);
    assert!(matches!(peer.next().await, Some(Packet::Disconnect)));
    let second = hub.next().await.1.greet().await.login.unwrap();
    let later = expiry(&second.password) - expiry(&first.password);
    assert!((SLEPT.as_secs()..SLEPT.as_secs() + 60).contains(&later), "{later}");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_brings_a_fresh_token_too() {
    let (connection, wall) = with_clock(connection());
    let (client, mut hub) = start(Sensor, connection);
    let peer = hub.serve(json!({ "$version": 1 })).await;
    wall.send_modify(|dawn| *dawn -= Duration::from_secs(5 * 3600));
    let mut again = hub.serve(json!({ "$version": 1 })).await;
    assert_eq!(again.call("blink", "1").await.0, 200);
    assert_eq!(client.counters().connects, 2);
    drop(peer);
}

#[tokio::test(start_paused = true)]
async fn a_device_of_a_fleet_whose_clock_jumps_in_the_greeting_does_not_wait_for_its_own_place() {
    let (mut connection, wall) = with_clock(connection());
    connection.gate = Some(Gate::new(1, Duration::ZERO));
    let (_client, mut hub) = start(Sensor, connection);
    let (_, mut peer) = hub.next().await;
    peer.connect().await;
    wall.send_modify(|dawn| *dawn += Duration::from_secs(3 * 3600));
    peer.send(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))).await;
    let again = tokio::time::timeout(Duration::from_secs(60), hub.serve(json!({ "$version": 1 })));
    assert!(again.await.is_ok());
}

/// Collects the lines that are not only for who looks closely.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<(Level, String)>>>);

impl Visit for Lines {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if let Some((_, line)) = self.0.lock().unwrap().last_mut() {
            line.push_str(&format!(" {}={value:?}", field.name()));
        }
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.0.lock().unwrap().push((*event.metadata().level(), String::new()));
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test(start_paused = true)]
async fn each_change_of_state_is_one_line_with_its_cause_and_a_repeated_cause_is_none() {
    let lines = Lines::default();
    let _guard = tracing::subscriber::set_default(lines.clone());
    let (client, mut hub) = start(Sensor, connection());
    for _ in 0..3 {
        hub.next().await.1.refuse().await;
    }
    let peer = hub.serve(json!({ "$version": 1 })).await;
    client.connected().await.unwrap();
    drop(peer);
    let _peer = hub.serve(json!({ "$version": 1 })).await;
    client.connected().await.unwrap();
    client.close().await.unwrap();
    let seen = lines.0.lock().unwrap().clone();
    let expected = [
        (Level::WARN, "CONNACK code 5"),
        (Level::INFO, "hub.example:8883"),
        (Level::WARN, "the hub closed it"),
        (Level::INFO, "hub.example:8883"),
        (Level::INFO, "closed"),
    ];
    assert_eq!(seen.len(), expected.len(), "{seen:?}");
    for ((level, line), (wanted, part)) in seen.iter().zip(expected) {
        assert!(*level == wanted && line.contains(part), "{level} {line}");
    }
}
