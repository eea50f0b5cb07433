//! Files of the history that the registry does not list.
//!
//! Decides which of them hold nothing that is not elsewhere, and go, and which are all that there is of some rows, and stay.
//! Begin with [`Strays`].

use std::path::Path;

use super::archive::{self, FileInfo};
use super::file;
use crate::HubError;

/// What such a file is called that nothing reads any more, though it may have rows that are lost.
const ASIDE: &str = "rows-unlisted";

/// The history's folder, and what the registry knows of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strays<'a> {
    pub(super) folder: &'a Path,
    /// The files that it lists.
    pub(super) files: &'a [(u64, FileInfo)],
    /// The last segment of the journal that it covers.
    pub(super) covered: u64,
}

impl Strays<'_> {
    /// Keeps what a checkpoint that did not come to its end has written of a segment of which something is about to be left
    /// out; answers what is to be said of it.
    pub(super) fn set_aside(self, segment: u64) -> Result<Vec<String>, HubError> {
        let mut said = Vec::new();
        for number in self.numbers()?.into_iter().filter(|number| *number >= segment) {
            let path = archive::path(self.folder, number);
            let aside = file::free_path(&path, ASIDE);
            let moved = std::fs::rename(&path, &aside).and_then(|()| file::sync_folder(self.folder));
            moved.map_err(HubError::file("cannot rename", &path))?;
            let (path, aside) = (path.display(), aside.display());
            said.push(format!(
                "{path}: a checkpoint that did not come to its end wrote it; it may have rows that are lost now, and is kept as {aside}"
            ));
        }
        Ok(said)
    }

    /// Removes the files that hold nothing else: a checkpoint that did not come to its end wrote them, and their rows are in
    /// the journal's `segments`; or the retention was about to remove them. Any other is of a later registry than this one,
    /// and its rows are nowhere else.
    pub(super) fn remove(self, segments: &[u64]) -> Result<(), HubError> {
        let is_in_journal =
            |number| segments.iter().any(|segment| (self.covered + 1..=number).contains(segment));
        for number in self.numbers()? {
            let path = archive::path(self.folder, number);
            if number > self.covered && !is_in_journal(number) {
                return Err(HubError::Unlisted(path));
            }
            std::fs::remove_file(&path).map_err(HubError::file("cannot remove", &path))?;
        }
        Ok(())
    }

    fn numbers(self) -> Result<Vec<u64>, HubError> {
        let numbers = file::numbered(self.folder, archive::ENDING);
        let mut numbers = numbers.map_err(HubError::file("cannot read the folder", self.folder))?;
        numbers.retain(|number| self.files.iter().all(|(known, _)| known != number));
        Ok(numbers)
    }
}
