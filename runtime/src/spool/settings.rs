//! What a user says about the disk outbox: the folder, how safe, how large.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::log::{self, Durability, SMALLEST_CAP};
use crate::error::Error;

/// When a message counts as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskSync {
    /// When the operating system has it. It survives the end of the process, however sudden (`kill -9`, a panic, out of
    /// memory), but not a power cut or a crash of the operating system soon after. The fastest.
    Never,
    /// As [`DiskSync::Never`], and what was written is carried to the disk itself after this time at the latest: a power
    /// cut costs no more than that. At least 10 ms.
    Interval(Duration),
    /// When the disk itself has it: a power cut costs nothing that was accepted, as far as the disk tells the truth. One
    /// fsync for all messages that came together.
    Every,
}

/// Where telemetry waits when it is to outlive the process. See
/// [`Connection::with_disk_outbox`](crate::Connection::with_disk_outbox).
#[derive(Clone, Debug)]
pub struct DiskOutbox {
    folder: PathBuf,
    sync: DiskSync,
    max_bytes: u64,
}

/// What a disk outbox holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiskReport {
    /// Messages that have not ended.
    pub messages: u64,
    /// Their bytes on disk.
    pub message_bytes: u64,
    /// Bytes of all files, with what has ended and is not tidied up yet.
    pub disk_bytes: u64,
    /// Bytes at the end of the last file that are no whole record: a write that was cut off. They are removed when a
    /// device opens the folder, and belong to no message that was accepted.
    pub torn_bytes: u64,
    /// Other bytes that are no record: damage. The messages that lay there are lost, no others.
    pub damaged_bytes: u64,
}

impl DiskOutbox {
    /// An outbox in this folder, which is made when it is not there. It belongs to one device: a second device or process
    /// that opens it is refused.
    ///
    /// Default: [`DiskSync::Interval`] of 1 s, 256 MiB.
    pub fn new(folder: impl AsRef<Path>) -> Self {
        let sync = DiskSync::Interval(Duration::from_secs(1));
        Self { folder: folder.as_ref().to_owned(), sync, max_bytes: 256 << 20 }
    }

    /// When a message counts as stored.
    #[must_use]
    pub fn sync(mut self, sync: DiskSync) -> Self {
        self.sync = match sync {
            DiskSync::Interval(time) => DiskSync::Interval(time.max(Duration::from_millis(10))),
            other => other,
        };
        self
    }

    /// How much disk the folder may take. At least 16 MiB. A quarter of it is kept for tidying up, so messages fill up to
    /// three quarters; what happens then is said by the outbox's [`WhenFull`](crate::WhenFull).
    #[must_use]
    pub fn max_disk_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes.max(SMALLEST_CAP);
        self
    }

    /// Reads the folder as a device would at its start, and says what is in it. Blocks.
    ///
    /// # Errors
    /// When the folder is not there, is in use, cannot be read, or was written by a later release.
    pub fn inspect(&self) -> Result<DiskReport, Error> {
        let found = log::inspect(&self.folder).map_err(|error| self.unusable(&error))?;
        Ok(DiskReport {
            messages: found.index.len() as u64,
            message_bytes: found.index.live_bytes(),
            disk_bytes: found.index.total(),
            torn_bytes: found.torn_bytes,
            damaged_bytes: found.damaged_bytes,
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    pub(super) fn durability(&self) -> Durability {
        match self.sync {
            DiskSync::Never => Durability::Never,
            DiskSync::Interval(_) => Durability::OnCall,
            DiskSync::Every => Durability::Always,
        }
    }

    /// How long what was written may stay in memory.
    pub(crate) fn interval(&self) -> Option<Duration> {
        match self.sync {
            DiskSync::Interval(time) => Some(time),
            DiskSync::Never | DiskSync::Every => None,
        }
    }

    pub(super) fn unusable(&self, error: &io::Error) -> Error {
        Error::configuration(format!("the outbox's folder {}", self.folder.display()), error.to_string())
    }
}
