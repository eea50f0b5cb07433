//! The runtime below code that device-model generates: it carries a device's telemetry, commands and properties to
//! Azure IoT Hub over MQTT 3.1.1.
//!
//! It knows no DTDL. Generated code describes the model in a [`ModelTable`], implements [`Device`] and wraps the
//! [`Client`]. Everything that decides is a core without I/O or clock (outbox, twin, provisioning, session); the
//! `driver` is the one task that awaits, and the one place that knows tokio and sockets. Begin with [`Device::connect`].
#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests spawn peers and begin at any time"))]

pub mod geo;
pub mod json;
pub mod time;
pub mod units;
pub mod value;

mod auth;
mod batch;
mod call;
mod client;
mod connection;
mod convention;
#[cfg(feature = "cores")]
#[doc(hidden)]
pub mod cores;
mod device;
mod disk;
mod driver;
mod error;
mod fleet;
mod intake;
mod kept;
mod message;
mod metrics;
mod moment;
mod outbox;
mod outcome;
mod progress;
mod provisioning;
mod refusal;
mod retry;
mod sampling;
mod send;
mod session;
mod spool;
mod state;
mod table;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod text;
mod twin;
mod typed;
#[cfg(feature = "file-upload")]
mod upload;

pub use auth::{
    Certificate, DeviceKey, GroupKey, Identity, SignatureScheme, Signer, Token, TokenFuture, TokenProvider,
    TokenRequest, Tokens,
};
pub use call::{
    Answer, CommandCall, CommandOutcome, DesiredChange, DesiredOutcome, InForce, answer, in_force,
    nullable_answer,
};
pub use client::Client;
pub use connection::{AfterRestart, Connection, Endpoint, Proxy, Reprovision, Roots};
pub use device::Device;
pub use driver::{Opening, Stream, Transport};
pub use error::Error;
pub use fleet::Fleet;
pub use message::{CloudMessage, MessageError};
pub use metrics::{CommandCounts, Health, HealthReason, Histogram, Losses, Metrics};
pub use outbox::{Parked, Priority, WhenFull};
pub use outcome::Delivery;
pub use refusal::{CommandError, PropertyError};
pub use retry::{Backoff, Failure, RetryPolicy};
pub use sampling::Sampling;
pub use send::SendOptions;
pub use serde_json::Value as Json;
pub use spool::{DiskOutbox, DiskReport, DiskSync};
pub use state::{Counters, State};
pub use table::{
    CommandTable, Convention, ModelTable, PartTable, PropertyTable, asynchronous, command, read_only,
    writable,
};
pub use typed::{Nothing, TypedClient};
#[cfg(feature = "file-upload")]
pub use upload::Content;
