//! The transport of real devices: TCP, straight or through a proxy, TLS, and WebSocket where it was asked for.
//!
//! Decides in which order these are laid on one another. Whom TLS trusts is `connection::Roots`' business.

use std::io;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::transport::{Opening, Stream, Transport};
use super::tunnel;
use crate::auth::Certificate;
use crate::connection::{Connection, Endpoint, Network, Proxy};
use crate::error::Error;

/// Opens TLS streams.
#[derive(Clone)]
pub(crate) struct Tls {
    config: Arc<ClientConfig>,
    proxy: Option<Proxy>,
    #[cfg(feature = "websocket")]
    websocket: bool,
}

impl Tls {
    /// As the connection says, presenting its certificate if it has one.
    pub(crate) fn new(connection: &Connection) -> Result<Self, Error> {
        Self::presenting(connection.credential.certificate(), &connection.network)
    }

    /// The same without a certificate.
    #[cfg(feature = "file-upload")]
    pub(crate) fn anonymous(connection: &Connection) -> Result<Self, Error> {
        Self::presenting(None, &connection.network)
    }

    fn presenting(certificate: Option<&Certificate>, network: &Network) -> Result<Self, Error> {
        Ok(Self {
            config: network.roots.client_config(certificate)?,
            proxy: network.proxy.clone(),
            #[cfg(feature = "websocket")]
            websocket: network.websocket,
        })
    }

    /// A TLS stream that carries what it is given.
    pub(crate) async fn secure(&self, endpoint: &Endpoint) -> io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from(endpoint.host.clone())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let tcp = match &self.proxy {
            Some(proxy) => tunnel::open(proxy, endpoint).await?,
            None => TcpStream::connect((endpoint.host(), endpoint.port())).await?,
        };
        tcp.set_nodelay(true)?;
        TlsConnector::from(Arc::clone(&self.config)).connect(name, tcp).await
    }

    async fn connect(&self, endpoint: &Endpoint) -> io::Result<Box<dyn Stream>> {
        let stream = self.secure(endpoint).await?;
        #[cfg(feature = "websocket")]
        if self.websocket {
            return Ok(Box::new(super::websocket::open(endpoint, stream).await?));
        }
        Ok(Box::new(stream))
    }
}

impl Transport for Tls {
    fn open<'a>(&'a self, endpoint: &'a Endpoint) -> Opening<'a> {
        Box::pin(self.connect(endpoint))
    }
}
