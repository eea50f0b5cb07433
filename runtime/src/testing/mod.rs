//! A hub in memory, for the tests of a device: no network, no certificates, and hours that pass at once.
//!
//! [`connect`] starts a device as [`Device::connect`] does, with the same session and driver, and puts a [`TestHub`] at
//! the other end of its connection. The pipe between them carries MQTT, so what a test sees is what a hub would see.
//! The hub is small and strict: whatever the device does against the protocol fails the test. It checks no tokens, has no
//! quotas, and holds one device. For a whole hub with its page and the service's API use the local hub.
//!
//! Time is tokio's. In a test with `#[tokio::test(start_paused = true)]` the clock stands still while anybody has work to
//! do and jumps to the next deadline when nobody has: pauses between attempts, deadlines of handlers, keep-alives and
//! `tokio::time::sleep` of the device itself take no time at all, and tests are as fast and repeatable as a function
//! call. `tokio::time::advance` and `sleep` move the clock by hand.
//!
//! ```
//! # use device_model_runtime as device_model;
//! # use device_model_runtime::{Client, CommandCall, CommandOutcome, Convention, DesiredChange, DesiredOutcome, Device, ModelTable, PartTable, answer, command, in_force, writable};
//! # struct Lamp;
//! # impl Device for Lamp {
//! #     type Client = Client;
//! #     const MODEL: ModelTable = ModelTable { id: "dtmi:com:example:Lamp;1", convention: Convention::Pnp, parts: &[PartTable {
//! #         component: None, telemetry: &[], properties: &[writable("brightness")], commands: &[command("blink")] }] };
//! #     async fn __command(&self, call: CommandCall<'_>, _: &Client) -> CommandOutcome { answer(call.request::<i64>()?) }
//! #     async fn __desired(&self, change: DesiredChange<'_>, _: &Client) -> DesiredOutcome { in_force(change.value::<i64>()?) }
//! # }
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), device_model::Error> {
//! use device_model::testing;
//! use serde_json::json;
//!
//! let (client, hub) = testing::connect(Lamp);
//! assert_eq!(hub.call("blink", json!(5)).await, (200, json!(5)));
//! assert_eq!(hub.set_desired("brightness", json!(3)).await.code, 200);
//! hub.go_offline();
//! tokio::time::sleep(std::time::Duration::from_secs(24 * 60 * 60)).await;
//! hub.come_back();
//! hub.connected().await;
//! client.close().await
//! # }
//! ```
#![allow(clippy::panic, reason = "a test hub fails the test that uses it")]
#![allow(clippy::disallowed_methods, reason = "it is a peer of the driver, with a task of its own")]

mod cloud;
mod hub;
mod message;
mod pipe;
#[cfg(test)]
mod tests;
mod topic;

pub use hub::TestHub;
pub use message::{Acknowledgement, Message};

use crate::connection::Connection;
use crate::device::Device;
use crate::driver;

/// Starts a device on a hub in memory, with the default limits.
///
/// # Panics
/// Outside of a tokio runtime.
pub fn connect<D: Device>(device: D) -> (D::Client, TestHub) {
    connect_with(device, connection())
}

/// Starts a device on a hub in memory, with a connection's limits. Where the connection leads is of no matter: the hub
/// assigns itself to a device that is to be provisioned.
///
/// # Panics
/// Outside of a tokio runtime, and when the connection's settings cannot be used.
pub fn connect_with<D: Device>(device: D, connection: Connection) -> (D::Client, TestHub) {
    let (connection, hub) = serve::<D>(connection);
    match driver::start(device, connection) {
        Ok(client) => (D::Client::from(client), hub),
        Err(error) => panic!("the device cannot be started: {error}"),
    }
}

/// Leads a connection to a hub in memory, for code that connects the device by itself. The hub is for one device.
///
/// # Panics
/// Outside of a tokio runtime.
pub fn serve<D: Device>(connection: Connection) -> (Connection, TestHub) {
    let (transport, server) = pipe::pipe();
    let hub = TestHub::new(D::MODEL, server);
    (connection.with_transport(transport), hub)
}

/// A connection to a hub in memory, to set limits on: `testing::connection().with_backoff(..)`.
pub fn connection() -> Connection {
    let text = "HostName=hub.test;DeviceId=device;SharedAccessKey=dGVzdA==";
    Connection::from_connection_string(text).expect("the text above is a connection string")
}
