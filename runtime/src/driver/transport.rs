//! The seam below the driver: something that opens a byte stream to an endpoint.
//!
//! TCP with TLS is one; a hub in memory or a tunnel of the user's own are others. What a transport opens carries MQTT
//! at once: name resolution, tunnels and TLS are its business, pauses between attempts are not. Begin with
//! [`Transport`].

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Endpoint;

/// A future behind a pointer, where a trait needs one type.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A byte stream that carries MQTT. Everything that reads and writes is one.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What [`Transport::open`] returns.
pub type Opening<'a> = Pin<Box<dyn Future<Output = io::Result<Box<dyn Stream>>> + Send + 'a>>;

/// Opens byte streams to the provisioning service and to hubs.
///
/// Object-safe: write `Box::pin(async move { .. Ok(Box::new(stream) as Box<dyn Stream>) })`.
///
/// ```
/// use device_model_runtime::{Endpoint, Opening, Stream, Transport};
///
/// /// MQTT without TLS, for a broker on the same machine.
/// struct Plain;
///
/// impl Transport for Plain {
///     fn open<'a>(&'a self, endpoint: &'a Endpoint) -> Opening<'a> {
///         Box::pin(async move {
///             let stream = tokio::net::TcpStream::connect((endpoint.host(), endpoint.port())).await?;
///             Ok(Box::new(stream) as Box<dyn Stream>)
///         })
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Opens a stream to the endpoint, on which the first byte written is MQTT's.
    ///
    /// The session gives it 30 s and then drops the future, so it must be safe to drop at every await: a half open
    /// stream is closed, nothing is left running. It is called once for each attempt and remembers no failure. The
    /// transport vouches for the far end: no key is sent, but tokens are.
    ///
    /// # Errors
    /// Whatever kept the stream from opening. It is shown to the user as the cause, and tried again after a pause.
    fn open<'a>(&'a self, endpoint: &'a Endpoint) -> Opening<'a>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn open<'a>(&'a self, endpoint: &'a Endpoint) -> Opening<'a> {
        (**self).open(endpoint)
    }
}

/// A transport that clones of a [`Connection`](crate::Connection) share.
#[derive(Clone)]
pub(crate) struct SharedTransport(pub(crate) Arc<dyn Transport>);

impl fmt::Debug for SharedTransport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Transport(..)")
    }
}
