//! What is found again after a kill, with and without checkpoints before it.

use serde_json::json;

use super::*;
use crate::message::CloudToDevice;
use crate::state::Approval;

#[tokio::test]
async fn everything_is_found_again_after_any_number_of_steps_checkpoints_and_kills() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = fastrand::Rng::with_seed(6);
    let mut hub = Hub::open(folder.path()).unwrap();
    for step in 0..600 {
        let id = format!("d{}", random.u32(..4));
        match random.u32(..40) {
            0 => {
                let before = hub.picture().await;
                drop(hub);
                hub = Hub::open(folder.path()).unwrap();
                assert_eq!(hub.picture().await, before, "at step {step}");
            }
            1 => hub.checkpoint().await,
            2 => drop(hub.shared.with(|state, _| state.delete(&id))),
            3..8 => drop(hub.shared.with(|state, now| state.create(&id, None, true, now).map(drop))),
            8..10 => {
                let patch = json!({ "a": step });
                hub.shared.with(|state, now| drop(state.report(&id, patch.as_object().unwrap(), now)));
            }
            10..12 => {
                hub.shared.with(|state, now| drop(state.send_message(&id, CloudToDevice::new("x"), now)));
            }
            _ => hub.say(&id, &format!(r#"{{"n":{step},"on":{}}}"#, random.bool())),
        }
    }
}

#[tokio::test]
async fn settings_and_messages_to_devices_are_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    hub.shared.with(|state, now| {
        state.set_approval(Approval::Operator);
        state.send_message("d", CloudToDevice::new("x"), now).unwrap();
    });
    drop(hub);
    let hub = Hub::open(folder.path()).unwrap();
    hub.shared.with(|state, _| {
        assert_eq!(state.approval(), Approval::Operator);
        assert_eq!(state.device("d").unwrap().inbox.len(), 1);
    });
}

#[tokio::test]
async fn a_kill_within_a_checkpoint_neither_loses_nor_doubles_anything() {
    for written in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let mut hub = Hub::open(folder.path()).unwrap();
        hub.create("d");
        hub.say("d", r#"{"n":1}"#);
        hub.checkpoint().await;
        hub.say("d", r#"{"n":2}"#);
        let cut = hub.task.begin(0).unwrap().unwrap();
        hub.say("d", r#"{"n":3}"#);
        if written {
            crate::keep::archive::write_file(hub.shared.library.folder(), cut.covered, &cut.devices).unwrap();
        }
        let before = hub.picture().await;
        drop(hub);
        let mut hub = Hub::open(folder.path()).unwrap();
        assert_eq!(hub.picture().await, before);
        hub.checkpoint().await;
        assert_eq!(hub.picture().await, before);
        drop(hub);
        assert_eq!(Hub::open(folder.path()).unwrap().picture().await, before);
    }
}

#[tokio::test]
async fn rows_that_come_during_a_checkpoint_are_counted_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    hub.say("d", r#"{"n":1}"#);
    let cut = Arc::new(hub.task.begin(0).unwrap().unwrap());
    // the device's counts are taken after this one
    hub.say("d", r#"{"n":2}"#);
    hub.task.write(&cut).await.unwrap();
    drop(hub);
    let hub = Hub::open(folder.path()).unwrap();
    assert_eq!(hub.shared.with(|state, _| state.device("d").unwrap().record.messages), 2);
    assert_eq!(hub.rows("d").await.len(), 2);
}

#[tokio::test]
async fn a_device_that_has_the_id_of_a_deleted_one_has_none_of_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    hub.say("d", r#"{"old":1}"#);
    hub.checkpoint().await;
    hub.say("d", r#"{"old":2}"#);
    hub.shared.with(|state, _| state.delete("d")).unwrap();
    hub.create("d");
    assert!(hub.rows("d").await.is_empty());
    drop(hub);
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.checkpoint().await;
    hub.say("d", r#"{"new":1}"#);
    drop(hub);
    let hub = Hub::open(folder.path()).unwrap();
    assert_eq!(hub.rows("d").await.len(), 1);
    let latest = hub.shared.with(|state, _| state.device("d").unwrap().latest.len());
    assert_eq!(latest, 1);
}

#[tokio::test]
async fn the_oldest_history_goes_when_there_is_too_much() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = Hub::open_with(folder.path(), Retention { bytes: 2_000, ..Retention::default() }).unwrap();
    hub.create("d");
    for n in 0..20 {
        hub.say("d", &format!(r#"{{"n":{n}}}"#));
        hub.checkpoint().await;
    }
    hub.task.apply_retention().await.unwrap();
    let rows = hub.rows("d").await;
    assert!((1..20).contains(&rows.len()) && rows.last().unwrap().seq == 19, "{} rows", rows.len());
    let files = std::fs::read_dir(folder.path().join("history")).unwrap().count();
    assert_eq!(files, rows.len());
    let before = hub.picture().await;
    drop(hub);
    assert_eq!(Hub::open(folder.path()).unwrap().picture().await, before);
}

#[test]
fn a_folder_of_an_earlier_version_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hub.redb"), "x").unwrap();
    let error = Hub::open(folder.path()).map(drop).unwrap_err().to_string();
    assert!(error.contains(&folder.path().display().to_string()) && error.contains("earlier"), "{error}");
}

#[test]
fn a_second_hub_in_the_same_folder_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Hub::open(folder.path()).unwrap();
    assert!(matches!(Hub::open(folder.path()), Err(HubError::Locked(_))));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    hub.say("d", "{}");
    hub.checkpoint().await;
    let registry = folder.path().join("registry.redb");
    std::fs::set_permissions(&registry, std::fs::Permissions::from_mode(0o644)).unwrap();
    drop(hub);
    let _hub = Hub::open(folder.path()).unwrap();
    let folders = ["journal", "history"].map(|name| std::fs::read_dir(folder.path().join(name)).unwrap());
    let paths: Vec<_> =
        folders.into_iter().flatten().map(|entry| entry.unwrap().path()).chain([registry]).collect();
    assert_eq!(paths.len(), 3);
    for path in paths {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn rows_that_the_retention_waits_for_come_to_a_file_before_the_journal_is_large() {
    let folder = tempfile::tempdir().unwrap();
    let files = |hub: &Hub| hub.shared.library.files().len();
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    hub.say("d", "{}");
    hub.task.checkpoint(u64::MAX).await.unwrap();
    assert_eq!(files(&hub), 0, "a month is long");
    drop(hub);
    let short = Retention { age: std::time::Duration::ZERO, ..Retention::default() };
    let mut hub = Hub::open_with(folder.path(), short).unwrap();
    hub.task.checkpoint(u64::MAX).await.unwrap();
    assert_eq!(files(&hub), 1, "what the journal had at the start");
    hub.task.checkpoint(u64::MAX).await.unwrap();
    assert_eq!(files(&hub), 1, "there is nothing new");
}
