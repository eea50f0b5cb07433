//! The device twin: desired properties in version order, reported ones one patch after the other.
//!
//! [`Desired`] decides which value is applied when; [`Requests`] numbers twin requests, matches their answers and
//! sends them again. Neither knows a socket or a clock.

mod desired;
mod requests;

pub(crate) use desired::{Desired, PropertyKey, Step};
pub(crate) use requests::{Answered, Report, Requests};
