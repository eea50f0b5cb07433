use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::lamp::{Lamp, Lamps};
use super::{TestHub, connect, connect_with, connection};
use crate::auth::DeviceKey;
use crate::connection::Connection;
use crate::error::Error;
use crate::json::Json;

#[tokio::test(start_paused = true)]
async fn telemetry_arrives_with_its_body_component_and_properties() {
    let (client, hub) = connect(Lamps);
    client.__send(&json!({ "temp": 1 })).await.unwrap();
    client.__component("second").__send(&json!({ "temp": 2 })).await.unwrap();
    let first = hub.telemetry().await;
    assert_eq!((first.component.as_deref(), &first.body), (None, &json!({ "temp": 1 })));
    assert_eq!(first.property("$.ct"), Some("application/json"));
    let second = hub.telemetry().await;
    assert_eq!(second.component.as_deref(), Some("second"));
    assert_ne!(first.id(), second.id());
}

#[tokio::test(start_paused = true)]
async fn commands_are_answered_side_by_side_and_an_asynchronous_one_reports_later() {
    let (_client, hub) = connect(Lamp);
    let (first, second) = tokio::join!(hub.call("blink", json!(1)), hub.call("blink", json!(2)));
    assert_eq!((first, second), ((200, json!(1)), (200, json!(2))));
    assert_eq!(hub.call("blink", json!("x")).await.0, 400);
    let begin = Instant::now();
    assert_eq!(hub.call("diagnose", Json::Null).await.0, 202);
    hub.reported_when(|reported| reported["diagnose"]["value"] == "fine").await;
    assert_eq!(begin.elapsed(), Duration::from_secs(600));
}

#[tokio::test(start_paused = true)]
async fn a_desired_value_is_set_and_acknowledged_in_either_convention() {
    let (_client, hub) = connect(Lamp);
    let done = hub.set_desired("brightness", json!(2)).await;
    assert_eq!((done.code, &done.value, done.version), (200, &json!(2), 2));
    let refused = hub.set_desired("brightness", json!(9)).await;
    assert_eq!((refused.code, &refused.value), (400, &json!(2)));
    assert_eq!(refused.description.as_deref(), Some("1 to 3"));

    let (_client, hub) = connect(Lamps);
    assert_eq!(hub.set_desired("second*brightness", json!(2)).await.value, json!(2));
    assert_eq!(hub.set_desired("second*brightness", json!(9)).await.code, 400);
    assert_eq!(hub.reported()["second"]["__t"], "c");
    assert!(hub.acknowledgement("brightness").is_none());
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_while_the_hub_is_away_arrives_when_it_is_back() {
    let (client, hub) = connect(Lamp);
    hub.connected().await;
    hub.go_offline();
    hub.disconnected().await;
    let delivery = client.__enqueue(&json!({ "temp": 1 })).await.unwrap();
    let version = hub.desire(json!({ "brightness": 3 }));
    tokio::time::sleep(Duration::from_secs(12 * 60 * 60)).await;
    assert!(hub.telemetry_so_far().is_empty());
    hub.come_back();
    delivery.await.unwrap();
    assert_eq!(hub.telemetry().await.body, json!({ "temp": 1 }));
    hub.reported_when(|reported| reported["brightness"]["desiredVersion"] == version).await;
    assert_eq!(hub.connections(), 2);
}

#[tokio::test(start_paused = true)]
async fn withheld_acknowledgements_leave_the_sender_waiting_and_a_lost_connection_sends_again() {
    let (client, hub) = connect(Lamp);
    hub.connected().await;
    hub.withhold_acknowledgements(true);
    let mut delivery = client.__enqueue(&json!({ "temp": 1 })).await.unwrap();
    let first = hub.telemetry().await;
    assert!(tokio::time::timeout(Duration::from_secs(5), &mut delivery).await.is_err());
    hub.disconnect();
    assert_eq!(hub.telemetry().await.id(), first.id());
    hub.withhold_acknowledgements(false);
    delivery.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_refused_device_tries_again_until_it_is_taken() {
    let (client, hub) = connect(Lamp);
    hub.connected().await;
    hub.refuse(true);
    hub.disconnect();
    let mut states = client.states();
    let refused = |state: &crate::State| matches!(state, crate::State::Retrying { cause, .. } if matches!(**cause, Error::Refused { code: 5, .. }));
    states.wait_for(refused).await.unwrap();
    hub.refuse(false);
    hub.connected().await;
}

#[tokio::test(start_paused = true)]
async fn a_device_that_is_to_be_provisioned_is_assigned_to_the_hub_in_memory() {
    let key = DeviceKey::from_base64("QUJD").unwrap();
    let provisioned = Connection::provisioned("dps.example", "0ne1", "lamp-7", key).unwrap();
    let (client, hub) = connect_with(Lamp, provisioned);
    assert_eq!(hub.call("blink", json!(1)).await.0, 200);
    assert_eq!((client.device_id().as_deref(), hub.connections()), (Some("lamp-7"), 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_connection_is_lost_ends_with_504() {
    let (_client, hub) = connect(Lamp);
    hub.connected().await;
    let (answer, ()) = tokio::join!(hub.call("blink", json!(1)), async { hub.disconnect() });
    assert_eq!(answer.0, 504);
}

#[tokio::test(start_paused = true)]
async fn a_message_is_completed_and_one_that_a_lost_connection_leaves_is_delivered_again() {
    let (client, hub) = connect(Lamp);
    hub.connected().await;
    hub.send_message(&[("$.mid", "1"), ("method-name", "blink")], json!(5)).await;
    hub.go_offline();
    hub.disconnected().await;
    let back = async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        hub.come_back();
    };
    tokio::join!(hub.send_message(&[("$.mid", "2"), ("method-name", "blink")], json!(6)), back);
    assert_eq!(client.counters().connects, 2);
}

/// What the hub says about a device that does something wrong.
async fn complaint(hub: TestHub, wrong: impl FnOnce(&mut super::cloud::Cloud)) -> String {
    hub.connected().await;
    hub.shared.with(wrong);
    let failed = tokio::spawn(async move { hub.reported() }).await.unwrap_err();
    *failed.into_panic().downcast::<String>().unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_a_device_does_against_the_protocol_fails_the_test() {
    use rumqttc::mqttbytes::QoS;
    use rumqttc::mqttbytes::v4::{Packet, Publish};

    let cases = [
        ("devices/else/messages/events/", "{}", "which no hub takes"),
        ("devices/device/messages/events/%24.ct=application%2Fjson", "{", "telemetry that is not JSON"),
        ("$iothub/twin/PATCH/properties/reported/?$rid=1", "[]", "no object"),
        ("$iothub/methods/res/200/?$rid=9", "{}", "an answer to no open call"),
    ];
    for (topic, payload, expected) in cases {
        let (_client, hub) = connect_with(Lamp, connection());
        let publish = Packet::Publish(Publish::new(topic, QoS::AtMostOnce, payload));
        let said = complaint(hub, |cloud| cloud.packet(publish)).await;
        assert!(said.contains(expected), "{said}");
    }
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "waited 3600s for telemetry")]
async fn waiting_for_what_never_comes_fails_the_test() {
    let (_client, hub) = connect(Lamp);
    hub.telemetry().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "no writable property \"brightnes\"")]
async fn a_misspelt_property_fails_the_test() {
    let (_client, hub) = connect(Lamp);
    hub.set_desired("brightnes", json!(1)).await;
}
