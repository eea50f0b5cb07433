//! `kill -9` at any moment: a device with a disk outbox is killed 50 times while it sends; every message that it accepted
//! arrives, and what arrives twice has one message id.
//!
//! The device is this program once more. It prints the number of each message when its `enqueue` has resolved; this process
//! is hub, network and judge. Kills follow what was seen (so many numbers accepted, so many arrived, a start), never a
//! clock; which of them, and the faults of the network, come from a seed that is printed (`--seed N` repeats it, `--kills
//! N` changes the number).

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that prints what it has seen"
)]

#[path = "../support/arguments.rs"]
mod arguments;
mod device;
mod ledger;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use arguments::Arguments;
use device::{Errand, Safety};
use device_model::DiskOutbox;
use device_model::hub::Hub;
use fastrand::Rng;
use ledger::Ledger;
use support::proxied_hub;
use support::proxy::{Proxy, Strike, Way};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

const DEVICE: &str = "mortal";
const KILLS: u64 = 50;
/// Numbers of one life begin at a multiple of it: none is used twice.
const LIFE: i64 = 1_000_000;
/// How many messages one life sends at most.
const MESSAGES: i64 = 400;

fn main() {
    let Some(arguments) = Arguments::of_program() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    if let Some(errand) = arguments.option("--device") {
        return runtime.block_on(device::run(serde_json::from_str(errand).expect("an errand")));
    }
    runtime.block_on(judge(arguments.number("--kills").unwrap_or(KILLS), arguments.seed()));
}

async fn judge(kills: u64, seed: u64) {
    println!("{kills} kills, seed {seed}");
    let mut random = Rng::with_seed(seed);
    let (hub_dir, folder) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let ledger = Arc::new(Ledger::default());
    let observer = Arc::clone(&ledger);
    let (hub, proxy) = proxied_hub(hub_dir.path(), move |message| observer.arrived(&message)).await;
    let mut killed_with_work_left = 0;
    for life in 0..kills {
        disturb(&proxy, &mut random);
        let mut device = Living::start(&hub, &proxy, folder.path(), life, &mut random);
        device.live_until(&Moment::any(&mut random), &ledger).await;
        device.kill(&ledger).await;
        killed_with_work_left += u64::from(left_in(folder.path()) > 0);
    }
    proxy.clear();
    let last = Living::start(&hub, &proxy, folder.path(), kills, &mut random);
    last.finish(&ledger).await;
    assert_eq!(left_in(folder.path()), 0, "the last one sent everything");
    hub.shutdown().await.expect("a clean end");
    println!("{}; {killed_with_work_left} kills left messages on disk", ledger.verdict());
    assert!(killed_with_work_left * 4 >= kills, "most kills come while there is work");
}

/// What is on disk, as whoever comes next would find it; a torn tail is no damage.
fn left_in(folder: &Path) -> u64 {
    let report = DiskOutbox::new(folder).inspect().expect("the dead hold no lock");
    assert_eq!(report.damaged_bytes, 0, "a kill damages nothing");
    report.messages
}

/// The network of a life: half of them see their connection break.
fn disturb(proxy: &Proxy, random: &mut Rng) {
    proxy.clear();
    let strike = if random.bool() { Strike::Cut } else { Strike::Reset };
    if random.bool() {
        let way = if random.bool() { Way::ToHub } else { Way::ToDevice };
        proxy.strike(way, random.u64(3_000..40_000), strike);
    }
}

/// What is waited for before the kill.
#[derive(Debug)]
enum Moment {
    /// The folder is open, recovered messages may be on their way.
    Opened,
    /// So many numbers of this life have been accepted.
    Accepted(usize),
    /// So many more messages have arrived at the hub, of this life or an earlier one.
    Arrived(u64),
}

impl Moment {
    fn any(random: &mut Rng) -> Self {
        match random.u8(..8) {
            0 => Self::Opened,
            1..=4 => Self::Accepted(random.usize(1..MESSAGES as usize)),
            _ => Self::Arrived(random.u64(1..MESSAGES as u64 / 2)),
        }
    }
}

/// The device's process.
struct Living {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Living {
    fn start(hub: &Hub, proxy: &Proxy, folder: &Path, life: u64, random: &mut Rng) -> Self {
        let errand = Errand {
            endpoint: format!("localhost:{}", proxy.port()),
            id_scope: hub.id_scope().to_owned(),
            key: support::derived_key(hub, DEVICE),
            ca_file: hub.ca_file().to_owned(),
            folder: folder.to_owned(),
            safety: Safety::any(random),
            first: life as i64 * LIFE,
            messages: MESSAGES,
        };
        let program = std::env::current_exe().expect("this program's path");
        let mut command = Command::new(program);
        command.arg("--device").arg(serde_json::to_string(&errand).expect("JSON"));
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("it starts again");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, lines }
    }

    /// Takes note of what the device says until the moment has come, or it has nothing more to say.
    async fn live_until(&mut self, moment: &Moment, ledger: &Ledger) {
        let before = ledger.arrivals();
        let mut accepted = 0;
        let waiting = async {
            loop {
                match moment {
                    Moment::Accepted(count) if accepted >= *count => return,
                    Moment::Arrived(count) if ledger.arrivals() >= before + count => return,
                    _ => {}
                }
                tokio::select! {
                    line = self.lines.next_line() => match line.expect("a pipe").as_deref() {
                        Some("opened") if matches!(moment, Moment::Opened) => return,
                        Some("done") | None => return,
                        Some(line) => accepted += usize::from(ledger.accepted(line)),
                    },
                    () = ledger.another_arrival() => {}
                }
            }
        };
        timeout(support::PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{moment:?} does not come"));
    }

    /// SIGKILL. What it had said before counts.
    async fn kill(mut self, ledger: &Ledger) {
        self.child.start_kill().expect("it lives");
        while let Ok(Some(line)) = self.lines.next_line().await {
            ledger.accepted(&line);
        }
        self.child.wait().await.expect("it is dead");
    }

    /// Lets it come to its end.
    async fn finish(mut self, ledger: &Ledger) {
        while let Some(line) = self.lines.next_line().await.expect("a pipe") {
            ledger.accepted(&line);
        }
        assert!(self.child.wait().await.expect("it ends").success(), "the last one ends cleanly");
    }
}
