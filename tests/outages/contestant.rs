//! A device's process, whichever SDK it is made with: started, ordered to send, listened to, killed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{Instant, sleep};

/// Which SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sdk {
    Ours,
    Python,
    Node,
}

impl Sdk {
    pub(crate) const ALL: [Self; 3] = [Self::Ours, Self::Python, Self::Node];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "device-model",
            Self::Python => "azure-iot-device 2.14.0 (Python)",
            Self::Node => "azure-iot-device 1.18.4 (Node)",
        }
    }

    /// The device's id in an experiment.
    pub(crate) fn device(self, experiment: &str) -> String {
        format!("{experiment}-{self:?}").to_lowercase()
    }

    fn command(self, connection_string: &str, ca_file: &str, dir: &Path) -> Command {
        const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/outages");
        let mut command = match self {
            Self::Ours => {
                let mut command = Command::new(std::env::current_exe().expect("this program"));
                command.arg("--device").arg(connection_string).arg(ca_file).arg(dir);
                command
            }
            Self::Python => {
                let python = std::env::var("OUTAGES_PYTHON").unwrap_or_else(|_| "python3".to_owned());
                let mut command = Command::new(python);
                command.arg(format!("{FOLDER}/device.py")).arg(connection_string);
                command
            }
            Self::Node => {
                let mut command = Command::new("node");
                command.arg(format!("{FOLDER}/device.cjs")).arg(connection_string);
                command
            }
        };
        command.env("SSL_CERT_FILE", ca_file).env("NODE_EXTRA_CA_CERTS", ca_file);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        command
    }
}

/// What a device has said.
#[derive(Debug, Default)]
struct Said {
    ready: bool,
    /// How its calls ended, by message number: `None` is well, otherwise the error.
    ended: BTreeMap<i64, Option<String>>,
    desired: Vec<Value>,
}

/// A running device.
pub(crate) struct Contestant {
    pub(crate) id: String,
    child: Child,
    orders: ChildStdin,
    said: Arc<Mutex<Said>>,
}

impl Contestant {
    /// Starts the device and waits until it is connected.
    pub(crate) async fn start(
        sdk: Sdk,
        id: String,
        connection_string: &str,
        ca_file: &str,
        dir: &Path,
    ) -> Self {
        let mut child = sdk.command(connection_string, ca_file, dir).spawn().expect("its program starts");
        let (orders, output) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let said = Arc::new(Mutex::new(Said::default()));
        let hearing = Arc::clone(&said);
        tokio::spawn(async move {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                hearing.lock().unwrap_or_else(PoisonError::into_inner).hear(&line);
            }
        });
        let contestant = Self { id, child, orders, said };
        let ready = contestant.within(Duration::from_secs(60), |said| said.ready).await;
        assert!(ready, "{sdk:?} is not ready in time");
        contestant
    }

    /// Orders a message; `size` is how much text goes with it.
    pub(crate) async fn send(&mut self, number: i64, size: usize) {
        let order = format!("{}\n", json!({ "number": number, "size": size }));
        // a process that has ended takes no orders: its messages do not arrive
        let _ = self.orders.write_all(order.as_bytes()).await;
    }

    /// Orders small messages.
    pub(crate) async fn send_all(&mut self, numbers: std::ops::Range<i64>) {
        for number in numbers {
            self.send(number, 0).await;
        }
    }

    /// How the calls of these messages ended: well, with an error, not at all.
    pub(crate) fn outcomes(&self, numbers: std::ops::Range<i64>) -> (usize, usize, usize) {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let ended: Vec<_> = said.ended.range(numbers.clone()).map(|(_, error)| error.is_none()).collect();
        let well = ended.iter().filter(|well| **well).count();
        (well, ended.len() - well, (numbers.end - numbers.start) as usize - ended.len())
    }

    /// Whether the desired level was seen.
    pub(crate) fn has_seen(&self, level: i64) -> bool {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).desired.contains(&json!(level))
    }

    /// Kills the process, so that it can do nothing about it.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("it is ours to kill");
    }

    async fn within(&self, limit: Duration, holds: impl Fn(&Said) -> bool) -> bool {
        let deadline = Instant::now() + limit;
        while !holds(&self.said.lock().unwrap_or_else(PoisonError::into_inner)) {
            if Instant::now() > deadline {
                return false;
            }
            sleep(Duration::from_millis(50)).await;
        }
        true
    }
}

impl Said {
    fn hear(&mut self, line: &str) {
        // whatever a library prints besides is not ours
        let Ok(line) = serde_json::from_str::<Value>(line) else { return };
        self.ready |= line["ready"] == true;
        if let Some(desired) = line.get("desired") {
            self.desired.push(desired.clone());
        }
        if let Some(number) = line["number"].as_i64() {
            let error = line["error"].as_str().unwrap_or("an error").to_owned();
            self.ended.insert(number, (line["ok"] != true).then_some(error));
        }
    }
}
