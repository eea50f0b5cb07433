//! Being built.
#![allow(dead_code)]
mod sas;
mod state;
mod sync;
mod topics;
mod twin;
mod view;
