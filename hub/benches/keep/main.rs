//! What keeping costs: messages stored a second with the memory they take, the time to start with a million of them, and
//! the time to draw a week.
//!
//! The hub is this program once more, in a process of its own; devices are connections over TLS that send at QoS 1.
//! `KEEP_DIR` is where the data folder is made (default: the folder for temporary files).

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a program that prints figures"
)]

#[allow(dead_code, reason = "the test that it is shared with uses all of it")]
#[path = "../../tests/kill/device.rs"]
mod device;
#[path = "../../tests/support/mod.rs"]
mod support;
#[allow(dead_code, reason = "the test that it is shared with uses all of it")]
#[path = "../../tests/kill/target.rs"]
mod target;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use device::Device;
use device_model_hub::Hub;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Packet, Publish};
use target::Target;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Devices beside the one with a week of data, and how much each of them sends.
const DEVICES: usize = 50;
const MESSAGES: u64 = 8_000;
/// The journal's length before the hub is killed, in MB: a checkpoint takes it away when it is 8.4 MB long.
const JOURNAL: f64 = 7.9;
/// How often a start is measured.
const STARTS: usize = 5;
/// Seconds of a week.
const WEEK: u64 = 604_800;
/// When the week began, in seconds since 1970.
const BEGIN: i64 = 1_780_000_000;
/// Messages that wait for their acknowledgements at a time.
const WINDOW: u64 = 100;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "--hub") {
        Some(at) => runtime.block_on(live(Path::new(&arguments[at + 1]))),
        None => runtime.block_on(measure()),
    }
}

/// A hub until its standard input ends.
async fn live(dir: &Path) {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let hub = Hub::builder().dir(dir).mqtt(free).http(free).https(free).start().await.expect("a start");
    println!("{}", serde_json::to_string(&hub.ready()).expect("plain data"));
    let _ = tokio::io::stdin().read(&mut [0]).await;
    hub.shutdown().await.expect("a clean end");
}

async fn measure() {
    let place = std::env::var_os("KEEP_DIR").map_or_else(std::env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(place).expect("a folder");
    let (hub, target, started) = start(folder.path()).await;
    println!("start with an empty folder: {} ms", started.as_millis());
    let target = Arc::new(target);
    fill(&hub, &target).await;
    hub_memory(&hub, "after them");
    draw(&target).await;
    hub_memory(&hub, "after the charts");
    crowd(&target, folder.path()).await;
    kill(hub).await;
    for _ in 0..STARTS {
        let megabytes = journal(folder.path());
        let (hub, _, started) = start(folder.path()).await;
        let used = cpu_so_far(&hub).as_secs_f64() * 1e3;
        println!(
            "start after kill -9, with {megabytes:.1} MB of journal: {} ms, {used:.0} ms of CPU",
            started.as_millis()
        );
        kill(hub).await;
    }
    let (hub, target, _) = start(folder.path()).await;
    draw(&target).await;
    end(hub).await;
    for _ in 0..STARTS {
        let (hub, _, started) = start(folder.path()).await;
        let used = cpu_so_far(&hub).as_secs_f64() * 1e3;
        println!("start after a clean end: {} ms, {used:.0} ms of CPU", started.as_millis());
        hub_memory(&hub, "then");
        end(hub).await;
    }
    println!("on disk: {:.1} MB", size(folder.path()) as f64 / 1e6);
}

/// A hub, and how long it took from the start of its process to its line of JSON.
async fn start(dir: &Path) -> (Child, Target, Duration) {
    let begun = Instant::now();
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg("--hub").arg(dir).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut hub = command.spawn().expect("a hub");
    let mut lines = BufReader::new(hub.stdout.take().expect("its output")).lines();
    let line = lines.next_line().await.expect("its output").expect("a hub that starts");
    (hub, Target::new(&line), begun.elapsed())
}

async fn kill(mut hub: Child) {
    hub.kill().await.expect("the hub's end");
}

async fn end(mut hub: Child) {
    drop(hub.stdin.take());
    hub.wait().await.expect("the hub's end");
}

/// Has a week of one-second data stored, then what many devices send at the same time.
async fn fill(hub: &Child, target: &Arc<Target>) {
    target.create("week").await.expect("a device");
    let (begun, cpu) = (Instant::now(), cpu(hub));
    send(target, "week", WEEK, true).await;
    rate("from one device", WEEK, begun, cpu, hub);
    for device in 0..DEVICES {
        target.create(&format!("d{device}")).await.expect("a device");
    }
    let (begun, cpu) = (Instant::now(), self::cpu(hub));
    let send_all = (0..DEVICES).map(|device| {
        let target = Arc::clone(target);
        tokio::spawn(async move { send(&target, &format!("d{device}"), MESSAGES, false).await })
    });
    for sent in send_all.collect::<Vec<_>>() {
        sent.await.expect("a device");
    }
    rate(&format!("from {DEVICES} devices"), MESSAGES * DEVICES as u64, begun, cpu, hub);
}

/// Has more stored until the journal is about as long as it gets before a checkpoint takes it.
async fn crowd(target: &Target, dir: &Path) {
    while journal(dir) < JOURNAL {
        send(target, "d0", 2_000, false).await;
    }
}

fn rate(what: &str, count: u64, begun: Instant, cpu: Duration, hub: &Child) {
    let taken = begun.elapsed().as_secs_f64();
    let used = (self::cpu(hub) - cpu).as_secs_f64();
    let each = used * 1e6 / count as f64;
    println!("{count} messages {what}: {:.0}/s, {each:.1} us of the hub's CPU each", count as f64 / taken);
}

/// Sends messages with two values, one for each second of the week if they are to have times.
async fn send(target: &Target, id: &str, count: u64, with_times: bool) {
    let mut device = Device::connect(target, id).await.expect("the hub lives");
    for number in 0..count {
        let body = format!(
            r#"{{"temp":{:.2},"humid":{:.1},"on":{}}}"#,
            20.0 + (number as f64 / 3_600.0).sin() * 5.0,
            40.0 + (number % 100) as f64 / 10.0,
            number / 3_600 % 2 == 0
        );
        let mut topic = format!("devices/{id}/messages/events/");
        if with_times {
            let at = jiff::Timestamp::from_second(BEGIN + number as i64).expect("a time").to_string();
            topic += &format!("%24.ctime={}", at.replace(':', "%3A"));
        }
        let mut publish = Publish::new(topic, QoS::AtLeastOnce, body);
        publish.pkid = (number % 60_000) as u16 + 1;
        device.put(&Packet::Publish(publish));
        if number % WINDOW == WINDOW - 1 {
            device.flush().await.expect("the hub lives");
        }
        if number >= 2 * WINDOW {
            device.receive().await.expect("the hub lives");
        }
    }
    device.flush().await.expect("the hub lives");
    for _ in 0..count.min(2 * WINDOW) {
        device.receive().await.expect("the hub lives");
    }
}

/// Draws the week, and an hour of it.
async fn draw(target: &Target) {
    let time = |second: i64| (BEGIN + second) * 1000;
    let hour = format!("&width=1000&from={}&to={}", time(360_000), time(363_599));
    let week = format!("&width=1000&from={}&to={}", time(0), time(WEEK as i64 - 1));
    for (what, rest) in [
        ("a week, one line", format!("temp{week}")),
        ("a week, two lines and a lane", format!("temp,humid,on{week}")),
        ("an hour, one line", format!("temp{hour}")),
    ] {
        let begun = Instant::now();
        let answer = target.get(&format!("/api/devices/week/telemetry/series?paths={rest}")).await;
        let taken = begun.elapsed();
        let bytes = answer.to_string().len();
        let count = &answer["series"][0]["rawCount"];
        println!("{what}: {} ms, {count} values, {:.0} kB", taken.as_millis(), bytes as f64 / 1e3);
    }
}

fn journal(dir: &Path) -> f64 {
    size(&dir.join("journal")) as f64 / 1e6
}

fn size(path: &Path) -> u64 {
    let entries = std::fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .map(|path| if path.is_dir() { size(&path) } else { path.metadata().map_or(0, |data| data.len()) })
        .sum()
}

/// The CPU time that a process has used, of clock ticks of 10 ms; nothing where there is no `/proc`.
fn cpu(hub: &Child) -> Duration {
    let stat =
        std::fs::read_to_string(format!("/proc/{}/stat", hub.id().expect("it lives"))).unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11).take(2);
    Duration::from_millis(fields.filter_map(|field| field.parse::<u64>().ok()).sum::<u64>() * 10)
}

/// The same to the nanosecond, of the threads that live: for a process that has just begun.
fn cpu_so_far(hub: &Child) -> Duration {
    let threads = std::fs::read_dir(format!("/proc/{}/task", hub.id().expect("it lives")));
    let used = |path: &Path| {
        let text = std::fs::read_to_string(path.join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    };
    threads.into_iter().flatten().filter_map(|thread| used(&thread.ok()?.path())).sum()
}

fn hub_memory(hub: &Child, when: &str) {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", hub.id().expect("it lives"))).unwrap_or_default();
    let kilobytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<f64>().ok()
    };
    if let (Some(now), Some(most)) = (kilobytes("VmRSS"), kilobytes("VmHWM")) {
        println!("memory {when}: {:.0} MB, at most {:.0} MB", now / 1e3, most / 1e3);
    }
}
