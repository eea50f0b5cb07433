//! The far end of both clients: a TLS server that speaks as much of a hub as they ask for, as fast as it can.
//!
//! All packets of one read are answered by one write. It keeps nothing and checks nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rumqttc::mqttbytes::v4::{
    ConnAck, ConnectReturnCode, Packet, PubAck, Publish, SubAck, SubscribeReasonCode,
};
use rumqttc::mqttbytes::{Error, QoS};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::server::TlsStream;

use crate::figures::quantile;
use crate::role::say;

const LARGEST: usize = 1 << 20;

/// A listener and the file of its authority's certificate.
pub struct Peer {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Peer {
    /// Listens, and says `READY port ca_file`.
    pub async fn start() -> Self {
        let authority_key = KeyPair::generate().expect("a key");
        let mut authority = CertificateParams::new(Vec::new()).expect("no names");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let authority_pem = authority.self_signed(&authority_key).expect("a certificate").pem();
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().expect("a key");
        let server = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        let certificate = server.signed_by(&key, &issuer).expect("a certificate");
        let ca_file = std::env::temp_dir().join(format!("device-model-side-{}.pem", std::process::id()));
        std::fs::write(&ca_file, authority_pem).expect("a temporary file");
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private)
            })
            .expect("a configuration");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        say(&format!("READY {port} {}", ca_file.display()));
        Self { listener, acceptor: TlsAcceptor::from(Arc::new(config)) }
    }

    /// Serves all who come, for ever.
    pub async fn serve(self) {
        loop {
            let (socket, _) = self.listener.accept().await.expect("a connection");
            let acceptor = self.acceptor.clone();
            tokio::spawn(async move {
                if let Some(mut link) = Link::accept(socket, &acceptor).await {
                    while link.turn().await.is_some() {}
                }
            });
        }
    }

    /// The next connection.
    pub async fn accept(&self) -> Link {
        loop {
            let (socket, _) = self.listener.accept().await.expect("a connection");
            if let Some(link) = Link::accept(socket, &self.acceptor).await {
                return link;
            }
        }
    }
}

/// One connection.
pub struct Link {
    stream: TlsStream<TcpStream>,
    incoming: BytesMut,
    outgoing: BytesMut,
    /// Calls made so far: no request id comes twice.
    calls: usize,
}

impl Link {
    async fn accept(socket: TcpStream, acceptor: &TlsAcceptor) -> Option<Self> {
        socket.set_nodelay(true).ok()?;
        let stream = acceptor.accept(socket).await.ok()?;
        Some(Self { stream, incoming: BytesMut::new(), outgoing: BytesMut::new(), calls: 0 })
    }

    /// One read, all its answers, one write. The packets that were read; `None` at the end.
    pub async fn turn(&mut self) -> Option<Vec<Packet>> {
        self.incoming.reserve(32 * 1024);
        if self.stream.read_buf(&mut self.incoming).await.unwrap_or(0) == 0 {
            return None;
        }
        let mut packets = Vec::new();
        loop {
            match Packet::read(&mut self.incoming, LARGEST) {
                Ok(Packet::Disconnect) => return None,
                Ok(packet) => {
                    if let Some(answer) = answer(&packet) {
                        self.queue(&answer);
                    }
                    packets.push(packet);
                }
                Err(Error::InsufficientBytes(_)) => break,
                Err(error) => panic!("a client wrote junk: {error}"),
            }
        }
        if self.incoming.is_empty() {
            self.incoming = BytesMut::new();
        }
        self.flush().await?;
        Some(packets)
    }

    fn queue(&mut self, packet: &Packet) {
        packet.write(&mut self.outgoing, LARGEST).expect("a small packet");
    }

    async fn flush(&mut self) -> Option<()> {
        if !self.outgoing.is_empty() {
            self.stream.write_all(&self.outgoing).await.ok()?;
            self.stream.flush().await.ok()?;
            self.outgoing.clear();
        }
        Some(())
    }

    /// Calls the method `blink` at the given QoS; the call's number.
    fn call(&mut self, qos: QoS) -> usize {
        let number = self.calls;
        self.calls += 1;
        let mut call = Publish::new(format!("$iothub/methods/POST/blink/?$rid={number}"), qos, "5");
        call.pkid = if qos == QoS::AtMostOnce { 0 } else { (number % 60_000) as u16 + 1 };
        self.queue(&Packet::Publish(call));
        number
    }

    /// The numbers of the calls that the next turn answers.
    async fn answers(&mut self) -> Vec<usize> {
        let packets = self.turn().await.expect("the client stays");
        let number = |packet: &Packet| match packet {
            Packet::Publish(publish) => {
                let rest = publish.topic.strip_prefix("$iothub/methods/res/200/?$rid=")?;
                rest.parse().ok()
            }
            _ => None,
        };
        packets.iter().filter_map(number).collect()
    }

    /// Waits until the client has subscribed and said nothing more for a while.
    pub async fn settled(&mut self) {
        while !self.turn().await.expect("the client stays").iter().any(is_subscribe) {}
        while tokio::time::timeout(Duration::from_millis(300), self.turn()).await.is_ok() {}
    }

    /// One call after the other; the microseconds each took.
    pub async fn one_by_one(&mut self, count: usize, qos: QoS) -> Vec<f64> {
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let begin = Instant::now();
            let number = self.call(qos);
            self.flush().await.expect("the client stays");
            while !self.answers().await.contains(&number) {}
            times.push(begin.elapsed().as_secs_f64() * 1e6);
        }
        times
    }

    /// `window` calls outstanding, `count` in all; calls a second. Every answer must come, once.
    pub async fn side_by_side(&mut self, window: usize, count: usize, qos: QoS) -> f64 {
        let first = self.calls;
        let (mut called, mut answered) = (0, vec![false; count]);
        let mut missing = count;
        let begin = Instant::now();
        while missing > 0 {
            while called < count && called - (count - missing) < window {
                self.call(qos);
                called += 1;
            }
            self.flush().await.expect("the client stays");
            for number in self.answers().await {
                let seen = &mut answered[number - first];
                assert!(!std::mem::replace(seen, true), "a call was answered twice");
                missing -= 1;
            }
        }
        count as f64 / begin.elapsed().as_secs_f64()
    }
}

fn is_subscribe(packet: &Packet) -> bool {
    matches!(packet, Packet::Subscribe(_))
}

fn answer(packet: &Packet) -> Option<Packet> {
    match packet {
        Packet::Connect(_) => Some(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))),
        Packet::Subscribe(subscribe) => {
            let granted = subscribe.filters.iter().map(|filter| SubscribeReasonCode::Success(filter.qos));
            Some(Packet::SubAck(SubAck::new(subscribe.pkid, granted.collect())))
        }
        Packet::PingReq => Some(Packet::PingResp),
        Packet::Publish(publish) if publish.qos != QoS::AtMostOnce => {
            Some(Packet::PubAck(PubAck::new(publish.pkid)))
        }
        Packet::Publish(publish) => twin(&publish.topic),
        _ => None,
    }
}

fn twin(topic: &str) -> Option<Packet> {
    let (topic, body) = if let Some(id) = topic.strip_prefix("$iothub/twin/GET/?$rid=") {
        let body = r#"{"desired":{"$version":1},"reported":{"$version":1}}"#;
        (format!("$iothub/twin/res/200/?$rid={id}"), body)
    } else {
        let id = topic.strip_prefix("$iothub/twin/PATCH/properties/reported/?$rid=")?;
        (format!("$iothub/twin/res/204/?$rid={id}&$version=2"), "")
    };
    Some(Packet::Publish(Publish::new(topic, QoS::AtMostOnce, body)))
}

/// The middle, the 99th and the last of a hundred, for one line.
pub fn latency(times: &[f64]) -> String {
    format!("{:.1} {:.1} {:.1}", quantile(times, 0.5), quantile(times, 0.99), quantile(times, 1.0))
}
