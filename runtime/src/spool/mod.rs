//! The outbox's disk: messages that outlive the process.
//!
//! [`Spool`] is what the driver's side talks to: it takes messages in batches, hands out those that come next, and forgets
//! those that have ended. It knows files but no clock, no task and no connection; the thread it runs on is
//! the driver's. The log below it knows records and segments only.

mod active;
mod frame;
mod index;
mod log;
mod reader;
mod recovery;
mod segment;
mod settings;
mod turn;

pub(crate) use frame::Entry;
pub use settings::{DiskOutbox, DiskReport, DiskSync};
pub(crate) use turn::{Done, End, Spool, Taken, Work};
