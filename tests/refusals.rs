//! A device that is refused for ever neither grows nor ends: row 16 of `tests/peers`, azure-iot-sdk-c#342.
//!
//! A test program of its own, because it looks at the whole process: its memory, file descriptors and tasks.

#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod support;

use std::time::Duration;

use device_model::hub::Fault;
use device_model::{Connection, Device as _, State, device_model};
use environmental_sensor::Telemetry;
use hyper::Method;
use support::{DEVICE, Operator, PATIENCE, proxied_hub};
use tokio::time::timeout;

/// Refusals before the first look, so that every pool and buffer has its size, and between the two looks.
const ROUNDS: (u64, u64) = (300, 2_000);
/// What memory may differ by: the hub in this process keeps the last thousand refusals in its log.
const ROOM: u64 = 4 * 1024 * 1024;

#[device_model("models/environmental_sensor.json", unhandled = 501)]
struct EnvironmentalSensor;

impl environmental_sensor::Commands for EnvironmentalSensor {}

impl environmental_sensor::Properties for EnvironmentalSensor {}

/// What a leak would show in.
#[derive(Debug)]
struct Look {
    tasks: usize,
    files: usize,
    resident: u64,
}

impl Look {
    fn now() -> Self {
        let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        let files = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
        Self { tasks, files, resident: kib.unwrap_or(0) * 1024 }
    }
}

#[tokio::test]
async fn a_device_that_is_refused_thousands_of_times_neither_grows_nor_ends() {
    let dir = tempfile::tempdir().unwrap();
    let (hub, proxy) = proxied_hub(dir.path(), |_| {}).await;
    let operator = Operator::of(&hub);
    let created =
        operator.page(Method::POST, "/api/devices", Some(serde_json::json!({ "id": DEVICE }))).await;
    assert_eq!(created.0, 201, "{created:?}");
    let key = operator.page(Method::GET, &format!("/api/devices/{DEVICE}/credentials"), None).await.1;
    let key = key["primaryKey"].as_str().unwrap().to_owned();
    // three refusals of a provisioned device lead to a registration, which takes its time: this one has none
    let text = format!("HostName=localhost:{};DeviceId={DEVICE};SharedAccessKey={key}", proxy.port());
    let connection = Connection::from_connection_string(&text).unwrap().with_ca_file(hub.ca_file()).unwrap();
    let connection = connection.with_backoff(Duration::from_millis(1), Duration::from_millis(1));
    hub.inject(Fault::RefuseConnection { code: 3 });
    let client = EnvironmentalSensor.connect(connection).await.unwrap();
    let waiting = client.enqueue(Telemetry { temp: Some(1.0), humid: None }).await.unwrap();

    let refused = async |times: u64| {
        let until = proxy.accepted() + times;
        while proxy.accepted() < until {
            let mut states = client.states();
            let changed = timeout(PATIENCE, states.changed()).await.expect("it goes on trying");
            changed.expect("not closed");
        }
    };
    refused(ROUNDS.0).await;
    let before = Look::now();
    refused(ROUNDS.1).await;
    let after = Look::now();
    assert!(!matches!(client.state(), State::Closed));
    let slack = 8;
    assert!(after.tasks <= before.tasks + slack, "{before:?} {after:?}");
    assert!(after.files <= before.files + slack, "{before:?} {after:?}");
    assert!(after.resident <= before.resident + ROOM, "{before:?} {after:?}");

    hub.clear_faults();
    timeout(PATIENCE, waiting).await.expect("in time").expect("what waited all the while is acknowledged");
    client.close().await.unwrap();
    hub.shutdown().await.unwrap();
}
