//! The MQTT 3.1.1 endpoint for devices: provisioning service and hub on one listener.
//!
//! [`frame`] turns bytes into packets, strictly ([`strict`] looks at CONNECT); [`connection`] is the state machine of one connection,
//! without I/O; [`registration`] is its provisioning half; [`driver`] drives it on a socket, [`task`] accepts them, [`websocket`]
//! makes one of a WebSocket.

pub(crate) mod connection;
mod driver;
pub(crate) mod frame;
mod registration;
mod strict;
pub(crate) mod task;
mod username;
pub(crate) mod websocket;
