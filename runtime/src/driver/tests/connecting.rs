use std::sync::Arc;
use std::time::Duration;

use rumqttc::mqttbytes::v4::{ConnAck, ConnectReturnCode, Packet, SubAck, SubscribeReasonCode};
use rumqttc::mqttbytes::{QoS, v4};
use serde_json::json;

use super::super::start_on;
use super::super::transport::{Opening, Transport};
use super::peer::{Peer, connection, start};
use super::sensor::{Board, Sensor};
use crate::auth::DeviceKey;
use crate::connection::{Connection, Endpoint};
use crate::error::Error;
use crate::state::State;

fn provisioned() -> Connection {
    let key = DeviceKey::from_base64("QUJD").unwrap();
    Connection::provisioned("dps.example", "0ne1", "d", key).unwrap()
}

/// Assigns `localhost:18883` to whoever registers.
async fn assign(peer: &mut Peer) -> v4::Publish {
    let connect = peer.connect().await;
    let login = connect.login.unwrap();
    assert!(login.username.starts_with("0ne1/registrations/d/api-version="));
    assert!(login.password.ends_with("&skn=registration"));
    peer.send(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))).await;
    let Some(Packet::Subscribe(subscribe)) = peer.next().await else { panic!("not a SUBSCRIBE") };
    let granted = vec![SubscribeReasonCode::Success(QoS::AtLeastOnce)];
    peer.send(Packet::SubAck(SubAck::new(subscribe.pkid, granted))).await;
    let register = peer.publish().await;
    let assigning = json!({ "operationId": "4.a", "status": "assigning" });
    peer.tell("$dps/registrations/res/202/?$rid=1&retry-after=3", &assigning).await;
    assert!(peer.publish().await.topic.ends_with("?$rid=2&operationId=4.a"));
    let state = json!({ "assignedHub": "localhost:18883", "deviceId": "d2" });
    let assigned = json!({ "status": "assigned", "registrationState": state });
    peer.tell("$dps/registrations/res/200/?$rid=2", &assigned).await;
    assert!(matches!(peer.next().await, Some(Packet::Disconnect)));
    register
}

#[tokio::test(start_paused = true)]
async fn a_device_is_provisioned_and_then_connects_to_its_hub() {
    let (client, mut hub) = start(Sensor, provisioned());
    let (endpoint, mut peer) = hub.next().await;
    assert_eq!(endpoint, "dps.example:8883");
    let register = assign(&mut peer).await;
    assert!(String::from_utf8_lossy(&register.payload).contains("CapabilityModelId"));
    let (endpoint, mut peer) = hub.next().await;
    assert_eq!(endpoint, "localhost:18883");
    let connect = peer.greet().await;
    let login = connect.login.unwrap();
    assert_eq!((connect.client_id.as_str(), connect.clean_session), ("d2", false));
    assert!(login.username.starts_with("localhost/d2/?api-version=2021-04-12&DeviceClientType="));
    assert!(login.password.starts_with("SharedAccessSignature sr=localhost%2Fdevices%2Fd2&sig="));
    client.connected().await.unwrap();
    assert_eq!((client.hub().as_deref(), client.device_id().as_deref()), (Some("localhost"), Some("d2")));
}

#[tokio::test(start_paused = true)]
async fn a_hub_that_refuses_again_and_again_makes_the_device_provision_again() {
    let (client, mut hub) = start(Board, provisioned());
    let (_, mut peer) = hub.next().await;
    assign(&mut peer).await;
    for _ in 0..3 {
        let (endpoint, mut peer) = hub.next().await;
        assert_eq!(endpoint, "localhost:18883");
        peer.refuse().await;
        assert!(peer.next().await.is_none());
    }
    let state = client.state();
    assert!(
        matches!(&state, State::Retrying { cause, .. } if matches!(**cause, Error::Refused { code: 5, .. }))
    );
    assert_eq!(hub.next().await.0, "dps.example:8883");
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_by_a_planned_reconnect_before_it_expires() {
    let (client, mut hub) = start(Sensor, connection().with_token_life(Duration::from_secs(100)));
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let begin = super::super::now();
    assert!(matches!(peer.next().await, Some(Packet::Disconnect)));
    assert_eq!(super::super::now() - begin, Duration::from_secs(80));
    drop(peer);
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    assert_eq!(peer.call("blink", "1").await.0, 200);
    assert_eq!(client.counters().connects, 2);
}

#[tokio::test(start_paused = true)]
async fn limits_without_end_are_no_reason_to_panic() {
    let connection = connection()
        .with_command_deadline(Duration::MAX)
        .with_long_command_deadline(Duration::MAX)
        .with_telemetry_time_to_live(Duration::MAX)
        .with_token_life(Duration::MAX)
        .with_report_deadline(Duration::MAX)
        .with_close_deadline(Duration::MAX)
        .with_backoff(Duration::MAX, Duration::MAX);
    let (client, mut hub) = start(Sensor, connection);
    let sending = tokio::spawn({
        let client = client.clone();
        async move { client.__send(&json!({ "temp": 1 })).await }
    });
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let message = peer.publish().await;
    peer.acknowledge(&message).await;
    sending.await.unwrap().unwrap();
    assert_eq!(peer.call("blink", "1").await.0, 200);
    let reporting = tokio::spawn({
        let client = client.clone();
        async move { client.__report(&json!({ "state": true })).await }
    });
    peer.patched(204, &json!(null)).await;
    reporting.await.unwrap().unwrap();
    drop(peer);
    let mut states = client.states();
    states.wait_for(|state| matches!(state, State::Retrying { .. })).await.unwrap();
    client.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_session_that_panics_is_closed_for_everybody_who_waits() {
    struct Broken;

    impl Transport for Broken {
        fn open<'a>(&'a self, _: &'a Endpoint) -> Opening<'a> {
            Box::pin(async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                panic!("a transport's mistake")
            })
        }
    }

    let client = start_on(Sensor, connection(), Arc::new(Broken)).unwrap();
    let delivery = client.__enqueue(&json!({ "temp": 1 })).await.unwrap();
    assert!(matches!(client.connected().await, Err(Error::Closed)));
    assert!(matches!(delivery.await, Err(Error::Closed)));
    assert!(matches!(client.state(), State::Closed));
    assert!(matches!(client.close().await, Err(Error::Undelivered { count: 1 })));
}

#[tokio::test(start_paused = true)]
async fn a_silent_hub_is_given_up_in_the_greeting_and_when_pings_are_not_answered() {
    let (_client, mut hub) = start(Sensor, connection());
    let (_, mut peer) = hub.next().await;
    assert_eq!(peer.silence().await, Duration::from_secs(30));
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    assert_eq!(peer.silence().await, Duration::from_secs(45 + 20));
    hub.serve(json!({ "$version": 1 })).await;
}
