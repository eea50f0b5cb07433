//! A disk that takes nothing more.

#[cfg(target_os = "linux")]
use std::time::Duration;

use super::*;
#[cfg(target_os = "linux")]
use crate::{shared::MethodCall, topics::Subscription};

/// A hub whose writes fail as they do on a full disk, and what ends that.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_cannot_be_kept_is_not_told_to_anybody_until_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    let page = hub.shared.join(vec![crate::topic::Topic::Device("d".to_owned())], None).id;
    let told = |hub: &Hub| -> Vec<&'static str> {
        hub.shared.with_bus(|bus| bus.take(page)).frames.iter().map(|frame| frame.name).collect()
    };
    assert!(hub.shared.unkept().is_none());
    let full = Arc::new(std::fs::File::options().write(true).open("/dev/full").unwrap());
    let real = hub.shared.with_ledger(|_, ledger| ledger.replace_file(full)).unwrap();
    hub.say("d", r#"{"n":1}"#);
    assert!(hub.shared.unkept().unwrap().contains("cannot write"), "{:?}", hub.shared.unkept());
    assert!(told(&hub).is_empty(), "nobody hears of it");
    assert!(hub.task.checkpoint(0).await.is_err());
    hub.shared.with_ledger(|_, ledger| ledger.replace_file(real));
    hub.shared.with(|_, _| ());
    assert!(hub.shared.unkept().is_none());
    assert_eq!(told(&hub), ["telemetry"]);
    hub.say("d", r#"{"n":2}"#);
    drop(hub);
    assert_eq!(Hub::open(folder.path()).unwrap().rows("d").await.len(), 2);
}

#[tokio::test]
async fn a_checkpoint_that_fails_is_made_up_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    hub.say("d", r#"{"n":1}"#);
    let history = folder.path().join("history");
    std::fs::remove_dir(&history).unwrap();
    assert!(hub.task.checkpoint(0).await.is_err());
    hub.say("d", r#"{"n":2}"#);
    assert_eq!(hub.rows("d").await.len(), 2);
    std::fs::create_dir(&history).unwrap();
    hub.checkpoint().await;
    hub.checkpoint().await;
    let before = hub.picture().await;
    assert_eq!(hub.rows("d").await.len(), 2);
    drop(hub);
    assert_eq!(Hub::open(folder.path()).unwrap().picture().await, before);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_method_whose_caller_has_gone_is_not_called_when_things_can_be_kept_again() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    let (session, mut inbox) = hub.shared.open_link();
    hub.shared.with(|state, now| {
        state.connect("d", session, None, true, now).unwrap();
        state.subscribe("d", session, Subscription::Methods, true, now);
    });
    while inbox.try_recv().is_ok() {}
    let call = || {
        hub.shared.call(MethodCall {
            device: "d",
            component: None,
            name: "reboot",
            request: None,
            by: "a test",
            connect_timeout: Duration::ZERO,
            response_timeout: Duration::ZERO,
        })
    };
    let full = Arc::new(std::fs::File::options().write(true).open("/dev/full").unwrap());
    let real = hub.shared.with_ledger(|_, ledger| ledger.replace_file(full)).unwrap();
    call().await.unwrap();
    hub.shared.with_ledger(|_, ledger| ledger.replace_file(real));
    hub.shared.with(|_, _| ());
    assert!(hub.shared.unkept().is_none());
    assert!(inbox.try_recv().is_err(), "nobody waits for the answer");
    call().await.unwrap();
    assert!(inbox.try_recv().is_ok(), "one that can be kept is sent at once");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_flood_while_the_disk_is_full_takes_no_memory_and_whoever_missed_something_is_told() {
    const MB: usize = 1024 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    let page = hub.shared.join(vec![crate::topic::Topic::Raw("d".to_owned())], None).id;
    let (next, _) = hub.shared.join_feed(crate::feed::From::Latest);
    let (session, mut inbox) = hub.shared.open_link();
    hub.shared.with(|state, now| {
        state.connect("d", session, None, true, now).unwrap();
        state.subscribe("d", session, Subscription::DesiredPatches, true, now);
    });
    let full = Arc::new(std::fs::File::options().write(true).open("/dev/full").unwrap());
    let real = hub.shared.with_ledger(|_, ledger| ledger.replace_file(full)).unwrap();
    let large = vec![b' '; 200 * 1024];
    let take = |state: &mut crate::state::State, now| state.telemetry("d", &Bag::default(), &large, now);
    // the first is what finds out
    assert!(hub.shared.with_kept(take).is_err());
    let before = hub.shared.waiting_bytes();
    for _ in 0..500 {
        assert!(hub.shared.with_kept(take).is_err());
    }
    assert_eq!(hub.shared.waiting_bytes(), before, "devices bring nothing more");
    for n in 0..200 {
        let patch = serde_json::json!({ "n": n, "text": "x".repeat(3_000) });
        // what goes on inside the hub cannot be refused
        hub.shared.with(|state, now| {
            take(state, now);
            drop(state.desire("d", patch.as_object().unwrap(), now));
        });
    }
    let (owed, held) = hub.shared.waiting_bytes();
    assert!(held <= 17 * MB, "{owed} {held}");
    hub.shared.with_ledger(|_, ledger| ledger.replace_file(real));
    hub.shared.with(|_, _| ());
    assert_eq!(hub.shared.waiting_bytes(), (0, 0));
    assert!(hub.shared.with_bus(|bus| bus.take(page)).missed > 0, "the page loads anew");
    assert!(hub.shared.read_feed(next).missed.is_some(), "programs see a gap");
    while inbox.try_recv().is_ok() {}
    assert!(inbox.is_closed(), "the device comes again, and gets its twin");
    drop(hub);
    let hub = Hub::open(folder.path()).unwrap();
    assert_eq!(hub.shared.with(|state, _| state.device("d").unwrap().record.messages), 201);
}
