//! Uploading a file to the storage account of the hub: what is asked of whom, and what the answers mean.
//!
//! Source: protocol of the hub, file upload. The hub gives out a place and a token for it, the content goes to the
//! storage service, and the hub is told how that went. This part knows no socket; `driver/upload.rs` carries it out.
//! Begin with [`Client::upload`](crate::Client::upload) and [`Content`].

mod content;
mod place;

pub use content::Content;
pub(crate) use content::{Body, Progress};
pub(crate) use place::{HTTPS_PORT, Place, begin, finished, paths};
