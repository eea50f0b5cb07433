//! What a connected device must not send: malformed packets, and topics and qualities that IoT Hub does not know.

use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Connect, Packet, Publish, Subscribe};

use crate::support::{Client, FREE, hub, online};
use crate::{closed, survives, throw};

/// Throws bytes from a connected device: the connection ends without a word.
async fn refused(bytes: impl AsRef<[u8]>, text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut client = online(&hub, "d1").await;
    throw(&mut client, bytes.as_ref()).await;
    assert_eq!(closed(&mut client).await, [], "nothing may be acknowledged");
    survives(&hub, text).await;
    hub.shutdown().await.unwrap();
}

/// A PUBLISH at QoS 0.
fn publish(topic: &str) -> Vec<u8> {
    bytes(&Packet::Publish(Publish::new(topic, QoS::AtMostOnce, "{}")))
}

fn subscribe(filter: &str) -> Vec<u8> {
    bytes(&Packet::Subscribe(Subscribe { pkid: 1, ..Subscribe::new(filter, QoS::AtMostOnce) }))
}

fn bytes(packet: &Packet) -> Vec<u8> {
    let mut bytes = bytes::BytesMut::new();
    packet.write(&mut bytes, 1 << 22).unwrap();
    bytes.to_vec()
}

/// A PUBLISH at QoS 1 with so many bytes of payload.
fn message(topic: &str, size: usize) -> Vec<u8> {
    let publish = Publish::new(topic, QoS::AtLeastOnce, vec![b'x'; size]);
    bytes(&Packet::Publish(Publish { pkid: 1, ..publish }))
}

const EVENTS: &str = "devices/d1/messages/events/";

/// One test for each line: a name, the bytes, a part of the log's reason.
macro_rules! refused {
    ($($name:ident: $bytes:expr, $text:literal;)*) => {$(
        #[tokio::test]
        async fn $name() {
            refused($bytes, $text).await;
        }
    )*};
}

refused! {
    a_publish_with_packet_id_0: b"\x32\x05\0\x01a\0\0", "malformed";
    a_publish_of_qos_2: b"\x34\x05\0\x01a\0\x01", "QoS 2";
    a_publish_of_qos_3: b"\x36\x05\0\x01a\0\x01", "malformed";
    a_repeated_publish_of_qos_0: b"\x38\x03\0\x01a", "wrong flags";
    an_empty_topic: b"\x30\x02\0\0", "topic is empty";
    a_topic_with_a_wildcard: publish("devices/+/messages/events/"), "wildcard";
    a_topic_with_a_null_character: b"\x30\x04\0\x02a\0", "malformed";
    a_topic_longer_than_its_packet: b"\x30\x03\0\x09a", "malformed";
    a_topic_that_is_not_utf_8: b"\x30\x03\0\x01\xff", "malformed";
    a_topic_that_iot_hub_does_not_know: publish("home/kitchen"), "not a topic of IoT Hub";
    the_topic_of_another_device: publish("devices/d2/messages/events/"), "not a topic of IoT Hub";
    the_topic_of_the_provisioning_service: publish("$dps/registrations/PUT/iotdps-register/?$rid=1"), "not a topic";
    a_twin_request_without_an_id: publish("$iothub/twin/GET/?x=1"), "no $rid";
    a_method_answer_without_a_status: publish("$iothub/methods/res/fine/?$rid=1"), "not a whole number";
    a_property_with_half_an_escape: publish(&format!("{EVENTS}a=100%")), "not percent-encoded";
    a_property_with_a_raw_space: publish(&format!("{EVENTS}a=b c")), "not percent-encoded";
    a_property_that_is_not_utf_8: publish(&format!("{EVENTS}a=%ff")), "not percent-encoded";
    a_subscription_to_everything: subscribe("#"), "SUBSCRIBE to \"#\"";
    a_subscription_to_another_devices_messages: subscribe("devices/d2/messages/devicebound/#"), "SUBSCRIBE to";
    a_subscription_with_packet_id_0: b"\x82\x06\0\0\0\x01a\0", "no packet id";
    a_subscription_to_nothing: b"\x82\x05\0\x01\0\0\0", "filter is not valid";
    a_subscription_without_a_filter: b"\x82\x02\0\x01", "malformed";
    a_filter_with_a_wildcard_in_its_middle: subscribe("a/#/b"), "filter is not valid";
    a_subscription_with_wrong_flags: b"\x80\x06\0\x01\0\x01a\0", "wrong flags";
    a_subscription_with_a_byte_too_many: b"\x82\x07\0\x01\0\x01a\0\0", "malformed";
    an_unsubscription_without_a_filter: b"\xa2\x02\0\x01", "UNSUBSCRIBE";
    an_unsubscription_with_packet_id_0: b"\xa2\x05\0\0\0\x01a", "UNSUBSCRIBE";
    a_second_connect: bytes(&Packet::Connect(Connect::new("d1"))), "second CONNECT";
    an_answer_that_only_a_hub_gives: b"\x20\x02\0\0", "does not send packets of type 2";
    a_packet_of_type_0: b"\0\0", "does not send packets of type 0";
    a_packet_of_type_15: b"\xf0\0", "does not send packets of type 15";
    a_step_of_qos_2: b"\x62\x02\0\x01", "QoS 2";
    a_ping_with_content: b"\xc0\x01\0", "without content has some";
    an_acknowledgement_of_nothing: b"\x40\x02\0\0", "PUBACK has no packet id";
    an_acknowledgement_with_a_reason: b"\x40\x03\0\x01\0", "PUBACK";
    a_length_of_five_bytes: b"\x30\x80\x80\x80\x80\x01", "malformed";
    a_packet_that_promises_256_mb: b"\x30\xff\xff\xff\x7f", "larger than the limit";
    a_packet_of_300_kb: message(EVENTS, 300 * 1024), "larger than the limit";
    a_message_one_byte_larger_than_256_kb: message(EVENTS, 256 * 1024 - EVENTS.len() + 1), "larger than the limit";
}

#[tokio::test]
async fn the_largest_message_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut client = online(&hub, "d1").await;
    throw(&mut client, &message(EVENTS, 256 * 1024 - EVENTS.len())).await;
    assert!(matches!(client.receive().await, Some(Packet::PubAck(_))));
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_came_before_a_malformed_packet_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut client = online(&hub, "d1").await;
    let flood: Vec<u8> = [message(EVENTS, 1), message(EVENTS, 2), vec![0xff; 9]].concat();
    throw(&mut client, &flood).await;
    let answers = closed(&mut client).await;
    assert_eq!(answers.len(), 2, "{answers:?}");
    survives(&hub, "malformed").await;
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_hub_that_was_told_so_only_logs_what_it_does_not_know() {
    let folder = tempfile::tempdir().unwrap();
    let builder = device_model_hub::Hub::builder().dir(folder.path()).mqtt(FREE).http(FREE).https(FREE);
    let hub = builder.tolerate_unknown_topics(true).start().await.unwrap();
    let mut client: Client = online(&hub, "d1").await;
    throw(&mut client, &publish("home/kitchen")).await;
    throw(&mut client, &message("home/kitchen", 1)).await;
    assert!(matches!(client.receive().await, Some(Packet::PubAck(_))));
    survives(&hub, "tolerated").await;
    hub.shutdown().await.unwrap();
}
