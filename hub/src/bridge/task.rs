//! The task of a bridge: its socket, its deadlines, and trying again.
//!
//! Drives [`Session`] and decides nothing about MQTT. Begin with [`run`].

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use rumqttc::mqttbytes::Error as CodecError;
use rumqttc::mqttbytes::v4::Packet;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use super::patience::{ANSWER_DEADLINE, Patience};
use super::session::{self, Session};
use super::{Bridge, BridgeStatus};
use crate::HubError;
use crate::feed::From;
use crate::shared::Shared;

/// How long the connection, its TLS handshake and CONNECT may take together.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);
/// Pauses between attempts double from the first to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The largest packet a broker may send to a publisher.
const PACKET_LIMIT: usize = 1024;
/// The largest packet that is published.
const PUBLISH_LIMIT: usize = 512 * 1024;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A bridge that is ready to run.
#[derive(Debug)]
pub(crate) struct Runner {
    bridge: Bridge,
    tls: Option<Arc<ClientConfig>>,
    status: watch::Sender<BridgeStatus>,
}

impl Runner {
    /// Reads the certificates that are trusted.
    pub(crate) fn new(bridge: Bridge) -> Result<Self, HubError> {
        let tls = bridge.tls.then(|| trust(&bridge)).transpose()?.map(Arc::new);
        let status = BridgeStatus { to: bridge.to_string(), ..BridgeStatus::default() };
        Ok(Self { bridge, tls, status: watch::Sender::new(status) })
    }

    /// How it is doing, now and later.
    pub(crate) fn status(&self) -> watch::Receiver<BridgeStatus> {
        self.status.subscribe()
    }

    /// Republishes until `stop`.
    pub(crate) async fn run(self, shared: Arc<Shared>, stop: CancellationToken) {
        let (next, news) = shared.join_feed(From::Latest);
        let name = format!("device-model-hub-{:08x}", fastrand::u32(..));
        let mut session = Session::new(&self.bridge, next);
        let mut pause = FIRST_PAUSE;
        loop {
            let (published, began) = (self.status.borrow().published, Instant::now());
            let connection = self.connect_and_drive(&shared, &mut session, news.clone(), &name);
            let failure = tokio::select! {
                () = stop.cancelled() => return,
                failure = connection => failure,
            };
            let is_better = self.status.borrow().published > published || began.elapsed() > LONGEST_PAUSE;
            if let Some(number) = session.lost(is_closed(&failure)) {
                self.leave_out(number, "the broker closes the connection when it comes");
            }
            tracing::warn!(bridge = %self.bridge, reason = %failure, "the bridge has no connection");
            self.status.send_modify(|status| {
                status.connected = false;
                status.failures += 1;
                status.last_failure = Some(failure.to_string());
            });
            // a connection that brought nothing is none to come back for at once
            pause = if is_better { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(pause) => {}
            }
        }
    }

    /// One connection; answers why it ended.
    async fn connect_and_drive(
        &self,
        shared: &Shared,
        session: &mut Session,
        news: watch::Receiver<u64>,
        name: &str,
    ) -> io::Error {
        let opened = timeout(CONNECT_DEADLINE, self.open(name)).await;
        let mut link = match opened {
            Ok(Ok(link)) => link,
            Ok(Err(error)) => return error,
            Err(_) => return io::Error::new(io::ErrorKind::TimedOut, "the broker did not answer in time"),
        };
        tracing::info!(bridge = %self.bridge, "the bridge is connected");
        self.status.send_modify(|status| status.connected = true);
        match self.drive(&mut link, shared, session, news).await {
            Ok(never) => match never {},
            Err(error) => error,
        }
    }

    /// A connection that the broker has taken.
    async fn open(&self, name: &str) -> io::Result<Link> {
        let socket = TcpStream::connect((self.bridge.host.as_str(), self.bridge.port)).await?;
        socket.set_nodelay(true)?;
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(socket),
            Some(config) => {
                let server = ServerName::try_from(self.bridge.host.clone()).map_err(io::Error::other)?;
                Box::new(TlsConnector::from(Arc::clone(config)).connect(server, socket).await?)
            }
        };
        let mut link = Link { stream, incoming: BytesMut::new(), outgoing: BytesMut::new() };
        link.queue(&session::connect(&self.bridge, name))?;
        link.flush().await?;
        loop {
            if let Some(packet) = link.packet()? {
                session::accepted(&packet).map_err(io::Error::other)?;
                return Ok(link);
            }
            link.read().await?;
        }
    }

    /// Publishes what there is and takes acknowledgements, until the connection ends.
    async fn drive(
        &self,
        link: &mut Link,
        shared: &Shared,
        session: &mut Session,
        mut news: watch::Receiver<u64>,
    ) -> io::Result<std::convert::Infallible> {
        let mut patience = Patience::new(Instant::now());
        loop {
            news.mark_unchanged();
            self.publish(link, shared, session)?;
            link.flush().await?;
            patience.owe(session.is_owed(), Instant::now());
            tokio::select! {
                read = link.read() => {
                    read?;
                    while let Some(packet) = link.packet()? {
                        patience.hear();
                        let count = session.handle(&packet).map_err(io::Error::other)?;
                        if count > 0 {
                            patience.acknowledge(Instant::now());
                        }
                        self.status.send_modify(|status| status.published += count);
                    }
                }
                changed = news.changed(), if session.room() > 0 => changed.map_err(io::Error::other)?,
                () = tokio::time::sleep_until(patience.next()) => {
                    if let Some(reason) = patience.overdue(Instant::now()) {
                        return Err(io::Error::new(io::ErrorKind::TimedOut, reason));
                    }
                    if patience.ping(Instant::now()) {
                        link.queue(&Packet::PingReq)?;
                    }
                }
            }
        }
    }

    /// Queues what there is, as far as acknowledgements may be owed.
    fn publish(&self, link: &mut Link, shared: &Shared, session: &mut Session) -> io::Result<()> {
        while session.room() > 0 {
            let batch = shared.read_feed(session.next);
            if let Some((from, to)) = batch.missed {
                tracing::warn!(bridge = %self.bridge, from, to, "forgotten before it was republished");
                self.status.send_modify(|status| status.missed += to - from + 1);
            }
            if batch.items.is_empty() {
                session.next = batch.next;
                return Ok(());
            }
            for item in batch.items.iter().take(session.room()) {
                if let Err(error) = link.queue(&session.publish(item)) {
                    self.leave_out(item.sequence, &error.to_string());
                    session.skip(item.sequence);
                }
            }
        }
        Ok(())
    }

    /// A message is not republished.
    fn leave_out(&self, number: u64, reason: &str) {
        tracing::warn!(bridge = %self.bridge, number, reason, "a message is left out");
        self.status.send_modify(|status| status.refused += 1);
    }
}

/// Whether the broker closed a connection, and not the network or the bridge itself.
fn is_closed(failure: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    [UnexpectedEof, ConnectionReset, ConnectionAborted, BrokenPipe].contains(&failure.kind())
}

/// The certificates to trust.
fn trust(bridge: &Bridge) -> Result<ClientConfig, HubError> {
    let wrong = |reason: String| HubError::Bridge(format!("no certificates to trust: {reason}"));
    let mut roots = RootCertStore::empty();
    match &bridge.ca_file {
        Some(path) => {
            let read =
                CertificateDer::pem_file_iter(path).map_err(|error| wrong(format!("{path:?}: {error}")))?;
            for certificate in read {
                let certificate = certificate.map_err(|error| wrong(format!("{path:?}: {error}")))?;
                roots.add(certificate).map_err(|error| wrong(format!("{path:?}: {error}")))?;
            }
        }
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    if roots.is_empty() {
        return Err(wrong("there are none".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = versions.map_err(|error| wrong(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// A connection to a broker, in packets.
struct Link {
    stream: Box<dyn Stream>,
    incoming: BytesMut,
    outgoing: BytesMut,
}

impl Link {
    fn queue(&mut self, packet: &Packet) -> io::Result<()> {
        packet.write(&mut self.outgoing, PUBLISH_LIMIT).map_err(io::Error::other)?;
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + ANSWER_DEADLINE;
        let written = async {
            self.stream.write_all_buf(&mut self.outgoing).await?;
            self.stream.flush().await
        };
        timeout_at(deadline, written).await.map_err(|_| io::ErrorKind::TimedOut)?
    }

    /// Waits for bytes of the broker. Safe to cancel: none are lost.
    async fn read(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.incoming).await? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the broker closed the connection")),
            _ => Ok(()),
        }
    }

    /// The next whole packet that has come.
    fn packet(&mut self) -> io::Result<Option<Packet>> {
        match Packet::read(&mut self.incoming, PACKET_LIMIT) {
            Ok(packet) => Ok(Some(packet)),
            Err(CodecError::InsufficientBytes(_)) => Ok(None),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}
