//! A peer that is never the limit: all publishes of one read are acknowledged by one write.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use bytes::BytesMut;
use rumqttc::{ConnAck, ConnectReturnCode, Packet, PubAck, Publish, QoS, SubAck, SubscribeReasonCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::certificates;

const LARGEST: usize = 1 << 20;

/// Prints its port and serves until its process is ended.
pub async fn run(folder: &Path) -> Result<(), Box<dyn Error + Send + Sync>> {
    let acceptor = TlsAcceptor::from(Arc::new(certificates::server(folder)?));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // A client's end is no news.
            let _ = serve(acceptor, stream).await;
        });
    }
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream) -> Result<(), Box<dyn Error + Send + Sync>> {
    stream.set_nodelay(true)?;
    let mut stream = acceptor.accept(stream).await?;
    let (mut incoming, mut outgoing) = (BytesMut::with_capacity(1 << 16), BytesMut::with_capacity(1 << 14));
    loop {
        incoming.reserve(1 << 15);
        if stream.read_buf(&mut incoming).await? == 0 {
            return Ok(());
        }
        while let Ok(packet) = Packet::read(&mut incoming, LARGEST) {
            if let Some(answer) = answer(packet) {
                answer.write(&mut outgoing, LARGEST)?;
            }
        }
        if !outgoing.is_empty() {
            stream.write_all(&outgoing).await?;
            stream.flush().await?;
            outgoing.clear();
        }
    }
}

fn answer(packet: Packet) -> Option<Packet> {
    match packet {
        Packet::Connect(_) => Some(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))),
        Packet::Subscribe(subscribe) => {
            let granted = vec![SubscribeReasonCode::Success(QoS::AtLeastOnce); subscribe.filters.len()];
            Some(Packet::SubAck(SubAck::new(subscribe.pkid, granted)))
        }
        Packet::Publish(publish) if publish.qos == QoS::AtLeastOnce => {
            Some(Packet::PubAck(PubAck::new(publish.pkid)))
        }
        Packet::Publish(publish) => {
            let id = publish.topic.strip_prefix("$iothub/twin/GET/?$rid=")?;
            let twin = r#"{"desired":{"$version":1},"reported":{"$version":1}}"#;
            let topic = format!("$iothub/twin/res/200/?$rid={id}");
            Some(Packet::Publish(Publish::new(topic, QoS::AtMostOnce, twin)))
        }
        Packet::PingReq => Some(Packet::PingResp),
        _ => None,
    }
}
