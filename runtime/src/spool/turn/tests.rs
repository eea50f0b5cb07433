use tempfile::TempDir;

use super::super::log::Durability;
use super::*;

const CAP: u64 = 16 << 10;
const START: u64 = 1_000_000;

fn spool(folder: &TempDir, when_full: WhenFull) -> Spool {
    let (log, _) = Log::open(folder.path().to_owned(), Durability::Never, CAP).unwrap();
    let limits = Limits { when_full, ..Limits::default() };
    Spool::new(log, String::from("folder"), &limits, CAP / 8)
}

fn entry(sequence: u64, rank: u8) -> Entry {
    let (created, expires) = (START, START + 100_000);
    let text = format!("{sequence:056}").into_bytes();
    Entry { sequence, rank, created, told: false, expires, text, bag: 20 }
}

fn store(entries: Vec<Entry>) -> Work {
    Work { now: START, entries, ended: Vec::new() }
}

fn ended(ended: impl IntoIterator<Item = u64>) -> Work {
    Work { now: START, entries: Vec::new(), ended: ended.into_iter().collect() }
}

fn sequences(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.sequence).collect()
}

fn stored(done: &Done) -> usize {
    done.taken.iter().filter(|taken| matches!(taken, Taken::Stored(_))).count()
}

#[test]
fn what_does_not_fit_the_window_stays_on_disk_and_follows_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = spool(&folder, WhenFull::Wait);
    let done = spool.turn(store((0..60).map(|sequence| entry(sequence, 1)).collect()));
    assert_eq!((stored(&done), done.messages), (60, 60));
    let mut seen = sequences(&done.ready);
    assert!(seen.len() < 30, "{}", seen.len());
    let mut at = 0;
    while at < seen.len() {
        let done = spool.turn(ended([seen[at]]));
        at += 1;
        seen.extend(sequences(&done.ready));
    }
    assert_eq!(seen, (0..60).collect::<Vec<_>>());
}

#[test]
fn a_rank_does_not_wait_behind_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = spool(&folder, WhenFull::Wait);
    spool.turn(store((0..60).map(|sequence| entry(sequence, 2)).collect()));
    let done = spool.turn(store(vec![entry(60, 2), entry(61, 0), entry(62, 1)]));
    assert_eq!(sequences(&done.ready), [61, 62]);
}

#[test]
fn a_restart_hands_out_again_what_has_not_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = spool(&folder, WhenFull::Wait);
    let done = first.turn(store((0..10).map(|sequence| entry(sequence, 1)).collect()));
    let bags: Vec<Vec<u8>> = done.ready.iter().map(|entry| entry.text.clone()).collect();
    first.turn(ended([0, 1, 2, 5]));
    first.close().unwrap();
    let done = spool(&folder, WhenFull::Wait).turn(ended([]));
    let again: Vec<Vec<u8>> = done.ready.into_iter().map(|entry| entry.text).collect();
    assert_eq!(again, [&bags[3..5], &bags[6..]].concat());
}

#[test]
fn a_full_disk_gives_back_what_does_not_fit_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = spool(&folder, WhenFull::Wait);
    let done = spool.turn(store((0..200).map(|sequence| entry(sequence, 1)).collect()));
    let room = stored(&done);
    assert!((90..130).contains(&room), "{room}");
    let back: Vec<u64> = done
        .taken
        .into_iter()
        .filter_map(|taken| match taken {
            Taken::Full(entry) => Some(entry.sequence),
            _ => None,
        })
        .collect();
    assert_eq!(back, (room as u64..200).collect::<Vec<_>>());
    let done =
        spool.turn(Work { ended: vec![0, 1], ..store(vec![entry(200, 1), entry(201, 1), entry(202, 1)]) });
    assert_eq!(stored(&done), 2);
}

#[test]
fn the_oldest_behind_the_window_make_room_for_the_newest_when_that_is_the_policy() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = spool(&folder, WhenFull::DropOldest);
    let done = spool.turn(store((0..300).map(|sequence| entry(sequence, 1)).collect()));
    assert_eq!(stored(&done), 300);
    let window = done.ready.len() as u64;
    let dropped: Vec<u64> = done.ended.iter().map(|(sequence, _)| *sequence).collect();
    assert!(done.ended.iter().all(|(_, end)| *end == End::Dropped));
    // whatever the window held at that time is handed out; the rest goes from the oldest on
    assert_eq!(dropped.len() as u64 + done.messages, 300);
    assert!(dropped.is_sorted() && !dropped.contains(&299), "{dropped:?}, window {window}");
}

#[test]
fn what_expires_on_disk_ends_there_and_only_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = spool(&folder, WhenFull::Wait);
    let window = spool.turn(store((0..60).map(|sequence| entry(sequence, 1)).collect())).ready.len();
    let late = Work { now: START + 100_000, ..Work::default() };
    let done = spool.turn(late);
    let expected: Vec<(u64, End)> = (window as u64..60).map(|sequence| (sequence, End::Expired)).collect();
    assert_eq!((done.ended, done.messages), (expected, window as u64));
    drop(spool);
    let mut again = self::spool(&folder, WhenFull::Wait);
    let done = again.turn(Work { now: START + 200_000, ..Work::default() });
    assert_eq!((done.ready.len(), done.ended.len(), done.messages), (0, window, 0));
}

#[test]
fn a_damaged_message_ends_as_damaged_and_the_others_follow() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = spool(&folder, WhenFull::Wait);
    let mut seen = sequences(&spool.turn(store((0..60).map(|sequence| entry(sequence, 1)).collect())).ready);
    let (victim, place) = spool.log.index.from(1, seen.len() as u64 + 3).unwrap();
    let path = folder.path().join(format!("{:020}.segment", place.segment));
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[place.offset as usize + 60] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let (mut at, mut lost) = (0, Vec::new());
    while at < seen.len() {
        let done = spool.turn(ended([seen[at]]));
        at += 1;
        seen.extend(sequences(&done.ready));
        lost.extend(done.ended);
    }
    assert_eq!(lost, [(victim, End::Damaged)]);
    assert_eq!(seen, (0..60).filter(|sequence| *sequence != victim).collect::<Vec<_>>());
}

#[test]
fn a_folder_that_disappears_is_told_and_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = spool(&folder, WhenFull::Wait);
    std::fs::remove_dir_all(folder.path()).unwrap();
    let done = spool.turn(store(vec![entry(0, 1)]));
    assert!(matches!(&done.taken[..], [Taken::Failed(Error::Disk { .. })]));
    assert_eq!(done.messages, 0);
}
