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

use super::entry;
use super::file;
use super::frame;
use crate::HubError;
use crate::state::Changes;

/// What segments are called.
pub(super) const ENDING: &str = "journal";

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

impl Journal {
    /// Begins a new segment. One that cannot be begun is removed again: the one before it is still written to, and may end
    /// with a torn frame as only the last may.
    pub(super) fn begin(folder: &Path, number: u64) -> io::Result<Self> {
        let path = path(folder, number);
        let file = file::create(&path)?;
        let salt = fastrand::u32(..);
        let written = (&file).write_all(&frame::head(salt)).and_then(|()| file::sync_folder(folder));
        if let Err(error) = written {
            // where that fails, too, the next attempt takes the same name
            let _ = std::fs::remove_file(&path).and_then(|()| file::sync_folder(folder));
            return Err(error);
        }
        let length = frame::HEAD as u64;
        let (folder, file) = (folder.to_owned(), Arc::new(file));
        Ok(Self { folder, number, file, salt, length, is_torn: false, owed: Vec::new() })
    }

    /// Goes on with a segment behind its whole frames, `length` bytes; what is behind them is cut off.
    pub(super) fn resume(folder: &Path, number: u64, salt: u32, length: u64) -> io::Result<Self> {
        let file = file::open_or_create(&path(folder, number))?;
        file.set_len(length)?;
        (&file).seek(SeekFrom::Start(length))?;
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

pub(super) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(file::numbered_name(number, ENDING))
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
