//! The device twin: desired properties in version order, reported ones one patch after the other.
//!
//! [`Desired`] decides which value is applied when; [`Requests`] numbers twin requests, puts reports together, matches
//! answers and sends again; [`Mirror`](mirror) knows what a patch is merged into, [`limits`] what a hub takes, [`Ledger`]
//! what outlives the process. None of them knows a socket or a clock.

mod desired;
mod kept;
pub(crate) mod limits;
mod mirror;
mod requests;

pub(crate) use desired::{Desired, PropertyKey, Step};
pub(crate) use kept::{Document, Ledger};
pub(crate) use requests::{Answered, Field, Report, Requests};
