//! What the hub keeps on disk, and how it is read again.
//!
//! ```text
//!           a step's changes         checkpoint             retention
//!  state ---------------------> journal ------> registry (redb): newest records
//!            before any answer          \-----> history/*.rows: rows by device ------> removed
//! ```
//!
//! Every change is in the journal before anybody is told of it, so a kill loses nothing that was acknowledged; a power
//! cut may lose the last second. When the journal has grown, a checkpoint moves what it holds to where it stays: records
//! into the registry, rows into a new file of the history. A start reads the registry and the rest of the journal, never
//! the history. The rows of a deleted device are not served any more; they leave the disk with their file. What is damaged is reported: a registry or journal refuses the start, unless the journal is to be
//! repaired; a piece of the history is left out
//! of the answer, which names it. Begin with [`open`] and [`run`]; read with [`RowQuery`] and [`SeriesQuery`].

mod archive;
mod block;
mod checkpoint;
mod column_bytes;
mod edge;
mod entry;
mod file;
mod frame;
mod hole;
mod journal;
mod ledger;
mod library;
mod packed;
mod pieces;
mod read;
mod registry;
mod repair;
mod replay;
mod retention;
mod row;
mod series;
mod strays;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use checkpoint::run;
use entry::Entry;
use jiff::Timestamp;
use journal::Journal;
pub(crate) use ledger::Ledger;
pub(crate) use library::Library;
pub(crate) use packed::Packed;
use packed::Packer;
pub(crate) use read::RowQuery;
use registry::{Kept, Records, Registry};
use replay::Place;
pub(crate) use retention::Retention;
pub(crate) use row::{RowRef, to_rows};
pub(crate) use series::{SeriesPath, SeriesQuery};
use strays::Strays;

use crate::HubError;
use crate::state::{Gap, RecordError, State, StoreKey};

/// The file of the registry.
const REGISTRY: &str = "registry.redb";
/// The file in which earlier versions kept everything.
const EARLIER: &str = "hub.redb";

/// An open data folder.
#[derive(Debug)]
pub(crate) struct Keep {
    /// What writes down every step; to be given to whoever takes the steps.
    pub(crate) ledger: Ledger,
    /// The history's files, for readers.
    pub(crate) library: Arc<Library>,
    pub(crate) keeper: Keeper,
    /// What a repair left out of the journal, a text each.
    pub(crate) lost: Vec<String>,
    /// Devices whose deletion is the last that the journal says of them: what else there was of them may be there still.
    pub(crate) deleted: Vec<String>,
}

/// Reads bytes as everything that is read of files, for the fuzz target: none of it may panic, and what is read of a
/// journal is the same when it is read again.
#[cfg(feature = "cores")]
pub(crate) fn read_any(bytes: &[u8]) {
    match frame::read(bytes) {
        Ok(segment) => {
            let again = frame::read(&bytes[..segment.sound]).map(|segment| segment.frames.len());
            assert_eq!(again, Ok(segment.frames.len()));
        }
        Err(frame::Damage::Frame { at, sound }) => drop(hole::has_hole(bytes, at, sound)),
        Err(_) => (),
    }
    // what is behind checksums, without them
    let _ = entry::read_entries(bytes, drop);
    let _ = RowRef::read(&mut wire::Reader::new(bytes));
    let _ = block::unpack(bytes);
    if let Ok(columns) = column_bytes::read_columns(bytes, |_, _| true) {
        let mut written = Vec::new();
        column_bytes::put_columns(&mut written, &columns);
        // a number may be NaN, which is not itself: the bytes are
        let read = column_bytes::read_columns(&written, |_, _| true).map(|columns| {
            let mut again = Vec::new();
            column_bytes::put_columns(&mut again, &columns);
            again
        });
        assert_eq!(read, Ok(written));
    }
}

/// What the task that makes checkpoints works with.
#[derive(Debug)]
pub(crate) struct Keeper {
    registry: Registry,
    library: Arc<Library>,
    /// The folder of the journal.
    journal: PathBuf,
    retention: Retention,
}

/// What a journal says beyond the registry.
#[derive(Debug, Default)]
struct Replayed {
    /// The newest of each, and the segment that it is in.
    records: BTreeMap<StoreKey, (u64, Option<Vec<u8>>)>,
    rows: Packer,
    /// When the first of the rows came.
    oldest: Option<Timestamp>,
    /// The first kind of records that is not known, and the segment that has it.
    unknown: Option<(u64, u8)>,
}

impl Replayed {
    /// Devices whose deletion is the last that is said of them.
    fn deleted_devices(&self) -> Vec<String> {
        let deleted = self.records.iter().filter(|(_, (_, bytes))| bytes.is_none());
        let devices = deleted.filter_map(|(key, _)| match key {
            StoreKey::Device(id) => Some(id.clone()),
            _ => None,
        });
        devices.collect()
    }

    fn take(&mut self, Place { segment, bytes: whole, frame }: Place<'_>, entry: Entry<'_>) {
        match entry {
            Entry::Row { device, at, row } => {
                self.oldest.get_or_insert(row.received);
                self.rows.take(whole, device, &row, frame + at);
            }
            Entry::Record { kind, id, number, bytes } => match StoreKey::from_parts(kind, id, number) {
                Some(key) => drop(self.records.insert(key, (segment, bytes.map(<[u8]>::to_vec)))),
                None => drop(self.unknown.get_or_insert((segment, kind))),
            },
        }
    }
}

/// A data folder that is in use by this hub and no other.
#[derive(Debug)]
pub(crate) struct Folder {
    dir: PathBuf,
    registry: Registry,
}

/// Opens a data folder; what it holds is verified, but not read yet.
pub(crate) fn open(dir: &Path) -> Result<Folder, HubError> {
    if dir.join(EARLIER).exists() {
        return Err(HubError::EarlierVersion(dir.to_owned()));
    }
    let registry = Registry::open(&dir.join(REGISTRY))?;
    Ok(Folder { dir: dir.to_owned(), registry })
}

impl Folder {
    /// Gives everything that was kept back to `state`.
    ///
    /// With `repair`, a damaged journal is no error: what cannot be read of it is left out.
    pub(crate) fn load(
        self,
        retention: Retention,
        repair: bool,
        state: &mut State,
    ) -> Result<Keep, HubError> {
        let Self { dir, registry } = self;
        let [journal, history] = ["journal", "history"].map(|name| dir.join(name));
        for folder in [&journal, &history] {
            std::fs::create_dir_all(folder).map_err(HubError::file("cannot make the folder", folder))?;
        }
        let Kept { mut records, files, covered } = registry.read()?;
        let strays = Strays { folder: &history, files: &files, covered };
        let (mut replayed, mut set_aside) = (Replayed::default(), Vec::new());
        let found = replay::replay(
            &journal,
            covered,
            repair,
            |place, entry| replayed.take(place, entry),
            |segment| strays.set_aside(segment).map(|said| set_aside.extend(said)),
        )?;
        if let Some((segment, kind)) = replayed.unknown {
            return Err(RecordError::UnknownKind(kind).in_file(&journal::path(&journal, segment)));
        }
        for (key, (_, bytes)) in &replayed.records {
            match bytes {
                Some(bytes) => drop(records.insert(key.clone(), bytes.clone())),
                None => drop(records.remove(key)),
            }
        }
        strays.remove(&found.segments)?;
        let refused = |key: &StoreKey, error: &RecordError| match replayed.records.get(key) {
            Some((segment, _)) => error.in_file(&journal::path(&journal, *segment)),
            None => registry.refused(error),
        };
        let deleted = replayed.deleted_devices();
        let gaps = restore(state, refused, &records, replayed.rows)?;
        let lost = found.lost.iter().map(|piece| piece.text(|number| state.device_of_number(number)));
        let lost = lost.chain(set_aside);
        // a gap that no repair has made is none of this start's
        let lost =
            lost.chain(gaps.iter().filter(|_| !found.lost.is_empty()).map(ToString::to_string)).collect();
        let segment = match found.last {
            Some(last) => last,
            None => {
                let number = found.segments.last().copied().unwrap_or(0).max(covered) + 1;
                Journal::begin(&journal, number).map_err(HubError::file("cannot write in", &journal))?
            }
        };
        let pending = replayed.records.into_iter().map(|(key, (_, bytes))| (key, bytes)).collect();
        let ledger = Ledger::new(segment, pending, found.older, replayed.oldest);
        let library = Arc::new(Library::new(history, files));
        let keeper = Keeper { registry, library: Arc::clone(&library), journal, retention };
        Ok(Keep { ledger, library, keeper, lost, deleted })
    }
}

/// Takes back records and rows; `refused` makes the error for a record that cannot be read.
fn restore(
    state: &mut State,
    refused: impl Fn(&StoreKey, &RecordError) -> HubError,
    records: &Records,
    rows: Packer,
) -> Result<Vec<Gap>, HubError> {
    for (key, bytes) in records {
        state.restore(key, bytes).map_err(|error| refused(key, &error))?;
    }
    Ok(state.restore_rows(rows.finish()))
}
