//! The registry: the newest records as of the last checkpoint, and the list of the history's files, in one redb file.
//!
//! Decides tables and transactions; it knows nothing of the records' contents. It is small, so that its checksums are
//! verified whole at each start: a damaged one is reported, not served. Begin with [`Registry::open`].

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use redb::backends::FileBackend;
use redb::{Builder, Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};

use super::archive::FileInfo;
use super::file;
use crate::HubError;
use crate::state::{Change, RecordError, StoreKey};

/// Records by kind, id and number.
const RECORDS: TableDefinition<'_, (u8, &str, u64), &[u8]> = TableDefinition::new("records");
/// The history's files by number, as [`FileInfo`] writes itself.
const FILES: TableDefinition<'_, u64, [u8; FileInfo::SIZE]> = TableDefinition::new("files");
/// The number of the last segment of the journal that is covered, under no name.
const COVERED: TableDefinition<'_, (), u64> = TableDefinition::new("covered");

/// Records by key.
pub(super) type Records = BTreeMap<StoreKey, Vec<u8>>;

/// An open registry; the file is locked as long as it lives.
#[derive(Debug)]
pub(super) struct Registry {
    database: Database,
    path: PathBuf,
}

/// What a registry holds.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) records: Records,
    pub(super) files: Vec<(u64, FileInfo)>,
    /// The last segment of the journal whose changes are in.
    pub(super) covered: u64,
}

/// What a transaction changes.
#[derive(Debug, Default)]
pub(super) struct Update<'a> {
    pub(super) records: Vec<&'a [Change]>,
    pub(super) add_file: Option<(u64, FileInfo)>,
    pub(super) remove_file: Option<u64>,
    pub(super) covered: Option<u64>,
}

impl Registry {
    /// Opens or makes the file. It holds the devices' keys, so only its owner may read it.
    pub(super) fn open(path: &Path) -> Result<Self, HubError> {
        let file = file::open_or_create(path).map_err(HubError::file("cannot open", path))?;
        let mut builder = Builder::new();
        // without it, redb trusts what it reads and may panic when the file was damaged
        builder.set_check_integrity_on_open(true);
        let opened = FileBackend::new(file).and_then(|file| builder.create_with_backend(file));
        let database = opened.map_err(|error| failed(path, error.into()))?;
        let registry = Self { database, path: path.to_owned() };
        if !registry.has_tables().map_err(|error| failed(path, error))? {
            // so that reading needs no case for their absence
            registry.write(&Update::default())?;
        }
        Ok(registry)
    }

    /// Whether the tables are made, which is done in one transaction. To make them anew would force to the disk what is there.
    fn has_tables(&self) -> Result<bool, redb::Error> {
        match self.database.begin_read()?.open_table(COVERED) {
            Ok(_) => Ok(true),
            Err(redb::TableError::TableDoesNotExist(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Everything in it.
    pub(super) fn read(&self) -> Result<Kept, HubError> {
        let read = self.read_all().map_err(|error| failed(&self.path, error))?;
        read.map_err(|kind| self.refused(&RecordError::UnknownKind(kind)))
    }

    /// Makes a change, whole and durable.
    pub(super) fn write(&self, update: &Update<'_>) -> Result<(), HubError> {
        self.write_all(update).map_err(|error| failed(&self.path, error))
    }

    /// The error for a record of it that cannot be read.
    pub(super) fn refused(&self, reason: &RecordError) -> HubError {
        reason.in_file(&self.path)
    }

    /// Everything in it, or the first kind of records that is not known.
    fn read_all(&self) -> Result<Result<Kept, u8>, redb::Error> {
        let read = self.database.begin_read()?;
        let mut kept = Kept::default();
        for entry in read.open_table(RECORDS)?.iter()? {
            let (key, value) = entry?;
            let (kind, id, number) = key.value();
            let Some(key) = StoreKey::from_parts(kind, id, number) else {
                return Ok(Err(kind));
            };
            kept.records.insert(key, value.value().to_vec());
        }
        for entry in read.open_table(FILES)?.iter()? {
            let (number, info) = entry?;
            kept.files.push((number.value(), FileInfo::from_bytes(info.value())));
        }
        kept.covered = read.open_table(COVERED)?.get(())?.map_or(0, |number| number.value());
        Ok(Ok(kept))
    }

    fn write_all(&self, update: &Update<'_>) -> Result<(), redb::Error> {
        let transaction = self.database.begin_write()?;
        {
            let mut records = transaction.open_table(RECORDS)?;
            for (key, bytes) in update.records.iter().copied().flatten() {
                match bytes {
                    Some(bytes) => drop(records.insert(key.parts(), bytes.as_slice())?),
                    None => drop(records.remove(key.parts())?),
                }
            }
            let mut files = transaction.open_table(FILES)?;
            if let Some((number, info)) = &update.add_file {
                files.insert(number, info.to_bytes())?;
            }
            if let Some(number) = update.remove_file {
                files.remove(number)?;
            }
            let mut covered = transaction.open_table(COVERED)?;
            if let Some(number) = update.covered {
                covered.insert((), number)?;
            }
        }
        Ok(transaction.commit()?)
    }
}

/// What redb's error means for the file at `path`.
fn failed(path: &Path, error: redb::Error) -> HubError {
    let damaged = |reason| HubError::Damaged { path: path.to_owned(), reason };
    match error {
        redb::Error::DatabaseAlreadyOpen => HubError::Locked(path.to_owned()),
        redb::Error::Corrupted(reason) => damaged(reason),
        // so redb reports a wrong magic number and a file that was cut off
        redb::Error::Io(error)
            if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) =>
        {
            damaged(error.to_string())
        }
        other => HubError::Store(other.to_string()),
    }
}
