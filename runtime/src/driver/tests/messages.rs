use std::sync::{Arc, Mutex};

use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Connect, Packet, PubAck, Publish, SubAck, SubscribeReasonCode};
use serde_json::json;

use super::peer::{Hub, Peer, connection, start};
use super::sensor::{Board, Sensor};
use crate::client::Client;
use crate::connection::Connection;
use crate::json::Json;
use crate::message::{CloudMessage, MessageError};

const TOPIC: &str = "devices/d/messages/devicebound/";

/// What the handler of messages got; one that says `bad` fails, and one that says `crash` panics.
#[derive(Clone, Default)]
struct Received(Arc<Mutex<Vec<String>>>);

impl Received {
    fn on(&self, connection: Connection) -> Connection {
        let received = self.clone();
        connection.with_message_handler(move |message: CloudMessage, _: Client| {
            let received = received.clone();
            async move {
                let text = message.json::<String>()?;
                received.0.lock().unwrap().push(text.clone());
                match text.as_str() {
                    "bad" => Err(MessageError::new("not today")),
                    "crash" => panic!("a handler's mistake"),
                    _ => Ok(()),
                }
            }
        })
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

async fn send(peer: &mut Peer, packet: u16, again: bool, bag: &str, payload: &str) {
    let mut publish = Publish::new(format!("{TOPIC}{bag}"), QoS::AtLeastOnce, payload);
    (publish.pkid, publish.dup) = (packet, again);
    peer.send(Packet::Publish(publish)).await;
}

async fn acknowledged(peer: &mut Peer) -> u16 {
    match peer.next().await {
        Some(Packet::PubAck(PubAck { pkid })) => pkid,
        other => panic!("not a PUBACK: {other:?}"),
    }
}

/// Greets the device; its CONNECT, and what it subscribes to.
async fn greeting(hub: &mut Hub) -> (Connect, Vec<String>) {
    let (_, mut peer) = hub.next().await;
    let connect = peer.connect().await;
    peer.accept().await;
    let Some(Packet::Subscribe(subscribe)) = peer.next().await else { panic!("not a SUBSCRIBE") };
    let granted = subscribe.filters.iter().map(|filter| SubscribeReasonCode::Success(filter.qos)).collect();
    peer.send(Packet::SubAck(SubAck::new(subscribe.pkid, granted))).await;
    (connect, subscribe.filters.into_iter().map(|filter| filter.path).collect())
}

#[tokio::test(start_paused = true)]
async fn a_hub_keeps_messages_for_a_device_only_where_somebody_is_there_for_them() {
    let filter = format!("{TOPIC}#");
    let (_client, mut hub) = start(Sensor, connection());
    let (connect, filters) = greeting(&mut hub).await;
    assert!(!connect.clean_session && filters.contains(&filter), "the model has commands: {filters:?}");
    let (_client, mut hub) = start(Sensor, connection().with_offline_commands(false));
    let (connect, filters) = greeting(&mut hub).await;
    assert!(connect.clean_session && !filters.contains(&filter), "{filters:?}");
    let (_client, mut hub) = start(Sensor, Received::default().on(connection().with_offline_commands(false)));
    let (connect, filters) = greeting(&mut hub).await;
    assert!(!connect.clean_session && filters.contains(&filter), "{filters:?}");
    let module = "HostName=hub.example;DeviceId=d;ModuleId=m;SharedAccessKey=QUJD";
    let module = Connection::from_connection_string(module).unwrap();
    let (_client, mut hub) = start(Sensor, Received::default().on(module));
    let (connect, filters) = greeting(&mut hub).await;
    assert!(connect.clean_session && filters.len() == 3, "modules get no messages: {filters:?}");
}

#[tokio::test(start_paused = true)]
async fn a_message_is_acknowledged_when_its_handler_has_succeeded_and_comes_again_when_it_has_not() {
    let received = Received::default();
    let (client, mut hub) = start(Sensor, received.on(connection()));
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    for (packet, payload) in [(1, "\"bad\""), (2, "\"crash\""), (3, "no JSON"), (4, "\"good\"")] {
        send(&mut peer, packet, false, &format!("%24.mid={packet}"), payload).await;
    }
    assert_eq!(acknowledged(&mut peer).await, 4);
    assert_eq!(received.take(), ["bad", "crash", "good"]);
    drop(peer);
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    send(&mut peer, 1, true, "%24.mid=1", "\"bad\"").await;
    send(&mut peer, 2, true, "%24.mid=4", "\"good\"").await;
    assert_eq!(acknowledged(&mut peer).await, 2, "its acknowledgement may have been lost");
    while received.0.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(received.take(), ["bad"], "what was processed is not processed again");
    assert_eq!(client.counters().messages_completed, 2);
}

#[tokio::test(start_paused = true)]
async fn a_message_without_a_handler_and_an_unknown_offline_command_do_not_block_the_queue() {
    let (_client, mut hub) = start(Sensor, connection());
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    send(&mut peer, 1, false, "", "anything").await;
    assert_eq!(acknowledged(&mut peer).await, 1);
    send(&mut peer, 2, false, "method-name=dance", "@").await;
    assert_eq!(acknowledged(&mut peer).await, 2);
}

#[tokio::test(start_paused = true)]
async fn an_offline_command_that_no_handler_of_commands_takes_is_a_message() {
    for (connection, name) in
        [(connection(), "dance"), (connection().with_offline_commands(false), "sensor%2Ablink")]
    {
        let received = Received::default();
        let (_client, mut hub) = start(Board, received.on(connection));
        let mut peer = hub.serve(json!({ "$version": 1 })).await;
        send(&mut peer, 1, false, &format!("method-name={name}"), "\"5\"").await;
        assert_eq!(acknowledged(&mut peer).await, 1);
        assert_eq!(received.take(), ["5"], "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn offline_commands_reach_the_handlers_of_commands() {
    let (client, mut hub) = start(Board, connection());
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    send(&mut peer, 1, false, "method-name=sensor%2Ablink&iothub-ack=none", "5").await;
    assert_eq!(acknowledged(&mut peer).await, 1);
    send(&mut peer, 2, false, "method-name=sensor%2Ablink", "\"no number\"").await;
    assert_eq!(acknowledged(&mut peer).await, 2, "another delivery would not mend it");
    send(&mut peer, 3, false, "method-name=sensor%2Acrash", "@").await;
    send(&mut peer, 4, false, "method-name=sensor%2Arundiagnostics", "@").await;
    let mut completed = None;
    let mut reported = None;
    while completed.is_none() || reported.is_none() {
        match peer.next().await {
            Some(Packet::PubAck(PubAck { pkid })) => completed = Some(pkid),
            Some(Packet::Publish(publish)) => {
                reported = serde_json::from_slice::<Json>(&publish.payload).ok();
                peer.take_patch(&publish).await;
            }
            other => panic!("neither acknowledged nor reported: {other:?}"),
        }
    }
    assert_eq!(completed, Some(4), "one that failed is left to the next delivery");
    assert_eq!(reported.unwrap()["sensor"]["rundiagnostics"]["value"], "fine");
    assert_eq!(client.counters().commands_answered, 0, "nobody waits for an answer");
}

#[tokio::test(start_paused = true)]
async fn closing_waits_for_a_message_that_is_being_processed_and_begins_no_other() {
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let handler = {
        let gate = Arc::clone(&gate);
        move |_: CloudMessage, _: Client| {
            let gate = Arc::clone(&gate);
            async move { gate.acquire().await.map(tokio::sync::SemaphorePermit::forget).map_err(Into::into) }
        }
    };
    let (client, mut hub) = start(Sensor, connection().with_message_handler(handler));
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    send(&mut peer, 1, false, "", "1").await;
    send(&mut peer, 2, false, "", "2").await;
    assert_eq!(peer.call("blink", "1").await.0, 200);
    let closing = tokio::spawn(async move { client.close().await });
    while peer.call("blink", "1").await.0 != 503 {
        tokio::task::yield_now().await;
    }
    gate.add_permits(2);
    assert_eq!(acknowledged(&mut peer).await, 1);
    assert!(matches!(peer.next().await, Some(Packet::Disconnect)));
    closing.await.unwrap().unwrap();
}
