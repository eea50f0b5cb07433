//! Bare rumqttc: its own client and event loop, as its users drive it.

use std::sync::Arc;
use std::time::Duration;

use rumqttc::{
    AsyncClient, Event, EventLoop, MqttOptions, NetworkOptions, Packet, QoS, TlsConfiguration, Transport,
};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// A TLS configuration that trusts the peer.
pub fn tls(ca_file: &str) -> Arc<ClientConfig> {
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca_file).expect("the peer's authority") {
        roots.add(certificate.expect("PEM")).expect("a certificate");
    }
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().expect("ring has them");
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}

/// A connected client.
pub async fn connect(
    port: &str,
    tls: Arc<ClientConfig>,
    device_id: &str,
    window: u16,
) -> (AsyncClient, EventLoop) {
    let mut options = MqttOptions::new(device_id, "localhost", port.parse().expect("a port"));
    options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(tls)));
    options.set_keep_alive(Duration::from_secs(60));
    options.set_inflight(window);
    options.set_max_packet_size(256 * 1024, 256 * 1024);
    let (client, mut events) = AsyncClient::new(options, usize::from(window));
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    events.set_network_options(network);
    while !matches!(events.poll().await.expect("connected"), Event::Incoming(Packet::ConnAck(_))) {}
    (client, events)
}

/// Sends one message and waits for its acknowledgement.
pub async fn send(client: &AsyncClient, events: &mut EventLoop, device_id: &str) {
    let topic = format!("devices/{device_id}/messages/events/");
    let payload = r#"{"temp":21.5,"humid":40.2}"#;
    client.publish(topic, QoS::AtLeastOnce, false, payload).await.expect("queued");
    while !matches!(events.poll().await.expect("connected"), Event::Incoming(Packet::PubAck(_))) {}
}

/// Answers method calls until the peer has gone.
pub async fn answer(client: AsyncClient, mut events: EventLoop) {
    client.subscribe("$iothub/methods/POST/#", QoS::AtLeastOnce).await.expect("queued");
    while let Ok(event) = events.poll().await {
        if let Event::Incoming(Packet::Publish(call)) = event {
            let id = call.topic.split_once("$rid=").expect("a method call").1;
            let topic = format!("$iothub/methods/res/200/?$rid={id}");
            if client.try_publish(&topic, QoS::AtMostOnce, false, "{}").is_err() {
                let client = client.clone();
                // waiting for room here would stop the loop that makes it
                tokio::spawn(async move {
                    client.publish(topic, QoS::AtMostOnce, false, "{}").await.expect("queued");
                });
            }
        }
    }
}
