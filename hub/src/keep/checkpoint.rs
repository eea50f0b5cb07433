//! The task that moves what the journal holds to where it stays, and removes what is too old.
//!
//! Decides when: it forces the journal to the disk about once a second, makes a checkpoint when the journal has grown to
//! [`CHECKPOINT`] or has rows that the retention wants in a file, and applies the retention a file at a time. A checkpoint that fails is tried again, and until it
//! succeeds the journal has everything. Begin with [`run`].

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::archive::{self, FileInfo};
use super::ledger::CHECKPOINT;
use super::registry::Update;
use super::{Keeper, journal};
use crate::HubError;
use crate::shared::Shared;
use crate::state::Change;
use crate::state::history::Group;

/// How often the journal is forced to the disk.
const SYNC_INTERVAL: Duration = Duration::from_secs(1);
/// The journal's size that calls for a checkpoint at the end of the hub, when there is time: small ones would only make many
/// small files.
const LAST_JOURNAL_SIZE: u64 = 1024 * 1024;
/// Devices whose newest values are copied at a time, while everybody else waits.
const PULSES: usize = 50;
/// Most files that are removed in a row.
const REMOVALS: usize = 16;

/// What one checkpoint moves.
#[derive(Debug)]
pub(super) struct Cut {
    /// The last segment of the journal that it covers.
    pub(super) covered: u64,
    records: Vec<Change>,
    /// The rows of each device, in the order of the devices' numbers.
    pub(super) devices: Vec<(u64, Vec<Arc<Group>>)>,
    ids: Vec<String>,
}

/// Keeps until `stop`, then makes sure of what is left.
pub(crate) async fn run(
    keeper: Arc<Keeper>,
    shared: Arc<Shared>,
    stop: CancellationToken,
) -> Result<(), HubError> {
    let hurry = shared.with_ledger(|_, ledger| ledger.hurry()).unwrap_or_default();
    let mut task = Task::new(keeper, shared);
    loop {
        let stopping = tokio::select! {
            () = stop.cancelled() => true,
            // what failed is not tried again with every message
            () = hurry.notified(), if task.failure.is_none() => false,
            () = tokio::time::sleep(SYNC_INTERVAL) => false,
        };
        // writes what could not be written before
        task.shared.with(|_, _| ());
        let synced = task.sync().await;
        let size = if stopping { LAST_JOURNAL_SIZE } else { CHECKPOINT };
        let done = task.checkpoint(size).await;
        let kept = task.apply_retention().await;
        task.note(synced.and(done).and(kept));
        if stopping {
            return match task.shared.unkept() {
                Some(reason) => Err(HubError::Store(reason)),
                None => Ok(()),
            };
        }
    }
}

pub(super) struct Task {
    keeper: Arc<Keeper>,
    shared: Arc<Shared>,
    /// A checkpoint that is not finished.
    cut: Option<Arc<Cut>>,
    /// The length of the journal that is on the disk for certain.
    synced: u64,
    /// What went wrong last.
    failure: Option<String>,
}

impl Task {
    pub(super) fn new(keeper: Arc<Keeper>, shared: Arc<Shared>) -> Self {
        Self { keeper, shared, cut: None, synced: 0, failure: None }
    }

    /// Says what goes wrong once, not every second.
    fn note(&mut self, outcome: Result<(), HubError>) {
        let failure = outcome.err().map(|error| error.to_string());
        if let Some(error) = failure.as_ref().filter(|_| failure != self.failure) {
            tracing::error!(%error, "the hub's data are in the journal only; trying again");
            let text = format!("the hub's data are in the journal only: {error}");
            self.shared.with(|state, now| state.refuse(None, &text, now));
        }
        self.failure = failure;
    }

    /// Forces the journal to the disk, if it has grown.
    async fn sync(&mut self) -> Result<(), HubError> {
        let Some((file, length)) = self.shared.with_ledger(|_, ledger| ledger.segment()) else {
            return Ok(());
        };
        if length == self.synced {
            return Ok(());
        }
        let forced = blocking(move || File::sync_data(&file)).await?;
        forced.map_err(HubError::file("cannot force to the disk", &self.keeper.journal))?;
        self.synced = length;
        Ok(())
    }

    /// Moves what the journal holds, if it is as large as `size`, or what an earlier attempt did not move.
    pub(super) async fn checkpoint(&mut self, size: u64) -> Result<(), HubError> {
        if self.cut.is_none() {
            self.cut = self.begin(size)?.map(Arc::new);
        }
        let Some(cut) = self.cut.clone() else {
            return Ok(());
        };
        let moved = self.write(&cut).await;
        let outcome = moved.as_ref().map(|_| ()).map_err(ToString::to_string);
        if let Ok(Some(info)) = &moved {
            self.keeper.library.add(cut.covered, *info);
        }
        self.shared.with_ledger(|state, ledger| {
            if moved.is_ok() {
                state.rows_left(&cut.ids);
            }
            ledger.covered(outcome);
        });
        moved?;
        self.cut = None;
        let folder = self.keeper.journal.clone();
        blocking(move || journal::remove_covered(&folder, cut.covered)).await?
    }

    /// Begins a new segment of the journal and takes everything that is in those before.
    pub(super) fn begin(&mut self, size: u64) -> Result<Option<Cut>, HubError> {
        let (retention, now) = (self.keeper.retention, Timestamp::now());
        let begun = self.shared.with_ledger(|state, ledger| {
            let waits = ledger.oldest().is_some_and(|oldest| retention.wants_a_file(oldest, now));
            if ledger.length() < size && !waits && !ledger.has_giant() {
                return Ok(None);
            }
            let (covered, records) = ledger.cut()?;
            let (ids, mut devices) = state.rows_leave();
            devices.sort_unstable_by_key(|(number, _)| *number);
            Ok(Some(Cut { covered, records, devices, ids }))
        });
        let begun =
            begun.unwrap_or(Ok(None)).map_err(HubError::file("cannot write in", &self.keeper.journal))?;
        if begun.is_some() {
            // what is on the disk is of the segment before
            self.synced = 0;
        }
        Ok(begun)
    }

    /// Writes the file of the history, then everything else in one transaction.
    pub(super) async fn write(&self, cut: &Arc<Cut>) -> Result<Option<FileInfo>, HubError> {
        let (keeper, rows) = (Arc::clone(&self.keeper), Arc::clone(cut));
        let folder = self.keeper.library.folder().to_owned();
        let written = blocking(move || archive::write_file(&folder, rows.covered, &rows.devices)).await?;
        let info = written.map_err(HubError::file("cannot write in", self.keeper.library.folder()))?;
        let mut pulses = Vec::with_capacity(cut.ids.len());
        for ids in cut.ids.chunks(PULSES) {
            pulses.extend(self.shared.with(|state, _| state.pulses(ids)));
        }
        let cut = Arc::clone(cut);
        blocking(move || {
            let records = vec![cut.records.as_slice(), pulses.as_slice()];
            let add_file = info.map(|info| (cut.covered, info));
            keeper.registry.write(&Update {
                records,
                add_file,
                remove_file: None,
                covered: Some(cut.covered),
            })
        })
        .await??;
        Ok(info)
    }

    /// Removes files of the history that are too old or too many.
    pub(super) async fn apply_retention(&self) -> Result<(), HubError> {
        for _ in 0..REMOVALS {
            let files = self.keeper.library.files();
            let Some(number) = self.keeper.retention.overdue(&files, Timestamp::now()) else {
                return Ok(());
            };
            let keeper = Arc::clone(&self.keeper);
            blocking(move || {
                keeper.registry.write(&Update { remove_file: Some(number), ..Update::default() })?;
                keeper.library.remove(number);
                let path = archive::path(keeper.library.folder(), number);
                match std::fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        Err(HubError::file("cannot remove", &path)(error))
                    }
                    _ => Ok(()),
                }
            })
            .await??;
        }
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, HubError> {
    spawn_blocking(work).await.map_err(|error| HubError::Store(error.to_string()))
}
