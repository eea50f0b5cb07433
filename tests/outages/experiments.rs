//! The experiments: what is done to all devices, and what is looked at.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use device_model::hub::{DeviceMessage, Fault, Hub};
use hyper::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until};

use crate::contestant::{Contestant, Sdk};
use crate::support::proxy::{Gate, Proxy};
use crate::support::{Operator, proxied_hub_at};
use crate::table::Table;

/// How long is waited for what may come after an outage.
const AFTERWARDS: Duration = Duration::from_secs(45);
/// Messages by which a device's return is seen have numbers from here.
const PROBES: i64 = 1_000;

/// When each message arrived, and how often, by device and number.
type Arrivals = Arc<Mutex<BTreeMap<(String, i64), (Instant, u32)>>>;

struct Field {
    hub: Hub,
    proxy: Proxy,
    operator: Operator,
    arrivals: Arrivals,
    dir: tempfile::TempDir,
    table: Table,
}

/// Runs them all.
pub(crate) async fn run() -> Table {
    let dir = tempfile::tempdir().expect("a folder");
    let arrivals = Arrivals::default();
    let taking = Arc::clone(&arrivals);
    let take = move |message: DeviceMessage| {
        let body: Value = serde_json::from_slice(&message.body).unwrap_or_default();
        let Some(number) = body["number"].as_i64() else { return };
        let mut arrivals = taking.lock().unwrap_or_else(PoisonError::into_inner);
        arrivals.entry((message.device, number)).or_insert_with(|| (Instant::now(), 0)).1 += 1;
    };
    // the Python SDK knows no other port
    let (hub, proxy) = proxied_hub_at(8883, dir.path(), take).await;
    let operator = Operator::of(&hub);
    let table = Table::new(&Sdk::ALL.map(Sdk::name));
    let mut field = Field { hub, proxy, operator, arrivals, dir, table };
    field.unreachable().await;
    field.refused().await;
    field.half_open().await;
    field.oversize().await;
    field.killed().await;
    field.hub.shutdown().await.expect("a clean end");
    field.table
}

impl Field {
    /// (a) and (d): the hub cannot be reached for 12 s, while messages are sent and a setting is changed.
    async fn unreachable(&mut self) {
        let mut devices = self.start("unreachable").await;
        self.gone();
        let begin = Instant::now();
        for number in 0..60 {
            sleep_until(begin + Duration::from_millis(200) * number as u32).await;
            for device in &mut devices {
                device.send(number, 0).await;
            }
        }
        for device in &devices {
            self.operator.desire(&device.id, json!({ "level": 7 })).await;
        }
        sleep_until(begin + Duration::from_secs(12)).await;
        let back = self.back().await;
        let returns = self.returns(&mut devices, back).await;
        self.row(
            "hub unreachable for 12 s, 60 messages sent meanwhile: arrived",
            &devices,
            |field, device| field.arrived(&device.id, 0..60),
        );
        self.row(
            "… calls that failed / that did not end within 45 s of its return",
            &devices,
            |_, device| {
                let (_, failed, open) = device.outcomes(0..60);
                format!("{failed} / {open}")
            },
        );
        self.table.row("… a new message arrives, after the hub's return", returns);
        self.row("… a setting changed meanwhile was seen", &devices, |_, device| yes(device.has_seen(7)));
    }

    /// (b): the hub refuses everybody for 15 s; the devices only listen.
    async fn refused(&mut self) {
        let devices = self.start("refused").await;
        self.hub.inject(Fault::RefuseConnection { code: 5 });
        self.hub.cut(None);
        sleep(Duration::from_secs(15)).await;
        self.hub.clear_faults();
        let back = Instant::now();
        let mut returns = vec![None; devices.len()];
        while returns.contains(&None) && back.elapsed() < AFTERWARDS {
            for (device, returned) in devices.iter().zip(&mut returns) {
                if returned.is_none() && self.answers(&device.id).await {
                    *returned = Some(back.elapsed());
                }
            }
            sleep(Duration::from_millis(100)).await;
        }
        let returns = returns.into_iter().map(after).collect();
        self.table
            .row("CONNACK 5 for 15 s, device listens: answers a command again, after the end of it", returns);
    }

    /// (c): the connections are dead without anybody being told; new ones would work.
    async fn half_open(&mut self) {
        let mut devices = self.start("halfopen").await;
        self.proxy.half_open();
        let begin = Instant::now();
        for device in &mut devices {
            device.send_all(0..10).await;
        }
        self.until(begin + Duration::from_secs(90), &devices, 0..10).await;
        self.row(
            "connection dead without a sign, 10 messages: arrived within 90 s",
            &devices,
            |field, device| field.arrived(&device.id, 0..10),
        );
        self.row("… calls that failed / that did not end within 90 s", &devices, |_, device| {
            let (_, failed, open) = device.outcomes(0..10);
            format!("{failed} / {open}")
        });
        self.row("… the last of them after", &devices, |field, device| {
            after(field.last_arrival(&device.id, 0..10).map(|at| at - begin))
        });
    }

    /// (e): one message is larger than a hub takes.
    async fn oversize(&mut self) {
        let mut devices = self.start("oversize").await;
        let begin = Instant::now();
        for (number, size) in [(0, 300 * 1024), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0)] {
            for device in &mut devices {
                device.send(number, size).await;
            }
        }
        self.until(begin + Duration::from_secs(30), &devices, 1..6).await;
        self.row("a message of 300 KiB: its call", &devices, |_, device| match device.outcomes(0..1) {
            (_, 1, _) => "fails".to_owned(),
            (1, ..) => "ends well".to_owned(),
            _ => "does not end in 30 s".to_owned(),
        });
        self.row("… of 5 small ones after it, arrived within 30 s", &devices, |field, device| {
            field.arrived(&device.id, 1..6)
        });
    }

    /// (f): the processes are killed while the hub is away, and started again.
    async fn killed(&mut self) {
        let mut devices = self.start("killed").await;
        self.gone();
        sleep(Duration::from_secs(1)).await;
        for device in &mut devices {
            device.send_all(0..20).await;
        }
        sleep(Duration::from_secs(2)).await;
        for device in devices {
            device.kill().await;
        }
        self.back().await;
        let devices = self.start("killed").await;
        self.until(Instant::now() + Duration::from_secs(20), &devices, 0..20).await;
        self.row(
            "process killed (-9) in an outage with 20 messages waiting, restarted: arrived",
            &devices,
            |field, device| field.arrived(&device.id, 0..20),
        );
    }

    /// Starts all devices, which are made at the hub if they are new.
    async fn start(&self, experiment: &str) -> Vec<Contestant> {
        let mut devices = Vec::new();
        for sdk in Sdk::ALL {
            let id = sdk.device(experiment);
            let new = Some(json!({ "id": id }));
            // there already, when it is started again
            let _ = self.operator.page(Method::POST, "/api/devices", new).await;
            let path = format!("/api/devices/{id}/credentials");
            let (status, keys) = self.operator.page(Method::GET, &path, None).await;
            assert_eq!(status, 200, "{keys}");
            let connection_string = keys["connectionString"].as_str().expect("a text").to_owned();
            let ca_file = self.hub.ca_file().display().to_string();
            let dir = self.dir.path().join("devices").join(&id);
            devices.push(Contestant::start(sdk, id, &connection_string, &ca_file, &dir).await);
        }
        devices
    }

    fn gone(&self) {
        self.proxy.gate(Gate::Refuse);
        self.proxy.reset();
    }

    async fn back(&self) -> Instant {
        self.proxy.clear();
        Instant::now()
    }

    /// Sends a message every second until one has arrived; after what time that was.
    async fn returns(&self, devices: &mut [Contestant], back: Instant) -> Vec<String> {
        let mut number = PROBES;
        loop {
            for device in &mut *devices {
                device.send(number, 0).await;
            }
            number += 1;
            sleep_until(back + Duration::from_secs(1) * (number - PROBES) as u32).await;
            let first = |device: &Contestant| self.first_arrival(&device.id, PROBES..number);
            if devices.iter().all(|device| first(device).is_some()) || back.elapsed() > AFTERWARDS {
                return devices.iter().map(|device| after(first(device).map(|at| at - back))).collect();
            }
        }
    }

    /// Whether the device answers a command.
    async fn answers(&self, device: &str) -> bool {
        let request = json!({ "methodName": "count", "payload": null, "responseTimeoutInSeconds": 5 });
        let path = format!("/twins/{device}/methods");
        self.operator.service(Method::POST, &path, Some(request)).await.0 == 200
    }

    /// Waits until all of these messages of all devices have arrived and their calls have ended, or the time is over.
    async fn until(&self, deadline: Instant, devices: &[Contestant], numbers: std::ops::Range<i64>) {
        let count = (numbers.end - numbers.start) as usize;
        let arrived = |device: &Contestant| self.of(&device.id, numbers.clone()).len();
        while Instant::now() < deadline && devices.iter().any(|device| arrived(device) < count) {
            sleep(Duration::from_millis(100)).await;
        }
        sleep(Duration::from_millis(200)).await;
    }

    fn row(&mut self, what: &str, devices: &[Contestant], value: impl Fn(&Self, &Contestant) -> String) {
        let values = devices.iter().map(|device| value(self, device)).collect();
        self.table.row(what, values);
    }

    fn of(&self, device: &str, numbers: std::ops::Range<i64>) -> Vec<(Instant, u32)> {
        let arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        let range = (device.to_owned(), numbers.start)..(device.to_owned(), numbers.end);
        arrivals.range(range).map(|(_, arrival)| *arrival).collect()
    }

    /// How many of these messages arrived, and how many more than once.
    fn arrived(&self, device: &str, numbers: std::ops::Range<i64>) -> String {
        let arrived = self.of(device, numbers);
        match arrived.iter().filter(|(_, times)| *times > 1).count() {
            0 => arrived.len().to_string(),
            twice => format!("{} ({twice} more than once)", arrived.len()),
        }
    }

    fn first_arrival(&self, device: &str, numbers: std::ops::Range<i64>) -> Option<Instant> {
        self.of(device, numbers).into_iter().map(|(at, _)| at).min()
    }

    /// When the last of these messages arrived, if all did.
    fn last_arrival(&self, device: &str, numbers: std::ops::Range<i64>) -> Option<Instant> {
        let count = (numbers.end - numbers.start) as usize;
        let arrived = self.of(device, numbers);
        (arrived.len() == count).then(|| arrived.into_iter().map(|(at, _)| at).max()).flatten()
    }
}

fn yes(holds: bool) -> String {
    if holds { "yes".to_owned() } else { "no".to_owned() }
}

fn after(time: Option<Duration>) -> String {
    time.map_or_else(|| "not while watched".to_owned(), |time| format!("{:.1} s", time.as_secs_f64()))
}
