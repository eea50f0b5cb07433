//! The disk outbox: how many messages are accepted in a second, and how long it takes to find a million of them again.
//!
//! Everything goes through the public API, from the typed struct to the file. The device has no hub, so nothing leaves
//! the disk. Each measurement runs in a process of its own, so that its peak of memory is its own.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and fails by failing")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use counter::Telemetry;
use device_model::{Connection, Device, DiskOutbox, DiskSync, device_model};

#[device_model("tests/kill/counter.json")]
struct Counter;

/// What is measured: a name, how safe, how many messages, how many senders at once.
const ROWS: [(&str, DiskSync, u64, u64); 8] = [
    ("never", DiskSync::Never, 1_000_000, 1000),
    ("never", DiskSync::Never, 500_000, 100),
    ("never", DiskSync::Never, 100_000, 1),
    ("every second", DiskSync::Interval(Duration::from_secs(1)), 1_000_000, 1000),
    ("every 10 ms", DiskSync::Interval(Duration::from_millis(10)), 500_000, 1000),
    ("each", DiskSync::Every, 200_000, 1000),
    ("each", DiskSync::Every, 50_000, 100),
    ("each", DiskSync::Every, 1_000, 1),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match &arguments[..] {
        [role, folder, row] if role == "accept" => {
            accept(Path::new(folder), &ROWS[row.parse::<usize>().unwrap()]);
        }
        [role, folder] if role == "recover" => recover(Path::new(folder)),
        _ => all(),
    }
}

fn all() {
    let folder =
        std::env::var_os("SPOOL_DIR").map_or_else(std::env::temp_dir, PathBuf::from).join("spool-bench");
    println!(
        "{:<14}{:>10}{:>9}{:>14}{:>12}{:>10}",
        "fsync", "messages", "senders", "accepted/s", "us CPU each", "peak MB"
    );
    for row in 0..ROWS.len() {
        let _ = std::fs::remove_dir_all(&folder);
        again(&["accept", &folder.display().to_string(), &row.to_string()]);
        if row == 0 {
            again(&["recover", &folder.display().to_string()]);
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
}

fn again(arguments: &[&str]) {
    let status = Command::new(std::env::current_exe().unwrap()).args(arguments).status().unwrap();
    assert!(status.success());
}

fn outbox(folder: &Path, sync: DiskSync) -> DiskOutbox {
    DiskOutbox::new(folder).sync(sync).max_disk_bytes(1 << 30)
}

/// A device that is alone in the world.
async fn start(disk: DiskOutbox) -> counter::Client {
    let connection = "HostName=localhost:9;DeviceId=d;SharedAccessKey=QUJD";
    let connection = Connection::from_connection_string(connection).unwrap();
    let connection = connection.with_disk_outbox(disk).with_close_deadline(Duration::ZERO);
    Counter.connect(connection.with_backoff(Duration::from_secs(60), Duration::from_secs(60))).await.unwrap()
}

#[tokio::main(worker_threads = 2)]
async fn accept(folder: &Path, (name, sync, messages, senders): &(&str, DiskSync, u64, u64)) {
    let client = start(outbox(folder, *sync)).await;
    let (cpu, begin) = (cpu(), Instant::now());
    let sending = (0..*senders).map(|sender| {
        let (client, messages) = (client.clone(), messages / senders);
        tokio::spawn(async move {
            for number in 0..messages {
                let number = Some((sender * messages + number) as i64);
                drop(client.enqueue(Telemetry { number }).await.unwrap());
            }
        })
    });
    for sending in sending.collect::<Vec<_>>() {
        sending.await.unwrap();
    }
    let taken = begin.elapsed().as_secs_f64();
    let each = (self::cpu() - cpu).as_secs_f64() * 1e6 / *messages as f64;
    println!(
        "{name:<14}{messages:>10}{senders:>9}{:>14.0}{each:>12.2}{:>10.1}",
        *messages as f64 / taken,
        peak()
    );
    client.close().await.unwrap();
}

#[tokio::main(worker_threads = 2)]
async fn recover(folder: &Path) {
    let begin = Instant::now();
    let report = outbox(folder, DiskSync::Never).inspect().unwrap();
    let read = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    let client = start(outbox(folder, DiskSync::Never)).await;
    let opened = begin.elapsed().as_secs_f64();
    let messages = report.messages;
    println!("  recovery of {messages} messages, {} MB on disk:", report.disk_bytes >> 20);
    println!("  read in {read:.2} s, device started on them in {opened:.2} s, peak {:.1} MB", peak());
    client.close().await.unwrap();
}

/// The process's peak of resident memory in MB, where the system tells.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1024.0
}

/// The process's CPU time so far, where the system tells; ticks are hundredths of a second.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    Duration::from_millis(10 * (ticks(11) + ticks(12)))
}
