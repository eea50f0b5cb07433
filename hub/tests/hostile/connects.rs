//! Malformed beginnings: what comes instead of a good CONNECT.

use rumqttc::mqttbytes::v4::{ConnectReturnCode, Packet};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Client, connect, hmac, hub, provision};
use crate::{closed, serves, survives, throw};

/// A CONNECT with these flags and what follows the keep-alive.
fn packet(protocol: &[u8], flags: u8, payload: &[u8]) -> Vec<u8> {
    let body = [protocol, &[flags, 0, 60], payload].concat();
    assert!(body.len() < 128, "a length of one byte");
    [&[0x10, body.len() as u8], &*body].concat()
}

fn v4(flags: u8, payload: &[u8]) -> Vec<u8> {
    packet(b"\0\x04MQTT\x04", flags, payload)
}

/// Throws bytes at a hub; gives the code it answered with, if it did.
async fn refused(bytes: impl AsRef<[u8]>, text: &str) -> Option<ConnectReturnCode> {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut client = Client::open(&hub).await;
    throw(&mut client, bytes.as_ref()).await;
    let code = match closed(&mut client).await.as_slice() {
        [] => None,
        [Packet::ConnAck(ack)] => Some(ack.code),
        other => panic!("nothing else may be answered: {other:?}"),
    };
    survives(&hub, text).await;
    hub.shutdown().await.unwrap();
    code
}

/// One test for each line: a name, the bytes, a part of the log's reason.
macro_rules! refused_without_an_answer {
    ($($name:ident: $bytes:expr, $text:literal;)*) => {$(
        #[tokio::test]
        async fn $name() {
            assert_eq!(refused($bytes, $text).await, None);
        }
    )*};
}

refused_without_an_answer! {
    junk_is_no_mqtt: [0xff; 64], "not MQTT";
    a_request_of_http_is_no_mqtt: b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", "not MQTT";
    a_publish_before_connect: b"\x30\x05\0\x01ax!", "not MQTT";
    a_ping_before_connect: [0xc0, 0], "not MQTT";
    a_connect_with_wrong_flags_in_its_first_byte: [0x11, 0], "not MQTT";
    a_connect_without_content: [0x10, 0], "not MQTT";
    a_field_longer_than_the_packet: b"\x10\x04\0\x09MQ", "not MQTT";
    a_length_of_more_than_four_bytes: [0x10, 0xff, 0xff, 0xff, 0xff, 0xff], "not MQTT";
    a_connect_that_promises_256_mb: [0x10, 0xff, 0xff, 0xff, 0x7f], "not MQTT";
    a_connect_larger_than_any_needs_to_be: [0x10, 0x80, 0x80, 0x10], "not MQTT";
    another_protocol: packet(b"\0\x04AMQP\x04", 2, b"\0\x01d"), "not MQTT";
    the_reserved_flag: v4(0x03, b"\0\x01d"), "reserved flag";
    a_password_without_a_user_name: v4(0x42, b"\0\x01d\0\x01p"), "password without a user name";
    bytes_after_the_last_field: v4(0x82, b"\0\x01d\0\x01u?"), "after the last field";
    a_client_id_with_a_null_character: v4(0x02, b"\0\x02d\0"), "null character";
    a_user_name_that_is_not_utf_8: v4(0x82, b"\0\x01d\0\x01\xff"), "not UTF-8";
    a_will_of_qos_3: v4(0x1e, b"\0\x01d\0\x01t\0\0"), "QoS is 3";
    flags_of_a_will_that_is_not_there: v4(0x22, b"\0\x01d"), "is not there";
    a_will_of_qos_2: v4(0x16, b"\0\x01d\0\x01t\0\0"), "the will's topic or QoS";
    a_will_to_a_wildcard: v4(0x06, b"\0\x01d\0\x01#\0\0"), "the will's topic or QoS";
}

/// The same with the code that MQTT has for it.
macro_rules! refused_with {
    ($($name:ident: $bytes:expr, $code:ident, $text:literal;)*) => {$(
        #[tokio::test]
        async fn $name() {
            assert_eq!(refused($bytes, $text).await, Some(ConnectReturnCode::$code));
        }
    )*};
}

refused_with! {
    mqtt_3_1: packet(b"\0\x06MQIsdp\x03", 2, b"\0\x01d"), RefusedProtocolVersion, "another version of MQTT (level 3)";
    mqtt_5: packet(b"\0\x04MQTT\x05", 2, b"\0\0\x01d"), RefusedProtocolVersion, "another version of MQTT (level 5)";
    a_level_of_nobody: packet(b"\0\x04MQTT\x84", 2, b"\0\x01d"), RefusedProtocolVersion, "(level 132)";
    no_user_name: v4(0x02, b"\0\x01d"), NotAuthorized, "no user name";
    an_empty_user_name: v4(0xc2, b"\0\x01d\0\0\0\0"), NotAuthorized, "no user name";
    an_empty_client_id: v4(0x82, b"\0\0\0\x03h/d"), NotAuthorized, "client id \"\"";
    a_user_name_without_a_device: v4(0x82, b"\0\x01d\0\x02h/"), NotAuthorized, "user name";
    a_client_id_of_another_device: v4(0x82, b"\0\x01e\0\x03h/d"), NotAuthorized, "client id \"e\"";
    a_device_that_nobody_knows: v4(0x82, b"\0\x01d\0\x03h/d"), NotAuthorized, "no device \"d\"";
}

#[tokio::test]
async fn a_wrong_key_an_expired_token_and_an_unknown_device_are_refused_with_code_5() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let key = provision(&hub, "d1").await;
    let wrong = hmac(&key, "wrong");
    let cases = [
        ("d1", &wrong, 60, "does not match"),
        ("d1", &key, -3600, "expired"),
        ("nobody", &key, 60, "no device \"nobody\""),
    ];
    for (id, key, seconds, text) in cases {
        let mut client = Client::open(&hub).await;
        assert_eq!(connect(&mut client, id, key, seconds).await, ConnectReturnCode::NotAuthorized);
        assert!(closed(&mut client).await.is_empty());
        survives(&hub, text).await;
    }
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_connection_that_ends_in_the_middle_of_connect_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let whole = v4(0xc2, b"\0\x01d\0\x03h/d\0\x01p");
    for cut in 0..whole.len() {
        let mut client = Client::open(&hub).await;
        throw(&mut client, &whole[..cut]).await;
    }
    serves(&hub).await;
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn bytes_that_are_not_tls_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut socket = TcpStream::connect(hub.mqtt()).await.unwrap();
    socket.write_all(b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00").await.unwrap();
    let mut rest = Vec::new();
    let _ = socket.read_to_end(&mut rest).await;
    survives(&hub, "TLS handshake failed").await;
    hub.shutdown().await.unwrap();
}
