//! Where the documents of missing ids are looked up: among the files given, and in models folders.
//!
//! A models folder is laid out as device models are published: `dtmi:com:example:Thermostat;1` is defined in
//! `dtmi/com/example/thermostat-1.json`, or with all that it refers to in `thermostat-1.expanded.json`. Decides which
//! text is offered for an id, never whether the text is right. Begin at [`Search::answer`].

mod head;
pub(crate) mod text;

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf, absolute};
use std::sync::OnceLock;

use dtdl::{Dtmi, Reading};

use self::text::Unreadable;
use crate::models::Found;
use crate::parallel;

pub(crate) use self::head::Head;

/// All places where ids are looked up; shared by the readings of all files.
pub(crate) struct Library<'f> {
    files: &'f [Found],
    folders: &'f [PathBuf],
    /// The numbers of the files that define an id, those first that define little else. Made when an id is first missing.
    index: OnceLock<HashMap<String, Vec<usize>>>,
}

impl<'f> Library<'f> {
    pub(crate) fn new(files: &'f [Found], folders: &'f [PathBuf]) -> Self {
        Self { files, folders, index: OnceLock::new() }
    }

    /// The search for what the file at `path` is missing.
    pub(crate) fn search_for<'l>(&'l self, path: &'l Path) -> Search<'l> {
        let given = HashSet::from([path.to_owned()]);
        Search { library: self, path, given, bytes: 0, found: Vec::new(), unreadable: Vec::new() }
    }

    /// The files among those given that define an id.
    fn defining(&self, id: &str) -> impl Iterator<Item = &Path> {
        let numbers = self.index().get(without_fragment(id)).into_iter().flatten();
        numbers.filter_map(|&number| self.files.get(number)).map(|file| file.path.as_path())
    }

    fn index(&self) -> &HashMap<String, Vec<usize>> {
        self.index.get_or_init(|| {
            let heads = parallel::map(self.files, |file| {
                // a file that cannot be read is reported when its own turn comes
                text::read(&file.path).ok().and_then(|text| Head::of(&text)).unwrap_or_default()
            });
            let mut by_size: Vec<(usize, Head)> = heads.into_iter().enumerate().collect();
            by_size.sort_by_key(|(_, head)| head.ids.len());
            let mut index: HashMap<String, Vec<usize>> = HashMap::new();
            for (number, head) in by_size {
                for id in head.ids {
                    index.entry(without_fragment(&id).to_owned()).or_default().push(number);
                }
            }
            index
        })
    }
}

/// The search for the ids that one file is missing.
pub(crate) struct Search<'l> {
    library: &'l Library<'l>,
    path: &'l Path,
    /// What the reading has already: offered again, everything in it would be defined twice.
    given: HashSet<PathBuf>,
    /// How large the texts are that were found.
    pub(crate) bytes: usize,
    /// The files that were found.
    pub(crate) found: Vec<PathBuf>,
    /// Files that may have an id and cannot be read.
    pub(crate) unreadable: Vec<(PathBuf, Unreadable)>,
}

impl Search<'_> {
    /// Names and texts of documents that define `ids`, as far as there are any.
    pub(crate) fn answer(&mut self, ids: &[&str]) -> Vec<(String, String)> {
        let (mut texts, mut covered) = (Vec::new(), HashSet::new());
        for id in ids {
            if covered.contains(without_fragment(id)) {
                continue;
            }
            if let Some((path, text, head)) = self.find(id) {
                covered.extend(head.ids.iter().map(|id| without_fragment(id).to_owned()));
                self.bytes += text.len();
                texts.push((path.display().to_string(), text));
                self.found.push(path);
            }
        }
        texts
    }

    /// Where an id that was not found might have been, besides the files given.
    fn looked_at(&self, id: &str) -> Vec<PathBuf> {
        let folders = self.folders();
        repository_path(id)
            .map_or_else(Vec::new, |path| folders.iter().map(|folder| folder.join(&path)).collect())
    }

    /// For people: where the ids were looked up that nothing defines.
    pub(crate) fn notes(&self, reading: &Reading) -> Vec<String> {
        let missing = reading.unresolved().iter().map(|unresolved| unresolved.id.as_str());
        let looked_at = missing.map(|id| (id, self.looked_at(id))).filter(|(_, paths)| !paths.is_empty());
        looked_at
            .map(|(id, paths)| {
                let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
                format!("note: `{id}` is not in the files given, nor in {}", paths.join(" or "))
            })
            .collect()
    }

    /// The first document not given yet that defines an id, or that could but is no JSON.
    fn find(&mut self, id: &str) -> Option<(PathBuf, String, Head)> {
        for path in self.candidates(id) {
            if self.given.contains(&path) {
                continue;
            }
            let text = match text::read(&path) {
                Ok(text) => text,
                Err(Unreadable::Io(error)) if is_absence(&error) => continue,
                Err(why) => {
                    self.given.insert(path.clone());
                    self.unreadable.push((path, why));
                    continue;
                }
            };
            let head = Head::of(&text);
            let wanted = without_fragment(id);
            if head.as_ref().is_none_or(|head| head.ids.iter().any(|id| without_fragment(id) == wanted)) {
                self.given.insert(path.clone());
                return Some((path, text, head.unwrap_or_default()));
            }
        }
        None
    }

    fn candidates(&self, id: &str) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = self.library.defining(id).map(Path::to_owned).collect();
        for path in self.looked_at(id) {
            let expanded = path.with_extension("expanded.json");
            paths.extend([path, expanded]);
        }
        paths
    }

    /// The folders of `--models`, then those that the file itself lies in as in a models folder.
    fn folders(&self) -> Vec<PathBuf> {
        let mut own = folders_around(self.path);
        if own.is_empty() {
            own = absolute(self.path).map_or_else(|_| Vec::new(), |path| folders_around(&path));
        }
        self.library.folders.iter().cloned().chain(own).collect()
    }
}

/// The folders in which `path` begins with `dtmi`, the nearest first.
fn folders_around(path: &Path) -> Vec<PathBuf> {
    let above = path.ancestors().skip(1).filter(|folder| folder.file_name() == Some(OsStr::new("dtmi")));
    above.filter_map(Path::parent).map(Path::to_owned).collect()
}

fn repository_path(id: &str) -> Option<String> {
    Dtmi::parse(id).map(|id| id.repository_path())
}

/// An id without its fragment: a document defines all fragments of its ids.
fn without_fragment(id: &str) -> &str {
    id.split('#').next().unwrap_or(id)
}

fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::InvalidFilename
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_repository_layout_shows_its_models_folder() {
        let folders = folders_around(Path::new("a/dtmi/com/dtmi/x-1.json"));
        assert_eq!(folders, [PathBuf::from("a/dtmi/com"), PathBuf::from("a")]);
        assert_eq!(folders_around(Path::new("dtmi/x-1.json")), [PathBuf::from("")]);
        assert!(folders_around(Path::new("dtmi-1.json")).is_empty());
    }
}
