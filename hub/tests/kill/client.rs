//! Those who use the hub until it is gone: devices by MQTT, operators and services by HTTP.

use std::collections::BTreeSet;

use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Packet, PubAck, Publish};
use serde_json::json;

use crate::device::Device;
use crate::ledger::Ledger;
use crate::support::token;
use crate::target::Target;

/// Numbers of one life begin at a multiple of it: none is used twice.
const LIFE: u64 = 100_000;
/// Messages that wait for their acknowledgements at a time.
const WINDOW: u16 = 20;
/// Messages posted in a life: no more than fit into the device's queue in all of them.
const POSTS: u64 = 2;

/// Sends numbers, the device `large` with large bodies so that checkpoints come; ends with the hub.
pub(crate) async fn send(target: &Target, ledger: &Ledger, id: &'static str, life: u64) -> Option<()> {
    let mut device = Device::connect(target, id).await?;
    let padding = if id == "large" { "x".repeat(16 * 1024) } else { String::new() };
    for number in 1..u64::from(u16::MAX) {
        let body = format!(r#"{{"n":{},"text":"{padding}"}}"#, life * LIFE + number);
        let mut publish = Publish::new(format!("devices/{id}/messages/events/"), QoS::AtLeastOnce, body);
        publish.pkid = number as u16;
        device.send(&Packet::Publish(publish)).await?;
        if number < u64::from(WINDOW) {
            continue;
        }
        match device.receive().await? {
            Packet::PubAck(PubAck { pkid }) => ledger.number(id, life * LIFE + u64::from(pkid)),
            other => panic!("{other:?}"),
        }
    }
    target.over().await
}

/// Reports one property again and again; ends with the hub.
pub(crate) async fn report(target: &Target, ledger: &Ledger, id: &str, life: u64) -> Option<()> {
    let mut device = Device::connect(target, id).await?;
    device.subscribe("$iothub/twin/res/#").await?;
    for number in 1.. {
        let number = life * LIFE + number;
        let topic = format!("$iothub/twin/PATCH/properties/reported/?$rid={number}");
        let publish = Publish::new(topic, QoS::AtMostOnce, json!({ "n": number }).to_string());
        device.send(&Packet::Publish(publish)).await?;
        loop {
            if let Packet::Publish(answer) = device.receive().await? {
                assert!(answer.topic.starts_with("$iothub/twin/res/204/"), "{}", answer.topic);
                break ledger.reported(number);
            }
        }
    }
    None
}

/// Makes devices, one after the other; ends with the hub.
pub(crate) async fn make(target: &Target, ledger: &Ledger, life: u64) -> Option<()> {
    for number in 0..200 {
        let id = format!("made-{life}-{number}");
        target.create(&id).await?;
        ledger.made(id);
    }
    target.over().await
}

/// Posts a few messages to a device that is not there.
pub(crate) async fn post(target: &Target, ledger: &Ledger, id: &str, life: u64) -> Option<()> {
    for number in 0..POSTS {
        let text = format!("message {number} of life {life}");
        post_one(target, id, &text).await?;
        ledger.posted(text);
    }
    target.over().await
}

/// Takes messages until all that were accepted have come, and those the hub may have accepted beside.
pub(crate) async fn receive(target: &Target, id: &str, accepted: &BTreeSet<String>) -> Vec<String> {
    let mut device = Device::connect(target, id).await.expect("the hub lives");
    device.subscribe("$iothub/twin/res/#").await.expect("the hub lives");
    device.subscribe(&format!("devices/{id}/messages/devicebound/#")).await.expect("the hub lives");
    // what is queued comes before the answer to this
    let get = Publish::new("$iothub/twin/GET/?$rid=1", QoS::AtMostOnce, "");
    device.send(&Packet::Publish(get)).await.expect("the hub lives");
    let mut got = Vec::new();
    let mut is_answered = false;
    while !is_answered || !accepted.iter().all(|text| got.contains(text)) {
        match device.receive().await.expect("the hub lives") {
            Packet::Publish(publish) if publish.topic.starts_with("$iothub/twin/res/") => is_answered = true,
            Packet::Publish(publish) => {
                got.push(String::from_utf8(publish.payload.to_vec()).expect("a text"));
                device.send(&Packet::PubAck(PubAck::new(publish.pkid))).await.expect("the hub lives");
            }
            _ => {}
        }
    }
    got
}

/// Posts one message as a service does.
async fn post_one(target: &Target, id: &str, text: &str) -> Option<()> {
    let connection = target.text("service_connection_string");
    let key = connection.rsplit_once("SharedAccessKey=").expect("a key").1;
    let token = token("localhost", key, 600);
    let head = format!("authorization: {token}&skn=iothubowner\r\n");
    let path = format!("/devices/{id}/messages/devicebound?api-version=2021-04-12");
    let (status, body) = target.request("POST", &path, &head, text).await?;
    assert!((200..300).contains(&status), "{status}: {body}");
    Some(())
}
