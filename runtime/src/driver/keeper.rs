//! Writes what the session wants to be kept, beside the driver's task: a disk may be slow.
//!
//! One write is under way at a time, and the latest wins. A write that fails is a warning: what is kept spares work at
//! the next start, and nothing depends on it.

use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use super::assignment::DISK_LIMIT;
use crate::connection::Options;
use crate::kept::Kept;
use crate::twin::{Document, Ledger};

/// The file of acknowledged properties.
pub(super) struct Keeper {
    file: Option<Kept>,
    latest: Option<Document>,
    writing: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Opens the device's file where the options name a folder, and reads what an earlier process has kept.
    pub(super) fn open(options: &Options, device: &str) -> (Self, Option<Ledger>) {
        let file = options.state_dir.as_deref().map(|folder| Kept::new(folder, device, "properties"));
        let ledger = file.as_ref().map(|file| Ledger::new(read(file)));
        (Self { file, latest: None, writing: None }, ledger)
    }

    pub(super) fn keep(&mut self, document: Document) {
        self.latest = Some(document);
        self.begin();
    }

    pub(super) fn is_idle(&self) -> bool {
        self.writing.is_none()
    }

    /// Waits for the write under way. Safe to cancel.
    pub(super) async fn next(&mut self) {
        if let Some(writing) = &mut self.writing {
            if let Err(failure) = writing.await {
                tracing::warn!(%failure, "keeping the acknowledged properties failed");
            }
            self.writing = None;
        }
        self.begin();
    }

    /// Waits until everything is written, for as long as a disk that works may take.
    pub(super) async fn finish(&mut self) {
        let written = async {
            while !self.is_idle() {
                self.next().await;
            }
        };
        if timeout(DISK_LIMIT, written).await.is_err() {
            tracing::warn!("the disk does not answer: the acknowledged properties are not kept");
        }
    }

    fn begin(&mut self) {
        if self.writing.is_none()
            && let (Some(file), Some(document)) = (&self.file, self.latest.take())
        {
            let file = file.clone();
            self.writing = Some(spawn_blocking(move || {
                if let Err(error) = file.write(&document) {
                    tracing::warn!(%error, "the acknowledged properties are not kept");
                }
            }));
        }
    }
}

/// What was kept. A device starts without it, too.
fn read(file: &Kept) -> Option<Document> {
    file.read().unwrap_or_else(|error| {
        tracing::warn!(%error, "the acknowledged properties cannot be read");
        None
    })
}
