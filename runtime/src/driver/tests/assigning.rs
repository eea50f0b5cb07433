//! Which hub a device goes to: what is kept, doubted and asked for again.

use std::path::Path;

use serde_json::json;

use super::peer::start;
use super::sensor::Board;
use crate::auth::DeviceKey;
use crate::connection::{Connection, Reprovision};

fn provisioned(folder: &Path) -> Connection {
    let key = DeviceKey::from_base64("QUJD").unwrap();
    Connection::provisioned("dps.example", "0ne1", "d", key).unwrap().with_state_dir(folder)
}

#[tokio::test(start_paused = true)]
async fn a_start_goes_to_the_last_hub_without_asking_the_provisioning_service() {
    let folder = tempfile::tempdir().unwrap();
    let connection = provisioned(folder.path()).with_provisioning_payload(json!({ "site": 7 })).unwrap();
    let (client, mut hub) = start(Board, connection.clone());
    let (endpoint, mut provisioning) = hub.next().await;
    assert_eq!(endpoint, "dps.example:8883");
    let (_, registration) = provisioning.assign("hub.example:18883", "d2").await;
    assert_eq!(registration["payload"], json!({ "site": 7, "modelId": "dtmi:com:example:Board;1" }));
    let _peer = hub.serve(json!({ "$version": 1 })).await;
    client.connected().await.unwrap();
    assert_eq!(client.provisioning_payload(), Some(json!({ "zone": "a" })));
    drop((client, hub));

    let (client, mut hub) = start(Board, connection);
    let (endpoint, mut peer) = hub.next().await;
    assert_eq!(endpoint, "hub.example:18883");
    assert_eq!(peer.greet().await.client_id, "d2");
    peer.twin(json!({ "$version": 1 })).await;
    client.connected().await.unwrap();
    assert_eq!(client.provisioning_payload(), Some(json!({ "zone": "a" })));
}

#[tokio::test(start_paused = true)]
async fn a_refused_device_asks_again_and_falls_back_to_its_hub_while_the_service_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let (client, mut hub) = start(Board, provisioned(folder.path()));
    hub.next().await.1.assign("hub.example", "d").await;
    for _ in 0..3 {
        hub.next().await.1.refuse().await;
    }
    // The service refuses as well, but the hub has come to its senses.
    let (endpoint, mut provisioning) = hub.next().await;
    assert_eq!(endpoint, "dps.example:8883");
    provisioning.refuse().await;
    let (endpoint, mut peer) = hub.next().await;
    assert_eq!(endpoint, "hub.example:8883");
    peer.greet().await;
    peer.twin(json!({ "$version": 1 })).await;
    client.connected().await.unwrap();
    drop(peer);
    assert_eq!(hub.next().await.0, "hub.example:8883");
}

#[tokio::test(start_paused = true)]
async fn a_device_can_ask_at_each_start_and_use_the_last_hub_when_nobody_answers() {
    let folder = tempfile::tempdir().unwrap();
    let connection = provisioned(folder.path()).with_reprovisioning(Reprovision::AtStart);
    let (client, mut hub) = start(Board, connection.clone());
    hub.next().await.1.assign("hub.example", "d").await;
    let _peer = hub.serve(json!({ "$version": 1 })).await;
    drop((client, hub));
    let (_client, mut hub) = start(Board, connection);
    let (endpoint, peer) = hub.next().await;
    assert_eq!(endpoint, "dps.example:8883");
    drop(peer);
    assert_eq!(hub.next().await.0, "hub.example:8883");
}

#[tokio::test(start_paused = true)]
async fn a_device_that_is_never_provisioned_again_stays_with_its_hub() {
    let folder = tempfile::tempdir().unwrap();
    let connection = provisioned(folder.path()).with_reprovisioning(Reprovision::Never);
    let (_client, mut hub) = start(Board, connection);
    hub.next().await.1.assign("hub.example", "d").await;
    for _ in 0..12 {
        let (endpoint, mut peer) = hub.next().await;
        assert_eq!(endpoint, "hub.example:8883");
        peer.refuse().await;
    }
}
