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
use crate::state::{Change, State, StoreKey};

const MODELS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("models");
const TEMPLATES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("templates");
const DEVICES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("devices");
const ROWS: TableDefinition<'_, (&str, u64), &[u8]> = TableDefinition::new("rows");
const COMMANDS: TableDefinition<'_, (&str, u64), &[u8]> = TableDefinition::new("commands");

/// How long changes are gathered before they are written together.
const BATCH_INTERVAL: Duration = Duration::from_millis(50);
/// Most records in one transaction.
const BATCH_LIMIT: usize = 5_000;

/// An open store; the file is locked as long as it lives.
#[derive(Debug)]
pub(crate) struct Store {
    database: Database,
    path: PathBuf,
}

/// A model file as kept: its name and text.
pub(crate) type KeptModel = (String, String);

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
        store.write(&[])?;
        Ok(store)
    }

    /// Gives everything back to `state`; answers the model files, which need reading anew.
    pub(crate) fn load(&self, state: &mut State) -> Result<Vec<KeptModel>, HubError> {
        self.read_all(state).map_err(|error| failed(&self.path, error))
    }

    /// Writes changes in one durable transaction.
    pub(crate) fn write(&self, changes: &[Change]) -> Result<(), HubError> {
        self.write_all(changes).map_err(|error| failed(&self.path, error))
    }

    fn read_all(&self, state: &mut State) -> Result<Vec<KeptModel>, redb::Error> {
        let read = self.database.begin_read()?;
        for entry in read.open_table(TEMPLATES)?.iter()? {
            let (id, value) = entry?;
            if let Err(reason) = state.restore_template(value.value()) {
                tracing::warn!(
                    template = id.value(),
                    reason,
                    "a kept template cannot be read and is left out"
                );
            }
        }
        for entry in read.open_table(DEVICES)?.iter()? {
            state.restore_device(entry?.1.value()).map_err(unreadable)?;
        }
        for entry in read.open_table(ROWS)?.iter()? {
            let (key, value) = entry?;
            state.restore_row(key.value().0, value.value()).map_err(unreadable)?;
        }
        for entry in read.open_table(COMMANDS)?.iter()? {
            let (key, value) = entry?;
            state.restore_command(key.value().0, value.value()).map_err(unreadable)?;
        }
        let mut models = Vec::new();
        for entry in read.open_table(MODELS)?.iter()? {
            models.push(serde_json::from_slice(entry?.1.value()).map_err(unreadable)?);
        }
        Ok(models)
    }

    fn write_all(&self, changes: &[Change]) -> Result<(), redb::Error> {
        let transaction = self.database.begin_write()?;
        {
            let mut models = transaction.open_table(MODELS)?;
            let mut templates = transaction.open_table(TEMPLATES)?;
            let mut devices = transaction.open_table(DEVICES)?;
            let mut rows = transaction.open_table(ROWS)?;
            let mut commands = transaction.open_table(COMMANDS)?;
            for (key, bytes) in changes {
                let bytes = bytes.as_deref();
                match key {
                    StoreKey::Model(id) => put(&mut models, id.as_str(), bytes),
                    StoreKey::Template(id) => put(&mut templates, id.as_str(), bytes),
                    StoreKey::Device(id) => put(&mut devices, id.as_str(), bytes),
                    StoreKey::Row(id, seq) => put(&mut rows, (id.as_str(), *seq), bytes),
                    StoreKey::Command(id, row) => put(&mut commands, (id.as_str(), *row), bytes),
                }?;
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

fn put<'k, K: redb::Key + 'static>(
    table: &mut redb::Table<'_, K, &'static [u8]>,
    key: K::SelfType<'k>,
    bytes: Option<&[u8]>,
) -> Result<(), redb::StorageError> {
    match bytes {
        Some(bytes) => table.insert(key, bytes).map(drop),
        None => table.remove(key).map(drop),
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
    loop {
        let stopping = tokio::select! {
            () = stop.cancelled() => true,
            () = tokio::time::sleep(BATCH_INTERVAL) => false,
        };
        loop {
            let written = write_batch(&store, &shared).await;
            if let Err(error) = &written {
                tracing::error!(%error, "changes are not on disk; trying again");
            }
            match (stopping, written) {
                (true, Err(error)) => return Err(error),
                (_, Ok(BATCH_LIMIT)) => {}
                (true, Ok(_)) => return Ok(()),
                (false, _) => break,
            }
        }
    }
}

async fn write_batch(store: &Arc<Store>, shared: &Shared) -> Result<usize, HubError> {
    let changes = shared.with(|state, _| state.take_dirty(BATCH_LIMIT));
    if changes.is_empty() {
        return Ok(0);
    }
    let count = changes.len();
    let store = Arc::clone(store);
    let task = tokio::task::spawn_blocking(move || {
        let result = store.write(&changes);
        (changes, result)
    });
    let (changes, result) = task.await.map_err(|error| HubError::Store(error.to_string()))?;
    if result.is_err() {
        shared.with(|state, _| state.mark_dirty(changes.into_iter().map(|(key, _)| key)));
    }
    result.map(|()| count)
}

#[cfg(test)]
mod tests {
    use super::*;
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
        store.write(&before.take_dirty(100)).unwrap();
        before.delete("d2").unwrap();
        store.write(&before.take_dirty(100)).unwrap();
        drop(store);
        let mut after = state();
        Store::open(&path).unwrap().load(&mut after).unwrap();
        assert_eq!(after.devices().count(), 1);
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
        Store::open(path).unwrap().write(&state.take_dirty(100)).unwrap();
    }

    fn reopen(path: &Path) -> Result<Vec<KeptModel>, HubError> {
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
        let change = (StoreKey::Device("d1".to_owned()), Some(b"{".to_vec()));
        Store::open(&path).unwrap().write(&[change]).unwrap();
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
