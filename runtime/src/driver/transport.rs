//! The seam below the driver: something that opens a byte stream to an endpoint.
//!
//! TCP with TLS is one; tests hand in pipes in memory.

use std::io;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Endpoint;

/// A future behind a pointer, where a trait needs one type.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A byte stream that carries MQTT.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Opens streams.
pub(crate) trait Transport: Send + Sync + 'static {
    /// Opens a stream to the endpoint, authenticated as the transport does it.
    fn open<'a>(&'a self, endpoint: &'a Endpoint) -> BoxFuture<'a, io::Result<Box<dyn Stream>>>;
}
