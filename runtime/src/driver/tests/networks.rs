//! The ways through a network: roots, proxies, WebSockets, by real TLS.

use rustls::version::TLS13;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::start;
use super::peer::Peer;
use super::sensor::Sensor;
use super::server::{Authority, Server, proxy};
use crate::auth::DeviceKey;
use crate::client::Client;
use crate::connection::{Connection, Proxy, Roots};
use crate::state::State;

async fn place() -> (Authority, Server, Connection) {
    let authority = Authority::new("servers");
    let server = authority.server(None, &[&TLS13]).await;
    let key = DeviceKey::from_base64("QUJD").unwrap();
    let connection = Connection::to_hub(&server.host(), "d", key).unwrap();
    let connection = connection.with_ca_pem(authority.pem().as_bytes()).unwrap();
    (authority, server, connection)
}

async fn serve(mut peer: Peer, client: &Client) {
    assert_eq!(peer.greet().await.client_id, "d");
    peer.twin(json!({ "$version": 1 })).await;
    client.connected().await.unwrap();
    assert_eq!(peer.call("blink", "5").await, (200, json!("every 5 s")));
}

async fn cause(client: &Client) -> String {
    let mut states = client.states();
    match &*states.wait_for(|state| matches!(state, State::Retrying { .. })).await.unwrap() {
        State::Retrying { cause, .. } => cause.to_string(),
        other => panic!("not retrying: {other:?}"),
    }
}

#[tokio::test]
async fn only_a_pinned_root_is_trusted() {
    let (authority, server, connection) = place().await;
    let other = Authority::new("others");
    let both = Roots::from_pem(format!("{}{}", authority.pem(), other.pem()).as_bytes()).unwrap();
    let pin = |authority: &Authority| {
        let hash = Sha256::digest(authority.der());
        hash.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
    };
    let wrong = both.pinned([pin(&other).as_str()]).unwrap();
    let client = start(Sensor, connection.clone().with_roots(wrong)).unwrap();
    assert!(server.accept().await.is_err());
    assert!(cause(&client).await.contains("invalid peer certificate"), "{}", cause(&client).await);
    drop(client);

    let right = both.pinned([pin(&authority).as_str()]).unwrap();
    let client = start(Sensor, connection.with_roots(right)).unwrap();
    serve(server.next().await.0, &client).await;
}

#[tokio::test]
async fn a_device_goes_through_a_proxy_without_a_password() {
    let (_, server, connection) = place().await;
    let (address, mut heads) = proxy("HTTP/1.1 200 Connection established\r\n\r\n").await;
    let client = start(Sensor, connection.with_proxy(Proxy::new(&address).unwrap())).unwrap();
    serve(server.next().await.0, &client).await;
    let host = server.host();
    assert_eq!(heads.recv().await.unwrap(), format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
}

#[tokio::test]
async fn a_device_goes_through_a_proxy_with_a_password() {
    let (_, server, connection) = place().await;
    let (address, mut heads) = proxy("HTTP/1.1 200 OK\r\nProxy-Agent: test\r\n\r\n").await;
    let url = format!("http://Aladdin:open%20sesame@{address}");
    let client = start(Sensor, connection.with_proxy(Proxy::from_url(&url).unwrap())).unwrap();
    serve(server.next().await.0, &client).await;
    // RFC 7617 encodes this very login.
    let head = heads.recv().await.unwrap();
    assert!(head.ends_with("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"), "{head}");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_quoted_and_the_password_is_not() {
    let (_, _server, connection) = place().await;
    let (address, _heads) = proxy("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
    let proxy = Proxy::new(&address).unwrap().with_password("ann", "sesame").unwrap();
    let client = start(Sensor, connection.with_proxy(proxy)).unwrap();
    let cause = cause(&client).await;
    assert!(cause.contains(&address) && cause.contains("407 Proxy Authentication Required"), "{cause}");
    assert!(!cause.contains("sesame") && !cause.contains("YW5u"), "{cause}");
}

#[cfg(feature = "websocket")]
mod websocket {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_tungstenite::accept_hdr_async;
    use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

    use super::super::super::websocket::WebSocket;
    use super::*;

    const SUBPROTOCOL: &str = "sec-websocket-protocol";

    /// The next connection, as IoT Hub's WebSocket endpoint takes it.
    async fn next(server: &Server) -> Peer {
        let stream = server.accept().await.unwrap();
        #[allow(clippy::result_large_err, reason = "the library's callback")]
        let check = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
            assert_eq!(request.uri().path(), "/$iothub/websocket");
            assert_eq!(request.headers()[SUBPROTOCOL], "mqtt");
            assert_eq!(request.headers()["host"], server.host());
            response.headers_mut().insert(SUBPROTOCOL, "mqtt".parse().unwrap());
            Ok(response)
        };
        Peer::new(WebSocket::new(accept_hdr_async(stream, check).await.unwrap()))
    }

    #[tokio::test]
    async fn mqtt_runs_over_a_websocket_where_the_hub_has_it() {
        let (_, server, connection) = place().await;
        let client = start(Sensor, connection.with_websocket()).unwrap();
        serve(next(&server).await, &client).await;
    }

    #[tokio::test]
    async fn a_websocket_goes_through_a_proxy_too() {
        let (_, server, connection) = place().await;
        let (address, mut heads) = proxy("HTTP/1.1 200 OK\r\n\r\n").await;
        let proxy = Proxy::new(&address).unwrap().with_password("ann", "").unwrap();
        let client = start(Sensor, connection.with_proxy(proxy).with_websocket()).unwrap();
        serve(next(&server).await, &client).await;
        assert!(heads.recv().await.unwrap().starts_with(&format!("CONNECT {} ", server.host())));
    }

    #[tokio::test]
    async fn a_server_that_knows_no_websocket_is_quoted() {
        let (_, server, connection) = place().await;
        let client = start(Sensor, connection.with_websocket()).unwrap();
        let mut stream = server.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        let cause = cause(&client).await;
        assert!(cause.contains("it is no WebSocket: it answered 404 Not Found"), "{cause}");
    }
}
