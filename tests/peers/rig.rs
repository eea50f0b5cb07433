//! The rig of these tests: a device, a hub and the proxy between them, and what the hub has received.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use device_model::hub::{DeviceMessage, Hub};
use device_model::{CommandError, Connection, Device as _, Error, PropertyError, State, device_model};
use hyper::Method;
pub(crate) use probe::{Client, Reported, Telemetry};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::support::proxy::Proxy;
use crate::support::{self, DEVICE, Operator, PATIENCE};

/// A device that counts what it is told.
#[device_model("tests/peers/probe.json")]
#[derive(Clone, Default)]
pub(crate) struct Probe {
    calls: Arc<AtomicI32>,
    levels: Arc<Mutex<Vec<i32>>>,
}

impl probe::Commands for Probe {
    async fn count(&self, _: &Client) -> Result<i32, CommandError> {
        Ok(self.calls.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

impl probe::Properties for Probe {
    async fn set_level(&self, level: i32, _: &Client) -> Result<i32, PropertyError> {
        self.levels.lock().unwrap_or_else(PoisonError::into_inner).push(level);
        Ok(level)
    }
}

impl Probe {
    pub(crate) fn calls(&self) -> i32 {
        self.calls.load(Ordering::SeqCst)
    }

    /// The levels the handler was called with.
    pub(crate) fn levels(&self) -> Vec<i32> {
        self.levels.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The messages the hub has taken, in order, and their number to be watched.
#[derive(Clone)]
pub(crate) struct Received {
    messages: Arc<Mutex<Vec<DeviceMessage>>>,
    count: watch::Sender<usize>,
}

impl Received {
    fn new() -> Self {
        Self { messages: Arc::default(), count: watch::Sender::new(0) }
    }

    fn messages(&self) -> MutexGuard<'_, Vec<DeviceMessage>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, message: DeviceMessage) {
        let mut messages = self.messages();
        messages.push(message);
        self.count.send_replace(messages.len());
    }

    /// Waits until so many have come, repetitions included.
    pub(crate) async fn at_least(&self, count: usize) {
        let mut counts = self.count.subscribe();
        timeout(PATIENCE, counts.wait_for(|known| *known >= count)).await.expect("in time").expect("kept");
    }

    /// The numbers in the order of their first arrival; a repetition must have the message id of the original.
    pub(crate) fn numbers(&self) -> Vec<i64> {
        let mut firsts: Vec<(i64, String)> = Vec::new();
        for message in self.messages().iter() {
            let body: Value = serde_json::from_slice(&message.body).expect("JSON");
            let Some(number) = body["number"].as_i64() else { continue };
            let id = message.properties["$.mid"].clone();
            match firsts.iter().find(|(known, _)| *known == number) {
                Some((_, known)) => assert_eq!(*known, id, "message {number} came under two ids"),
                None => firsts.push((number, id)),
            }
        }
        firsts.into_iter().map(|(number, _)| number).collect()
    }

    /// The texts that have come.
    pub(crate) fn texts(&self) -> Vec<String> {
        let text = |message: &DeviceMessage| {
            let body: Value = serde_json::from_slice(&message.body).ok()?;
            body["text"].as_str().map(str::to_owned)
        };
        self.messages().iter().filter_map(text).collect()
    }

    /// The properties of the message that came last.
    pub(crate) fn last_properties(&self) -> BTreeMap<String, String> {
        self.messages().last().map(|message| message.properties.clone()).unwrap_or_default()
    }

    /// How many have come, repetitions included.
    pub(crate) fn len(&self) -> usize {
        *self.count.borrow()
    }
}

/// Everything together.
pub(crate) struct Rig {
    pub(crate) hub: Hub,
    pub(crate) proxy: Proxy,
    pub(crate) operator: Operator,
    pub(crate) received: Received,
    pub(crate) probe: Probe,
    pub(crate) client: Client,
    _dir: tempfile::TempDir,
}

impl Rig {
    /// A connected device with short pauses between its attempts to connect.
    pub(crate) async fn start() -> Self {
        Self::start_with(|connection| connection).await
    }

    pub(crate) async fn start_with(set: impl FnOnce(Connection) -> Connection) -> Self {
        let rig = Self::start_unconnected(|_| {}, set).await;
        rig.connected().await;
        rig
    }

    /// `prepare` is done to the hub before the device starts.
    pub(crate) async fn start_unconnected(
        prepare: impl FnOnce(&Hub),
        set: impl FnOnce(Connection) -> Connection,
    ) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let received = Received::new();
        let taking = received.clone();
        let (hub, proxy) = support::proxied_hub(dir.path(), move |message| taking.take(message)).await;
        prepare(&hub);
        let connection = support::connection_at(&hub, proxy.port(), DEVICE)
            .with_keep_alive(Duration::from_secs(5))
            .with_backoff(Duration::from_millis(10), Duration::from_millis(200));
        let probe = Probe::default();
        let client = probe.clone().connect(set(connection)).await.expect("a valid connection");
        let operator = Operator::of(&hub);
        Self { hub, proxy, operator, received, probe, client, _dir: dir }
    }

    pub(crate) async fn connected(&self) {
        timeout(PATIENCE, self.client.connected()).await.expect("connected in time").expect("not closed");
    }

    /// Waits for a state; answers the text of its cause, if it has one.
    pub(crate) async fn state(&self, fits: impl Fn(&State) -> bool) -> String {
        let mut states = self.client.states();
        let state =
            timeout(PATIENCE, states.wait_for(fits)).await.expect("in time").expect("watched").clone();
        match state {
            State::Retrying { cause, .. } => cause.to_string(),
            other => format!("{other:?}"),
        }
    }

    /// Waits until the device has noticed that its connection is gone and found another one, after `breaking` it.
    pub(crate) async fn comes_back_from(&self, breaking: impl FnOnce(&Self)) {
        let before = self.client.counters().connects;
        breaking(self);
        let mut states = self.client.states();
        let back = states.wait_for(|state| state.is_connected() && self.client.counters().connects > before);
        drop(timeout(PATIENCE, back).await.expect("back in time").expect("not closed"));
    }

    /// Sends a numbered message and waits for its end.
    pub(crate) async fn send(&self, number: i32) -> Result<(), Error> {
        let telemetry = Telemetry { number: Some(number), ..Default::default() };
        timeout(PATIENCE, self.client.send(telemetry)).await.expect("every message ends")
    }

    /// Waits until the device has acknowledged the last desired level.
    pub(crate) async fn level_is_acknowledged(&self, level: i32) {
        let acknowledged = async {
            while self.operator.twin(DEVICE).await["properties"]["reported"]["level"]["value"] != level {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, acknowledged).await.expect("acknowledged in time");
    }

    pub(crate) async fn desire(&self, level: i32) {
        self.operator.desire(DEVICE, json!({ "level": level })).await;
    }

    /// Why the hub refused what, newest first.
    pub(crate) async fn hub_log(&self) -> String {
        self.operator.page(Method::GET, "/api/log", None).await.1.to_string()
    }

    pub(crate) async fn end(self) {
        self.client.close().await.expect("a clean end");
        self.hub.shutdown().await.expect("a clean end");
    }
}
