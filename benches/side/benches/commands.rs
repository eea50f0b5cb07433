//! The round trip of a direct method: one at a time, and a hundred outstanding.

use device_model_side::figures::{median, ratio};
use device_model_side::peer::{Peer, latency};
use device_model_side::role::{Placement, Role, arguments, run, say};
use device_model_side::{device, raw};
use rumqttc::mqttbytes::QoS;

const REPETITIONS: usize = 5;
const ONE_BY_ONE: usize = 2000;
const SIDE_BY_SIDE: usize = 10_000;
const WINDOW: usize = 100;

fn main() {
    let arguments = arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments.as_slice() {
        ["peer", qos] => run(call(if qos == "1" { QoS::AtLeastOnce } else { QoS::AtMostOnce })),
        ["ours", port, ca_file] => run(async {
            let connection = device::connection(port, ca_file, "commands").with_parallel_commands(WINDOW);
            let _client = device::connect(connection).await;
            std::future::pending().await
        }),
        ["bare", port, ca_file] => run(async {
            let (client, events) = raw::connect(port, raw::tls(ca_file), "commands", 100).await;
            raw::answer(client, events).await
        }),
        _ => measure(),
    }
}

async fn call(qos: QoS) {
    let peer = Peer::start().await;
    let mut link = peer.accept().await;
    link.settled().await;
    link.one_by_one(200, qos).await;
    let times = link.one_by_one(ONE_BY_ONE, qos).await;
    let rate = link.side_by_side(WINDOW, SIDE_BY_SIDE, qos).await;
    say(&format!("CALLED {} {rate:.0}", latency(&times)));
}

/// Median, 99th percentile and maximum in microseconds, and calls a second with a window.
fn once(placement: Placement, name: &str, qos: &str) -> [f64; 4] {
    let mut peer = Role::placed(placement, &["peer", qos]);
    let ready = peer.expect("READY");
    let (port, ca_file) = ready.split_once(' ').expect("a port and a file");
    let _client = Role::placed(placement, &[name, port, ca_file]);
    let called = peer.expect("CALLED");
    std::fs::remove_file(ca_file).expect("the peer's file");
    let figures: Vec<f64> = called.split(' ').map(|text| text.parse().expect("a number")).collect();
    figures.try_into().expect("four figures")
}

fn measure() {
    println!(
        "direct methods over TLS on loopback: {ONE_BY_ONE} one at a time, then {SIDE_BY_SIDE} with {WINDOW} \
         outstanding, none lost; {REPETITIONS} times, interleaved"
    );
    for (place, placement) in
        [("on one core", Placement::OneCore), ("where the system puts them", Placement::Free)]
    {
        for qos in ["0", "1"] {
            println!("delivered at QoS {qos}, both processes {place}");
            compare(placement, qos);
        }
    }
}

fn compare(placement: Placement, qos: &str) {
    let mut figures = [[const { Vec::new() }; 4], [const { Vec::new() }; 4]];
    for _ in 0..REPETITIONS {
        for (name, figures) in ["ours", "bare"].into_iter().zip(&mut figures) {
            for (figure, column) in once(placement, name, qos).into_iter().zip(figures) {
                column.push(figure);
            }
        }
    }
    for (name, [middle, late, last, rate]) in ["ours", "bare rumqttc"].iter().zip(&figures) {
        println!(
            "  {name:<14} p50 {:>6.1} us  p99 {:>6.1} us  max {:>7.1} us  outstanding {:>7.0} a second",
            median(middle),
            median(late),
            median(last),
            median(rate),
        );
    }
    let [ours, bare] = &figures;
    println!(
        "  ours / bare    p50 {:>6.2} x   p99 {:>6.2} x   outstanding {:.2} x",
        ratio(&ours[0], &bare[0]),
        ratio(&ours[1], &bare[1]),
        ratio(&ours[3], &bare[3]),
    );
}
