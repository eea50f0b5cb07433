//! A device: TLS, MQTT packets, bursts of telemetry, answers to methods, and nothing else.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Connect, Packet, Publish, Subscribe};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::Counters;
use crate::service::{DEVICE_KEY, token};

/// What every device shares.
pub(crate) fn connector(ca_file: &str) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca_file).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// A device that is connected and takes methods.
pub(crate) struct Device {
    stream: TlsStream<TcpStream>,
    incoming: BytesMut,
    outgoing: BytesMut,
    topic: String,
    packet: u16,
    /// When the messages were sent that are not acknowledged yet.
    waiting: VecDeque<Instant>,
}

impl Device {
    pub(crate) async fn connect(connector: &TlsConnector, address: &str, id: &str) -> Self {
        let socket = TcpStream::connect(address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let stream = connector.connect(ServerName::try_from("localhost").unwrap(), socket).await.unwrap();
        let topic = format!("devices/{id}/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8");
        let (incoming, outgoing) = (BytesMut::new(), BytesMut::new());
        let mut device = Self { stream, incoming, outgoing, topic, packet: 0, waiting: VecDeque::new() };
        let mut connect = Connect::new(id);
        connect.keep_alive = 240;
        let password = token(&format!("localhost/devices/{id}"), DEVICE_KEY, None);
        connect.set_login(format!("localhost/{id}/?api-version=2021-04-12"), password);
        device.queue(&Packet::Connect(connect));
        let filter = "$iothub/methods/POST/#";
        device.queue(&Packet::Subscribe(Subscribe { pkid: 1, ..Subscribe::new(filter, QoS::AtMostOnce) }));
        device.flush().await;
        // CONNACK and SUBACK
        for _ in 0..2 {
            device.receive().await;
        }
        device
    }

    /// Sends `burst` messages each `interval` and takes what comes.
    pub(crate) async fn run(
        mut self,
        burst: usize,
        interval: Duration,
        offset: Duration,
        counters: &Counters,
    ) {
        let mut bursts = tokio::time::interval_at(tokio::time::Instant::now() + offset, interval);
        loop {
            tokio::select! {
                _ = bursts.tick() => self.send(burst, counters).await,
                read = self.stream.read_buf(&mut self.incoming) => {
                    assert!(read.unwrap() > 0, "the hub has closed the connection");
                    self.take(counters).await;
                }
            }
        }
    }

    async fn send(&mut self, burst: usize, counters: &Counters) {
        let now = Instant::now();
        for number in 0..burst {
            self.packet = self.packet % 60_000 + 1;
            let body = format!(r#"{{"temp":{}.5,"humid":{}}}"#, 20 + number, 40 + number);
            let publish = Publish::new(&self.topic, QoS::AtLeastOnce, body);
            self.queue(&Packet::Publish(Publish { pkid: self.packet, ..publish }));
            self.waiting.push_back(now);
        }
        counters.sent.set(counters.sent.get() + burst as u64);
        self.flush().await;
    }

    async fn take(&mut self, counters: &Counters) {
        while let Ok(packet) = Packet::read(&mut self.incoming, 1 << 20) {
            match packet {
                Packet::PubAck(_) => {
                    counters.acknowledged.set(counters.acknowledged.get() + 1);
                    let sent = self.waiting.pop_front().unwrap();
                    counters.acknowledgements.borrow_mut().add(sent.elapsed());
                }
                Packet::Publish(request) => {
                    let (_, rid) = request.topic.rsplit_once("$rid=").unwrap();
                    let topic = format!("$iothub/methods/res/200/?$rid={rid}");
                    self.queue(&Packet::Publish(Publish::new(topic, QoS::AtMostOnce, "{}")));
                    self.flush().await;
                }
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    async fn receive(&mut self) {
        while Packet::read(&mut self.incoming, 1 << 20).is_err() {
            assert!(
                self.stream.read_buf(&mut self.incoming).await.unwrap() > 0,
                "the hub refuses the device"
            );
        }
    }

    fn queue(&mut self, packet: &Packet) {
        packet.write(&mut self.outgoing, 1 << 20).unwrap();
    }

    async fn flush(&mut self) {
        self.stream.write_all(&self.outgoing).await.unwrap();
        self.stream.flush().await.unwrap();
        self.outgoing.clear();
    }
}
