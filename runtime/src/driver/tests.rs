//! The whole runtime against a scripted hub on pipes in memory, with a device written as generated code would be.

mod commands;
mod connecting;
mod delivery;
mod messages;
mod peer;
mod sensor;
mod supervision;
mod twin;
