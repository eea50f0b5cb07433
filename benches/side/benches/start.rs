//! From the start of the process to the first acknowledged message, and what the idle process then takes.

use std::time::{Duration, Instant};

use device_model_side::figures::{median, quantile, ratio};
use device_model_side::peer::Peer;
use device_model_side::role::{Role, arguments, run, say};
use device_model_side::{device, raw};

const REPETITIONS: usize = 15;

fn main() {
    let arguments = arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments.as_slice() {
        ["peer"] => run(async { Peer::start().await.serve().await }),
        ["ours", port, ca_file] => run(async {
            let client = device::connect(device::connection(port, ca_file, "start")).await;
            client.send(device::telemetry()).await.expect("acknowledged");
            say("ACKNOWLEDGED");
            std::future::pending().await
        }),
        ["bare", port, ca_file] => run(async {
            let (client, mut events) = raw::connect(port, raw::tls(ca_file), "start", 100).await;
            raw::send(&client, &mut events, "start").await;
            say("ACKNOWLEDGED");
            loop {
                events.poll().await.expect("connected");
            }
        }),
        _ => measure(),
    }
}

fn measure() {
    let mut peer = Role::start(&["peer"]);
    let ready = peer.expect("READY");
    let (port, ca_file) = ready.split_once(' ').expect("a port and a file");
    let mut took = [Vec::new(), Vec::new()];
    let mut resident = [Vec::new(), Vec::new()];
    for _ in 0..REPETITIONS {
        for (index, name) in ["ours", "bare"].into_iter().enumerate() {
            let begin = Instant::now();
            let mut role = Role::start(&[name, port, ca_file]);
            role.expect("ACKNOWLEDGED");
            took[index].push(begin.elapsed().as_secs_f64() * 1e3);
            std::thread::sleep(Duration::from_millis(100));
            resident[index].push(role.resident() as f64 / 1024.0);
        }
    }
    println!("process start to first acknowledged message over TLS, {REPETITIONS} times, interleaved");
    for (name, (took, resident)) in ["ours", "bare rumqttc"].iter().zip(took.iter().zip(&resident)) {
        println!(
            "{name:<14} {:>6.1} ms (from {:.1} to {:.1}), idle {:>5.1} MB resident",
            median(took),
            quantile(took, 0.0),
            quantile(took, 1.0),
            median(resident),
        );
    }
    println!("ours / bare    {:>6.2} x", ratio(&took[0], &took[1]));
    std::fs::remove_file(ca_file).expect("the peer's file");
}
