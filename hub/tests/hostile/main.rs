//! What comes from the network must not take the hub down, and the log says why it was refused.
//!
//! `connects` and `packets` are malformed bytes, one named test each; `floods` is too much of something; `slow` too
//! little; `http` the same for the other listeners. Pages that do not read are in `unread`, a program of its own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what helps a test fails as the test does")]

mod connects;
mod floods;
mod http;
mod packets;
mod slow;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;

use device_model_hub::{Hub, Limits};
use rumqttc::mqttbytes::v4::Packet;
use support::{Client, FREE, log, online};
use tokio::io::AsyncWriteExt as _;

/// A hub with other limits.
async fn hub_with(dir: &Path, change: impl FnOnce(&mut Limits)) -> Hub {
    let mut limits = Limits::default();
    change(&mut limits);
    Hub::builder().dir(dir).mqtt(FREE).http(FREE).https(FREE).limits(limits).start().await.unwrap()
}

/// Sends bytes; the hub may close before it has read them all.
async fn throw(client: &mut Client, bytes: &[u8]) {
    let _ = client.stream.write_all(bytes).await;
    let _ = client.stream.flush().await;
}

/// Waits until the connection is closed by the hub; gives the packets that came before.
async fn closed(client: &mut Client) -> Vec<Packet> {
    let mut packets = Vec::new();
    while let Some(packet) = client.receive().await {
        packets.push(packet);
    }
    packets
}

/// The hub still serves a device.
async fn serves(hub: &Hub) {
    drop(online(hub, "witness").await);
}

/// The hub still serves a device, and has logged a reason with `text`, without a signature.
async fn survives(hub: &Hub, text: &str) {
    serves(hub).await;
    let log = log(hub).await;
    assert!(log.iter().any(|message| message.contains(text)), "no {text:?} in {log:#?}");
    assert!(!log.iter().any(|message| message.contains("sig=")), "{log:#?}");
}

/// The memory of this process, hub and clients, in bytes.
#[cfg(target_os = "linux")]
fn memory() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}
