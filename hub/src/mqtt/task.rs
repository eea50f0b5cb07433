//! The listener for devices: sockets, TLS, and a task for each connection.
//!
//! What goes on in the task is [`super::driver`]'s. Begin with [`listen`].

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsAcceptor;

use super::driver::Driver;
use crate::certificate::ClientCertificate;
use crate::listener::{Gate, Host, accept};

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
