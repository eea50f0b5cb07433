//! The HTTP listeners: accepting, TLS handshakes in the connection's own task, and a clean end.
//!
//! Decides nothing about requests; [`crate::page`] and [`crate::rest`] do. Begin with [`listen`].

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a client may take for the TLS handshake, and for the head of a request.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);
/// How long a request that is being answered may take after the hub was told to stop.
const DRAIN_LIMIT: Duration = Duration::from_secs(1);
/// Pause after a failed accept (e.g. no file descriptors left).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Most connections at a time on one listener.
const CONNECTION_LIMIT: usize = 1_000;

/// Accepts clients until `stop`; with `tls`, over TLS.
pub(crate) async fn listen(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(CONNECTION_LIMIT));
    loop {
        let place = tokio::select! {
            () = stop.cancelled() => return,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (socket, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "cannot accept an HTTP connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (tls, router, stop) = (tls.clone(), router.clone(), stop.clone());
        tasks.spawn(async move {
            match tls {
                None => serve(socket, router, stop).await,
                Some(tls) => match handshake(&tls, socket, &stop).await {
                    Ok(stream) => serve(stream, router, stop).await,
                    Err(reason) => tracing::debug!(%peer, %reason, "no TLS connection"),
                },
            }
            drop(place);
        });
    }
}

async fn handshake(
    tls: &TlsAcceptor,
    socket: TcpStream,
    stop: &CancellationToken,
) -> Result<TlsStream<TcpStream>, String> {
    tokio::select! {
        () = stop.cancelled() => Err("the hub is stopping".to_owned()),
        handshake = timeout(HANDSHAKE_DEADLINE, tls.accept(socket)) => match handshake {
            Ok(done) => done.map_err(|error| error.to_string()),
            Err(_) => Err("the handshake took too long".to_owned()),
        },
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, router: Router, stop: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HANDSHAKE_DEADLINE);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            // whoever holds its request back is not waited for
            timeout(DRAIN_LIMIT, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "HTTP connection ended");
    }
}
