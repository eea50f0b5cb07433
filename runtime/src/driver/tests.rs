//! The whole runtime against a scripted hub, on pipes in memory or by TLS, with a device written as generated code would
//! be.

mod assigning;
mod commands;
mod connecting;
mod delivery;
mod disk;
mod identities;
mod networks;
mod outbox;
mod peer;
mod sampling;
mod sensor;
mod server;
mod supervision;
mod twin;
#[cfg(feature = "file-upload")]
mod uploads;
