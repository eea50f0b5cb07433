//! The store: one redb file that keeps what [`crate::state`] says is worth keeping.
//!
//! Decides tables and transactions; it knows nothing of the records' contents. One task writes, in
//! batches, each commit durable on disk. Begin with [`Store::open`].

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use redb::backends::FileBackend;
use redb::{Builder, Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use tokio_util::sync::CancellationToken;

use crate::HubError;
use crate::shared::Shared;
use crate::state::{Changes, NewRow, RecordError, State, StoreKey};

/// Records by kind, id and number.
const RECORDS: TableDefinition<'_, (u8, &str, u64), &[u8]> = TableDefinition::new("records");
const ROWS: TableDefinition<'_, (u64, u64), &[u8]> = TableDefinition::new("rows");

/// How long changes are gathered before they are written together.
const BATCH_INTERVAL: Duration = Duration::from_millis(50);
/// An open store; the file is locked as long as it lives.
#[derive(Debug)]
pub(crate) struct Store {
    database: Database,
    path: PathBuf,
}

impl Store {
    /// Opens or makes the file. It holds the devices' keys, so only its owner may read it.
    pub(crate) fn open(path: &Path) -> Result<Self, HubError> {
        let file = open_private(path).map_err(HubError::file("cannot open", path))?;
        let mut builder = Builder::new();
        // without it, redb trusts what it reads and may panic when the file was damaged
        builder.set_check_integrity_on_open(true);
        let opened = FileBackend::new(file).and_then(|file| builder.create_with_backend(file));
        let database = opened.map_err(|error| failed(path, error.into()))?;
        let store = Self { database, path: path.to_owned() };
        // makes the tables, so that reading needs no case for their absence
        store.write(&Changes::default())?;
        Ok(store)
    }

    /// Gives everything back to `state`.
    pub(crate) fn load(&self, state: &mut State) -> Result<(), HubError> {
        self.read_all(state).map_err(|error| failed(&self.path, error))
    }

    /// Writes changes in one durable transaction.
    pub(crate) fn write(&self, changes: &Changes) -> Result<(), HubError> {
        self.write_all(changes).map_err(|error| failed(&self.path, error))
    }

    fn read_all(&self, state: &mut State) -> Result<(), redb::Error> {
        let read = self.database.begin_read()?;
        for entry in read.open_table(RECORDS)?.iter()? {
            let (key, value) = entry?;
            let (kind, id, number) = key.value();
            let key = StoreKey::from_parts(kind, id, number);
            let key = key.ok_or_else(|| unreadable(RecordError::UnknownKind(kind)))?;
            state.restore(&key, value.value()).map_err(unreadable)?;
        }
        for entry in read.open_table(ROWS)?.iter()? {
            let (key, value) = entry?;
            state.restore_row(key.value().0, value.value()).map_err(unreadable)?;
        }
        Ok(())
    }

    fn write_all(&self, changes: &Changes) -> Result<(), redb::Error> {
        let transaction = self.database.begin_write()?;
        {
            let mut records = transaction.open_table(RECORDS)?;
            for (key, bytes) in &changes.records {
                match bytes {
                    Some(bytes) => drop(records.insert(key.parts(), bytes.as_slice())?),
                    None => drop(records.remove(key.parts())?),
                }
            }
            let mut rows = transaction.open_table(ROWS)?;
            for NewRow { device, row } in &changes.rows {
                let bytes = serde_json::to_vec(&**row).map_err(unreadable)?;
                rows.insert((*device, row.seq), bytes.as_slice())?;
            }
        }
        Ok(transaction.commit()?)
    }
}

/// Opens or makes a file that only its owner can read; one that others can read is closed to them.
fn open_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mut permissions = file.metadata()?.permissions();
        if permissions.mode() & 0o077 != 0 {
            permissions.set_mode(0o600);
            file.set_permissions(permissions)?;
        }
    }
    Ok(file)
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

/// A record that is not what the hub writes.
fn unreadable(error: impl std::fmt::Display) -> redb::Error {
    redb::Error::Corrupted(format!("a record cannot be read: {error}"))
}

/// Writes changes until `stop`, then what is left. A failed batch is tried again with the next one.
pub(crate) async fn run(
    store: Arc<Store>,
    shared: Arc<Shared>,
    stop: CancellationToken,
) -> Result<(), HubError> {
    let mut left = Changes::default();
    loop {
        let stopping = tokio::select! {
            () = stop.cancelled() => true,
            () = tokio::time::sleep(BATCH_INTERVAL) => false,
        };
        let Changes { records, rows } = shared.with(|state, _| state.take_changes());
        left.records.extend(records);
        left.rows.extend(rows);
        if left.records.is_empty() && left.rows.is_empty() {
            if stopping {
                return Ok(());
            }
            continue;
        }
        let (store, changes) = (Arc::clone(&store), std::mem::take(&mut left));
        let task = tokio::task::spawn_blocking(move || {
            let result = store.write(&changes);
            (changes, result)
        });
        let (changes, written) = task.await.map_err(|error| HubError::Store(error.to_string()))?;
        if let Err(error) = written {
            tracing::error!(%error, "changes are not on disk; trying again");
            left = changes;
            if stopping {
                return Err(error);
            }
        } else if stopping {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Approval;
    use crate::state::tests::{NOW, connected, state};
    use crate::topics::Bag;

    #[test]
    fn gives_back_what_was_written_and_forgets_what_was_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.redb");
        let (mut before, _) = connected("d1");
        before.create("d2", None, true, NOW).unwrap();
        before.telemetry("d1", &Bag::default(), b"{}", NOW);
        let store = Store::open(&path).unwrap();
        store.write(&before.take_changes()).unwrap();
        before.delete("d2").unwrap();
        before.set_approval(Approval::Operator);
        store.write(&before.take_changes()).unwrap();
        drop(store);
        let mut after = state();
        Store::open(&path).unwrap().load(&mut after).unwrap();
        assert_eq!(after.devices().count(), 1);
        assert_eq!(after.approval(), Approval::Operator);
        assert_eq!(after.device("d1").unwrap().history.iter().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_the_devices_keys() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.redb");
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        drop(Store::open(&path).unwrap());
        assert_eq!(mode(), 0o600, "of a new file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        drop(Store::open(&path).unwrap());
        assert_eq!(mode(), 0o600, "of a file that others could read");
    }

    /// A closed store with a device and some history.
    fn filled(path: &Path) {
        let (mut state, _) = connected("d1");
        let body = format!(r#"{{"text":"{}"}}"#, "x".repeat(1_000));
        (0..40).for_each(|_| state.telemetry("d1", &Bag::default(), body.as_bytes(), NOW));
        Store::open(path).unwrap().write(&state.take_changes()).unwrap();
    }

    fn reopen(path: &Path) -> Result<(), HubError> {
        Store::open(path)?.load(&mut state())
    }

    #[test]
    fn a_file_that_is_no_store_is_named_as_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.redb");
        for text in ["x".to_owned(), "no store, ".repeat(2_000)] {
            std::fs::write(&path, text).unwrap();
            let error = reopen(&path).unwrap_err();
            assert!(matches!(&error, HubError::Damaged { path: named, .. } if *named == path), "{error}");
        }
    }

    #[test]
    fn a_record_that_cannot_be_read_is_reported_as_damage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.redb");
        let records = vec![(StoreKey::Device("d1".to_owned()), Some(b"{".to_vec()))];
        Store::open(&path).unwrap().write(&Changes { records, rows: Vec::new() }).unwrap();
        let error = reopen(&path).unwrap_err();
        assert!(matches!(&error, HubError::Damaged { path: named, .. } if *named == path), "{error}");
    }

    #[test]
    fn an_altered_page_is_reported_as_damage_and_does_not_panic() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.redb");
        filled(&path);
        let whole = std::fs::read(&path).unwrap();
        let mut reported = 0;
        for page in (0..whole.len()).step_by(4096).filter(|at| whole[*at..*at + 64] != [0; 64]) {
            let mut altered = whole.clone();
            altered[page..page + 64].iter_mut().for_each(|byte| *byte ^= 0x5a);
            std::fs::write(&path, &altered).unwrap();
            match reopen(&path) {
                // a page that is free now, or a copy that redb can do without
                Ok(_) => {}
                Err(HubError::Damaged { path: named, .. }) if named == path => reported += 1,
                Err(other) => panic!("page at {page}: {other}"),
            }
        }
        assert!(reported > 0);
    }

    #[test]
    fn a_second_hub_in_the_same_folder_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.redb");
        let _first = Store::open(&path).unwrap();
        assert!(matches!(Store::open(&path), Err(HubError::Locked(_))));
    }
}
