//! MQTT over WebSocket, on the listener of the service API: the greeting, and a stream of bytes out of messages.
//!
//! Decides what a greeting must have; what is spoken then is the same as on the devices' own listener. MQTT packets may be
//! split over messages in any way, each answer is one message. Begin with [`upgrade`]. Facts: RFC 6455; MQTT 3.1.1, chapter
//! 6; protocol reference, sections 1 and 2.1.

use std::future::ready;
use std::io;

use axum::body::Body;
use axum::extract::{Extension, Request};
use axum::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _, TryStreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_util::io::{CopyToBytes, SinkWriter, StreamReader};

use crate::http::Peer;

/// Where devices ask for it.
pub(crate) const PATH: &str = "/$iothub/websocket";
const SUBPROTOCOL: &str = "mqtt";
/// The largest message taken; it can hold any number of packets, each of which is limited by itself.
const MESSAGE_LIMIT: usize = 1024 * 1024;

/// Answers the greeting; the connection goes on as a WebSocket when the answer is sent.
pub(crate) async fn upgrade(peer: Option<Extension<Peer>>, mut request: Request) -> Response {
    let Some(Extension(peer)) = peer.filter(|peer| peer.secure) else {
        return refuse("MQTT over WebSocket is served by TLS only: use the HTTPS port");
    };
    let key = match accept(request.headers()) {
        Ok(key) => key,
        Err(reason) => return refuse(reason),
    };
    peer.upgrade.set(hyper::upgrade::on(&mut request));
    Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_ACCEPT, key)
        .header(SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL)
        .body(Body::empty())
        .unwrap_or_else(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response())
}

fn refuse(reason: &'static str) -> Response {
    (StatusCode::BAD_REQUEST, reason).into_response()
}

/// The key that answers a greeting which has all that it must have.
fn accept(headers: &HeaderMap) -> Result<String, &'static str> {
    if !lists(headers, &UPGRADE, "websocket") || !lists(headers, &CONNECTION, "upgrade") {
        return Err("this address is for WebSockets: the request asks for no upgrade to one");
    }
    if !lists(headers, &SEC_WEBSOCKET_VERSION, "13") {
        return Err("the version of WebSocket must be 13");
    }
    if !lists(headers, &SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        return Err("the subprotocol of the WebSocket must be mqtt");
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).ok_or("the WebSocket has no Sec-WebSocket-Key")?;
    Ok(derive_accept_key(key.as_bytes()))
}

/// Whether one of a header's values, which commas separate, is this word.
fn lists(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|value| value.trim().eq_ignore_ascii_case(word))
}

/// The bytes of a WebSocket whose greeting is over.
pub(crate) async fn bytes_of(
    stream: impl AsyncRead + AsyncWrite + Unpin,
) -> impl AsyncRead + AsyncWrite + Unpin {
    let config =
        WebSocketConfig::default().max_message_size(Some(MESSAGE_LIMIT)).max_frame_size(Some(MESSAGE_LIMIT));
    let (sink, stream) = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await.split();
    // pings are answered by the library
    let incoming = stream.map_err(io::Error::other).try_filter_map(|message| {
        ready(match message {
            Message::Binary(bytes) => Ok(Some(bytes)),
            Message::Text(_) => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "a WebSocket message that is text"))
            }
            _ => Ok(None),
        })
    });
    let outgoing = sink
        .with(|bytes: Bytes| ready(Ok::<_, tokio_tungstenite::tungstenite::Error>(Message::Binary(bytes))))
        .sink_map_err(io::Error::other);
    tokio::io::join(StreamReader::new(incoming), SinkWriter::new(CopyToBytes::new(outgoing)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_greeting_must_ask_for_a_websocket_that_speaks_mqtt() {
        let greeting = [
            (UPGRADE, "WebSocket"),
            (CONNECTION, "keep-alive, Upgrade"),
            (SEC_WEBSOCKET_VERSION, "13"),
            (SEC_WEBSOCKET_PROTOCOL, "mqttv3.1, mqtt"),
            // the example of RFC 6455, section 1.3
            (SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        let without = |left_out: Option<&HeaderName>| {
            let kept = greeting.iter().filter(|(name, _)| Some(name) != left_out);
            let pairs = kept.map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
            accept(&HeaderMap::from_iter(pairs))
        };
        assert_eq!(without(None).as_deref(), Ok("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        for (name, _) in &greeting {
            assert!(without(Some(name)).is_err(), "{name}");
        }
    }
}
