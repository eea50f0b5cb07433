//! The devices' process: each device sends, reports, obeys and counts what it did.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use device_model::{
    CommandError, Connection, Delivery, Device as _, DeviceKey, Error, PropertyError, SendOptions,
    device_model,
};
use environmental_sensor::{BlinkResponse, Client, Reported, Telemetry};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::support::PATIENCE;

/// What the devices are told at the start.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Assignment {
    pub(crate) endpoint: String,
    pub(crate) id_scope: String,
    pub(crate) ca_file: String,
    /// Device ids and their keys.
    pub(crate) keys: BTreeMap<String, String>,
    /// How many messages each device sends, and in which time.
    pub(crate) messages: u32,
    pub(crate) seconds: u64,
}

/// What the devices say when every message has ended.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Settled {
    /// How the messages of all devices ended: `ok`, or the error's text.
    pub(crate) outcomes: BTreeMap<String, u32>,
    /// The last value of `state` that each device has reported.
    pub(crate) states: BTreeMap<String, bool>,
}

/// What the devices say at their end.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Summary {
    /// Calls of `blink` whose handler ran, and how often.
    pub(crate) blinks: BTreeMap<i64, u32>,
    pub(crate) diagnoses: u32,
    /// How reports ended: `ok`, or the error's text.
    pub(crate) reports: BTreeMap<String, u32>,
    /// The settings in force on each device.
    pub(crate) in_force: BTreeMap<String, (Option<i64>, Option<String>)>,
    pub(crate) connects: u64,
    pub(crate) sent: u64,
    pub(crate) applied: u64,
    /// Clients that could not be closed with everything delivered.
    pub(crate) unclean: Vec<String>,
}

/// What a device remembers.
#[derive(Debug, Default)]
struct Memory {
    blinks: BTreeMap<i64, u32>,
    diagnoses: u32,
    reports: BTreeMap<String, u32>,
    brightness: Option<i64>,
    name: Option<String>,
}

#[device_model("models/environmental_sensor.json")]
#[derive(Clone, Default)]
struct EnvironmentalSensor {
    memory: Arc<Mutex<Memory>>,
}

impl EnvironmentalSensor {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl environmental_sensor::Commands for EnvironmentalSensor {
    async fn blink(&self, interval: i64, _: &Client) -> Result<BlinkResponse, CommandError> {
        *self.memory().blinks.entry(interval).or_default() += 1;
        tokio::time::sleep(Duration::from_millis(5)).await;
        Ok(BlinkResponse { description: Some(format!("blink {interval}")) })
    }

    async fn turnon(&self, _: &Client) -> Result<(), CommandError> {
        Ok(())
    }

    async fn turnoff(&self, _: &Client) -> Result<(), CommandError> {
        Ok(())
    }

    async fn rundiagnostics(&self, _: &Client) -> Result<String, CommandError> {
        self.memory().diagnoses += 1;
        Ok("well".to_owned())
    }
}

impl environmental_sensor::Properties for EnvironmentalSensor {
    async fn set_name(&self, name: String, _: &Client) -> Result<String, PropertyError> {
        self.memory().name = Some(name.clone());
        Ok(name)
    }

    async fn set_brightness(&self, brightness: i64, _: &Client) -> Result<i64, PropertyError> {
        self.memory().brightness = Some(brightness);
        Ok(brightness)
    }
}

/// One device at work.
struct Running {
    id: String,
    sensor: EnvironmentalSensor,
    client: Client,
}

/// Does what standard input says.
pub(crate) async fn run() {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let mut orders = BufReader::new(tokio::io::stdin()).lines();
    let mut order = async || orders.next_line().await.expect("a pipe").expect("an order");
    let assignment: Assignment = serde_json::from_str(&order().await).expect("an assignment");
    let mut devices = Vec::new();
    for (id, key) in &assignment.keys {
        devices.push(start(&assignment, id, key).await);
    }
    for device in &devices {
        let connected = tokio::time::timeout(PATIENCE, device.client.connected()).await;
        connected.expect("connected in time").expect("not closed");
    }
    say(&Settled::default());
    let works = devices.iter().map(|device| {
        let (sensor, client) = (device.sensor.clone(), device.client.clone());
        tokio::spawn(work(sensor, client, assignment.messages, assignment.seconds))
    });
    let works: Vec<_> = works.collect();
    order().await;
    let mut settled = Settled::default();
    for (device, work) in devices.iter().zip(works) {
        let (outcomes, state) = work.await.expect("a device does not fail");
        for (outcome, count) in outcomes {
            *settled.outcomes.entry(outcome).or_default() += count;
        }
        settled.states.insert(device.id.clone(), state);
    }
    say(&settled);
    order().await;
    let mut summary = Summary::default();
    for device in devices {
        summary.end(device).await;
    }
    say(&summary);
}

fn say(what: &impl Serialize) {
    println!("{}", serde_json::to_string(what).expect("JSON"));
}

async fn start(assignment: &Assignment, id: &str, key: &str) -> Running {
    let Assignment { endpoint, id_scope, ca_file, .. } = assignment;
    let key = DeviceKey::from_base64(key).expect("a key");
    let connection = Connection::provisioned(endpoint, id_scope, id, key).expect("valid");
    let connection = connection.with_ca_file(ca_file).expect("the hub's authority");
    let connection = connection
        .with_keep_alive(Duration::from_secs(5))
        .with_backoff(Duration::from_millis(50), Duration::from_secs(1));
    let sensor = EnvironmentalSensor::default();
    let client = sensor.clone().connect(connection).await.expect("a valid connection");
    Running { id: id.to_owned(), sensor, client }
}

/// Sends the messages, evenly over the time, and reports now and then; answers how the messages ended and what was
/// reported last.
async fn work(
    sensor: EnvironmentalSensor,
    client: Client,
    messages: u32,
    seconds: u64,
) -> (BTreeMap<String, u32>, bool) {
    let (queued, deliveries) = mpsc::unbounded_channel();
    let outcomes = tokio::spawn(collect(deliveries));
    let reporting = tokio::spawn(report_now_and_then(sensor, client.clone(), seconds));
    let begin = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let mut number = 0;
    while number < messages {
        ticks.tick().await;
        let due = f64::from(messages) * (begin.elapsed().as_secs_f64() / seconds as f64).min(1.0);
        while f64::from(number) < due {
            let telemetry = Telemetry { temp: Some(f64::from(number)), humid: None };
            // the hub sees by the property whether a message is what it was when it was sent
            let options = SendOptions::new().property("number", &number.to_string());
            queued.send(client.enqueue_with(telemetry, options).await).expect("it is collected");
            number += 1;
        }
    }
    drop(queued);
    let outcomes = outcomes.await.expect("outcomes are collected");
    (outcomes, reporting.await.expect("reporting does not fail"))
}

async fn collect(mut deliveries: mpsc::UnboundedReceiver<Result<Delivery, Error>>) -> BTreeMap<String, u32> {
    let mut outcomes = BTreeMap::new();
    while let Some(delivery) = deliveries.recv().await {
        let outcome = match delivery {
            Ok(delivery) => delivery.await,
            Err(error) => Err(error),
        };
        *outcomes.entry(text(outcome)).or_default() += 1;
    }
    outcomes
}

fn text(outcome: Result<(), Error>) -> String {
    outcome.map_or_else(|error| error.to_string(), |()| "ok".to_owned())
}

/// Reports until the time is over, and then until the last report has been taken; answers what that was.
async fn report_now_and_then(sensor: EnvironmentalSensor, client: Client, seconds: u64) -> bool {
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut state = false;
    loop {
        state = !state;
        let outcome = client.report(Reported { state: Some(state), ..Default::default() }).await;
        let taken = outcome.is_ok();
        *sensor.memory().reports.entry(text(outcome)).or_default() += 1;
        if Instant::now() > end && taken {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

impl Summary {
    async fn end(&mut self, device: Running) {
        let Running { id, sensor, client } = device;
        if let Err(error) = client.close().await {
            self.unclean.push(format!("{id}: {error}"));
        }
        let counters = client.counters();
        self.connects += counters.connects;
        self.sent += counters.sent;
        self.applied += counters.desired_applied;
        let memory = std::mem::take(&mut *sensor.memory());
        for (number, count) in memory.blinks {
            *self.blinks.entry(number).or_default() += count;
        }
        for (outcome, count) in memory.reports {
            *self.reports.entry(outcome).or_default() += count;
        }
        self.diagnoses += memory.diagnoses;
        self.in_force.insert(id, (memory.brightness, memory.name));
    }
}
