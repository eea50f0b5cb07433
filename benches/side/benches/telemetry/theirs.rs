//! rumqttc's own client with its best settings: Nagle's algorithm on (its event loop writes each publish by itself), a
//! channel and in-flight limit of the window, large packets allowed. The topic is as long as ours; topic and payload are
//! ready beforehand.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use rumqttc::{
    AsyncClient, Event, EventLoop, MqttOptions, NetworkOptions, Packet, QoS, TlsConfiguration, Transport,
};
use tokio::sync::Notify;

use crate::certificates;
use crate::client::{Job, WARM_UP};
use crate::meter::Meter;

const TOPIC: &str = "devices/raw1/messages/events/\
    %24.ct=application%2Fjson&%24.ce=utf-8&%24.mid=0123456789abcdef-123456";
const PAYLOAD: &str = r#"{"temp":21.5,"humid":40.2}"#;

pub async fn run(job: Job) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (client, mut events) = connect(&job).await?;
    if job.window == 1 {
        one_at_a_time(&client, &mut events, WARM_UP).await?;
        let meter = Meter::start();
        one_at_a_time(&client, &mut events, job.messages).await?;
        meter.end(job.messages);
        return Ok(());
    }
    let go = Arc::new(Notify::new());
    let publishing = tokio::spawn(publish(client, job.messages, Arc::clone(&go)));
    acknowledged(&mut events, WARM_UP).await?;
    let meter = Meter::start();
    go.notify_one();
    acknowledged(&mut events, job.messages).await?;
    meter.end(job.messages);
    Ok(publishing.await??)
}

async fn connect(job: &Job) -> Result<(AsyncClient, EventLoop), Box<dyn Error + Send + Sync>> {
    let tls = TlsConfiguration::Rustls(Arc::new(certificates::client(&job.folder)?));
    let mut options = MqttOptions::new("raw1", "localhost", job.port);
    options.set_transport(Transport::tls_with_config(tls));
    options.set_keep_alive(Duration::from_secs(240));
    options.set_inflight(u16::try_from(job.window)?);
    options.set_max_packet_size(256 * 1024, 256 * 1024);
    let (client, mut events) = AsyncClient::new(options, job.window);
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(false);
    network.set_connection_timeout(30);
    events.set_network_options(network);
    while !matches!(events.poll().await?, Event::Incoming(Packet::ConnAck(_))) {}
    Ok((client, events))
}

async fn publish(client: AsyncClient, messages: usize, go: Arc<Notify>) -> Result<(), rumqttc::ClientError> {
    for number in 0..WARM_UP + messages {
        if number == WARM_UP {
            go.notified().await;
        }
        client.publish(TOPIC, QoS::AtLeastOnce, false, PAYLOAD).await?;
    }
    Ok(())
}

async fn acknowledged(events: &mut EventLoop, count: usize) -> Result<(), rumqttc::ConnectionError> {
    let mut seen = 0;
    while seen < count {
        seen += usize::from(matches!(events.poll().await?, Event::Incoming(Packet::PubAck(_))));
    }
    Ok(())
}

async fn one_at_a_time(
    client: &AsyncClient,
    events: &mut EventLoop,
    count: usize,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    for _ in 0..count {
        client.publish(TOPIC, QoS::AtLeastOnce, false, PAYLOAD).await?;
        acknowledged(events, 1).await?;
    }
    Ok(())
}
