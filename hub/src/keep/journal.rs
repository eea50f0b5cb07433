//! The journal: every change is appended to it before anybody is told that it happened.
//!
//! A step's changes are one frame, written with one `write`: what a kill leaves is whole frames and at most one torn
//! end. It is forced to the disk about once a second ([`Journal::file`]), so a power cut may cost that much. Segments
//! are numbered files; those that a checkpoint covers are removed. A write that fails (a full disk) is tried again, in
//! order, with the next: until it succeeds nothing may be acknowledged. Begin with [`Journal::begin`].

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::entry::{self, Entry};
use super::file;
use super::frame::{self, Damage};
use crate::HubError;
use crate::state::Changes;

/// What segments are called.
const ENDING: &str = "journal";

/// The segment that is written to.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    number: u64,
    file: Arc<File>,
    salt: u32,
    /// How much of the file is whole frames.
    length: u64,
    /// Whether the file has a piece of a frame behind them, which a failed write left.
    is_torn: bool,
    /// Frames that are not in the file yet.
    owed: Vec<u8>,
}

/// What the segments of a folder hold.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Their numbers, in order.
    pub(super) segments: Vec<u64>,
    /// Their lengths together.
    pub(super) bytes: u64,
}

impl Journal {
    /// Begins a new segment.
    pub(super) fn begin(folder: &Path, number: u64) -> io::Result<Self> {
        let file = file::create(&path(folder, number))?;
        let salt = fastrand::u32(..);
        (&file).write_all(&frame::head(salt))?;
        let length = frame::HEAD as u64;
        file::sync_folder(folder)?;
        let (folder, file) = (folder.to_owned(), Arc::new(file));
        Ok(Self { folder, number, file, salt, length, is_torn: false, owed: Vec::new() })
    }

    /// The segment's number.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The segment's length in bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The segment's file, to be forced to the disk without holding the journal.
    pub(super) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// How many bytes still wait to be written, after a write that failed.
    pub(super) fn owed(&self) -> usize {
        self.owed.len()
    }

    /// Writes changes, and before them what is owed. After an error they are owed too, except after
    /// [`io::ErrorKind::FileTooLarge`]: a change that no frame can hold is left out, as it could not be read again.
    pub(super) fn append(&mut self, changes: &Changes) -> io::Result<()> {
        let mut at = frame::begin(&mut self.owed);
        let mut too_large = false;
        for put in entry::all(changes) {
            let before = self.owed.len();
            put(&mut self.owed);
            if self.owed.len() - before > frame::FRAME_LIMIT / 2 {
                too_large = true;
                self.owed.truncate(before);
            }
            // far from what one step changes, and from what a frame may have
            if self.owed.len() - at > frame::FRAME_LIMIT / 2 {
                frame::end(&mut self.owed, at, self.salt);
                at = frame::begin(&mut self.owed);
            }
        }
        frame::end(&mut self.owed, at, self.salt);
        self.write_owed()?;
        if too_large { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(()) }
    }

    /// Writes what is owed.
    pub(super) fn write_owed(&mut self) -> io::Result<()> {
        if self.owed.is_empty() {
            return Ok(());
        }
        let mut file = &*self.file;
        if self.is_torn {
            file.set_len(self.length)?;
            file.seek(SeekFrom::Start(self.length))?;
        }
        self.is_torn = true;
        file.write_all(&self.owed)?;
        self.is_torn = false;
        self.length += self.owed.len() as u64;
        self.owed.clear();
        // a bulk's room is not kept for ever
        self.owed.shrink_to(64 * 1024);
        Ok(())
    }

    /// Has another file written to, such as one of a full disk; answers the one before.
    #[cfg(all(test, target_os = "linux"))]
    pub(super) fn replace_file(&mut self, file: Arc<File>) -> Arc<File> {
        std::mem::replace(&mut self.file, file)
    }

    /// Begins the next segment; this one, which must owe nothing, is not written to any more. It is on the disk before
    /// there is a next one: a power cut takes from the end of the last segment only.
    pub(super) fn rotate(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        *self = Self::begin(&self.folder, self.number + 1)?;
        Ok(())
    }
}

fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(file::numbered_name(number, ENDING))
}

/// Hands every change in segments after `covered` to `take`, in order, and cuts off torn ends; segments up to `covered`
/// are removed.
pub(super) fn replay(
    folder: &Path,
    covered: u64,
    mut take: impl FnMut(Entry<'_>),
) -> Result<Found, HubError> {
    let mut found = Found::default();
    remove_covered(folder, covered)?;
    let numbers = file::numbered(folder, ENDING).map_err(HubError::file("cannot read the folder", folder))?;
    for number in &numbers {
        let path = path(folder, *number);
        let bytes = std::fs::read(&path).map_err(HubError::file("cannot read", &path))?;
        let damaged = |damage: Damage| HubError::Damaged { path: path.clone(), reason: damage.to_string() };
        let is_last = numbers.last() == Some(number);
        let segment = match frame::read(&bytes) {
            Err(Damage::Frame { at, sound }) if is_last && frame::has_hole(&bytes, at, sound) => {
                set_aside(&path)?;
                frame::read(&bytes[..at]).map_err(damaged)?
            }
            other => other.map_err(damaged)?,
        };
        let has_torn_end = segment.sound < bytes.len();
        if has_torn_end && !is_last {
            return Err(damaged(Damage::End { at: segment.sound }));
        }
        for content in &segment.frames {
            let at = content.as_ptr().addr() - bytes.as_ptr().addr();
            let entries = entry::read_entries(content);
            let entries = entries.map_err(|reason| damaged(Damage::Content { at, reason }))?;
            entries.into_iter().for_each(&mut take);
        }
        if segment.frames.is_empty() {
            std::fs::remove_file(&path).map_err(HubError::file("cannot remove", &path))?;
            continue;
        }
        settle(&path, segment.sound, bytes.len())?;
        found.segments.push(*number);
        found.bytes += segment.sound as u64;
    }
    Ok(found)
}

/// Copies a segment of which a power cut took something from the middle: what is behind that is not read.
fn set_aside(path: &Path) -> Result<(), HubError> {
    let copy = path.with_extension("journal-torn");
    std::fs::copy(path, &copy).map_err(HubError::file("cannot copy", path))?;
    tracing::error!(
        file = %path.display(), copy = %copy.display(),
        "a power cut took a part of the journal's last second: the hub goes on with what is before it"
    );
    Ok(())
}

/// Cuts a torn end off, and forces what was read to the disk before another segment begins.
fn settle(path: &Path, sound: usize, length: usize) -> Result<(), HubError> {
    let file = file::open_or_create(path).map_err(HubError::file("cannot open", path))?;
    if sound < length {
        tracing::warn!(file = %path.display(), bytes = length - sound, "cutting off a write that was not finished");
        file.set_len(sound as u64).map_err(HubError::file("cannot shorten", path))?;
    }
    file.sync_data().map_err(HubError::file("cannot force to the disk", path))
}

/// Removes the segments up to `covered`.
pub(super) fn remove_covered(folder: &Path, covered: u64) -> Result<(), HubError> {
    let failed = || HubError::file("cannot read the folder", folder);
    for number in
        file::numbered(folder, ENDING).map_err(failed())?.into_iter().take_while(|one| *one <= covered)
    {
        let path = path(folder, number);
        std::fs::remove_file(&path).map_err(HubError::file("cannot remove", &path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::StoreKey;

    fn changes(id: &str) -> Changes {
        let records = vec![(StoreKey::Device(id.to_owned()), Some(b"{}".to_vec()))];
        Changes { records, rows: Vec::new() }
    }

    fn ids(folder: &Path, covered: u64) -> Result<Vec<String>, HubError> {
        let mut ids = Vec::new();
        replay(folder, covered, |entry| {
            if let Entry::Record { id, .. } = entry {
                ids.push(id.to_owned());
            }
        })?;
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
        assert!(matches!(&error, HubError::Damaged { path: named, .. } if *named == path), "{error}");
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
        assert!(matches!(&error, HubError::Damaged { path: named, .. } if *named == first), "{error}");
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
        let next = self::path(folder.path(), 2);
        std::fs::write(&next, []).unwrap();
        assert!(matches!(ids(folder.path(), 0), Err(HubError::Damaged { .. })), "it is not the last");
        std::fs::remove_file(&next).unwrap();
        assert_eq!(ids(folder.path(), 0).unwrap(), ["a"]);
        assert_eq!(std::fs::read(path.with_extension("journal-torn")).unwrap(), holed);
        assert_eq!(ids(folder.path(), 0).unwrap(), ["a"], "the next start finds it whole");
    }
}
