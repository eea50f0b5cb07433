//! MQTT over WebSocket: a byte stream made of binary messages, RFC 6455 and MQTT 3.1.1 section 6.
//!
//! Path and subprotocol are the hub's and the provisioning service's (protocol, sections 1 and 2.1). MQTT packets may
//! be split over messages in any way, so what is flushed together becomes one message. Begin with [`open`].

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Sink, Stream as _};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::connection::Endpoint;

const PATH: &str = "/$iothub/websocket";
const SUBPROTOCOL: &str = "mqtt";
/// The largest message taken; it can hold any number of packets, each of which is limited by itself.
const LARGEST_MESSAGE: usize = 1024 * 1024;
/// How many bytes become one message at most.
const LARGEST_CHUNK: usize = 64 * 1024;

/// Greets the far end of a stream as a WebSocket client.
pub(super) async fn open<S>(endpoint: &Endpoint, stream: S) -> io::Result<WebSocket<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut request = format!("wss://{endpoint}{PATH}").into_client_request().map_err(failed)?;
    request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    let config = WebSocketConfig::default()
        .max_message_size(Some(LARGEST_MESSAGE))
        .max_frame_size(Some(LARGEST_MESSAGE));
    let (inner, _) =
        tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await.map_err(failed)?;
    Ok(WebSocket::new(inner))
}

/// A WebSocket as a stream of bytes.
pub(crate) struct WebSocket<S> {
    inner: WebSocketStream<S>,
    incoming: Bytes,
    outgoing: BytesMut,
}

impl<S: AsyncRead + AsyncWrite + Unpin> WebSocket<S> {
    pub(super) fn new(inner: WebSocketStream<S>) -> Self {
        Self { inner, incoming: Bytes::new(), outgoing: BytesMut::new() }
    }

    /// Hands what was written on as one message.
    fn poll_hand_on(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.outgoing.is_empty() {
            ready!(Pin::new(&mut self.inner).poll_ready(context)).map_err(failed)?;
            let message = Message::Binary(self.outgoing.split().freeze());
            Pin::new(&mut self.inner).start_send(message).map_err(failed)?;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for WebSocket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.incoming.is_empty() {
            match ready!(Pin::new(&mut self.inner).poll_next(context)) {
                Some(Ok(Message::Binary(bytes))) => self.incoming = bytes,
                // Pings are answered by the library; a text is not MQTT (MQTT 3.1.1, 6.0).
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Text(_))) => {
                    let problem = "a WebSocket message that is text";
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, problem)));
                }
                Some(Ok(Message::Close(_)) | Err(Error::ConnectionClosed)) | None => {
                    return Poll::Ready(Ok(()));
                }
                Some(Err(error)) => return Poll::Ready(Err(failed(error))),
            }
        }
        let taken = self.incoming.len().min(buffer.remaining());
        buffer.put_slice(&self.incoming[..taken]);
        self.incoming.advance(taken);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for WebSocket<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.outgoing.len() >= LARGEST_CHUNK {
            ready!(self.poll_hand_on(context))?;
        }
        let taken = bytes.len().min(LARGEST_CHUNK - self.outgoing.len());
        self.outgoing.extend_from_slice(&bytes[..taken]);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_hand_on(context))?;
        Pin::new(&mut self.inner).poll_flush(context).map_err(failed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_hand_on(context))?;
        Pin::new(&mut self.inner).poll_close(context).map_err(failed)
    }
}

/// What the far end answered, where it is no WebSocket; what the stream said, where the stream failed.
fn failed(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        Error::Http(answer) => {
            io::Error::other(format!("it is no WebSocket: it answered {}", answer.status()))
        }
        other => io::Error::other(other),
    }
}
