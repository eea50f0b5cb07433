//! The HTTP listeners: TLS handshakes in the connection's own task, deadlines, and a clean end.
//!
//! Decides nothing about requests; [`crate::page`] and [`crate::rest`] do. A connection that becomes a WebSocket of MQTT is
//! served in the same task. Begin with [`listen`].

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt as _;

use crate::certificate::{ClientCertificate, Question, Verified};
use crate::listener::{Gate, Host, accept};
use crate::mqtt::{self, task::Way};
use crate::shared::Shared;
use crate::state::State;

/// How long a request that is being answered may take after the hub was told to stop.
const DRAIN_LIMIT: Duration = Duration::from_secs(1);
/// A deadline that is as good as none: clocks do not count to the end of all durations.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);
/// Fewer bytes for a request's head hyper does not know.
const LEAST_HEAD: usize = 8 * 1024;

/// Who sent a request: an extension of it.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    /// Whether it came by TLS.
    pub(crate) secure: bool,
    pub(crate) certificate: Option<Presented>,
    pub(crate) failures: Failures,
    pub(crate) upgrade: Upgrade,
}

/// The certificate of a TLS connection, with whom it leads to as far as a request of the connection asked for that.
#[derive(Debug, Clone)]
pub(crate) struct Presented {
    certificate: Arc<ClientCertificate>,
    verified: Arc<Mutex<Verified>>,
}

impl Presented {
    pub(crate) fn new(certificate: Arc<ClientCertificate>) -> Self {
        let verified = Arc::new(Mutex::new(Verified::new(Arc::clone(&certificate))));
        Self { certificate, verified }
    }

    /// Has what the state asks about the certificate answered, while the state is not locked.
    pub(crate) fn verify(
        &self,
        shared: &Shared,
        question: impl FnOnce(&State, &Verified, Timestamp) -> Option<Question>,
    ) -> Verified {
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(question) = shared.with(|state, now| question(state, &verified, now)) {
            verified.answer(&question);
        }
        verified.clone()
    }
}

/// How often a connection asked with credentials that were not good.
#[derive(Debug, Clone, Default)]
pub(crate) struct Failures(Arc<AtomicU32>);

impl Failures {
    pub(crate) fn count(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Where a request says that its connection goes on as a WebSocket of MQTT.
#[derive(Debug, Clone, Default)]
pub(crate) struct Upgrade(Arc<Mutex<Option<OnUpgrade>>>);

impl Upgrade {
    pub(crate) fn set(&self, upgrade: OnUpgrade) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(upgrade);
    }

    fn take(&self) -> Option<OnUpgrade> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Accepts clients until the hub stops; with `tls`, over TLS.
pub(crate) async fn listen(listener: TcpListener, tls: Option<TlsAcceptor>, router: Router, host: Host) {
    let gate = Gate {
        service: if tls.is_some() { "https" } else { "http" },
        connections: host.limits.http_connections,
        per_address: host.limits.http_connections_per_address,
    };
    accept(listener, gate, &host, |socket, peer| {
        let (tls, router, host) = (tls.clone(), router.clone(), host.clone());
        async move {
            let (failures, upgrade) = (Failures::default(), Upgrade::default());
            let plain = Peer { address: peer, secure: false, certificate: None, failures, upgrade };
            // small packets that wait for each other's acknowledgement are the rule on a WebSocket of MQTT
            if let Err(error) = socket.set_nodelay(true) {
                tracing::debug!(%peer, %error, "cannot set TCP_NODELAY");
            }
            match tls {
                None => serve(socket, plain, router, &host).await,
                Some(tls) => match handshake(&tls, socket, &host).await {
                    Ok(stream) => {
                        let presented = stream.get_ref().1.peer_certificates();
                        let certificate = presented.and_then(ClientCertificate::of_chain).map(Arc::new);
                        let certificate = certificate.map(Presented::new);
                        serve(stream, Peer { secure: true, certificate, ..plain }, router, &host).await;
                    }
                    Err(reason) => tracing::debug!(%peer, %reason, "no TLS connection"),
                },
            }
        }
    })
    .await;
}

async fn handshake(
    tls: &TlsAcceptor,
    socket: TcpStream,
    host: &Host,
) -> Result<TlsStream<TcpStream>, String> {
    tokio::select! {
        () = host.stop.cancelled() => Err("the hub is stopping".to_owned()),
        handshake = timeout(host.limits.head_deadline, tls.accept(socket)) => match handshake {
            Ok(done) => done.map_err(|error| error.to_string()),
            Err(_) => Err("the handshake took too long".to_owned()),
        },
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: Peer,
    router: Router,
    host: &Host,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(host.limits.head_deadline.min(LONGEST));
    http.max_buf_size(host.limits.head_bytes.max(LEAST_HEAD));
    let asking = peer.clone();
    let service = router.map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(asking.clone());
        request
    });
    let connection =
        http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = host.stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            // whoever holds its request back is not waited for
            timeout(DRAIN_LIMIT, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "HTTP connection ended");
    }
    let Some(upgrade) = peer.upgrade.take() else { return };
    match upgrade.await {
        Ok(upgraded) => {
            let stream = mqtt::websocket::bytes_of(TokioIo::new(upgraded)).await;
            let certificate = peer.certificate.map(|presented| presented.certificate);
            let way = Way { certificate, by_websocket: true, opened: Instant::now() };
            mqtt::task::serve_stream(stream, peer.address, way, host).await;
        }
        Err(error) => tracing::debug!(%error, "no WebSocket"),
    }
}
