//! What is said of files that were altered, cut off or taken away: it is named, and the rest is served.

use std::path::PathBuf;

use super::*;
use crate::keep::series::{SeriesPath, SeriesQuery};

/// A folder with a device, three files of history with two groups each, and its file in the middle.
async fn filled(folder: &Path) -> PathBuf {
    let mut hub = Hub::open(folder).unwrap();
    hub.create("d");
    for file in 0..3 {
        for n in 0..300 {
            hub.say_at("d", file * 300 + n, &format!(r#"{{"n":{n},"text":"{}"}}"#, "x".repeat(20)));
        }
        hub.checkpoint().await;
    }
    let mut files: Vec<_> =
        std::fs::read_dir(folder.join("history")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.remove(1)
}

/// The numbers of the rows that are served, and what is said of the others.
async fn served(folder: &Path) -> (Vec<u64>, Vec<String>) {
    let hub = Hub::open(folder).unwrap();
    let mut seen = Vec::new();
    let mut damage = Vec::new();
    for newest_first in [false, true] {
        let query = RowQuery { limit: usize::MAX, newest_first, ..RowQuery::default() };
        let page = hub.shared.rows("d", query).await.unwrap();
        assert_eq!(page.next, None);
        let mut seqs: Vec<u64> = page.rows.iter().map(|row| row.seq).collect();
        if newest_first {
            seqs.reverse();
        }
        seen.push(seqs);
        damage = page.damage;
    }
    assert_eq!(seen[0], seen[1]);
    let logged = hub.shared.with(|state, _| state.log().map(|row| row.message.clone()).collect::<Vec<_>>());
    assert_eq!(logged, damage, "each is in the log, once");
    (seen.swap_remove(0), damage)
}

/// How many numbers a chart has, and what is said of the others.
async fn drawn(folder: &Path) -> (u64, Vec<String>) {
    let hub = Hub::open(folder).unwrap();
    let path = SeriesPath { component: None, path: "n".to_owned(), as_states: false };
    let query = SeriesQuery { paths: vec![path], from: None, to: None, width: 100, most: 400 };
    let page = hub.shared.series("d", query).await.unwrap();
    (page.drawn[0].count, page.damage)
}

#[tokio::test]
async fn an_altered_byte_of_the_history_takes_only_its_piece_along() {
    let folder = tempfile::tempdir().unwrap();
    let path = filled(folder.path()).await;
    let whole = std::fs::read(&path).unwrap();
    let all: Vec<u64> = (0..900).collect();
    assert_eq!(served(folder.path()).await, (all.clone(), vec![]));
    assert_eq!(drawn(folder.path()).await, (900, vec![]));
    let (mut rows_hit, mut columns_hit) = (0, 0);
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut altered = whole.clone();
        altered[at] ^= 0x10;
        std::fs::write(&path, &altered).unwrap();
        let (rows, damage) = served(folder.path()).await;
        let (points, said) = drawn(folder.path()).await;
        assert!(rows.iter().all(|seq| all.contains(seq)) && rows.len() >= 600, "byte {at}");
        assert_eq!(rows.len() < 900, !damage.is_empty(), "byte {at}");
        assert_eq!(points < 900, !said.is_empty(), "byte {at}");
        assert!(points >= 600);
        let named = path.display().to_string();
        assert!(damage.iter().chain(&said).all(|text| text.contains(&named)), "{damage:?} {said:?}");
        rows_hit += usize::from(!damage.is_empty());
        columns_hit += usize::from(!said.is_empty());
    }
    assert!(rows_hit > 0 && columns_hit > 0, "{rows_hit} {columns_hit}");
}

#[tokio::test]
async fn a_file_of_the_history_that_is_cut_off_or_gone_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = filled(folder.path()).await;
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 10]).unwrap();
    let (rows, damage) = served(folder.path()).await;
    assert_eq!((rows.len(), damage.len()), (600, 1));
    std::fs::remove_file(&path).unwrap();
    let (rows, damage) = served(folder.path()).await;
    assert_eq!((rows.len(), damage.len()), (600, 1));
    assert!(damage[0].contains(&path.display().to_string()), "{damage:?}");
}

#[tokio::test]
async fn an_altered_page_of_the_registry_refuses_the_start() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path()).await;
    let path = folder.path().join("registry.redb");
    let whole = std::fs::read(&path).unwrap();
    let mut refused = 0;
    for page in (0..whole.len()).step_by(4096).filter(|at| whole[*at..*at + 64] != [0; 64]) {
        let mut altered = whole.clone();
        altered[page..page + 64].iter_mut().for_each(|byte| *byte ^= 0x5a);
        std::fs::write(&path, &altered).unwrap();
        match Hub::open(folder.path()) {
            // a page that is free now, or a copy that can be done without
            Ok(hub) => assert_eq!(hub.rows("d").await.len(), 900),
            Err(HubError::Damaged { path: named, .. }) if named == path => refused += 1,
            Err(other) => panic!("page at {page}: {other}"),
        }
    }
    assert!(refused > 0);
}

#[tokio::test]
async fn a_registry_that_is_none_is_named_as_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.redb");
    for text in ["x".to_owned(), "no store, ".repeat(2_000)] {
        std::fs::write(&path, text).unwrap();
        let error = Hub::open(folder.path()).map(drop).unwrap_err();
        assert!(matches!(&error, HubError::Damaged { path: named, .. } if *named == path), "{error}");
    }
}

#[tokio::test]
async fn history_that_another_registry_does_not_list_is_named_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, copy) = (folder.path().join("registry.redb"), folder.path().join("copy"));
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    hub.say("d", "{}");
    hub.checkpoint().await;
    drop(hub);
    std::fs::copy(&registry, &copy).unwrap();
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.say("d", "{}");
    hub.checkpoint().await;
    drop(hub);
    let whole = std::fs::read(&registry).unwrap();
    let count = || std::fs::read_dir(folder.path().join("history")).unwrap().count();
    let refused = || matches!(Hub::open(folder.path()), Err(HubError::Unlisted(path)) if path.exists());
    std::fs::copy(&copy, &registry).unwrap();
    assert!(refused(), "the registry is an earlier one");
    std::fs::remove_file(&registry).unwrap();
    assert!(refused(), "the registry is gone");
    assert_eq!(count(), 2);
    std::fs::write(&registry, whole).unwrap();
    assert_eq!(Hub::open(folder.path()).unwrap().rows("d").await.len(), 2);
}

/// What a hub says at its start of a journal whose last change is a record with these bytes.
fn said_of_record(kind: u8, bytes: &[u8]) -> (PathBuf, HubError) {
    let folder = tempfile::tempdir().unwrap();
    Hub::open(folder.path()).unwrap().create("d");
    let path = folder.path().join("journal").join("0000000001.journal");
    let mut journal = std::fs::read(&path).unwrap();
    let salt = u32::from_le_bytes(journal[8..12].try_into().unwrap());
    let at = crate::keep::frame::begin(&mut journal);
    // put, the kind, an id, the number 0
    journal.extend_from_slice(&[1, kind, 1, b'x', 0, u8::try_from(bytes.len()).unwrap()]);
    journal.extend_from_slice(bytes);
    crate::keep::frame::end(&mut journal, at, salt);
    std::fs::write(&path, journal).unwrap();
    (path, Hub::open(folder.path()).map(drop).unwrap_err())
}

#[test]
fn a_record_of_an_unknown_kind_asks_for_the_newer_version_and_names_its_file() {
    let (path, error) = said_of_record(99, b"{}");
    assert!(matches!(&error, HubError::NewerVersion { path: named, .. } if *named == path), "{error}");
    assert!(error.to_string().ends_with("start the newer version"), "{error}");
}

#[test]
fn a_record_of_the_journal_that_cannot_be_read_is_not_blamed_on_the_registry() {
    let (path, error) = said_of_record(3, b"{");
    assert!(matches!(&error, HubError::Damaged { path: named, .. } if *named == path), "{error}");
}
