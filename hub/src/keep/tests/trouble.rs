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
