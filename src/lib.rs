//! A device's DTDL model, compiled into Rust, and a runtime that carries it to Azure IoT Hub.
//!
//! [`device_model`] on a struct reads the model when the crate is built, refuses a wrong one with file, line and column,
//! and generates what the device author fills in. [`Device::connect`] runs it: provisioned through the Device Provisioning
//! Service or by connection string, over MQTT and TLS, reconnecting for as long as it lives.
//!
//! The crate is a facade: the attribute comes from `device-model-macros`, everything at run time from
//! `device-model-runtime`. The feature `hub` adds `hub`, the local IoT Hub that examples and tests run against;
//! `testing` adds `testing`, a hub in memory for the tests of a device.

#[doc = include_str!("../docs/guide.md")]
pub use device_model_macros::device_model;
pub use device_model_runtime::{
    AfterRestart, Backoff, Certificate, CommandError, Connection, Counters, Delivery, Device, DeviceKey,
    DiskOutbox, DiskReport, DiskSync, Endpoint, Error, Failure, Fleet, GroupKey, Identity, Nothing, Opening,
    Parked, Priority, PropertyError, Proxy, Reprovision, RetryPolicy, Roots, Sampling, SendOptions,
    SignatureScheme, Signer, State, Stream, Token, TokenFuture, TokenProvider, TokenRequest, Tokens,
    Transport, TypedClient, WhenFull, geo, time, units, value,
};

#[cfg(feature = "file-upload")]
pub use device_model_runtime::Content;

#[cfg(feature = "hub")]
pub use device_model_hub as hub;
#[cfg(feature = "testing")]
pub use device_model_runtime::testing;

/// What generated code uses. Not for people: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use device_model_runtime::json::{
        EnumValue, FromJson, ObjectReader, ObjectWriter, Pointer, ValueError, one_of,
    };
    pub use device_model_runtime::{
        Client, CommandCall, CommandError, CommandOutcome, Convention, DesiredChange, DesiredOutcome, Json,
        ModelTable, Nothing, PartTable, PropertyError, TypedClient, answer, asynchronous, command, geo,
        in_force, nullable_answer, read_only, time, units, value, writable,
    };
    pub use serde::{Serialize, Serializer};
    pub use std::boxed::Box;
    pub use std::collections::BTreeMap;
    pub use std::future::Future;
    pub use std::ops::Deref;
    pub use std::string::String;
    pub use std::vec::Vec;
}

/// The README's device compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
