use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::Fleet;
use crate::call::{CommandCall, CommandOutcome, DesiredChange, DesiredOutcome};
use crate::client::Client;
use crate::connection::Endpoint;
use crate::device::Device;
use crate::driver::{Opening, Stream, Transport};
use crate::error::Error;
use crate::retry::{Failure, RetryPolicy};
use crate::table::{Convention, ModelTable};
use crate::testing;

struct Meter;

impl Device for Meter {
    type Client = Client;
    const MODEL: ModelTable =
        ModelTable { id: "dtmi:com:example:Meter;1", convention: Convention::Pnp, parts: &[] };

    async fn __command(&self, call: CommandCall<'_>, _: &Client) -> CommandOutcome {
        call.unknown()
    }

    async fn __desired(&self, change: DesiredChange<'_>, _: &Client) -> DesiredOutcome {
        change.unknown()
    }
}

/// A network on which nothing is reached, and reaching nothing takes a while.
#[derive(Clone, Default)]
struct Slow {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    attempts: Arc<AtomicUsize>,
}

impl Transport for Slow {
    fn open<'a>(&'a self, _: &'a Endpoint) -> Opening<'a> {
        Box::pin(async {
            self.attempts.fetch_add(1, Ordering::Relaxed);
            self.most.fetch_max(self.now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_secs(5)).await;
            self.now.fetch_sub(1, Ordering::Relaxed);
            Err::<Box<dyn Stream>, _>(io::Error::from(io::ErrorKind::NetworkUnreachable))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn no_more_devices_than_allowed_connect_at_once_and_all_get_their_turn() {
    let fleet = Fleet::staggered(4, Duration::from_secs(1));
    let network = Slow::default();
    for number in 0..40 {
        let connection = testing::connection().for_device(&format!("d{number}"), testing_key()).unwrap();
        fleet.connect(Meter, connection.with_transport(network.clone())).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(network.most.load(Ordering::Relaxed), 4);
    assert!(network.attempts.load(Ordering::Relaxed) >= 40, "ten times four, five seconds each");
    assert_eq!(fleet.len(), 40);
}

#[derive(Debug)]
struct Never;

impl RetryPolicy for Never {
    fn pause(&self, _: &Failure<'_>) -> Option<Duration> {
        None
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ends_is_told_while_other_devices_are_still_waited_for() {
    let fleet = Fleet::new();
    let connection = testing::connection().with_transport(Slow::default());
    fleet.connect(Meter, connection.clone()).await.unwrap();
    fleet.connect(Meter, connection.with_retry_policy(Never)).await.unwrap();
    assert!(matches!(fleet.connected().await, Err(Error::GivenUp { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_device_that_serves_or_has_failed_lets_the_next_one_pass() {
    let fleet = Fleet::staggered(1, Duration::ZERO);
    let mut hubs = Vec::new();
    for _ in 0..5 {
        let (connection, hub) = testing::serve::<Meter>(testing::connection());
        if hubs.len() % 2 == 1 {
            hub.refuse(true);
        }
        fleet.connect(Meter, connection).await.unwrap();
        hubs.push(hub);
    }
    for hub in hubs.iter().step_by(2) {
        hub.connected().await;
    }
    hubs.iter().for_each(|hub| hub.refuse(false));
    fleet.connected().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn first_attempts_are_spread() {
    let begin = Instant::now();
    let fleet = Fleet::staggered(100, Duration::from_secs(100));
    let mut hubs = Vec::new();
    for _ in 0..50 {
        let (connection, hub) = testing::serve::<Meter>(testing::connection());
        fleet.connect(Meter, connection).await.unwrap();
        hubs.push(hub);
    }
    tokio::time::sleep(Duration::from_secs(50)).await;
    let early = hubs.iter().filter(|hub| hub.connections() == 1).count();
    assert!((5..45).contains(&early), "{early} of 50 in half the time");
    fleet.connected().await.unwrap();
    assert!(begin.elapsed() <= Duration::from_secs(101));
}

#[tokio::test(start_paused = true)]
async fn closing_a_fleet_ends_its_devices_side_by_side_and_says_what_all_of_them_left() {
    let fleet = Fleet::new();
    let (connection, served) = testing::serve::<Meter>(testing::connection());
    let delivered = fleet.connect(Meter, connection).await.unwrap();
    delivered.__send(&json!({ "energy": 1 })).await.unwrap();
    let mut stuck = Vec::new();
    for _ in 0..10 {
        let client =
            fleet.connect(Meter, testing::connection().with_transport(Slow::default())).await.unwrap();
        stuck.push(client.__enqueue(&json!({ "energy": 2 })).await.unwrap());
    }
    let begin = Instant::now();
    assert!(matches!(fleet.close().await, Err(Error::Undelivered { count: 10 })));
    assert!(begin.elapsed() < Duration::from_secs(12), "one close deadline, not ten");
    assert!(fleet.is_empty() && delivered.state().is_final());
    assert_eq!(served.telemetry().await.body, json!({ "energy": 1 }));
}

fn testing_key() -> crate::auth::DeviceKey {
    crate::auth::DeviceKey::from_base64("QUJD").unwrap()
}
