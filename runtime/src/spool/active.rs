//! The segment that is being written.
//!
//! Invariant: what a failed write has left behind is cut off again; where that fails too, nothing more is written behind
//! it. Begin with [`Active`].

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::segment;

/// A segment open for appending.
#[derive(Debug)]
pub(super) struct Active {
    pub(super) number: u64,
    pub(super) length: u64,
    file: File,
    /// Whether something was written since the last fsync.
    pub(super) unsynced: bool,
    /// Whether it has an end that could not be cut off.
    pub(super) spoilt: bool,
}

impl Active {
    /// Begins a segment; with `durable` its name survives a power cut when this returns.
    pub(super) fn create(folder: &Path, number: u64, durable: bool) -> io::Result<Self> {
        let path = segment::path(folder, number);
        let file = OpenOptions::new().append(true).create_new(true).open(&path)?;
        let mut active = Self { number, length: 0, file, unsynced: false, spoilt: false };
        let written = active.append(&segment::head(number), false);
        let named = written.and_then(|()| if durable { sync_folder(folder) } else { Ok(()) });
        if let Err(error) = named {
            // An empty segment does no harm; it only should not be in the way of the next attempt.
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        Ok(active)
    }

    /// Appends with one write; with `durable` it survives a power cut when this returns.
    pub(super) fn append(&mut self, bytes: &[u8], durable: bool) -> io::Result<()> {
        self.unsynced = true;
        let written = self.file.write_all(bytes).and_then(|()| if durable { self.sync() } else { Ok(()) });
        match written {
            Ok(()) => self.length += bytes.len() as u64,
            Err(_) => self.spoilt = self.file.set_len(self.length).is_err(),
        }
        written
    }

    /// Has everything written to the disk.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        if self.unsynced {
            self.file.sync_data()?;
            self.unsynced = false;
        }
        Ok(())
    }
}

/// Has the names in a folder written to the disk. Windows does so by itself and opens no folders.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
