//! The listener for devices and the task of each connection: sockets, TLS and deadlines.
//!
//! Drives [`Connection`] and decides nothing about MQTT. A panic in one connection's task ends that
//! connection only. Begin with [`listen`].

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use jiff::SignedDuration;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Packet, Publish};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::connection::{Connection, End, Output};
use super::frame::{self, WireError};
use crate::bucket::Bucket;
use crate::certificate::ClientCertificate;
use crate::limits::Limits;
use crate::listener::{Gate, Host, accept};
use crate::sas::CLOCK_SKEW_SECONDS;
use crate::shared::{Shared, ToDevice};
use crate::state::device::SessionId;

/// How long the close of a connection may take; a peer that reads nothing blocks TLS's farewell.
const CLOSE_DEADLINE: Duration = Duration::from_secs(1);
/// Answers that are gathered before they are written, in bytes.
const WRITE_SIZE: usize = 64 * 1024;
/// Most packets handled while nobody else can use the state.
const BATCH_LIMIT: usize = 128;
/// How long a connection that registers may last. Whoever waits longer for its assignment comes again; anybody can open
/// one, so that none holds its place for ever.
const REGISTRATION_DEADLINE: Duration = Duration::from_secs(10 * 60);
/// How long a device is not read when the hub has more to keep than it can.
const CROWDED_PAUSE: Duration = Duration::from_millis(50);
/// A token's expiry further away than this is not waited for.
const FAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// Accepts devices until the hub stops.
pub(crate) async fn listen(listener: TcpListener, tls: TlsAcceptor, host: Host) {
    let gate = Gate {
        service: "mqtt",
        connections: host.limits.device_connections,
        per_address: host.limits.device_connections_per_address,
    };
    accept(listener, gate, &host, |socket, peer| {
        let (tls, host) = (tls.clone(), host.clone());
        async move { serve(socket, peer, &tls, &host).await }
    })
    .await;
}

async fn serve(socket: TcpStream, peer: SocketAddr, tls: &TlsAcceptor, host: &Host) {
    let Host { shared, limits, stop, .. } = host;
    let opened = Instant::now();
    // small packets that wait for each other's acknowledgement are the rule here
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%peer, %error, "cannot set TCP_NODELAY");
    }
    let deadline = limits.connect_deadline;
    let handshake = tokio::select! {
        () = stop.cancelled() => return,
        handshake = timeout(deadline.saturating_sub(opened.elapsed()), tls.accept(socket)) => handshake,
    };
    let refusal = match handshake {
        Ok(Ok(stream)) => {
            let presented = stream.get_ref().1.peer_certificates();
            let certificate = presented.and_then(ClientCertificate::of_chain).map(Arc::new);
            return serve_stream(stream, peer, Way { certificate, by_websocket: false, opened }, host).await;
        }
        Ok(Err(error)) => {
            format!("{peer}: the TLS handshake failed: {error} (does the client trust the CA?)")
        }
        Err(_) => format!("{peer}: the TLS handshake took more than {} s", deadline.as_secs_f32()),
    };
    shared.with(|state, now| state.refuse(None, &refusal, now));
}

/// How a device came.
pub(crate) struct Way {
    /// Of the TLS handshake.
    pub(crate) certificate: Option<Arc<ClientCertificate>>,
    pub(crate) by_websocket: bool,
    pub(crate) opened: Instant,
}

/// Serves a device on a stream that is ready for MQTT.
pub(crate) async fn serve_stream(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    peer: SocketAddr,
    way: Way,
    host: &Host,
) {
    let Host { shared, limits, stop, .. } = host;
    let (session, inbox) = shared.open_link();
    let driver = Driver::new(stream, session, shared, peer, way.opened).limited(limits);
    driver.coming(way).run(inbox, stop).await;
}

/// One connection's socket and state machine. Dropping it, be it by a panic, tells the state.
struct Driver<'a, S> {
    stream: S,
    session: SessionId,
    connection: Connection,
    shared: &'a Shared,
    peer: SocketAddr,
    incoming: BytesMut,
    outgoing: BytesMut,
    /// Packets that a fault holds back, and until when.
    late: VecDeque<(Instant, Packet)>,
    /// When the TCP connection came.
    opened: Instant,
    /// When the client last sent anything.
    heard: Instant,
    limits: Limits,
    /// What the device may still send at this moment.
    rate: Bucket,
    /// The same in bytes.
    byte_rate: Bucket,
    /// Until when a device that sends too fast is not read.
    paused: Option<Instant>,
}

/// How a connection ended: what the log and the device's history say.
enum Ended {
    Clean,
    /// Nothing was wrong with what the device did.
    Plain(String),
    Refused(String),
}

impl Ended {
    fn stopping() -> Self {
        Self::Plain("the hub is stopping".to_owned())
    }
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Driver<'a, S> {
    fn new(stream: S, session: SessionId, shared: &'a Shared, peer: SocketAddr, opened: Instant) -> Self {
        Self {
            stream,
            session,
            connection: Connection::new(session),
            shared,
            peer,
            incoming: BytesMut::with_capacity(4096),
            outgoing: BytesMut::new(),
            late: VecDeque::new(),
            opened,
            heard: Instant::now(),
            limits: Limits::default(),
            rate: rate(Limits::default().messages_per_second),
            byte_rate: rate(Limits::default().bytes_per_second),
            paused: None,
        }
    }

    /// The same with other limits.
    fn limited(mut self, limits: &Limits) -> Self {
        self.limits = *limits;
        self.rate = rate(limits.messages_per_second);
        self.byte_rate = rate(limits.bytes_per_second);
        self
    }

    /// The same for a device that came this way.
    fn coming(mut self, way: Way) -> Self {
        let connection = Connection::new(self.session).with_certificate(way.certificate);
        self.connection = connection.over_websocket(way.by_websocket);
        self
    }

    async fn run(&mut self, inbox: mpsc::Receiver<ToDevice>, stop: &CancellationToken) {
        let ended = self.drive(inbox, stop).await;
        let (why, clean) = match &ended {
            Ended::Clean => ("the device said goodbye", true),
            Ended::Plain(why) | Ended::Refused(why) => (why.as_str(), false),
        };
        tracing::debug!(peer = %self.peer, device = self.connection.name(), why, "connection ended");
        self.shared.with(|state, now| {
            if let Ended::Refused(reason) = &ended {
                let message = format!("{}: {reason}", self.peer);
                state.refuse(self.connection.name(), &message, now);
            }
            self.connection.close(why, clean, state, now);
        });
        // the client learns of the end by the close; how well that goes does not matter
        let _ = timeout(CLOSE_DEADLINE, self.stream.shutdown()).await;
    }

    async fn drive(&mut self, mut inbox: mpsc::Receiver<ToDevice>, stop: &CancellationToken) -> Ended {
        loop {
            if let Some(ended) = self.handle_packets(stop).await {
                return ended;
            }
            let deadline = self.deadline();
            tokio::select! {
                () = stop.cancelled() => return Ended::stopping(),
                () = sleep_until(deadline.as_ref().map(|(at, _)| *at)) => {
                    let reason = deadline.map_or("a deadline has passed", |(_, reason)| reason);
                    return Ended::Refused(reason.to_owned());
                }
                () = sleep_until(self.paused), if self.paused.is_some() => self.paused = None,
                () = sleep_until(self.late.front().map(|(at, _)| *at)) => {
                    let due = self.late.pop_front().map(|(_, packet)| packet);
                    // it is sent at the head of the loop
                    if let Err(ended) = self.queue(due.as_slice()) {
                        return ended;
                    }
                }
                message = inbox.recv() => match message {
                    None => return Ended::Refused("the device does not read its messages".to_owned()),
                    Some(ToDevice::Close(reason)) => return Ended::Plain(reason),
                    Some(ToDevice::Deliver { packet, again, topic, payload }) => {
                        let mut publish = Publish::new(topic, QoS::AtLeastOnce, payload);
                        (publish.pkid, publish.dup) = (packet, again);
                        if let Err(ended) = self.queue(&[Packet::Publish(publish)]) {
                            return ended;
                        }
                    }
                    Some(ToDevice::Publish { topic, payload }) => {
                        let packet = Packet::Publish(Publish::new(topic, QoS::AtMostOnce, payload));
                        // it is sent at the head of the loop
                        if let Err(ended) = self.queue(&[packet]) {
                            return ended;
                        }
                    }
                },
                read = self.stream.read_buf(&mut self.incoming), if self.paused.is_none() => match read {
                    Ok(0) => return Ended::Plain("the device closed the connection".to_owned()),
                    Ok(_) => self.heard = Instant::now(),
                    Err(error) => return Ended::Plain(lost(&error)),
                },
            }
        }
    }

    /// Handles all whole packets that have come and sends the answers together; answers an end.
    async fn handle_packets(&mut self, stop: &CancellationToken) -> Option<Ended> {
        let ended = loop {
            if self.paused.is_some() || self.waits_for_the_hub() {
                break None;
            }
            let before = self.incoming.len();
            let (packets, flaw) = self.read_packets();
            if packets.is_empty() && flaw.is_none() {
                break None;
            }
            self.pause(packets.len(), before.saturating_sub(self.incoming.len()));
            let handled = self.handle_batch(packets);
            if let Some(ended) = handled.err().or_else(|| self.refuse(flaw.as_ref()?)) {
                break Some(ended);
            }
            if self.outgoing.len() >= WRITE_SIZE
                && let Err(ended) = self.flush(stop).await
            {
                break Some(ended);
            }
        };
        // what was done before the end is answered all the same
        let flushed = self.flush(stop).await;
        ended.or(flushed.err())
    }

    /// Leaves a device's packets for later while the hub has more to keep than it can; the others are let in all the same.
    fn waits_for_the_hub(&mut self) -> bool {
        let waits = self.shared.is_crowded() && !self.connection.is_new() && !self.incoming.is_empty();
        if waits {
            let now = Instant::now();
            // it is not the device that is silent
            (self.heard, self.paused) = (now, now.checked_add(CROWDED_PAUSE));
        }
        waits
    }

    /// Counts packets and their bytes against the device's rates.
    fn pause(&mut self, packets: usize, bytes: usize) {
        let now = Instant::now();
        let wait = self.rate.spend(packets, now).max(self.byte_rate.spend(bytes, now));
        // what IoT Hub calls throttling: it takes its time to read
        self.paused = (!wait.is_zero()).then(|| now.checked_add(wait)).flatten();
    }

    /// The next whole packets, and what is wrong with the bytes after them.
    fn read_packets(&mut self) -> (Vec<Packet>, Option<WireError>) {
        let mut packets = Vec::new();
        // what comes after CONNECT is read by other rules
        let limit = if self.connection.is_new() { 1 } else { BATCH_LIMIT };
        while packets.len() < limit {
            let read = match self.connection.is_registering() {
                true => frame::read_registering(&mut self.incoming),
                false => frame::read(&mut self.incoming, self.connection.is_new()),
            };
            match read {
                Ok(Some(packet)) => packets.push(packet),
                Ok(None) => break,
                Err(flaw) => return (packets, Some(flaw)),
            }
        }
        (packets, None)
    }

    /// Handles packets in order, up to one that ends the connection, and queues the answers.
    fn handle_batch(&mut self, packets: Vec<Packet>) -> Result<(), Ended> {
        self.verify_certificate(&packets);
        let connection = &mut self.connection;
        // nothing is acknowledged before it is kept, and nothing taken that cannot be
        let outputs = self.shared.with_kept(|state, now| {
            let mut outputs: Vec<Output> = Vec::with_capacity(packets.len());
            for packet in packets {
                outputs.push(connection.handle(packet, state, now));
                if outputs.last().is_some_and(|output| output.end.is_some()) {
                    break;
                }
            }
            outputs
        });
        let end = |reason| Ended::Refused(format!("the hub cannot keep what it is told: {reason}"));
        for Output { send, late, end } in outputs.map_err(end)? {
            let due = late.and_then(|(by, packet)| Some((Instant::now().checked_add(by)?, packet)));
            self.late.extend(due);
            self.queue(&send)?;
            match end {
                Some(End::Clean) => return Err(Ended::Clean),
                Some(End::Refused(reason)) => return Err(Ended::Refused(reason)),
                None => {}
            }
        }
        Ok(())
    }

    /// Verifies what the packets make of the client's certificate, while others use the state.
    fn verify_certificate(&mut self, packets: &[Packet]) {
        if !self.connection.has_certificate() || self.connection.is_online() {
            return;
        }
        let connection = &self.connection;
        let question = self
            .shared
            .with(|state, now| packets.iter().find_map(|packet| connection.question(packet, state, now)));
        if let Some(question) = question {
            self.connection.learn(&question);
        }
    }

    /// Tells the client what is wrong where MQTT has words for it.
    fn refuse(&mut self, flaw: &WireError) -> Option<Ended> {
        // an answer that cannot be written changes nothing: the connection ends
        let _ = self.queue(flaw.answer().as_slice());
        Some(Ended::Refused(flaw.to_string()))
    }

    fn queue(&mut self, packets: &[Packet]) -> Result<(), Ended> {
        packets.iter().try_for_each(|packet| {
            frame::write(packet, &mut self.outgoing).map_err(|error| Ended::Refused(error.to_string()))
        })
    }

    async fn flush(&mut self, stop: &CancellationToken) -> Result<(), Ended> {
        if self.outgoing.is_empty() {
            return Ok(());
        }
        let (stream, outgoing) = (&mut self.stream, &self.outgoing);
        let write = async {
            stream.write_all(outgoing).await?;
            stream.flush().await
        };
        let written = tokio::select! {
            // what the client takes at once is still sent when the hub stops
            biased;
            written = timeout(self.limits.write_deadline, write) => Some(written),
            () = stop.cancelled() => None,
        };
        self.outgoing.clear();
        let Some(written) = written else {
            return Err(Ended::stopping());
        };
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Ended::Plain(lost(&error))),
            Err(_) => Err(Ended::Refused("the device does not read its messages".to_owned())),
        }
    }

    /// The next deadline and what it means to miss it.
    fn deadline(&self) -> Option<(Instant, &'static str)> {
        if self.connection.is_new() {
            // not from what was heard last: a byte now and then would hold the place for ever
            let at = self.opened.checked_add(self.limits.connect_deadline)?;
            return Some((at, "no CONNECT came in time"));
        }
        let registering = self.connection.is_registering();
        let registered =
            registering.then(|| (self.opened + REGISTRATION_DEADLINE, "the registration took too long"));
        let silence = self.connection.silence_limit_ms().map(|limit| {
            (self.heard + Duration::from_millis(limit), "nothing was heard for 1.5 times the keep-alive")
        });
        let expiry = self.connection.expires().and_then(|at| {
            let grace = SignedDuration::from_secs(CLOCK_SKEW_SECONDS);
            let left = at.duration_since(jiff::Timestamp::now()).saturating_add(grace);
            let left = Duration::try_from(left).unwrap_or_default();
            let reason = match self.connection.has_certificate() {
                true => "the certificate has expired",
                false => "the token has expired",
            };
            (left < FAR).then(|| (Instant::now() + left, reason))
        });
        [registered, silence, expiry].into_iter().flatten().min_by_key(|(at, _)| *at)
    }
}

impl<S> Drop for Driver<'_, S> {
    fn drop(&mut self) {
        // after a regular end there is nothing left to tell; after a panic there is
        self.shared.close_link(self.session);
        let connection = &mut self.connection;
        self.shared.with(|state, now| connection.close("the connection's task failed", false, state, now));
    }
}

/// What a device may send: bursts of a second.
fn rate(most: u32) -> Bucket {
    Bucket::new(f64::from(most), most, Instant::now())
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Why nothing more can be read or written, in words for people. Programs that end, and lost networks, say no goodbye in TLS.
fn lost(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "the device closed the connection without a goodbye".to_owned(),
        _ => format!("the connection was lost: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use tokio::io::ReadBuf;

    use super::*;
    use crate::settings::Settings;
    use crate::state::tests::state;

    const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 1);

    fn shared() -> Shared {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::load(folder.path(), jiff::Timestamp::now()).unwrap();
        Shared::new(state(), settings, 8443, 8883, None)
    }

    #[tokio::test(start_paused = true)]
    async fn a_connect_that_trickles_in_does_not_put_its_deadline_off() {
        let (shared, stop) = (shared(), CancellationToken::new());
        let (mut client, server) = tokio::io::duplex(64);
        let (session, inbox) = shared.open_link();
        let mut driver = Driver::new(server, session, &shared, PEER, Instant::now());
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
        let (mut client, server) = tokio::io::duplex(64 * 1024);
        let (session, inbox) = shared.open_link();
        let mut driver = Driver::new(server, session, &shared, PEER, Instant::now()).limited(&limits);
        let began = Instant::now();
        let device = async {
            let mut bytes = BytesMut::new();
            let mut connect = rumqttc::mqttbytes::v4::Connect::new("d1");
            connect.set_login("0neTEST/registrations/d1/api-version=2019-03-31", "");
            connect.write(&mut bytes).unwrap();
            client.write_all(&bytes).await.unwrap();
            // CONNACK, and the answer to each ping
            client.read_exact(&mut [0; 4]).await.unwrap();
            for _ in 0..3 {
                client.write_all(&[0xc0, 0].repeat(20)).await.unwrap();
                client.read_exact(&mut [0; 40]).await.unwrap();
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
        let (mut client, server) = tokio::io::duplex(64 * 1024);
        let (session, inbox) = shared.open_link();
        let mut driver = Driver::new(server, session, &shared, PEER, Instant::now());
        let pings = async {
            let mut bytes = BytesMut::new();
            let mut connect = rumqttc::mqttbytes::v4::Connect::new("d1");
            connect.keep_alive = 60;
            connect.set_login("0neTEST/registrations/d1/api-version=2019-03-31", "");
            connect.write(&mut bytes).unwrap();
            client.write_all(&bytes).await.unwrap();
            client.read_exact(&mut [0; 4]).await.unwrap();
            let begin = Instant::now();
            while begin.elapsed() < 2 * REGISTRATION_DEADLINE {
                client.write_all(&[0xc0, 0]).await.unwrap();
                client.read_exact(&mut [0; 2]).await.unwrap();
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
        let (_client, server) = tokio::io::duplex(64);
        let (session, inbox) = shared.open_link();
        let mut driver = Driver::new(server, session, &shared, PEER, Instant::now()).limited(&limits);
        assert!(timeout(Duration::from_secs(3600), driver.run(inbox, &stop)).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_device_waits_while_the_hub_has_too_much_to_keep_and_sends_no_more_bytes_than_it_may() {
        let (shared, stop) = (shared(), CancellationToken::new());
        let limits = Limits { bytes_per_second: 100, ..Limits::default() };
        let (mut client, server) = tokio::io::duplex(64 * 1024);
        let (session, inbox) = shared.open_link();
        let mut driver = Driver::new(server, session, &shared, PEER, Instant::now()).limited(&limits);
        let device = async {
            let mut bytes = BytesMut::new();
            let mut connect = rumqttc::mqttbytes::v4::Connect::new("d1");
            connect.set_login("0neTEST/registrations/d1/api-version=2019-03-31", "");
            connect.write(&mut bytes).unwrap();
            client.write_all(&bytes).await.unwrap();
            client.read_exact(&mut [0; 4]).await.unwrap();
            shared.crowd(true);
            client.write_all(&[0xc0, 0]).await.unwrap();
            let mut answer = [0; 2];
            let early = timeout(Duration::from_secs(60), client.read_exact(&mut answer)).await;
            assert!(early.is_err(), "the hub takes nothing");
            shared.crowd(false);
            client.read_exact(&mut answer).await.unwrap();
            let began = Instant::now();
            for _ in 0..3 {
                client.write_all(&[0xc0, 0].repeat(100)).await.unwrap();
                client.read_exact(&mut [0; 200]).await.unwrap();
            }
            began.elapsed()
        };
        tokio::select! {
            () = driver.run(inbox, &stop) => panic!("the device is slowed down, not cut"),
            // what is read is answered, and paid for before the next
            passed = device => assert_eq!(passed.as_secs(), 3, "600 bytes, of which 100 were there and 200 are owed"),
        }
    }
}
