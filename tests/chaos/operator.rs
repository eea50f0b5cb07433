//! The operator at work: commands and desired changes all the while, and the last wishes that the twins must meet.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use hyper::Method;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout};

use crate::plan::Settings;
use crate::support::{Operator, PATIENCE};

/// Between two commands, between two desired changes.
const PACES: (Duration, Duration) = (Duration::from_millis(80), Duration::from_millis(300));
/// Commands whose answers are awaited at once.
const MOST_OPEN: usize = 64;

/// What has been done.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) wishes: u32,
    pub(crate) called: u32,
    /// Calls of `blink` with the right answer, by their numbers.
    pub(crate) answered: Vec<i64>,
    /// Calls of `rundiagnostics` that were accepted.
    pub(crate) accepted: u32,
    /// Calls that failed to their caller, by status.
    pub(crate) failed: BTreeMap<String, u32>,
    pub(crate) problems: Vec<String>,
}

/// The work under way.
pub(crate) struct Work {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Done>,
}

impl Work {
    pub(crate) fn begin(operator: Arc<Operator>, plan: &Settings) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (devices, rng) = (plan.devices(), Rng::with_seed(plan.seed ^ 0x0be7));
        Self { stop, task: tokio::spawn(work(operator, devices, rng, stopped)) }
    }

    /// Ends it; calls that are open are waited for.
    pub(crate) async fn end(self) -> Done {
        let _ = self.stop.send(());
        self.task.await.expect("the operator does not fail")
    }
}

async fn work(
    operator: Arc<Operator>,
    devices: Vec<String>,
    mut rng: Rng,
    mut stopped: oneshot::Receiver<()>,
) -> Done {
    let mut done = Done::default();
    let mut calls = JoinSet::new();
    let mut next_wish = Instant::now();
    while timeout(PACES.0, &mut stopped).await.is_err() {
        let device = &devices[rng.usize(..devices.len())];
        if calls.len() < MOST_OPEN {
            done.called += 1;
            let number = i64::from(done.called);
            let diagnose = number % 10 == 0;
            calls.spawn(call(Arc::clone(&operator), device.clone(), number, diagnose));
        }
        if Instant::now() >= next_wish {
            next_wish += PACES.1;
            done.wishes += 1;
            let wish = match rng.bool() {
                true => json!({ "brightness": { "value": rng.i64(1..=3) } }),
                false => json!({ "name": { "value": format!("name {}", done.wishes) } }),
            };
            operator.desire(device, wish).await;
        }
        while let Some(ended) = calls.try_join_next() {
            done.note(ended.expect("a call does not fail"));
        }
    }
    while let Some(ended) = calls.join_next().await {
        done.note(ended.expect("a call does not fail"));
    }
    done
}

/// How a call ended: its number, and what the hub said.
type Ended = (i64, bool, u16, Value);

async fn call(operator: Arc<Operator>, device: String, number: i64, diagnose: bool) -> Ended {
    let (name, payload) = match diagnose {
        true => ("rundiagnostics", Value::Null),
        false => ("blink", json!(number)),
    };
    let request = json!({ "methodName": name, "payload": payload, "responseTimeoutInSeconds": 10 });
    let path = format!("/twins/{device}/methods");
    let (status, body) = operator.service(Method::POST, &path, Some(request)).await;
    (number, diagnose, status, body)
}

impl Done {
    fn note(&mut self, (number, diagnose, status, body): Ended) {
        let of_device = body["status"].as_u64();
        match (status, of_device, diagnose) {
            (200, Some(202), true) => self.accepted += 1,
            (200, Some(200), false) if body["payload"]["description"] == format!("blink {number}") => {
                self.answered.push(number);
            }
            (200, Some(200), _) => self.problems.push(format!("call {number} got {body}")),
            (200, Some(status), _) => *self.failed.entry(format!("device {status}")).or_default() += 1,
            (status, ..) => *self.failed.entry(format!("hub {status}")).or_default() += 1,
        }
    }
}

/// Desires something of every device that none has yet; answers the twins' desired halves.
pub(crate) async fn last_wishes(operator: &Operator, plan: &Settings) -> BTreeMap<String, Value> {
    let mut desired = BTreeMap::new();
    for device in plan.devices() {
        operator.desire(&device, json!({ "brightness": { "value": 2 } })).await;
        operator.desire(&device, json!({ "name": { "value": "the last name" } })).await;
        desired.insert(device.clone(), operator.twin(&device).await["properties"]["desired"].clone());
    }
    desired
}

/// Waits until every device has acknowledged the last version of each desired property; answers the reported halves,
/// with a problem for each that does not come to that.
pub(crate) async fn until_synced(
    operator: &Operator,
    desired: &BTreeMap<String, Value>,
) -> BTreeMap<String, Result<Value, String>> {
    let mut twins = BTreeMap::new();
    for (device, desired) in desired {
        let deadline = Instant::now() + PATIENCE;
        let outcome = loop {
            let reported = operator.twin(device).await["properties"]["reported"].clone();
            let unmet: Vec<&str> =
                ["brightness", "name"].into_iter().filter(|name| !is_met(name, desired, &reported)).collect();
            if unmet.is_empty() {
                break Ok(reported);
            }
            if Instant::now() > deadline {
                break Err(format!("{device}: {unmet:?} not met: desired {desired}, reported {reported}"));
            }
            sleep(Duration::from_millis(50)).await;
        };
        twins.insert(device.clone(), outcome);
    }
    twins
}

/// Whether a property's acknowledgement has the desired value and its version.
fn is_met(name: &str, desired: &Value, reported: &Value) -> bool {
    let version = &desired["$metadata"][name]["$lastUpdatedVersion"];
    let acknowledged = &reported[name];
    acknowledged["value"] == desired[name]["value"]
        && acknowledged["status"] == "completed"
        && acknowledged["desiredVersion"].as_u64() >= version.as_u64()
        && version.is_u64()
}
