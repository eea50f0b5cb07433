//! Content on its way: received into files that nobody sees, counted, and removed unless it is kept.
//!
//! Decides how much may come. Begin with [`Files::stage`].

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_stream::StreamExt as _;

use super::{FILE_LIMIT, FileError, Files, STAGE, TOTAL_LIMIT, encode};

/// Bytes that are copied at once when blocks are joined.
const COPY_SIZE: usize = 64 * 1024;

/// Content that has come whole. Dropping it removes it.
#[derive(Debug)]
pub(crate) struct Staged {
    path: PathBuf,
    size: u64,
    used: Arc<AtomicU64>,
    is_kept: bool,
}

impl Staged {
    fn new(path: PathBuf, used: &Arc<AtomicU64>) -> Self {
        Self { path, size: 0, used: Arc::clone(used), is_kept: false }
    }

    /// Counts bytes that are about to be written.
    fn grow(&mut self, bytes: usize) -> Result<(), FileError> {
        let bytes = bytes as u64;
        self.size += bytes;
        let used = self.used.fetch_add(bytes, Ordering::Relaxed);
        if self.size > FILE_LIMIT {
            return Err(FileError::TooLarge);
        }
        if used + bytes > TOTAL_LIMIT { Err(FileError::Full) } else { Ok(()) }
    }

    /// Leaves it where it is, to be joined with others.
    pub(crate) fn leave(mut self) -> u64 {
        self.is_kept = true;
        self.size
    }

    /// Moves it to its place, on the disk for certain.
    pub(super) async fn keep_as(mut self, path: &Path) -> Result<u64, FileError> {
        File::open(&self.path).await?.sync_all().await?;
        fs::rename(&self.path, path).await?;
        self.is_kept = true;
        if let Some(folder) = path.parent().filter(|_| cfg!(unix)) {
            // the name is on the disk, too
            File::open(folder).await?.sync_all().await?;
        }
        Ok(self.size)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.is_kept {
            self.used.fetch_sub(self.size, Ordering::Relaxed);
            // a leftover is removed when the hub starts
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Files {
    fn stage_of(&self, upload: &str) -> PathBuf {
        self.folder.join(STAGE).join(encode(upload))
    }

    /// Receives content for an upload: all of it, or the block of this id.
    pub(crate) async fn stage(
        &self,
        upload: &str,
        block: Option<&str>,
        body: Body,
    ) -> Result<Staged, FileError> {
        let folder = self.stage_of(upload);
        fs::create_dir_all(&folder).await?;
        // written beside and renamed, so that a block that comes twice is one of the two
        let part = folder.join(format!("part-{:032x}", fastrand::u128(..)));
        let mut staged = Staged::new(part, &self.used);
        let mut file = File::create_new(&staged.path).await?;
        let mut content = body.into_data_stream();
        while let Some(piece) = content.next().await {
            let piece = piece.map_err(|error| FileError::Content(error.to_string()))?;
            staged.grow(piece.len())?;
            file.write_all(&piece).await?;
        }
        file.flush().await?;
        if let Some(block) = block {
            let path = folder.join(block_name(block));
            let replaced = fs::metadata(&path).await.map_or(0, |found| found.len());
            fs::rename(&staged.path, &path).await?;
            self.used.fetch_sub(replaced, Ordering::Relaxed);
            staged.path = path;
        }
        Ok(staged)
    }

    /// Joins blocks that have come to one content.
    pub(crate) async fn join(&self, upload: &str, blocks: &[String]) -> Result<Staged, FileError> {
        let folder = self.stage_of(upload);
        fs::create_dir_all(&folder).await?;
        let mut whole = Staged::new(folder.join(format!("whole-{:032x}", fastrand::u128(..))), &self.used);
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

    /// How many bytes the blocks of an upload take.
    pub(crate) async fn staged_bytes(&self, upload: &str) -> u64 {
        let folder = self.stage_of(upload);
        let counted = tokio::task::spawn_blocking(move || super::bytes_in(&folder)).await;
        counted.ok().and_then(Result::ok).unwrap_or(0)
    }

    /// Forgets what is left of an upload.
    pub(crate) async fn forget(&self, upload: &str) {
        let bytes = self.staged_bytes(upload).await;
        // it is removed at the next start at the latest
        if fs::remove_dir_all(self.stage_of(upload)).await.is_ok() {
            self.used.fetch_sub(bytes, Ordering::Relaxed);
        }
    }
}

/// The file of a block; ids are base64 of any bytes.
fn block_name(block: &str) -> String {
    format!("block-{}", encode(block))
}
