//! What a device keeps on disk between two runs: small JSON files, each written as a whole or not at all.
//!
//! Decides where a file lies and how it is replaced, not what is in it. A file that cannot be read as what it should be
//! is put aside under a name of its own and counts as absent: what is kept here can be had again from the hub, and a
//! device must start. Everything here blocks; call it where blocking is allowed. Begin with [`Kept`].

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::convention::percent_encode;
use crate::error::Error;

/// One kept file.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    path: PathBuf,
}

impl Kept {
    /// The file that keeps `what` for one device. Several devices may share the folder.
    pub(crate) fn new(folder: &Path, device: &str, what: &str) -> Self {
        Self { path: folder.join(format!("{}.{what}.json", percent_encode(device))) }
    }

    /// What is kept; `None` when there is nothing, or nothing that can be understood.
    ///
    /// # Errors
    /// When the file is there but cannot be read.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.problem(&error)),
        };
        match serde_json::from_slice(&text) {
            Ok(value) => Ok(Some(value)),
            Err(error) => {
                let aside = self.path.with_extension("damaged");
                tracing::warn!(path = %self.path.display(), aside = %aside.display(), %error, "put a damaged file aside");
                fs::rename(&self.path, &aside).map_err(|error| self.problem(&error))?;
                Ok(None)
            }
        }
    }

    /// Replaces what is kept. After a crash or a power cut at any moment, the old or the new is there.
    ///
    /// # Errors
    /// When the folder cannot be made or written to.
    pub(crate) fn write<T: Serialize>(&self, value: &T) -> Result<(), Error> {
        let text = serde_json::to_vec(value).map_err(|error| self.problem(&io::Error::from(error)))?;
        self.replace(&text).map_err(|error| self.problem(&error))
    }

    fn replace(&self, text: &[u8]) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let new = self.path.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        sync_folder(folder)
    }

    fn problem(&self, error: &io::Error) -> Error {
        let hint = format!("{error}: check that the folder exists and may be written to");
        Error::configuration(format!("the state file {}", self.path.display()), hint)
    }
}

/// Makes a rename in the folder last over a power cut, where folders can be synchronised at all.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_last_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::new(&folder.path().join("made"), "a/b:1", "assignment");
        assert_eq!(kept.read::<String>().unwrap(), None);
        kept.write(&"first").unwrap();
        kept.write(&"second").unwrap();
        assert_eq!(kept.read::<String>().unwrap().as_deref(), Some("second"));
        assert_eq!(Kept::new(&folder.path().join("made"), "b", "assignment").read::<String>().unwrap(), None);
    }

    #[test]
    fn a_damaged_file_is_put_aside_and_counts_as_absent() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::new(folder.path(), "d", "versions");
        fs::write(&kept.path, "{ \"half").unwrap();
        assert_eq!(kept.read::<String>().unwrap(), None);
        assert!(folder.path().join("d.versions.damaged").exists());
        kept.write(&"new").unwrap();
        assert_eq!(kept.read::<String>().unwrap().as_deref(), Some("new"));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let error = Kept::new(&folder.path().join("file"), "d", "versions").write(&1).unwrap_err();
        assert!(error.to_string().contains("d.versions.json"), "{error}");
    }
}
