//! Any bytes from the network: to a whole device, through the driver, by a transport in memory and a clock that jumps.
//!
//! The first byte says where in the conversation the hub, or the provisioning service, goes astray; what follows is sent as
//! it is, or as the topics and payloads of well-formed publishes. Nothing of it may end the session: afterwards the device
//! has to be served by a hub in its right mind, with telemetry acknowledged and a command answered.
//!
//! From this folder: `cargo fuzz run --sanitizer none device ../target/fuzz/device seeds/device`.
#![no_main]

mod hub;
mod lamp;

use std::time::Duration;

use device_model_runtime::{Connection, Device, DeviceKey};
use hub::{Pipes, Service};
use lamp::Lamp;
use serde_json::json;
use tokio::time::timeout;

/// Longer than any pause, deadline and life of a token; it passes at once.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, junk)) = bytes.split_first() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(astray(*first, junk));
});

async fn astray(first: u8, junk: &[u8]) {
    let provisioned = first & 0x80 != 0;
    let (pipes, mut hub) = Pipes::new();
    let client = Lamp.connect(connection(provisioned).with_transport(pipes)).await.expect("a transport");
    let service = if provisioned { Service::Provisioning } else { Service::Hub };
    timeout(PATIENCE, hub.misbehave(service, first & 0x7f, junk))
        .await
        .expect("the device hangs up or is left");
    let right_mind = async {
        let delivery = client.__enqueue(&json!({ "temp": 1 })).await.expect("room");
        delivery.await.expect("acknowledged");
        client.__report(&json!({ "state": true })).await.expect("taken");
        client.close().await.expect("nothing is left");
    };
    let served = async { tokio::join!(right_mind, hub.serve()) };
    timeout(PATIENCE, served).await.expect("the device is served in the end");
}

fn connection(provisioned: bool) -> Connection {
    let key = || DeviceKey::from_base64("QUJD").expect("base64");
    let connection = match provisioned {
        true => Connection::provisioned("dps.example", "0ne1", "lamp", key()),
        false => Connection::from_connection_string("HostName=h;DeviceId=lamp;SharedAccessKey=QUJD"),
    };
    connection.expect("well formed").with_report_deadline(PATIENCE)
}
