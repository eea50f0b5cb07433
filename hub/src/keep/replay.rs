//! Reading the journal at the start: every change that no checkpoint covers, in order.
//!
//! Decides what of a segment is a torn end, which is cut off, and what is damage, which is an error. Begin with [`replay`].

use std::path::Path;
use std::sync::Arc;

use super::entry::{self, Entry};
use super::file;
use super::frame::{self, Damage};
use super::hole;
use super::journal::{ENDING, Journal, path, remove_covered};
use super::repair::{self, LostPiece};
use crate::HubError;

/// The segments that are not covered.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Their numbers, in order.
    pub(super) segments: Vec<u64>,
    /// The length of all but the last together.
    pub(super) older: u64,
    /// What goes on with the last one.
    pub(super) last: Option<Journal>,
    /// What was left out.
    pub(super) lost: Vec<LostPiece>,
}

/// Where a change was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The segment's number and contents.
    pub(super) segment: u64,
    pub(super) bytes: &'a Arc<Vec<u8>>,
    /// Where in them its frame's changes begin.
    pub(super) frame: usize,
}

/// Hands every change in segments after `covered` to `take`, in order, with its place, and goes on with the last one behind its
/// last whole frame; segments up to `covered` are removed. That one may not be on the disk yet, and need not be: a power cut
/// takes from its end only. With `repair`, what is damaged is left out. Before anything of a segment is, `before_loss` is
/// given its number.
pub(super) fn replay(
    folder: &Path,
    covered: u64,
    repair: bool,
    mut take: impl FnMut(Place<'_>, Entry<'_>),
    mut before_loss: impl FnMut(u64) -> Result<(), HubError>,
) -> Result<Found, HubError> {
    let mut found = Found::default();
    remove_covered(folder, covered)?;
    let numbers = file::numbered(folder, ENDING).map_err(HubError::file("cannot read the folder", folder))?;
    for number in &numbers {
        let path = path(folder, *number);
        let is_last = numbers.last() == Some(number);
        let mut bytes = std::fs::read(&path).map_err(HubError::file("cannot read", &path))?;
        if repair && is_damaged(&bytes, is_last) {
            before_loss(*number)?;
            let mended = repair::mend(&path, &bytes, is_last);
            let (mended, lost) = mended.map_err(HubError::file("cannot repair", &path))?;
            bytes = mended;
            found.lost.extend(lost);
        }
        let bytes = Arc::new(bytes);
        let segment = match frame::read(&bytes) {
            Err(Damage::Frame { at, sound }) if is_last && hole::has_hole(&bytes, at, sound) => {
                before_loss(*number)?;
                found.lost.push(leave_hole(&path, &bytes, at)?);
                frame::read(&bytes[..at])
            }
            other => other,
        };
        let damaged =
            |damage: Damage| HubError::DamagedJournal { path: path.clone(), reason: damage.to_string() };
        let segment = segment.map_err(damaged)?;
        let torn = bytes.len() - segment.sound;
        if torn > 0 && !is_last {
            return Err(damaged(Damage::End { at: segment.sound }));
        }
        for content in &segment.frames {
            let at = content.as_ptr().addr() - bytes.as_ptr().addr();
            let place = Place { segment: *number, bytes: &bytes, frame: at };
            entry::read_entries(content, |entry| take(place, entry))
                .map_err(|reason| damaged(Damage::Content { at, reason }))?;
        }
        if segment.frames.is_empty() {
            std::fs::remove_file(&path).map_err(HubError::file("cannot remove", &path))?;
            continue;
        }
        found.segments.push(*number);
        if is_last {
            if torn > 0 {
                tracing::warn!(file = %path.display(), bytes = torn, "cutting off a write that was not finished");
            }
            let last = Journal::resume(folder, *number, segment.salt, segment.sound as u64);
            found.last = Some(last.map_err(HubError::file("cannot open", &path))?);
        } else {
            found.older += segment.sound as u64;
        }
    }
    Ok(found)
}

/// Leaves out what is behind a hole of the last segment, which is said and set aside.
fn leave_hole(path: &Path, bytes: &[u8], at: usize) -> Result<LostPiece, HubError> {
    let left = repair::leave_hole(path, bytes, at).map_err(HubError::file("cannot copy", path))?;
    tracing::error!(
        file = %path.display(),
        "a power cut took a part of the journal's last second: the hub goes on with what is before it"
    );
    Ok(left)
}

/// Whether a segment refuses the start, or would go on without a part of it.
fn is_damaged(bytes: &[u8], is_last: bool) -> bool {
    match frame::read(bytes) {
        Ok(segment) => {
            let is_torn = segment.sound < bytes.len() && !is_last;
            is_torn || segment.frames.iter().any(|content| entry::read_entries(content, drop).is_err())
        }
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    use std::fs::File;

    use super::*;
    use crate::state::{Changes, StoreKey};

    fn changes(id: &str) -> Changes {
        let records = vec![(StoreKey::Device(id.to_owned()), Some(b"{}".to_vec()))];
        Changes { records, rows: Vec::new() }
    }

    fn ids(folder: &Path, covered: u64) -> Result<Vec<String>, HubError> {
        let mut ids = Vec::new();
        let take = |_: Place<'_>, entry: Entry<'_>| {
            if let Entry::Record { id, .. } = entry {
                ids.push(id.to_owned());
            }
        };
        replay(folder, covered, false, take, |_| Ok(()))?;
        Ok(ids)
    }

    #[test]
    fn gives_back_the_changes_of_all_segments_in_order_but_not_of_covered_ones() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::begin(folder.path(), 7).unwrap();
        journal.append(&changes("a")).unwrap();
        journal.append(&Changes::default()).unwrap();
        journal.append(&changes("b")).unwrap();
        journal.rotate().unwrap();
        journal.append(&changes("c")).unwrap();
        assert_eq!(ids(folder.path(), 6).unwrap(), ["a", "b", "c"]);
        assert_eq!(ids(folder.path(), 7).unwrap(), ["c"]);
        assert_eq!(ids(folder.path(), 6).unwrap(), ["c"], "segment 7 should be removed");
    }

    #[test]
    fn a_torn_end_is_cut_off_and_damage_before_the_end_is_named_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::begin(folder.path(), 1).unwrap();
        journal.append(&changes("a")).unwrap();
        let second = usize::try_from(journal.length()).unwrap();
        journal.append(&changes("b")).unwrap();
        let path = path(folder.path(), 1);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(ids(folder.path(), 0).unwrap(), ["a"]);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), second as u64);
        let mut altered = whole.clone();
        altered[second - 1] ^= 1;
        std::fs::write(&path, &altered).unwrap();
        let error = ids(folder.path(), 0).unwrap_err();
        assert!(matches!(&error, HubError::DamagedJournal { path: named, .. } if *named == path), "{error}");
        assert!(error.to_string().contains(&format!("follow at byte {second}")), "{error}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_could_not_be_written_is_written_later_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::begin(folder.path(), 1).unwrap();
        let full = File::options().write(true).open("/dev/full").unwrap();
        let real = journal.replace_file(Arc::new(full));
        assert!(journal.append(&changes("a")).is_err());
        assert!(journal.append(&changes("b")).is_err());
        assert!(journal.owed() > 0);
        journal.replace_file(real);
        journal.append(&changes("c")).unwrap();
        assert_eq!(ids(folder.path(), 0).unwrap(), ["a", "b", "c"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_segment_that_could_not_be_begun_leaves_the_one_before_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::begin(folder.path(), 1).unwrap();
        journal.append(&changes("a")).unwrap();
        std::os::unix::fs::symlink("/dev/full", path(folder.path(), 2)).unwrap();
        assert!(journal.rotate().is_err());
        journal.append(&changes("b")).unwrap();
        drop(journal);
        // the full disk took a part of the next
        let first = path(folder.path(), 1);
        let whole = std::fs::read(&first).unwrap();
        std::fs::write(&first, [&whole[..], &[9; 5]].concat()).unwrap();
        assert_eq!(ids(folder.path(), 0).unwrap(), ["a", "b"]);
    }

    #[test]
    fn an_end_that_is_torn_before_the_last_segment_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::begin(folder.path(), 1).unwrap();
        journal.append(&changes("a")).unwrap();
        journal.append(&changes("b")).unwrap();
        journal.rotate().unwrap();
        journal.append(&changes("c")).unwrap();
        let first = path(folder.path(), 1);
        let whole = std::fs::read(&first).unwrap();
        std::fs::write(&first, &whole[..whole.len() - 1]).unwrap();
        let error = ids(folder.path(), 0).unwrap_err();
        assert!(matches!(&error, HubError::DamagedJournal { path: named, .. } if *named == first), "{error}");
        assert_eq!(std::fs::metadata(&first).unwrap().len(), whole.len() as u64 - 1, "nothing is cut off");
    }

    #[test]
    fn what_a_power_cut_left_of_the_last_segment_is_read_up_to_the_hole_and_the_whole_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::begin(folder.path(), 1).unwrap();
        let large = |id: &str| {
            let records = vec![(StoreKey::Device(id.to_owned()), Some(vec![b'x'; 3000]))];
            Changes { records, rows: Vec::new() }
        };
        for id in ["a", "b", "c", "d"] {
            journal.append(&large(id)).unwrap();
        }
        let path = path(folder.path(), 1);
        let mut holed = std::fs::read(&path).unwrap();
        holed[4096..8192].fill(0);
        std::fs::write(&path, &holed).unwrap();
        std::fs::write(path.with_extension("journal-torn"), "of an earlier power cut").unwrap();
        let next = self::path(folder.path(), 2);
        std::fs::write(&next, []).unwrap();
        assert!(matches!(ids(folder.path(), 0), Err(HubError::DamagedJournal { .. })), "it is not the last");
        std::fs::remove_file(&next).unwrap();
        assert_eq!(ids(folder.path(), 0).unwrap(), ["a"]);
        assert_eq!(std::fs::read(path.with_extension("journal-torn-2")).unwrap(), holed);
        assert_eq!(ids(folder.path(), 0).unwrap(), ["a"], "the next start finds it whole");
    }
}
