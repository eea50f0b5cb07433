//! The disk outbox below a client: real files, so the clock goes as it does.

use std::fs;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use super::peer::{Hub, Peer, connection, start};
use super::sensor::Sensor;
use crate::client::Client;
use crate::connection::Connection;
use crate::error::Error;
use crate::outbox::WhenFull;
use crate::spool::{DiskOutbox, DiskSync};
use crate::state::State;

fn stored_in(folder: &TempDir) -> Connection {
    let disk = DiskOutbox::new(folder.path()).sync(DiskSync::Every);
    connection().with_disk_outbox(disk).with_close_deadline(Duration::from_millis(200))
}

async fn begin(folder: &TempDir) -> (Client, Hub) {
    let (client, hub) = start(Sensor, stored_in(folder));
    client.opened().await.unwrap();
    (client, hub)
}

fn waiting(folder: &TempDir) -> u64 {
    DiskOutbox::new(folder.path()).inspect().unwrap().messages
}

/// Takes so many messages, acknowledges them, and tells their topics.
async fn take(peer: &mut Peer, count: usize) -> Vec<String> {
    let mut topics = Vec::new();
    for _ in 0..count {
        let message = peer.publish().await;
        peer.acknowledge(&message).await;
        topics.push(message.topic);
    }
    topics
}

#[tokio::test]
async fn what_closing_leaves_is_kept_and_sent_first_at_the_next_start_under_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let (client, mut hub) = begin(&folder).await;
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let mut deliveries = Vec::new();
    for number in 0..4 {
        deliveries.push(client.__enqueue(&json!({ "temp": number })).await.unwrap());
    }
    take(&mut peer, 1).await;
    deliveries.remove(0).await.unwrap();
    let mut unacknowledged = Vec::new();
    for _ in 0..3 {
        unacknowledged.push(peer.publish().await.topic);
    }
    drop((peer, hub));
    client.close().await.unwrap();
    for delivery in deliveries {
        assert!(matches!(delivery.await, Err(Error::Kept)));
    }
    assert_eq!(waiting(&folder), 3);

    let (client, mut hub) = begin(&folder).await;
    let newest = client.__enqueue(&json!({ "temp": 9 })).await.unwrap();
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    let topics = take(&mut peer, 4).await;
    newest.await.unwrap();
    for (sent, before) in topics.iter().zip(&unacknowledged) {
        assert!(sent.starts_with(before), "{sent} after {before}");
    }
    client.close().await.unwrap();
    let counters = client.counters();
    assert_eq!((counters.recovered, counters.accepted, counters.acknowledged, counters.queued), (3, 1, 4, 0));
    assert_eq!(waiting(&folder), 0);
}

#[tokio::test]
async fn a_session_that_ends_abruptly_loses_nothing_it_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let (client, hub) = begin(&folder).await;
    for number in 0..10 {
        drop(client.__enqueue(&json!({ "temp": number })).await.unwrap());
    }
    let mut states = client.states();
    drop(client);
    states.wait_for(|state| matches!(state, State::Closed)).await.unwrap();
    assert_eq!(waiting(&folder), 10);
    drop(hub);
}

#[tokio::test]
async fn a_folder_that_is_in_use_is_refused_at_the_start_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let _first = begin(&folder).await;
    let (second, _hub) = start(Sensor, stored_in(&folder));
    let error = second.opened().await.unwrap_err();
    assert!(
        matches!(error, Error::Configuration { .. }) && error.to_string().contains("a folder of its own"),
        "{error}"
    );
}

#[tokio::test]
async fn a_disk_that_fails_refuses_what_is_new_and_goes_on_when_it_works_again() {
    let folder = tempfile::tempdir().unwrap();
    let (client, mut hub) = begin(&folder).await;
    let obstacle = folder.path().join("00000000000000000001.segment");
    fs::create_dir(&obstacle).unwrap();
    let error = client.__enqueue(&json!({ "temp": 1 })).await.unwrap_err();
    assert!(matches!(&error, Error::Disk { .. }) && error.is_retryable(), "{error}");
    fs::remove_dir(&obstacle).unwrap();
    let delivery = client.__enqueue(&json!({ "temp": 2 })).await.unwrap();
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    take(&mut peer, 1).await;
    delivery.await.unwrap();
    assert_eq!(client.counters().refused, 1);
    client.close().await.unwrap();
}

#[tokio::test]
async fn a_full_disk_does_what_the_policy_says() {
    let large = "x".repeat(200_000);
    for when_full in [WhenFull::Refuse, WhenFull::DropOldest] {
        let folder = tempfile::tempdir().unwrap();
        let disk = DiskOutbox::new(folder.path()).sync(DiskSync::Never).max_disk_bytes(0);
        let (client, _hub) =
            start(Sensor, connection().with_outbox(10_000, 16 << 20, when_full).with_disk_outbox(disk));
        let mut refused = 0;
        for _ in 0..80 {
            match client.__enqueue(&json!({ "temp": large })).await {
                Ok(delivery) => drop(delivery),
                Err(Error::OutboxFull) => refused += 1,
                Err(error) => panic!("{error}"),
            }
        }
        // 12 of the 16 MiB
        assert_eq!(refused, if when_full == WhenFull::Refuse { 18 } else { 0 });
        let bytes: u64 =
            fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
        assert!(bytes <= 16 << 20, "{bytes}");
    }
}

#[tokio::test]
async fn whoever_waits_for_a_full_disk_gets_the_room_that_an_acknowledgement_makes() {
    let folder = tempfile::tempdir().unwrap();
    let large = "x".repeat(250_000);
    let disk = DiskOutbox::new(folder.path()).sync(DiskSync::Never).max_disk_bytes(0);
    let (client, mut hub) = start(Sensor, connection().with_disk_outbox(disk));
    let filling = tokio::spawn({
        let client = client.clone();
        async move {
            for _ in 0..60 {
                drop(client.__enqueue(&json!({ "temp": large })).await.unwrap());
            }
        }
    });
    let mut peer = hub.serve(json!({ "$version": 1 })).await;
    take(&mut peer, 60).await;
    filling.await.unwrap();
    client.close().await.unwrap();
    assert_eq!((client.counters().acknowledged, waiting(&folder)), (60, 0));
}
