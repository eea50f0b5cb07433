//! The whole hub over real TLS: provision, connect, twins, methods, takeover, restart.

mod support;

use device_model_hub::{Hub, HubError};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Packet, PubAck, Publish};
use serde_json::json;
use support::{Client, Events, connect, hub, online, page, provision};

#[tokio::test]
async fn a_device_provisions_sends_and_is_told_what_is_desired() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut client = online(&hub, "d1").await;
    client.subscribe("$iothub/twin/PATCH/properties/desired/#").await;
    let mut message = Publish::new("devices/d1/messages/events/", QoS::AtLeastOnce, r#"{"temp":21.5}"#);
    message.pkid = 7;
    client.send(Packet::Publish(message)).await;
    assert_eq!(client.receive().await, Some(Packet::PubAck(PubAck::new(7))));
    let (status, body) =
        page(&hub, "PATCH", "/api/devices/d1/properties", r#"[{"name":"brightness","value":2}]"#).await;
    assert_eq!((status, body), (200, json!({ "version": 2 })));
    let (topic, body) = client.receive_publish().await;
    assert_eq!(topic, "$iothub/twin/PATCH/properties/desired/?$version=2");
    assert_eq!(body, json!({ "brightness": 2, "$version": 2 }));
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_command_is_answered_by_the_device() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut client = online(&hub, "d1").await;
    client.subscribe("$iothub/methods/POST/#").await;
    let call = page(&hub, "POST", "/api/devices/d1/commands", r#"{"name":"blink","request":5}"#);
    let device = async {
        let (topic, body) = client.receive_publish().await;
        assert_eq!(body, json!(5));
        let rid = topic.strip_prefix("$iothub/methods/POST/blink/?$rid=").unwrap();
        client.publish(&format!("$iothub/methods/res/200/?$rid={rid}"), r#"{"ok":true}"#).await;
        client
    };
    let ((status, command), _client) = tokio::join!(call, device);
    assert_eq!((status, &command["state"]), (200, &json!("succeeded")));
    assert_eq!(command["response"], json!({ "ok": true }));
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_newer_connection_closes_the_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut first = online(&hub, "d1").await;
    let _second = online(&hub, "d1").await;
    assert_eq!(first.receive().await, None);
    let (_, body) = page(&hub, "GET", "/api/devices", "").await;
    assert_eq!(body["items"][0]["connected"], json!(true));
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_restart_keeps_keys_devices_twins_and_telemetry() {
    let folder = tempfile::tempdir().unwrap();
    let first = hub(folder.path()).await;
    let (scope, ca) = (first.id_scope().to_owned(), first.ca_pem().to_owned());
    let key = provision(&first, "d1").await;
    let mut client = Client::open(&first).await;
    connect(&mut client, "d1", &key, 60).await;
    client.subscribe("$iothub/twin/res/#").await;
    client.publish("devices/d1/messages/events/", r#"{"temp":21.5}"#).await;
    client.publish("$iothub/twin/PATCH/properties/reported/?$rid=1", r#"{"state":true}"#).await;
    assert_eq!(client.receive_publish().await.0, "$iothub/twin/res/204/?$rid=1&$version=2");
    first.shutdown().await.unwrap();

    let second = hub(folder.path()).await;
    assert_eq!((second.id_scope(), second.ca_pem()), (scope.as_str(), ca.as_str()));
    let (_, body) = page(&second, "GET", "/api/devices/d1", "").await;
    assert_eq!(body["latest"][0]["value"], json!(21.5));
    assert_eq!(body["properties"][0]["reported"], json!(true));
    let (_, body) = page(&second, "GET", "/api/devices/d1/telemetry?name=temp", "").await;
    assert_eq!(body["raw"], json!(1));
    let mut client = Client::open(&second).await;
    connect(&mut client, "d1", &key, 60).await;
    second.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_hub_that_cannot_start_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let first = hub(folder.path()).await;
    let busy = first.mqtt();
    let locked = Hub::builder().dir(folder.path()).mqtt(busy).start().await;
    assert!(matches!(locked, Err(HubError::Locked(_))));
    let other = tempfile::tempdir().unwrap();
    let taken = Hub::builder().dir(other.path()).mqtt(busy).start().await;
    assert!(matches!(taken, Err(HubError::Bind { service: "mqtt", .. })));
    assert!(matches!(Hub::builder().start().await, Err(HubError::NoFolder)));
    first.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_page_is_told_of_a_device_as_it_happens() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(folder.path()).await;
    let mut events = Events::open(&hub, "/events?topics=devices,device:d1").await;
    assert!(events.next("hello").await["serverId"].is_string());
    let mut client = online(&hub, "d1").await;
    while events.next("device").await["connected"] != json!(true) {}
    client.publish("devices/d1/messages/events/$.sub=sensor", r#"{"temp":21.5}"#).await;
    let event = events.next("telemetry").await;
    let item = &event["items"][0];
    assert_eq!((&item["component"], &item["values"]), (&json!("sensor"), &json!({ "temp": 21.5 })));
    client.publish("$iothub/twin/PATCH/properties/reported/?$rid=1", r#"{"state":true}"#).await;
    assert_eq!(events.next("properties").await["properties"][0]["name"], json!("state"));
    hub.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_dropped_hub_gives_its_folder_and_ports_back() {
    let folder = tempfile::tempdir().unwrap();
    let first = hub(folder.path()).await;
    let client = online(&first, "d1").await;
    drop(first);
    drop(client);
    loop {
        match Hub::builder().dir(folder.path()).fall_back_to_free_ports(true).start().await {
            Ok(second) => break second.shutdown().await.unwrap(),
            // the writer still ends
            Err(HubError::Locked(_)) => tokio::task::yield_now().await,
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn a_models_folder_is_searched_for_what_its_models_refer_to() {
    let folder = tempfile::tempdir().unwrap();
    let free = "127.0.0.1:0".parse().unwrap();
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../models");
    let builder = Hub::builder().dir(folder.path()).mqtt(free).http(free).https(free);
    let hub = builder.models_dir(models).start().await.unwrap();
    let new = r#"{"id":"d1","modelId":"dtmi:com:example:TemperatureController;1"}"#;
    assert_eq!(page(&hub, "POST", "/api/devices", new).await.0, 201);
    let (_, device) = page(&hub, "GET", "/api/devices/d1", "").await;
    let groups = device["model"]["groups"].as_array().unwrap();
    let components: Vec<_> = groups.iter().map(|group| group["component"].as_str().unwrap_or("")).collect();
    assert_eq!(components, ["", "thermostat1", "thermostat2", "deviceInformation"]);
    hub.shutdown().await.unwrap();

    // what was kept is enough, for a hub that is given no folder
    let again = self::hub(folder.path()).await;
    let (_, kept) = page(&again, "GET", "/api/devices/d1", "").await;
    assert_eq!(kept["model"], device["model"]);
    again.shutdown().await.unwrap();
}
