//! `kill -9` at any moment: a hub is killed 20 times while devices send telemetry and report properties, and while
//! devices are made and messages sent by its APIs; everything that it acknowledged is there at the end, once.
//!
//! The hub is this program once more. Kills follow what was seen (so many acknowledgements), never a clock; their places
//! come from a seed that is printed (`--seed N` repeats it, `--kills N` changes the number).

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that prints what it has seen"
)]

#[path = "../../../tests/support/arguments.rs"]
mod arguments;
mod client;
mod device;
mod ledger;
#[path = "../support/mod.rs"]
mod support;
mod target;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use arguments::Arguments;
use device_model_hub::Hub;
use fastrand::Rng;
use ledger::Ledger;
use target::Target;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

const KILLS: u64 = 20;
/// Devices that send telemetry.
const SENDERS: [&str; 3] = ["small", "large", "other"];
/// One that reports properties, and one that messages wait for.
const REPORTER: &str = "reporter";
const MAILBOX: &str = "mailbox";
/// Longer than anything should take; reached only when something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() {
    let Some(arguments) = Arguments::of_program() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    if let Some(dir) = arguments.option("--hub") {
        return runtime.block_on(live(Path::new(dir)));
    }
    runtime.block_on(judge(arguments.number("--kills").unwrap_or(KILLS), arguments.seed()));
}

/// A hub until it is killed.
async fn live(dir: &Path) {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let hub = Hub::builder().dir(dir).mqtt(free).http(free).https(free).start().await.expect("a start");
    println!("{}", serde_json::to_string(&hub.ready()).expect("plain data"));
    std::future::pending::<()>().await;
}

async fn judge(kills: u64, seed: u64) {
    println!("{kills} kills, seed {seed}");
    let mut random = Rng::with_seed(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = Arc::new(Ledger::default());
    for life in 0..=kills {
        let (mut hub, target) = start(folder.path()).await;
        let target = Arc::new(target);
        if life == 0 {
            for id in SENDERS.into_iter().chain([REPORTER, MAILBOX]) {
                target.create(id).await.expect("a new device");
            }
        }
        ledger.check(&target).await;
        if life == kills {
            ledger.check_messages(&target).await;
            hub.kill().await.expect("the hub's end");
            break;
        }
        let mut work = spawn(&target, &ledger, life);
        let moment = ledger.count() + random.u64(1..3_000);
        let reached = tokio::time::timeout(PATIENCE, ledger.until(moment));
        tokio::select! {
            reached = reached => reached.expect("the hub should acknowledge"),
            ended = work.join_next() => panic!("{ended:?} while the hub lives"),
        }
        hub.kill().await.expect("the hub's end");
        target.end();
        while work.join_next().await.is_some() {}
    }
    println!("{}", ledger.verdict());
}

async fn start(dir: &Path) -> (Child, Target) {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command.arg("--hub").arg(dir).stdout(Stdio::piped()).kill_on_drop(true);
    let mut hub = command.spawn().expect("a hub");
    let stdout = hub.stdout.take().expect("its output");
    let mut lines = BufReader::new(stdout).lines();
    let line = tokio::time::timeout(PATIENCE, lines.next_line())
        .await
        .expect("a start in time")
        .expect("its output");
    (hub, Target::new(&line.expect("a hub that starts")))
}

/// Everything that goes on while a hub lives; each task ends with it.
fn spawn(target: &Arc<Target>, ledger: &Arc<Ledger>, life: u64) -> JoinSet<Option<()>> {
    let mut work = JoinSet::new();
    for id in SENDERS {
        let (target, ledger) = (Arc::clone(target), Arc::clone(ledger));
        work.spawn(async move { client::send(&target, &ledger, id, life).await });
    }
    let (to, seen) = (Arc::clone(target), Arc::clone(ledger));
    work.spawn(async move { client::report(&to, &seen, REPORTER, life).await });
    let (to, seen) = (Arc::clone(target), Arc::clone(ledger));
    work.spawn(async move { client::make(&to, &seen, life).await });
    let (to, seen) = (Arc::clone(target), Arc::clone(ledger));
    work.spawn(async move { client::post(&to, &seen, MAILBOX, life).await });
    work
}
