//! Files that devices upload: a folder of the data folder, with a folder for each device.
//!
//! Decides where a file is, how much there may be, and that a file is there whole or not at all. It knows nothing of HTTP
//! and of who may upload what, but for the tokens it gives out ([`token`]). Begin with [`Files`].

mod account;
mod name;
mod stage;
mod token;

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tokio::fs;
use tokio::sync::Mutex;

use crate::HubError;
use crate::sas::Key;

use account::{Account, Gone};
pub(crate) use name::{encode, is_file_name};
pub(crate) use stage::Staged;

/// The largest file, in bytes.
pub(crate) const FILE_LIMIT: u64 = 256 * 1024 * 1024;
/// The most bytes of all files together, those on their way included.
const TOTAL_LIMIT: u64 = 4 * 1024 * 1024 * 1024;
/// The most files of a device.
pub(crate) const COUNT_LIMIT: usize = 1_000;
/// The folder of what is on its way; no device's folder begins with a dot.
const STAGE: &str = ".part";

/// The folder of files.
#[derive(Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    key: Key,
    account: Account,
    /// Held by whoever changes which files there are: what is replaced is counted once.
    turn: Mutex<()>,
}

/// A file that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct FileInfo {
    pub(crate) name: String,
    pub(crate) size: u64,
    /// When it was written.
    pub(crate) at: Timestamp,
}

/// Why a file is not taken or not given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("the file is larger than {FILE_LIMIT} bytes, which is all that this hub takes")]
    TooLarge,
    #[error("the files take {TOTAL_LIMIT} bytes already, which is all that this hub keeps: delete some")]
    Full,
    #[error("the upload has more blocks than are taken: {} of one, and 200000 of all", account::BLOCK_LIMIT)]
    TooManyBlocks,
    #[error("the upload has ended")]
    Ended,
    #[error("a block of the list was not uploaded: {0}")]
    NoBlock(String),
    #[error("the content ended early or came too slowly: {0}")]
    Content(String),
    #[error("the file cannot be written or read: {0}")]
    File(#[from] io::Error),
}

impl Files {
    /// The folder, which is made if it is not there; what was on its way when the hub ended is forgotten.
    pub(crate) fn open(folder: &Path) -> Result<Self, HubError> {
        std::fs::create_dir_all(folder).map_err(HubError::file("cannot make the folder", folder))?;
        let stage = folder.join(STAGE);
        if stage.exists() {
            std::fs::remove_dir_all(&stage).map_err(HubError::file("cannot empty the folder", &stage))?;
        }
        let used = bytes_in(folder).map_err(HubError::file("cannot read the folder", folder))?;
        let key = Key::random().map_err(|error| HubError::Tls(error.to_string()))?;
        Ok(Self { folder: folder.to_owned(), key, account: Account::new(used), turn: Mutex::new(()) })
    }

    fn device(&self, device: &str) -> PathBuf {
        self.folder.join(encode(device))
    }

    fn path(&self, device: &str, file: &str) -> PathBuf {
        self.device(device).join(encode(file))
    }

    /// The files of a device, by name.
    pub(crate) async fn list(&self, device: &str) -> Result<Vec<FileInfo>, FileError> {
        let mut entries = match fs::read_dir(self.device(device)).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut found = Vec::new();
        while let Some(entry) = entries.next_entry().await? {
            let (name, metadata) = (entry.file_name(), entry.metadata().await?);
            // what somebody else put there may have any name
            let Some(name) = name.to_str().and_then(name::decode).filter(|_| metadata.is_file()) else {
                continue;
            };
            let at = Timestamp::try_from(metadata.modified()?).unwrap_or_default();
            found.push(FileInfo { name, size: metadata.len(), at });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Whether there is such a file.
    pub(crate) async fn has(&self, device: &str, file: &str) -> bool {
        fs::metadata(self.path(device, file)).await.is_ok_and(|found| found.is_file())
    }

    /// A file to be read, and its size; `None` when there is none.
    pub(crate) async fn read(&self, device: &str, file: &str) -> Result<Option<(fs::File, u64)>, FileError> {
        match fs::File::open(self.path(device, file)).await {
            Ok(file) => {
                let size = file.metadata().await?.len();
                Ok(Some((file, size)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes a file; `false` when there is none.
    pub(crate) async fn delete(&self, device: &str, file: &str) -> Result<bool, FileError> {
        let path = self.path(device, file);
        let _turn = self.turn.lock().await;
        let size = fs::metadata(&path).await.map_or(0, |found| found.len());
        // it does not wait: a caller that goes away at a wait would leave the account wrong
        match std::fs::remove_file(&path) {
            Ok(()) => {
                self.account.remove(size);
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts what has come where it belongs: from now on there is the whole file, instead of one of the same name.
    pub(crate) async fn keep(&self, staged: Staged, device: &str, file: &str) -> Result<u64, FileError> {
        let path = self.path(device, file);
        staged.sync().await?;
        let _turn = self.turn.lock().await;
        fs::create_dir_all(self.device(device)).await?;
        let replaced = fs::metadata(&path).await.map_or(0, |found| found.len());
        let size = staged.keep_as(&path)?;
        self.account.remove(replaced);
        if let Some(folder) = path.parent().filter(|_| cfg!(unix)) {
            // the name is on the disk for certain, too
            fs::File::open(folder).await?.sync_all().await?;
        }
        Ok(size)
    }

    /// Takes the files of a device that is no more out of sight, and ends its uploads. [`sweep`](Self::sweep) removes them.
    pub(crate) fn disown(&self, device: &str, uploads: &[String]) {
        for upload in uploads {
            self.account.close(upload);
            self.account.discard(Gone { folder: self.stage_of(upload), counts: false });
        }
        let (from, stage) = (self.device(device), self.folder.join(STAGE));
        let folder = stage.join(format!("gone-{:032x}", fastrand::u128(..)));
        if !from.is_dir() {
            return;
        }
        match std::fs::create_dir_all(&stage).and_then(|()| std::fs::rename(&from, &folder)) {
            Ok(()) => self.account.discard(Gone { folder, counts: true }),
            Err(error) => tracing::warn!(device, %error, "the files of a deleted device stay"),
        }
    }

    /// Removes what nobody needs any more.
    pub(crate) async fn sweep(&self) {
        for Gone { folder, counts } in self.account.take_gone() {
            let removed = tokio::task::spawn_blocking(move || {
                let bytes = if counts { bytes_in(&folder).unwrap_or(0) } else { 0 };
                // what is left is removed when the hub starts
                std::fs::remove_dir_all(&folder).map_or(0, |()| bytes)
            });
            self.account.remove(removed.await.unwrap_or(0));
        }
    }
}

/// The bytes of all files in a folder and the folders inside it.
fn bytes_in(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { bytes_in(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[tokio::test]
    async fn a_file_is_there_when_it_is_whole_and_counts_until_it_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        ["u1", "u2"].iter().for_each(|upload| files.begin(upload));
        let staged = files.stage("u1", Body::from("hello")).await.unwrap();
        assert!(files.list("d1").await.unwrap().is_empty());
        assert_eq!(files.keep(staged, "d1", "logs/a b.log").await.unwrap(), 5);
        let listed = files.list("d1").await.unwrap();
        assert_eq!((listed[0].name.as_str(), listed[0].size), ("logs/a b.log", 5));
        let again = files.stage("u2", Body::from("hi")).await.unwrap();
        files.keep(again, "d1", "logs/a b.log").await.unwrap();
        assert_eq!(files.account.bytes(), 2);
        assert_eq!(Files::open(folder.path()).unwrap().account.bytes(), 2);
        assert!(files.delete("d1", "logs/a b.log").await.unwrap());
        assert!(!files.delete("d1", "logs/a b.log").await.unwrap());
        assert_eq!(files.account.bytes(), 0);
    }

    #[tokio::test]
    async fn no_name_leads_out_of_the_devices_folder() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(&folder.path().join("files")).unwrap();
        for (device, name) in [("..", "x"), ("d", "../../x"), ("d", ".."), ("d", "a\\..\\b"), ("d", "\0")] {
            files.begin("u");
            let staged = files.stage("u", Body::from("x")).await.unwrap();
            files.keep(staged, device, name).await.unwrap();
            assert_eq!(files.list(device).await.unwrap().len(), 1, "{device} {name}");
            files.delete(device, name).await.unwrap();
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn blocks_are_joined_in_the_order_of_the_list() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        files.begin("u");
        for (id, text) in [("Mg==", "world"), ("MQ==", "hello ")] {
            files.stage_block("u", id, Body::from(text)).await.unwrap();
        }
        let ids = ["MQ==".to_owned(), "Mg==".to_owned()];
        let missing = files.join("u", &["Mw==".to_owned()]).await;
        assert!(matches!(missing, Err(FileError::NoBlock(_))));
        let whole = files.join("u", &ids).await.unwrap();
        assert_eq!(files.keep(whole, "d", "f").await.unwrap(), 11);
        files.forget("u").await;
        assert_eq!(files.account.bytes(), 11);
        assert_eq!(std::fs::read(folder.path().join("d/f")).unwrap(), b"hello world");
    }

    #[tokio::test]
    async fn what_does_not_come_whole_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        files.begin("u");
        let pieces = [Ok("part"), Err(io::Error::other("gone"))];
        let body = Body::from_stream(tokio_stream::iter(pieces));
        assert!(matches!(files.stage("u", body).await, Err(FileError::Content(_))));
        assert_eq!(files.account.bytes(), 0);
        assert_eq!(bytes_in(folder.path()).unwrap(), 0);
    }

    /// A body that waits after its first piece until the sender is used or dropped.
    fn held_body() -> (Body, tokio::sync::mpsc::Sender<io::Result<&'static str>>) {
        let (sender, receiver) = tokio::sync::mpsc::channel(4);
        sender.try_send(Ok("half")).unwrap();
        (Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receiver)), sender)
    }

    #[tokio::test]
    async fn an_upload_that_ends_while_content_comes_is_counted_to_nothing_and_not_below() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        files.begin("u");
        files.stage_block("u", "MQ==", Body::from("whole")).await.unwrap();
        let (body, sender) = held_body();
        let block = files.stage_block("u", "Mg==", body);
        let end = async {
            // the first piece is on the disk
            while files.account.bytes() < 9 {
                tokio::task::yield_now().await;
            }
            files.forget("u").await;
            sender.send(Ok("rest")).await.unwrap();
            drop(sender);
        };
        let (taken, ()) = tokio::join!(block, end);
        assert!(matches!(taken, Err(FileError::Ended)), "{taken:?}");
        assert_eq!(files.account.bytes(), 0);
        files.begin("v");
        assert!(files.stage("v", Body::from("next")).await.is_ok());
    }

    #[tokio::test]
    async fn a_file_that_two_uploads_bring_at_once_is_counted_once() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        ["a", "b", "c"].iter().for_each(|upload| files.begin(upload));
        let mut staged = Vec::new();
        for (upload, text) in [("a", "1"), ("b", "22"), ("c", "333")] {
            staged.push(files.stage(upload, Body::from(text)).await.unwrap());
        }
        let mut kept = staged.into_iter().map(|one| files.keep(one, "d", "f"));
        let [first, second, third] = std::array::from_fn(|_| kept.next().unwrap());
        let (first, second, third) = tokio::join!(first, second, third);
        assert!(first.is_ok() && second.is_ok() && third.is_ok());
        assert_eq!(files.account.bytes(), files.list("d").await.unwrap()[0].size);
    }

    #[tokio::test]
    async fn the_files_of_a_device_that_is_no_more_are_gone_at_once_and_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        files.begin("u");
        let staged = files.stage("u", Body::from("hello")).await.unwrap();
        files.keep(staged, "d1", "a").await.unwrap();
        files.stage_block("u", "MQ==", Body::from("block")).await.unwrap();
        files.disown("d1", &["u".to_owned()]);
        assert!(files.list("d1").await.unwrap().is_empty());
        files.sweep().await;
        assert_eq!((files.account.bytes(), bytes_in(folder.path()).unwrap()), (0, 0));
        let late = files.stage_block("u", "Mg==", Body::from("x")).await;
        assert!(matches!(late, Err(FileError::Ended)), "{late:?}");
    }
}
