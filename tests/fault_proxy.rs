//! The fault proxy does what its methods say: a proof that rests on it rests on these tests.

#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod support;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use support::PATIENCE;
use support::proxy::{Gate, Proxy, Strike, Way};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// A server that sends back what it is sent.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    address
}

async fn proxied() -> (Proxy, TcpStream) {
    let proxy = Proxy::bind(0).await;
    proxy.forward_to(echo().await);
    let stream = connect(&proxy).await;
    (proxy, stream)
}

async fn connect(proxy: &Proxy) -> TcpStream {
    TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap()
}

/// What comes back when `text` is sent.
async fn sent(stream: &mut TcpStream, text: &[u8]) -> Vec<u8> {
    stream.write_all(text).await.unwrap();
    let mut back = vec![0; text.len()];
    timeout(PATIENCE, stream.read_exact(&mut back)).await.expect("in time").unwrap();
    back
}

async fn ends(stream: &mut TcpStream) -> Result<usize, ErrorKind> {
    let mut rest = Vec::new();
    let end = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("it ends");
    end.map_err(|error| error.kind())
}

#[tokio::test]
async fn bytes_pass_both_ways_also_when_they_are_delayed_and_throttled() {
    let (proxy, mut stream) = proxied().await;
    proxy.delay(Duration::from_millis(5));
    proxy.throttle(Some(10_000));
    assert_eq!(sent(&mut stream, &[7; 700]).await, [7; 700]);
}

#[tokio::test]
async fn a_cut_is_an_end_and_a_reset_is_an_error() {
    let (proxy, mut stream) = proxied().await;
    sent(&mut stream, b"hello").await;
    proxy.cut();
    assert_eq!(ends(&mut stream).await, Ok(0));
    let mut stream = connect(&proxy).await;
    sent(&mut stream, b"hello").await;
    proxy.reset();
    assert_eq!(ends(&mut stream).await, Err(ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn a_strike_comes_at_its_byte_and_once() {
    let (proxy, mut stream) = proxied().await;
    proxy.strike(Way::ToDevice, 3, Strike::Corrupt);
    assert_eq!(sent(&mut stream, b"aaaaa").await, [b'a', b'a', b'a', b'a' ^ 0x55, b'a']);
    assert_eq!(sent(&mut stream, b"aaaaa").await, b"aaaaa");
    proxy.strike(Way::ToHub, 7, Strike::Cut);
    assert_eq!(sent(&mut stream, b"12345").await, b"12345");
    stream.write_all(b"67890").await.unwrap();
    ends(&mut stream).await.unwrap();
    assert!(!proxy.strike_is_pending());
}

#[tokio::test]
async fn a_half_open_connection_is_silent_while_new_ones_work() {
    let (proxy, mut stream) = proxied().await;
    sent(&mut stream, b"hello").await;
    proxy.half_open();
    stream.write_all(b"anybody there?").await.unwrap();
    assert_eq!(sent(&mut connect(&proxy).await, b"hello").await, b"hello");
    proxy.gate(Gate::Swallow);
    let mut swallowed = connect(&proxy).await;
    swallowed.write_all(b"anybody there?").await.unwrap();
    for silent in [&mut stream, &mut swallowed] {
        let nothing = silent.try_read(&mut [0; 1]).unwrap_err();
        assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
    }
    proxy.gate(Gate::Refuse);
    // the reset may come before the connect has returned
    let refused = match TcpStream::connect(("127.0.0.1", proxy.port())).await {
        Ok(mut stream) => ends(&mut stream).await,
        Err(error) => Err(error.kind()),
    };
    assert_eq!(refused, Err(ErrorKind::ConnectionReset));
    proxy.clear();
    assert_eq!(sent(&mut connect(&proxy).await, b"hello").await, b"hello");
}
