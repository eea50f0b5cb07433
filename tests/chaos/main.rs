//! Chaos: devices, hub and operator at work while the network and the hub fail at random; afterwards nothing is missing.
//!
//! `cargo test --test chaos` is short; `cargo test --release --test chaos -- --full` takes ten minutes and proves what
//! the README's reliability chapter says. The devices run in a process of their own, so that their memory can be told
//! from the hub's; this process is hub, proxy, operator and judge. The schedule comes from a seed that is printed
//! (`--seed N` repeats it; how the machine is loaded still shifts the faults against the messages).

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that prints what it has seen"
)]

mod device;
mod ledger;
mod memory;
mod operator;
mod plan;
mod storm;
#[path = "../support/mod.rs"]
mod support;
mod verdict;

use std::process::{ExitCode, Stdio};
use std::sync::{Arc, Mutex};

use device::{Assignment, Settled, Summary};
use ledger::Ledger;
use memory::Memory;
use operator::Work;
use plan::Plan;
use storm::Storm;
use support::{Operator, proxied_hub};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;
use verdict::Verdict;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    match Plan::from_arguments(std::env::args().skip(1)) {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(Plan::Devices)) => {
            runtime.block_on(device::run());
            ExitCode::SUCCESS
        }
        Ok(Some(Plan::Run(settings))) => runtime.block_on(chaos(settings)).conclude(),
        Err(problem) => {
            println!("{problem}");
            ExitCode::FAILURE
        }
    }
}

async fn chaos(plan: plan::Settings) -> Verdict {
    println!("chaos: {plan:?}");
    let dir = tempfile::tempdir().expect("a folder");
    let ledger = Arc::new(Mutex::new(Ledger::new(&plan.devices(), plan.messages)));
    let observer = Arc::clone(&ledger);
    let (hub, proxy) = proxied_hub(dir.path(), move |message| ledger::lock(&observer).take(&message)).await;
    let operator = Arc::new(Operator::of(&hub));
    let with_key = |id: String| (id.clone(), support::derived_key(&hub, &id));
    let assignment = Assignment {
        endpoint: format!("localhost:{}", proxy.port()),
        id_scope: hub.id_scope().to_owned(),
        ca_file: hub.ca_file().display().to_string(),
        outboxes: dir.path().join("outboxes").display().to_string(),
        keys: plan.devices().into_iter().map(with_key).collect(),
        messages: plan.messages,
        seconds: plan.storm_seconds(),
    };
    let mut devices = Devices::start(&assignment).await;
    devices.line::<Settled>(support::PATIENCE).await;
    let memory = Memory::watch(devices.child.id().expect("it runs"));
    let work = Work::begin(Arc::clone(&operator), &plan);
    let storm = Storm::new(&plan, &proxy, &hub).rage().await;
    let work = work.end().await;
    let desired = operator::last_wishes(&operator, &plan).await;
    devices.say("finish").await;
    let settled: Settled = devices.line(plan.recovery()).await;
    let twins = operator::until_synced(&operator, &desired).await;
    let memory = memory.end().await;
    devices.say("close").await;
    let summary: Summary = devices.line(support::PATIENCE).await;
    let ended = timeout(support::PATIENCE, devices.child.wait()).await.expect("in time").expect("waited for");
    let connections = proxy.accepted();
    hub.shutdown().await.expect("a clean end");
    let ledger = std::mem::take(&mut *ledger::lock(&ledger));
    Verdict {
        plan,
        storm,
        work,
        ledger,
        settled,
        twins,
        summary,
        memory,
        connections,
        ended: ended.success(),
    }
}

/// The process of the devices.
struct Devices {
    child: Child,
    orders: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Devices {
    async fn start(assignment: &Assignment) -> Self {
        let program = std::env::current_exe().expect("this program's path");
        let mut command = Command::new(program);
        command.arg("--devices").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("this program starts again");
        let orders = child.stdin.take().expect("piped");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut devices = Self { child, orders, lines };
        devices.say(&serde_json::to_string(assignment).expect("JSON")).await;
        devices
    }

    async fn say(&mut self, order: &str) {
        self.orders.write_all(format!("{order}\n").as_bytes()).await.expect("the devices listen");
    }

    async fn line<T: serde::de::DeserializeOwned>(&mut self, patience: std::time::Duration) -> T {
        let line = timeout(patience, self.lines.next_line()).await;
        let line = line.expect("the devices answer in time").expect("a pipe").expect("the devices live");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"))
    }
}
