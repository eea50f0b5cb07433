//! A damaged journal refuses the start and names the way out, which keeps what can be read and says what is lost.

use std::path::PathBuf;

use super::*;

/// A device's rows, each a frame of its own.
const ROWS: u64 = 30;

/// A folder whose journal was damaged: `d` has all its rows in the only segment.
fn filled(folder: &Path) -> PathBuf {
    let hub = Hub::open(folder).unwrap();
    hub.create("d");
    for n in 0..ROWS {
        hub.say("d", &format!(r#"{{"n":{n}}}"#));
    }
    folder.join("journal").join("0000000001.journal")
}

async fn numbers(hub: &Hub, id: &str) -> Vec<u64> {
    hub.rows(id).await.iter().map(|row| row.seq).collect()
}

#[tokio::test]
async fn what_is_not_damaged_is_kept_and_what_is_lost_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = filled(folder.path());
    let mut damaged = std::fs::read(&path).unwrap();
    let body = damaged.windows(8).position(|bytes| bytes == br#"{"n":12}"#).unwrap();
    damaged[body + 5] ^= 1;
    std::fs::write(&path, &damaged).unwrap();
    let refused = Hub::open(folder.path()).map(drop).unwrap_err();
    assert!(matches!(&refused, HubError::DamagedJournal { path: named, .. } if *named == path), "{refused}");
    assert!(refused.to_string().contains("--repair"), "{refused}");

    let (hub, lost) = Hub::repair(folder.path());
    let kept: Vec<u64> = (0..ROWS).filter(|n| *n != 12).collect();
    assert_eq!(numbers(&hub, "d").await, kept);
    let aside = path.with_extension("journal-damaged");
    assert_eq!(std::fs::read(&aside).unwrap(), damaged, "the file is there as it was");
    let [piece, gap] = &lost[..] else { panic!("{lost:?}") };
    for part in [path.display().to_string(), aside.display().to_string(), "1 row of the device \"d\"".into()]
    {
        assert!(piece.contains(&part), "{part}: {piece}");
    }
    assert!(gap.starts_with("lost of the device \"d\": 1 row, before"), "{gap}");
    hub.say("d", "{}");
    drop(hub);

    let (hub, lost) = Hub::repair(folder.path());
    assert_eq!((lost, numbers(&hub, "d").await.len() as u64), (vec![], ROWS), "nothing is damaged any more");
    drop(hub);
    assert_eq!(numbers(&Hub::open(folder.path()).unwrap(), "d").await.len() as u64, ROWS);
}

#[tokio::test]
async fn any_damage_takes_only_what_it_hits() {
    let folder = tempfile::tempdir().unwrap();
    let path = filled(folder.path());
    let whole = std::fs::read(&path).unwrap();
    // the device's own record is in the first frame
    let first = whole.windows(7).position(|bytes| bytes == br#"{"n":0}"#).unwrap();
    for at in (first..whole.len()).step_by(11) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x41;
        std::fs::write(&path, &damaged).unwrap();
        let (hub, _) = Hub::repair(folder.path());
        let kept = numbers(&hub, "d").await;
        assert!(kept.len() as u64 >= ROWS - 1, "byte {at}: {kept:?}");
    }
}

#[tokio::test]
async fn a_segment_that_ends_too_early_is_repaired_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = filled(folder.path());
    let mut hub = Hub::open(folder.path()).unwrap();
    // a checkpoint that does not come to its end leaves two segments
    drop(hub.task.begin(0).unwrap());
    hub.say("d", "{}");
    drop(hub);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert!(matches!(Hub::open(folder.path()), Err(HubError::DamagedJournal { .. })));
    let (hub, lost) = Hub::repair(folder.path());
    let kept: Vec<u64> = (0..=ROWS).filter(|n| *n != ROWS - 1).collect();
    assert_eq!((numbers(&hub, "d").await, lost.len()), (kept, 2), "{lost:?}");
}

#[tokio::test]
async fn a_segment_without_its_head_is_read_as_far_as_its_salt_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = filled(folder.path());
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, [b"NOTHING!", &whole[8..]].concat()).unwrap();
    let (hub, lost) = Hub::repair(folder.path());
    assert_eq!((numbers(&hub, "d").await.len() as u64, lost.len()), (ROWS, 1), "{lost:?}");
    drop(hub);
    let salt: Vec<u8> = whole[8..12].iter().map(|byte| !byte).collect();
    std::fs::write(&path, [&whole[..8], &salt, &whole[12..]].concat()).unwrap();
    let (hub, lost) = Hub::repair(folder.path());
    assert!(hub.shared.with(|state, _| state.device("d").is_err()));
    assert!(lost.len() == 1 && lost[0].contains(&format!("{ROWS} rows of")), "{lost:?}");
    assert!(lost[0].contains("Device \"d\""), "{lost:?}");
    assert!(path.with_extension("journal-damaged-2").exists(), "the first one is still there");
}

#[tokio::test]
async fn rows_of_a_device_whose_record_is_lost_become_no_other_devices() {
    let folder = tempfile::tempdir().unwrap();
    let path = filled(folder.path());
    let mut damaged = std::fs::read(&path).unwrap();
    damaged[40] ^= 1;
    std::fs::write(&path, &damaged).unwrap();
    let (hub, lost) = Hub::repair(folder.path());
    assert!(lost[0].contains("Device \"d\""), "{lost:?}");
    hub.create("d");
    assert!(hub.rows("d").await.is_empty());
    drop(hub);
    assert!(Hub::open(folder.path()).unwrap().rows("d").await.is_empty());
}

#[tokio::test]
async fn rows_that_came_during_a_checkpoint_are_missed_when_they_are_lost() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let mut hub = Hub::open(folder.path()).unwrap();
    let cut = Arc::new(hub.task.begin(0).unwrap().unwrap());
    for n in ROWS..ROWS + 4 {
        hub.say("d", &format!(r#"{{"n":{n}}}"#));
    }
    // the device's counts are taken after these
    hub.task.write(&cut).await.unwrap();
    drop(hub);
    let path = folder.path().join("journal").join("0000000002.journal");
    let whole = std::fs::read(&path).unwrap();
    let mut damaged = whole.clone();
    let body = whole.windows(8).position(|bytes| bytes == br#"{"n":31}"#).unwrap();
    damaged[body + 5] ^= 1;
    damaged[whole.len() - 1] ^= 1;
    std::fs::write(&path, &damaged).unwrap();
    let (hub, lost) = Hub::repair(folder.path());
    let kept: Vec<u64> = (0..ROWS + 3).filter(|n| *n != 31).collect();
    assert_eq!(numbers(&hub, "d").await, kept);
    // no kill leaves the last one whole, but for a byte
    let [_, _, between, last] = &lost[..] else { panic!("{lost:?}") };
    assert!(between.starts_with("lost of the device \"d\": 1 row, before"), "{between}");
    assert_eq!(last, "lost of the device \"d\": 1 row, the last ones there were");
    assert_eq!(hub.shared.with(|state, _| state.device("d").unwrap().record.messages), ROWS + 4);
}

/// A folder whose journal has a page of zeros inside a row, then another row, and the one with the zeros damaged.
fn filled_with_zeros(folder: &Path) -> PathBuf {
    let path = filled(folder);
    let hub = Hub::open(folder).unwrap();
    hub.say("d", &"\0".repeat(10_000));
    let at = usize::try_from(std::fs::metadata(&path).unwrap().len()).unwrap() - 1;
    hub.say("d", "{}");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    path
}

#[tokio::test]
async fn zeros_that_a_device_sent_are_no_hole_that_a_power_cut_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = filled_with_zeros(folder.path());
    let refused = Hub::open(folder.path()).map(drop).unwrap_err();
    assert!(matches!(&refused, HubError::DamagedJournal { path: named, .. } if *named == path), "{refused}");
    let (hub, lost) = Hub::repair(folder.path());
    let kept: Vec<u64> = (0..ROWS + 2).filter(|n| *n != ROWS).collect();
    assert_eq!((numbers(&hub, "d").await, lost.len()), (kept, 2), "{lost:?}");
}

/// A folder whose journal has six large rows behind the small ones, and a page that a power cut took.
fn holed(folder: &Path) -> (PathBuf, Vec<u8>) {
    let path = filled(folder);
    let hub = Hub::open(folder).unwrap();
    for n in 0..6 {
        hub.say("d", &n.to_string().repeat(3_000));
    }
    drop(hub);
    let mut holed = std::fs::read(&path).unwrap();
    holed[8192..12288].fill(0);
    std::fs::write(&path, &holed).unwrap();
    (path, holed)
}

#[tokio::test]
async fn a_repair_keeps_what_is_behind_a_hole_and_says_what_was_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let (path, holed) = holed(folder.path());
    let (hub, lost) = Hub::repair(folder.path());
    let kept = numbers(&hub, "d").await;
    assert!(kept.contains(&(ROWS + 5)) && kept.len() as u64 >= ROWS + 3, "{kept:?}");
    assert_eq!(lost.len(), 2, "{lost:?}");
    assert_eq!(std::fs::read(path.with_extension("journal-damaged")).unwrap(), holed);
}

#[tokio::test]
async fn a_start_goes_on_with_what_is_before_a_hole_and_says_what_it_leaves_out() {
    let folder = tempfile::tempdir().unwrap();
    let (path, holed) = holed(folder.path());
    let (hub, lost) = Hub::load(folder.path(), Retention::default(), false).unwrap();
    let kept = numbers(&hub, "d").await;
    assert_eq!(kept, (0..kept.len() as u64).collect::<Vec<_>>());
    let aside = path.with_extension("journal-torn");
    assert_eq!(std::fs::read(&aside).unwrap(), holed);
    let [piece] = &lost[..] else { panic!("{lost:?}") };
    // what is behind the hole can be read, though it is left out
    assert!(kept.len() as u64 >= ROWS && piece.contains("rows of the device \"d\""), "{piece}");
    assert!(piece.contains(&aside.display().to_string()), "{piece}");
    drop(hub);
    let (hub, lost) = Hub::load(folder.path(), Retention::default(), false).unwrap();
    assert_eq!((numbers(&hub, "d").await, lost), (kept, vec![]), "the next start finds it whole");
}

#[tokio::test]
async fn what_is_not_searched_to_its_end_is_no_torn_end_and_said_to_be_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = filled(folder.path());
    let hub = Hub::open(folder.path()).unwrap();
    // most of its places look like the beginning of a record
    hub.say("d", &"\0\0\u{1}\0".repeat(50_000));
    hub.say("d", "{}");
    drop(hub);
    let mut bytes = std::fs::read(&path).unwrap();
    let body = bytes.windows(8).position(|bytes| bytes == [0, 0, 1, 0, 0, 0, 1, 0]).unwrap();
    bytes[body] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let refused = Hub::open(folder.path()).map(drop).unwrap_err();
    assert!(matches!(&refused, HubError::DamagedJournal { path: named, .. } if *named == path), "{refused}");
    let (hub, lost) = Hub::repair(folder.path());
    assert_eq!(numbers(&hub, "d").await.len() as u64, ROWS);
    let [piece] = &lost[..] else { panic!("{lost:?}") };
    assert!(piece.contains("would have taken too long"), "{piece}");
}

#[tokio::test]
async fn a_last_record_that_is_whole_but_cannot_be_read_is_lost_and_a_torn_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = filled(folder.path());
    let mut bytes = std::fs::read(&path).unwrap();
    let salt = u32::from_le_bytes(bytes[8..12].try_into().unwrap());
    let at = crate::keep::frame::begin(&mut bytes);
    bytes.push(99);
    crate::keep::frame::end(&mut bytes, at, salt);
    // a kill within the write of the next
    bytes.extend_from_slice(&[9, 0, 0]);
    std::fs::write(&path, bytes).unwrap();
    let (hub, lost) = Hub::repair(folder.path());
    assert_eq!(numbers(&hub, "d").await.len() as u64, ROWS);
    let [piece] = &lost[..] else { panic!("{lost:?}") };
    assert!(piece.contains(&format!(": 9 bytes from byte {at} on")), "{piece}");
}

/// A folder whose checkpoint was killed between its file of the history, which is answered, and its end.
fn half_moved(folder: &Path) -> PathBuf {
    filled(folder);
    let mut hub = Hub::open(folder).unwrap();
    let cut = hub.task.begin(0).unwrap().unwrap();
    crate::keep::archive::write_file(hub.shared.library.folder(), cut.covered, &cut.devices).unwrap();
    folder.join("history").join("0000000001.rows")
}

#[tokio::test]
async fn a_file_of_the_history_that_may_have_what_is_lost_of_the_journal_stays() {
    // a row's body, and the salt, without which nothing is found again
    for (needle, offset, kept) in [(&br#"{"n":12}"#[..], 5, ROWS - 1), (b"DMJRNL1", 8, 0)] {
        let folder = tempfile::tempdir().unwrap();
        let rows = half_moved(folder.path());
        let whole = std::fs::read(&rows).unwrap();
        let path = folder.path().join("journal").join("0000000001.journal");
        let mut damaged = std::fs::read(&path).unwrap();
        let place = damaged.windows(needle.len()).position(|bytes| bytes == needle).unwrap();
        damaged[place + offset] ^= 1;
        std::fs::write(&path, damaged).unwrap();
        let (hub, lost) = Hub::repair(folder.path());
        let aside = rows.with_extension("rows-unlisted");
        assert_eq!((std::fs::read(&aside).unwrap(), rows.exists()), (whole, false));
        let is_told = lost.iter().any(|text| text.contains(&aside.display().to_string()));
        assert!(is_told, "{lost:?}");
        drop(hub);
        let hub = Hub::open(folder.path()).unwrap();
        let is_known = hub.shared.with(|state, _| state.device("d").is_ok());
        let found = if is_known { numbers(&hub, "d").await.len() as u64 } else { 0 };
        assert_eq!(found, kept);
    }
}
