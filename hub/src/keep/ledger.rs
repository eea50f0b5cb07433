//! What the hub writes down before it answers: the journal, and the records that the next checkpoint takes over.
//!
//! Decides when the hub is in trouble, which is when something is not on disk that should be: then nothing is
//! acknowledged until it is. Begin with [`Ledger::keep`].

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Notify;

use super::journal::Journal;
use crate::state::{Change, Changes, StoreKey};

/// So much may the journal grow while no checkpoint succeeds, in bytes.
const JOURNAL_LIMIT: u64 = 128 * 1024 * 1024;
/// With so much, devices are to be read more slowly.
const CROWDED: u64 = JOURNAL_LIMIT / 2;
/// So much calls for a checkpoint, at once: what a start has to read at most, but for what comes while one is made.
pub(super) const CHECKPOINT: u64 = 8 * 1024 * 1024;

/// The open journal and what it has beyond the registry.
#[derive(Debug)]
pub(crate) struct Ledger {
    journal: Journal,
    pending: BTreeMap<StoreKey, Option<Vec<u8>>>,
    /// The length of the segments before the present one that are not covered yet.
    older: u64,
    /// When the first row came that is in the journal and in no file.
    oldest: Option<Timestamp>,
    /// Why the last checkpoint failed.
    checkpoint_failure: Option<String>,
    trouble: Option<String>,
    /// Whether a record is too large for the journal, so that it is kept by a checkpoint only.
    has_giant: bool,
    /// The same of the checkpoint that is being made.
    moves_giant: bool,
    /// Told when a checkpoint should not wait.
    hurry: Arc<Notify>,
}

impl Ledger {
    /// A ledger with changes that are in `older` bytes of the journal, but not in the registry.
    pub(super) fn new(
        journal: Journal,
        pending: BTreeMap<StoreKey, Option<Vec<u8>>>,
        older: u64,
        oldest: Option<Timestamp>,
    ) -> Self {
        Self {
            journal,
            pending,
            older,
            oldest,
            checkpoint_failure: None,
            trouble: None,
            has_giant: false,
            moves_giant: false,
            hurry: Arc::default(),
        }
    }

    /// Writes changes to the journal. Afterwards [`Self::trouble`] says whether that went well.
    pub(crate) fn keep(&mut self, changes: Changes) {
        if changes.records.is_empty() && changes.rows.is_empty() && self.trouble.is_none() {
            return;
        }
        let written = self.journal.append(&changes);
        self.pending.extend(changes.records);
        self.oldest = self.oldest.or_else(|| changes.rows.first().map(|new| new.row.received));
        self.has_giant |= written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::FileTooLarge);
        let trouble = match written {
            _ if self.has_giant || self.moves_giant => {
                Some("a change is too large for the journal: it waits for the next checkpoint".to_owned())
            }
            Err(error) => Some(format!("cannot write to the data folder: {error}")),
            Ok(()) if self.length() > JOURNAL_LIMIT => {
                let reason = self.checkpoint_failure.as_deref().unwrap_or("it takes too long");
                Some(format!("cannot write the history: {reason}"))
            }
            Ok(()) => None,
        };
        if self.length() >= CHECKPOINT || self.has_giant {
            self.hurry.notify_one();
        }
        match (&self.trouble, &trouble) {
            (None, Some(reason)) => {
                tracing::error!(%reason, "nothing is acknowledged until it can be kept: is the disk full?");
            }
            (Some(_), None) => tracing::info!("what waited to be kept is kept"),
            _ => {}
        }
        self.trouble = trouble;
    }

    /// Whether more comes than checkpoints move, so that devices are to be read more slowly.
    pub(crate) fn is_crowded(&self) -> bool {
        self.length() > CROWDED
    }

    /// What is told when a checkpoint should not wait for its time.
    pub(super) fn hurry(&self) -> Arc<Notify> {
        Arc::clone(&self.hurry)
    }

    /// Why the hub cannot keep what it should.
    pub(crate) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// The length of the journal that no checkpoint covers, in bytes.
    pub(super) fn length(&self) -> u64 {
        self.older + self.journal.length()
    }

    /// Whether something is kept by a checkpoint only.
    pub(super) fn has_giant(&self) -> bool {
        self.has_giant
    }

    /// When the oldest row came that is in no file yet.
    pub(super) fn oldest(&self) -> Option<Timestamp> {
        self.oldest
    }

    /// The present segment's file and its length.
    pub(super) fn segment(&self) -> (Arc<File>, u64) {
        (self.journal.file(), self.journal.length())
    }

    /// Has another file written to, such as one of a full disk; answers the one before.
    #[cfg(all(test, target_os = "linux"))]
    pub(crate) fn replace_file(&mut self, file: Arc<File>) -> Arc<File> {
        self.journal.replace_file(file)
    }

    /// How many bytes wait to be written.
    #[cfg(test)]
    pub(crate) fn owed(&self) -> usize {
        self.journal.owed()
    }

    /// Begins a new segment; answers the number of the one before, and the records it and those before it changed.
    pub(super) fn cut(&mut self) -> io::Result<(u64, Vec<Change>)> {
        if self.journal.owed() > 0 {
            self.journal.write_owed()?;
        }
        let (covered, length) = (self.journal.number(), self.journal.length());
        self.journal.rotate()?;
        self.older += length;
        self.oldest = None;
        self.moves_giant |= std::mem::take(&mut self.has_giant);
        Ok((covered, std::mem::take(&mut self.pending).into_iter().collect()))
    }

    /// A checkpoint covers everything before the present segment, or failed.
    pub(super) fn covered(&mut self, outcome: Result<(), String>) {
        self.checkpoint_failure = outcome.err();
        if self.checkpoint_failure.is_none() {
            self.older = 0;
            self.moves_giant = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_journal_that_grows_hurries_the_checkpoint_and_then_slows_devices_down() {
        let folder = tempfile::tempdir().unwrap();
        let changes = || Changes {
            records: vec![(StoreKey::Device("d".to_owned()), Some(b"{}".to_vec()))],
            rows: Vec::new(),
        };
        for (older, hurries, crowded) in [(0, false, false), (CHECKPOINT, true, false), (CROWDED, true, true)]
        {
            let journal = Journal::begin(folder.path(), 1).unwrap();
            let mut ledger = Ledger::new(journal, BTreeMap::new(), older, None);
            ledger.keep(changes());
            let hurry = ledger.hurry();
            let told = tokio::time::timeout(std::time::Duration::ZERO, hurry.notified()).await.is_ok();
            assert_eq!((told, ledger.is_crowded()), (hurries, crowded), "{older}");
            assert!(ledger.trouble().is_none());
            ledger.cut().unwrap();
            ledger.covered(Ok(()));
            assert!(!ledger.is_crowded());
        }
    }

    #[test]
    fn a_record_that_the_journal_cannot_hold_is_acknowledged_after_the_next_checkpoint_only() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(folder.path(), 1).unwrap();
        let mut ledger = Ledger::new(journal, BTreeMap::new(), 0, None);
        let giant = (StoreKey::Device("d".to_owned()), Some(vec![b'x'; 40 * 1024 * 1024]));
        ledger.keep(Changes { records: vec![giant.clone()], rows: Vec::new() });
        assert!(ledger.length() < 1024 && ledger.has_giant(), "it could not be read again");
        ledger.keep(Changes::default());
        assert!(ledger.trouble().unwrap().contains("too large"));
        let (_, moved) = ledger.cut().unwrap();
        assert_eq!(moved, [giant]);
        ledger.keep(Changes::default());
        assert!(ledger.trouble().is_some(), "it is on its way only");
        ledger.covered(Ok(()));
        ledger.keep(Changes::default());
        assert!(ledger.trouble().is_none() && !ledger.has_giant());
    }
}
