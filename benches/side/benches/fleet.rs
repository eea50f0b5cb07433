//! Many devices in one process: the time to connect them all and the memory that each takes, idle.

use std::sync::Arc;
use std::time::{Duration, Instant};

use device_model::{DeviceKey, Fleet};
use device_model_side::device::EnvironmentalSensor;
use device_model_side::peer::Peer;
use device_model_side::role::{Role, arguments, resident, run, say};
use device_model_side::{device, raw};
use tokio::sync::Semaphore;

/// How many connect at once.
const AT_ONCE: usize = 32;

fn main() {
    let arguments = arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments.as_slice() {
        ["peer"] => run(async { Peer::start().await.serve().await }),
        ["ours", port, ca_file, count] => run(ours(port, ca_file, count.parse().expect("a number"))),
        ["bare", port, ca_file, count] => run(bare(port, ca_file, count.parse().expect("a number"))),
        [] => [100, 1000, 2000].into_iter().for_each(measure),
        [count] => measure(count.parse().expect("how many devices")),
        _ => panic!("what is meant by {arguments:?}?"),
    }
}

async fn ours(port: &str, ca_file: &str, count: usize) {
    let fleet = Fleet::staggered(AT_ONCE, Duration::ZERO);
    let template = device::connection(port, ca_file, "first");
    // one device is not a further one
    let first = fleet.connect(EnvironmentalSensor, template.clone()).expect("a valid connection");
    first.send(device::telemetry()).await.expect("acknowledged");
    let (before, begin) = (resident("self"), Instant::now());
    let mut sending = tokio::task::JoinSet::new();
    for number in 0..count {
        let key = DeviceKey::from_base64("dGVzdA==").expect("base64");
        let connection = template.for_device(&format!("device-{number}"), key).expect("an id");
        let client = fleet.connect(EnvironmentalSensor, connection).expect("a valid connection");
        sending.spawn(async move { client.send(device::telemetry()).await.expect("acknowledged") });
    }
    sending.join_all().await;
    idle(before, begin).await;
}

async fn bare(port: &str, ca_file: &str, count: usize) {
    let tls = raw::tls(ca_file);
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let (client, mut events) = raw::connect(port, tls.clone(), "first", 100).await;
    raw::send(&client, &mut events, "first").await;
    let (before, begin) = (resident("self"), Instant::now());
    let (done, mut all) = tokio::sync::mpsc::channel::<()>(1);
    for number in 0..count {
        let place = Arc::clone(&places).acquire_owned().await.expect("never closed");
        let (port, tls, done) = (port.to_owned(), tls.clone(), done.clone());
        tokio::spawn(async move {
            let id = format!("device-{number}");
            let (client, mut events) = raw::connect(&port, tls, &id, 100).await;
            raw::send(&client, &mut events, &id).await;
            drop((place, done));
            loop {
                events.poll().await.expect("connected");
            }
        });
    }
    drop(done);
    all.recv().await;
    idle(before, begin).await;
}

/// Says what was taken, and stays.
async fn idle(before: u64, begin: Instant) -> ! {
    let took = begin.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_millis(500)).await;
    say(&format!("IDLE {took:.3} {before} {}", resident("self")));
    std::future::pending().await
}

fn measure(count: usize) {
    let mut peer = Role::start(&["peer"]);
    let ready = peer.expect("READY");
    let (port, ca_file) = ready.split_once(' ').expect("a port and a file");
    println!("{count} devices more, over TLS, each with one acknowledged message, then idle");
    for name in ["ours", "bare"] {
        let mut role = Role::start(&[name, port, ca_file, &count.to_string()]);
        let idle = role.expect("IDLE");
        let figures: Vec<f64> = idle.split(' ').map(|text| text.parse().expect("a number")).collect();
        let [took, before, after] = figures.try_into().expect("three figures");
        println!(
            "  {name:<5} connected in {took:>6.2} s, {:>6.1} KiB a device, {:>6.1} MB in all",
            (after - before) / count as f64,
            after / 1024.0,
        );
    }
    std::fs::remove_file(ca_file).expect("the peer's file");
}
