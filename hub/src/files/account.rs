//! What files take, and to whom each byte belongs: to content on its way, to the blocks of an upload, or to a file that is
//! there.
//!
//! Decides how much there may be, and which uploads may bring something. It touches no files. Begin with [`Account::open`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{FILE_LIMIT, FileError, TOTAL_LIMIT};

/// The most blocks of an upload, as the storage service has it.
pub(crate) const BLOCK_LIMIT: usize = 50_000;
/// The most blocks of all uploads together: each is a file.
const BLOCKS_LIMIT: usize = 4 * BLOCK_LIMIT;

/// The account of all files; clones are of the same one.
#[derive(Debug, Clone, Default)]
pub(super) struct Account(Arc<Mutex<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    /// Of everything.
    bytes: u64,
    /// Uploads under way.
    uploads: BTreeMap<String, Blocks>,
    /// Of all uploads.
    blocks: usize,
    /// What is to be removed.
    gone: Vec<Gone>,
}

/// The blocks of an upload, by the names of their files.
#[derive(Debug, Default)]
struct Blocks {
    sizes: BTreeMap<String, u64>,
    bytes: u64,
}

/// A folder that nobody needs any more.
#[derive(Debug)]
pub(super) struct Gone {
    pub(super) folder: PathBuf,
    /// Whether its bytes are in the account.
    pub(super) counts: bool,
}

impl Account {
    /// An account of so many bytes.
    pub(super) fn new(bytes: u64) -> Self {
        let account = Self::default();
        account.entries().bytes = bytes;
        account
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> u64 {
        self.entries().bytes
    }

    /// Counts bytes that are about to be written.
    pub(super) fn add(&self, bytes: u64) -> Result<(), FileError> {
        let mut entries = self.entries();
        entries.bytes = entries.bytes.saturating_add(bytes);
        if entries.bytes > TOTAL_LIMIT { Err(FileError::Full) } else { Ok(()) }
    }

    /// Bytes are gone from the disk.
    pub(super) fn remove(&self, bytes: u64) {
        let mut entries = self.entries();
        entries.bytes = entries.bytes.saturating_sub(bytes);
    }

    /// An upload may bring something from now on.
    pub(super) fn open(&self, upload: &str) {
        self.entries().uploads.insert(upload.to_owned(), Blocks::default());
    }

    /// Whether an upload may bring something still.
    pub(super) fn check_open(&self, upload: &str) -> Result<(), FileError> {
        if self.entries().uploads.contains_key(upload) { Ok(()) } else { Err(FileError::Ended) }
    }

    /// Whether there may be another block in an upload.
    pub(super) fn check_room(&self, upload: &str) -> Result<(), FileError> {
        let entries = self.entries();
        let blocks = entries.uploads.get(upload).ok_or(FileError::Ended)?;
        if blocks.bytes > FILE_LIMIT {
            return Err(FileError::TooLarge);
        }
        if blocks.sizes.len() >= BLOCK_LIMIT || entries.blocks >= BLOCKS_LIMIT {
            return Err(FileError::TooManyBlocks);
        }
        Ok(())
    }

    /// Bytes that are counted already are an upload's block from now on, instead of the one of its name before.
    pub(super) fn take_block(&self, upload: &str, name: String, size: u64) -> Result<(), FileError> {
        let mut entries = self.entries();
        let blocks = entries.uploads.get_mut(upload).ok_or(FileError::Ended)?;
        let replaced = blocks.sizes.insert(name, size);
        let lost = replaced.unwrap_or(0);
        blocks.bytes = blocks.bytes.saturating_add(size).saturating_sub(lost);
        entries.blocks += usize::from(replaced.is_none());
        entries.bytes = entries.bytes.saturating_sub(lost);
        Ok(())
    }

    /// An upload has ended: its blocks do not count any more. What of it is on its way counts until it is dropped.
    pub(super) fn close(&self, upload: &str) {
        let mut entries = self.entries();
        if let Some(blocks) = entries.uploads.remove(upload) {
            entries.bytes = entries.bytes.saturating_sub(blocks.bytes);
            entries.blocks = entries.blocks.saturating_sub(blocks.sizes.len());
        }
    }

    /// A folder is to be removed when there is time.
    pub(super) fn discard(&self, gone: Gone) {
        self.entries().gone.push(gone);
    }

    /// What is to be removed.
    pub(super) fn take_gone(&self) -> Vec<Gone> {
        std::mem::take(&mut self.entries().gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_belongs_to_its_upload_and_is_counted_once() {
        let account = Account::new(7);
        account.open("u");
        for (name, size) in [("a", 5), ("b", 2), ("a", 3)] {
            account.add(size).unwrap();
            account.take_block("u", name.to_owned(), size).unwrap();
        }
        assert_eq!(account.bytes(), 7 + 3 + 2);
        account.close("u");
        account.close("u");
        assert_eq!(account.bytes(), 7);
        account.add(1).unwrap();
        assert!(matches!(account.take_block("u", "a".to_owned(), 1), Err(FileError::Ended)));
        assert_eq!(account.bytes(), 8, "it is its bringer's still");
    }

    #[test]
    fn blocks_are_bounded_in_number_also_when_they_are_empty() {
        let account = Account::default();
        for upload in ["a", "b", "c", "d", "e"] {
            account.open(upload);
        }
        let fill = |upload: &str| {
            let taken = (0..).take_while(|number| {
                let room = account.check_room(upload).is_ok();
                room && account.take_block(upload, number.to_string(), 0).is_ok()
            });
            taken.count()
        };
        assert_eq!(["a", "b", "c", "d", "e"].map(fill), [50_000, 50_000, 50_000, 50_000, 0]);
        account.close("a");
        assert_eq!(fill("e"), 50_000);
    }
}
