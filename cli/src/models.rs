//! Model files: found on disk, read, and what is wrong with them shown. Decides nothing about models.

use std::collections::HashMap;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use dtdl::{Options, Reading, Sources, Style};

use crate::lookup::Library;
use crate::lookup::text::{self, Unreadable};
use crate::{Outcome, fail, say};

/// A file to look at.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its path, as the user would write it.
    pub(crate) path: PathBuf,
    /// Whether the user named it; otherwise a folder did, and it may be no model at all.
    pub(crate) named: bool,
}

/// The files that `paths` name, folders searched through, each once, in a fixed order.
///
/// Hidden folders are left out (they hold version control and caches), and so are links to folders, which may go round.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<Found>, String> {
    let (mut found, mut known) = (Vec::<Found>::new(), HashMap::new());
    for path in paths {
        let mut keep = |path: PathBuf, named| {
            let at = *known.entry(path.clone()).or_insert(found.len());
            match found.get_mut(at) {
                Some(again) => again.named |= named,
                None => found.push(Found { path, named }),
            }
        };
        if fs::metadata(path).map_err(|error| cannot_read(path, &error))?.is_dir() {
            search(path, &mut |path| keep(path, false))?;
        } else {
            keep(path.clone(), true);
        }
    }
    Ok(found)
}

fn search(folder: &Path, keep: &mut impl FnMut(PathBuf)) -> Result<(), String> {
    let cannot = |error: io::Error| cannot_read(folder, &error);
    let entries: io::Result<Vec<_>> = fs::read_dir(folder).map_err(cannot)?.collect();
    let mut entries = entries.map_err(cannot)?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if entry.file_type().map_err(cannot)?.is_dir() {
            if !entry.file_name().as_encoded_bytes().starts_with(b".") {
                search(&path, keep)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "json") && !path.is_dir() {
            keep(path);
        }
    }
    Ok(())
}

/// Why a file or folder could not be read, as a sentence.
pub(crate) fn cannot_read(path: &Path, error: &io::Error) -> String {
    format!("cannot read {}: {error}", path.display())
}

/// A model that was read from a file, and what it needed besides.
pub(crate) struct Opened {
    pub(crate) reading: Reading,
    /// The files that were looked up for it.
    pub(crate) looked_up: Vec<PathBuf>,
}

/// Reads the model in one file, with the ids that it does not define looked up as `check` does. What is wrong has been
/// shown when there is an error: then this is how the command ends.
pub(crate) fn open(path: &Path, id: Option<&str>, folders: &[PathBuf]) -> Result<Opened, Outcome> {
    if let Some(folder) = folders.iter().find(|folder| !folder.is_dir()) {
        return Err(fail(&format!("{} is no folder", folder.display())));
    }
    let text = text::read(path).map_err(|why| cannot_use(path, &why))?;
    let mut sources = Sources::default();
    sources.add(path.display().to_string(), text);
    let library = Library::new(&[], folders);
    let mut search = library.search_for(path);
    let reading = dtdl::read_with(sources, id, &Options::default(), &mut |ids| search.answer(ids));
    show(reading.diagnostics(), reading.sources());
    for note in search.notes(&reading) {
        say(&note);
    }
    let mut unreadable = None;
    for (path, why) in &search.unreadable {
        unreadable = Some(cannot_use(path, why));
    }
    match unreadable {
        Some(outcome) => Err(outcome),
        None if !reading.is_valid() => Err(Outcome::Findings),
        None if reading.model().is_none() => Err(fail(&format!("{} defines no device", path.display()))),
        None => Ok(Opened { reading, looked_up: search.found }),
    }
}

/// Says why a file has no text.
fn cannot_use(path: &Path, why: &Unreadable) -> Outcome {
    match why {
        Unreadable::Io(error) => fail(&cannot_read(path, error)),
        Unreadable::NotUtf8(fault) => {
            let (line, column) = (fault.line, fault.column);
            say(&format!("error: {}:{line}:{column} is not UTF-8; {}", path.display(), fault.help()));
            Outcome::Findings
        }
    }
}

/// How diagnostics are drawn on standard error: coloured on a terminal, unless the user wants no colours.
pub(crate) fn style() -> Style {
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if no_colour || !io::stderr().is_terminal() { Style::Plain } else { Style::Coloured }
}

/// Shows diagnostics on standard error.
pub(crate) fn show<'d>(diagnostics: impl IntoIterator<Item = &'d dtdl::Diagnostic>, sources: &Sources) {
    let style = style();
    let mut stderr = io::stderr().lock();
    for diagnostic in diagnostics {
        // Nothing is left to do when standard error is closed.
        let _ = writeln!(stderr, "{}\n", diagnostic.render(sources, style));
    }
}
