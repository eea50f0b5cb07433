//! What the hub writes down before it answers: the journal, and the records that the next checkpoint takes over.
//!
//! Decides when the hub is in trouble, which is when something is not on disk that should be: then nothing is
//! acknowledged until it is. Begin with [`Ledger::keep`].

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::sync::Arc;

use super::journal::Journal;
use crate::state::{Change, Changes, StoreKey};

/// So much may the journal grow while no checkpoint succeeds, in bytes.
const JOURNAL_LIMIT: u64 = 128 * 1024 * 1024;

/// The open journal and what it has beyond the registry.
#[derive(Debug)]
pub(crate) struct Ledger {
    journal: Journal,
    pending: BTreeMap<StoreKey, Option<Vec<u8>>>,
    /// The length of the segments before the present one that are not covered yet.
    older: u64,
    /// Why the last checkpoint failed.
    checkpoint_failure: Option<String>,
    trouble: Option<String>,
}

impl Ledger {
    /// A ledger with changes that are in `older` bytes of the journal, but not in the registry.
    pub(super) fn new(journal: Journal, pending: BTreeMap<StoreKey, Option<Vec<u8>>>, older: u64) -> Self {
        Self { journal, pending, older, checkpoint_failure: None, trouble: None }
    }

    /// Writes changes to the journal. Afterwards [`Self::trouble`] says whether that went well.
    pub(crate) fn keep(&mut self, changes: Changes) {
        if changes.records.is_empty() && changes.rows.is_empty() && self.trouble.is_none() {
            return;
        }
        let written = self.journal.append(&changes);
        self.pending.extend(changes.records);
        let trouble = match written {
            Err(error) => Some(format!("cannot write to the data folder: {error}")),
            Ok(()) if self.length() > JOURNAL_LIMIT => {
                let reason = self.checkpoint_failure.as_deref().unwrap_or("it takes too long");
                Some(format!("cannot write the history: {reason}"))
            }
            Ok(()) => None,
        };
        match (&self.trouble, &trouble) {
            (None, Some(reason)) => {
                tracing::error!(%reason, "nothing is acknowledged until it can be kept: is the disk full?");
            }
            (Some(_), None) => tracing::info!("what waited to be kept is kept"),
            _ => {}
        }
        self.trouble = trouble;
    }

    /// Why the hub cannot keep what it should.
    pub(crate) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// The length of the journal that no checkpoint covers, in bytes.
    pub(super) fn length(&self) -> u64 {
        self.older + self.journal.length()
    }

    /// The present segment's file and its length.
    pub(super) fn segment(&self) -> (Arc<File>, u64) {
        (self.journal.file(), self.journal.length())
    }

    /// Has another file written to, such as one of a full disk; answers the one before.
    #[cfg(all(test, target_os = "linux"))]
    pub(super) fn replace_file(&mut self, file: Arc<File>) -> Arc<File> {
        self.journal.replace_file(file)
    }

    /// Begins a new segment; answers the number of the one before, and the records it and those before it changed.
    pub(super) fn cut(&mut self) -> io::Result<(u64, Vec<Change>)> {
        if self.journal.owed() > 0 {
            self.journal.write_owed()?;
        }
        let (covered, length) = (self.journal.number(), self.journal.length());
        self.journal.rotate()?;
        self.older += length;
        Ok((covered, std::mem::take(&mut self.pending).into_iter().collect()))
    }

    /// A checkpoint covers everything before the present segment, or failed.
    pub(super) fn covered(&mut self, outcome: Result<(), String>) {
        self.checkpoint_failure = outcome.err();
        if self.checkpoint_failure.is_none() {
            self.older = 0;
        }
    }
}
