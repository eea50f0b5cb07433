//! A device's connection to a hub in another process: packets over TLS, until the hub is gone.
//!
//! Begin with [`Device::connect`].

use std::sync::Arc;

use bytes::BytesMut;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Connect, Packet, Subscribe};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::token;
use crate::target::Target;

/// A device's connection.
pub(crate) struct Device {
    stream: TlsStream<TcpStream>,
    incoming: BytesMut,
    outgoing: BytesMut,
}

impl Device {
    pub(crate) async fn connect(target: &Target, id: &str) -> Option<Self> {
        let path = format!("/api/devices/{id}/credentials");
        let (_, credentials) = target.request("GET", &path, "", "").await?;
        let key = credentials["primaryKey"].as_str()?;
        let ca = std::fs::read(target.text("ca_file")).ok()?;
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&ca).ok()?).ok()?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .ok()?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        let socket = TcpStream::connect(target.text("mqtt")).await.ok()?;
        let name = ServerName::try_from("localhost").ok()?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, socket).await.ok()?;
        let mut device = Self { stream, incoming: BytesMut::new(), outgoing: BytesMut::new() };
        let mut connect = Connect::new(id);
        connect.clean_session = false;
        let password = token(&format!("localhost/devices/{id}"), key, 600);
        connect.set_login(format!("localhost/{id}/?api-version=2021-04-12"), password);
        device.send(&Packet::Connect(connect)).await?;
        matches!(device.receive().await?, Packet::ConnAck(_)).then_some(device)
    }

    pub(crate) async fn send(&mut self, packet: &Packet) -> Option<()> {
        self.put(packet);
        self.flush().await
    }

    /// Gathers a packet that is to be sent with others.
    pub(crate) fn put(&mut self, packet: &Packet) {
        packet.write(&mut self.outgoing, 1 << 20).expect("a small packet");
    }

    /// Sends what was gathered.
    pub(crate) async fn flush(&mut self) -> Option<()> {
        self.stream.write_all(&self.outgoing).await.ok()?;
        self.outgoing.clear();
        self.stream.flush().await.ok()
    }

    pub(crate) async fn receive(&mut self) -> Option<Packet> {
        loop {
            if let Ok(packet) = Packet::read(&mut self.incoming, 1 << 20) {
                return Some(packet);
            }
            if self.stream.read_buf(&mut self.incoming).await.ok()? == 0 {
                return None;
            }
        }
    }

    pub(crate) async fn subscribe(&mut self, filter: &str) -> Option<()> {
        let mut subscribe = Subscribe::new(filter, QoS::AtLeastOnce);
        subscribe.pkid = 1;
        self.send(&Packet::Subscribe(subscribe)).await
    }
}
