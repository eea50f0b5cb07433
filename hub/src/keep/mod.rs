//! What the hub keeps on disk, and how it is read again.
//!
//! Begin with [`RowQuery`] to read a device's history.

mod read;

pub(crate) use read::RowQuery;
