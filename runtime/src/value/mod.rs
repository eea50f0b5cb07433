//! Values that JSON has no type of its own for: binary data, decimal numbers of any size, UUIDs.
//!
//! Decides their form on the wire, which is DTDL v4's: a string each, and for [`ScaledDecimal`] an object. They do not
//! calculate.

mod bytes;
mod decimal;
mod uuid;

pub use crate::text::ParseError;
pub use bytes::Bytes;
pub use decimal::{Decimal, ScaledDecimal};
pub use uuid::Uuid;
