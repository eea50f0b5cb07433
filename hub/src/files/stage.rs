//! Content on its way: received into files that nobody sees, counted, and removed unless it is kept.
//!
//! Decides when content is whole; how much may come is the [`account`](super::account)'s. Begin with [`Files::stage`].

use std::io;
use std::path::{Path, PathBuf};

use axum::body::Body;
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_stream::StreamExt as _;

use super::account::Account;
use super::{FILE_LIMIT, FileError, Files, STAGE, encode};

/// Bytes that are copied at once when blocks are joined.
const COPY_SIZE: usize = 64 * 1024;

/// Content that has come whole. Dropping it removes it.
#[derive(Debug)]
pub(crate) struct Staged {
    path: PathBuf,
    size: u64,
    account: Account,
    is_kept: bool,
}

impl Staged {
    fn new(path: PathBuf, account: &Account) -> Self {
        Self { path, size: 0, account: account.clone(), is_kept: false }
    }

    /// Counts bytes that are about to be written.
    fn grow(&mut self, bytes: usize) -> Result<(), FileError> {
        let bytes = bytes as u64;
        self.size += bytes;
        let added = self.account.add(bytes);
        if self.size > FILE_LIMIT { Err(FileError::TooLarge) } else { added }
    }

    /// Waits until it is on the disk for certain.
    pub(super) async fn sync(&self) -> io::Result<()> {
        File::open(&self.path).await?.sync_all().await
    }

    /// Moves it to its place, where it stays. It does not wait: whoever sent it may go away at each wait, and then nobody
    /// would know whether it was moved.
    pub(super) fn keep_as(mut self, path: &Path) -> io::Result<u64> {
        std::fs::rename(&self.path, path)?;
        self.is_kept = true;
        Ok(self.size)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.is_kept {
            self.account.remove(self.size);
            // a leftover is removed when the hub starts
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Files {
    pub(super) fn stage_of(&self, upload: &str) -> PathBuf {
        self.folder.join(STAGE).join(encode(upload))
    }

    /// An upload may bring content from now on, until it is forgotten.
    pub(crate) fn begin(&self, upload: &str) {
        self.account.open(upload);
    }

    /// Receives the content of an upload, all of it.
    pub(crate) async fn stage(&self, upload: &str, body: Body) -> Result<Staged, FileError> {
        self.account.check_open(upload)?;
        let received = self.receive(upload, body).await;
        // what belongs to an upload that has ended meanwhile is no content any more, whatever became of it
        self.account.check_open(upload)?;
        received
    }

    async fn receive(&self, upload: &str, body: Body) -> Result<Staged, FileError> {
        let folder = self.stage_of(upload);
        fs::create_dir_all(&folder).await?;
        let part = folder.join(format!("part-{:032x}", fastrand::u128(..)));
        let mut staged = Staged::new(part, &self.account);
        let mut file = File::create_new(&staged.path).await?;
        let mut content = body.into_data_stream();
        while let Some(piece) = content.next().await {
            let piece = piece.map_err(|error| FileError::Content(error.to_string()))?;
            staged.grow(piece.len())?;
            file.write_all(&piece).await?;
        }
        file.flush().await?;
        Ok(staged)
    }

    /// Receives a block of an upload, which stays until it is joined with others.
    pub(crate) async fn stage_block(&self, upload: &str, block: &str, body: Body) -> Result<(), FileError> {
        self.account.check_room(upload)?;
        let mut staged = self.stage(upload, body).await?;
        // written beside and renamed, so that a block that comes twice is one of the two
        let name = block_name(block);
        let path = self.stage_of(upload).join(&name);
        std::fs::rename(&staged.path, &path)?;
        staged.path = path;
        self.account.take_block(upload, name, staged.size)?;
        staged.is_kept = true;
        Ok(())
    }

    /// Joins blocks that have come to one content.
    pub(crate) async fn join(&self, upload: &str, blocks: &[String]) -> Result<Staged, FileError> {
        self.account.check_open(upload)?;
        let folder = self.stage_of(upload);
        fs::create_dir_all(&folder).await?;
        let mut whole = Staged::new(folder.join(format!("whole-{:032x}", fastrand::u128(..))), &self.account);
        let mut file = File::create_new(&whole.path).await?;
        let mut buffer = vec![0; COPY_SIZE];
        for block in blocks {
            let mut part = match File::open(folder.join(block_name(block))).await {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(FileError::NoBlock(block.clone()));
                }
                opened => opened?,
            };
            loop {
                let count = part.read(&mut buffer).await?;
                if count == 0 {
                    break;
                }
                whole.grow(count)?;
                file.write_all(&buffer[..count]).await?;
            }
        }
        file.flush().await?;
        Ok(whole)
    }

    /// Forgets what is left of an upload, which brings nothing any more.
    pub(crate) async fn forget(&self, upload: &str) {
        self.account.close(upload);
        // it is removed at the next start at the latest
        let _ = fs::remove_dir_all(self.stage_of(upload)).await;
    }
}

/// The file of a block; ids are base64 of any bytes.
fn block_name(block: &str) -> String {
    format!("block-{}", encode(block))
}
