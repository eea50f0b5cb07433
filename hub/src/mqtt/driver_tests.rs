//! Tests of a connection's task in virtual time, with a client on the other end of a pipe.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{DuplexStream, ReadBuf};

use super::*;
use crate::settings::Settings;
use crate::state::tests::state;

const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 1);

fn shared() -> Shared {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::load(folder.path(), jiff::Timestamp::now()).unwrap();
    Shared::new(state(), settings, 8443, 8883, None)
}

/// A client's end of a pipe, and the task of the connection at its other end.
fn linked<'a>(
    shared: &'a Shared,
    limits: &Limits,
) -> (DuplexStream, Driver<'a, DuplexStream>, mpsc::Receiver<ToDevice>) {
    let (client, server) = tokio::io::duplex(64 * 1024);
    let (session, inbox) = shared.open_link();
    (client, Driver::new(server, session, shared, PEER, Instant::now()).limited(limits), inbox)
}

/// Begins to register, up to CONNACK.
async fn register(client: &mut DuplexStream) {
    let mut bytes = BytesMut::new();
    let mut connect = rumqttc::mqttbytes::v4::Connect::new("d1");
    connect.keep_alive = 60;
    connect.set_login("0neTEST/registrations/d1/api-version=2019-03-31", "");
    connect.write(&mut bytes).unwrap();
    client.write_all(&bytes).await.unwrap();
    client.read_exact(&mut [0; 4]).await.unwrap();
}

/// Pings so many times in one go and reads the answers.
async fn ping(client: &mut DuplexStream, times: usize) {
    client.write_all(&[0xc0, 0].repeat(times)).await.unwrap();
    client.read_exact(&mut vec![0; 2 * times]).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_connect_that_trickles_in_does_not_put_its_deadline_off() {
    let (shared, stop) = (shared(), CancellationToken::new());
    let (mut client, mut driver, inbox) = linked(&shared, &Limits::default());
    let trickle = async {
        for byte in b"\x10\x40\x00\x04MQTT" {
            client.write_all(&[*byte]).await.unwrap();
            tokio::time::sleep(Limits::default().connect_deadline / 2).await;
        }
    };
    tokio::select! {
        () = driver.run(inbox, &stop) => {}
        () = trickle => panic!("the connection is still open"),
    }
    let refused = shared.with(|state, _| state.log().any(|row| row.message.contains("no CONNECT")));
    assert!(refused);
}

#[tokio::test(start_paused = true)]
async fn a_device_that_sends_too_fast_is_read_more_slowly() {
    let (shared, stop) = (shared(), CancellationToken::new());
    let limits = Limits { messages_per_second: 10, ..Limits::default() };
    let (mut client, mut driver, inbox) = linked(&shared, &limits);
    let began = Instant::now();
    let device = async {
        register(&mut client).await;
        for _ in 0..3 {
            ping(&mut client, 20).await;
        }
    };
    tokio::select! {
        () = driver.run(inbox, &stop) => panic!("the device is throttled, not cut"),
        () = device => {}
    }
    // 41 packets were to be paid for before the last ones were read; 10 of them were there at once
    assert_eq!(began.elapsed().as_secs_f64().round(), 3.0);
}

/// A peer that has sent some bytes and takes none, not even TLS's farewell.
struct Stalled(&'static [u8]);

impl AsyncRead for Stalled {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.0.is_empty() {
            return Poll::Pending;
        }
        buffer.put_slice(std::mem::take(&mut self.0));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stalled {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Pending
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_nothing_does_not_hold_up_the_hubs_end() {
    let (shared, stop) = (shared(), CancellationToken::new());
    let (session, inbox) = shared.open_link();
    // a user name that names no device: there is a CONNACK to send
    let connect = b"\x10\x10\x00\x04MQTT\x04\x82\x00\x3c\x00\x01d\x00\x01u";
    let mut driver = Driver::new(Stalled(connect), session, &shared, PEER, Instant::now());
    let stopping = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stop.cancel();
    };
    // well before the hub gives its tasks up
    let both = async { tokio::join!(driver.run(inbox, &stop), stopping) };
    assert!(timeout(Duration::from_secs(5), both).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_registers_does_not_hold_its_place_for_ever() {
    let (shared, stop) = (shared(), CancellationToken::new());
    let (mut client, mut driver, inbox) = linked(&shared, &Limits::default());
    let pings = async {
        register(&mut client).await;
        let begin = Instant::now();
        while begin.elapsed() < 2 * REGISTRATION_DEADLINE {
            ping(&mut client, 1).await;
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
    };
    tokio::select! {
        () = driver.run(inbox, &stop) => {}
        () = pings => panic!("the connection is still open"),
    }
    assert!(shared.with(|state, _| state.log().any(|row| row.message.contains("registration took"))));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_without_an_end_is_none() {
    let (shared, stop) = (shared(), CancellationToken::new());
    let endless = Duration::MAX;
    let limits = Limits { connect_deadline: endless, write_deadline: endless, ..Limits::default() };
    let (_client, mut driver, inbox) = linked(&shared, &limits);
    assert!(timeout(Duration::from_secs(3600), driver.run(inbox, &stop)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_device_waits_while_the_hub_has_too_much_to_keep_and_sends_no_more_bytes_than_it_may() {
    let (shared, stop) = (shared(), CancellationToken::new());
    let limits = Limits { bytes_per_second: 100, ..Limits::default() };
    let (mut client, mut driver, inbox) = linked(&shared, &limits);
    let device = async {
        register(&mut client).await;
        shared.crowd(true);
        client.write_all(&[0xc0, 0]).await.unwrap();
        let mut answer = [0; 2];
        let early = timeout(Duration::from_secs(60), client.read_exact(&mut answer)).await;
        assert!(early.is_err(), "the hub takes nothing");
        shared.crowd(false);
        client.read_exact(&mut answer).await.unwrap();
        let began = Instant::now();
        for _ in 0..3 {
            ping(&mut client, 100).await;
        }
        began.elapsed()
    };
    tokio::select! {
        () = driver.run(inbox, &stop) => panic!("the device is slowed down, not cut"),
        // what is read is answered, and paid for before the next
        passed = device => assert_eq!(passed.as_secs(), 3, "600 bytes, of which 100 were there and 200 are owed"),
    }
}
