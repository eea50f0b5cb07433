//! The history's files that there are, for those who read and those who write them.
//!
//! Decides nothing of their contents; it reports what is damaged once for each place. Begin with [`Library`].

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::archive::{self, FileInfo, HistoryFile, ReadError};

/// The files of the history, by number.
#[derive(Debug)]
pub(crate) struct Library {
    folder: PathBuf,
    files: Mutex<BTreeMap<u64, FileInfo>>,
    reported: Mutex<BTreeSet<String>>,
    turns: Arc<Semaphore>,
}

/// Most places of damage that an answer names.
const DAMAGE: usize = 50;
/// Most that the log does.
const REPORTED: usize = 10_000;
/// Most charts that are read at the same time.
const READERS: usize = 1;

impl Default for Library {
    /// One without files.
    fn default() -> Self {
        Self::new(PathBuf::new(), [])
    }
}

impl Library {
    pub(super) fn new(folder: PathBuf, files: impl IntoIterator<Item = (u64, FileInfo)>) -> Self {
        let turns = Arc::new(Semaphore::new(READERS));
        Self { folder, files: Mutex::new(files.into_iter().collect()), reported: Mutex::default(), turns }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// All files, the oldest first.
    pub(super) fn files(&self) -> Vec<(u64, FileInfo)> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.iter().map(|(number, info)| (*number, *info)).collect()
    }

    pub(super) fn add(&self, number: u64, info: FileInfo) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(number, info);
    }

    pub(super) fn remove(&self, number: u64) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    }

    /// Waits for a turn to read much.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // it is never closed
        Arc::clone(&self.turns).acquire_owned().await.ok()
    }

    /// Opens a file; `None` when it was too old meanwhile.
    pub(super) fn open(&self, number: u64, info: &FileInfo) -> Result<Option<HistoryFile>, ReadError> {
        match HistoryFile::open(&self.folder, number, info) {
            Err(ReadError::Io(error)) if error.kind() == ErrorKind::NotFound && !self.has(number) => Ok(None),
            opened => opened.map(Some),
        }
    }

    fn has(&self, number: u64) -> bool {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&number)
    }

    /// Says in the log that a file is damaged, the first time, and puts the text to what an answer says of damage.
    pub(super) fn report(&self, damage: &mut Vec<String>, number: u64, what: &str, error: &ReadError) {
        let path = archive::path(&self.folder, number);
        let text = format!("{} is damaged, {error}: {what} cannot be read", path.display());
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        if reported.len() < REPORTED && reported.insert(text.clone()) {
            tracing::error!("{text}");
        }
        if damage.len() < DAMAGE {
            damage.push(text);
        }
    }
}
