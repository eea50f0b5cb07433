//! TCP with TLS: the transport of real devices.
//!
//! TLS 1.2 and 1.3 by rustls with ring; the provider is named explicitly, so that no other crate's choice matters.

use std::io;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::transport::{Opening, Stream, Transport};
use crate::connection::Endpoint;
use crate::error::Error;

/// Opens TLS streams that are verified against a set of roots.
pub(crate) struct Tls(TlsConnector);

impl Tls {
    /// Trusts only `roots`, or the system's when there are none given.
    pub(crate) fn new(roots: Option<&[CertificateDer<'static>]>) -> Result<Self, Error> {
        let store = match roots {
            Some(roots) => given(roots)?,
            None => system()?,
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::configuration("TLS", error.to_string()))?
            .with_root_certificates(store)
            .with_no_client_auth();
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    async fn connect(&self, endpoint: &Endpoint) -> io::Result<Box<dyn Stream>> {
        let name = ServerName::try_from(endpoint.host.clone())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let tcp = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).await?;
        tcp.set_nodelay(true)?;
        let tls = self.0.connect(name, tcp).await?;
        Ok(Box::new(tls))
    }
}

impl Transport for Tls {
    fn open<'a>(&'a self, endpoint: &'a Endpoint) -> Opening<'a> {
        Box::pin(self.connect(endpoint))
    }
}

fn given(roots: &[CertificateDer<'static>]) -> Result<RootCertStore, Error> {
    let mut store = RootCertStore::empty();
    for root in roots {
        let added = store.add(root.clone());
        added.map_err(|error| Error::configuration("a CA certificate", error.to_string()))?;
    }
    Ok(store)
}

fn system() -> Result<RootCertStore, Error> {
    let found = rustls_native_certs::load_native_certs();
    let mut store = RootCertStore::empty();
    let (added, ignored) = store.add_parsable_certificates(found.certs);
    tracing::debug!(added, ignored, "loaded the system's roots");
    if added == 0 {
        let hint = "none was found: install the system's CA certificates, or name a CA file";
        return Err(Error::configuration("the system's root certificates", hint));
    }
    Ok(store)
}
