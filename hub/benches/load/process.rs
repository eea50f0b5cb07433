//! The hub as a process of its own, and what it uses.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use device_model_hub::Hub;
use serde_json::Value;

/// How often Linux counts a process's time on the processor, a second.
const TICKS: u64 = 100;

/// Where the hub is and who may use it.
pub(crate) struct Ready {
    pub(crate) mqtt: String,
    pub(crate) http: String,
    pub(crate) ca_file: String,
    /// The key of the policy `iothubowner`.
    pub(crate) key: String,
}

/// A running hub.
pub(crate) struct HubProcess {
    child: Child,
    pub(crate) ready: Ready,
}

/// What the hub has used.
pub(crate) struct Usage {
    /// Bytes.
    pub(crate) resident: u64,
    pub(crate) most: u64,
    /// User and system.
    pub(crate) processor: Duration,
}

/// Is the hub, until the parent goes.
pub(crate) async fn serve(folder: &str) {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let hub = Hub::builder().dir(folder).mqtt(free).http(free).https(free).start().await.unwrap();
    println!("{}", serde_json::to_string(&hub.ready()).unwrap());
    std::future::pending::<()>().await;
}

impl HubProcess {
    pub(crate) fn start(folder: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut child = command.arg("hub").arg(folder).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let value: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| value[name].as_str().unwrap().to_owned();
        let (_, key) =
            value["service_connection_string"].as_str().unwrap().rsplit_once("SharedAccessKey=").unwrap();
        let ready =
            Ready { mqtt: text("mqtt"), http: text("http"), ca_file: text("ca_file"), key: key.to_owned() };
        Self { child, ready }
    }

    pub(crate) fn usage(&self) -> Usage {
        let file = |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).unwrap();
        let status = file("status");
        let kilobytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim_matches([' ', ':', '\t', 'k', 'B']).parse::<u64>().unwrap() * 1024
        };
        let stat = file("stat");
        // the name, in brackets, may have spaces
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: u64 = fields[11..13].iter().map(|field| field.parse::<u64>().unwrap()).sum();
        let processor = Duration::from_millis(ticks * 1000 / TICKS);
        Usage { resident: kilobytes("VmRSS"), most: kilobytes("VmHWM"), processor }
    }
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
