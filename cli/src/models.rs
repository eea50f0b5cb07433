//! Model files: found on disk, read, and what is wrong with them shown. Decides nothing about models.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use dtdl::{Reading, Sources, Style};

/// The files that `paths` name, folders searched through, each once, in a fixed order.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for path in paths {
        collect(path, &mut found, true)?;
    }
    Ok(found)
}

fn collect(path: &Path, found: &mut Vec<PathBuf>, named: bool) -> Result<(), String> {
    let cannot = |error: io::Error| format!("cannot read {}: {error}", path.display());
    if fs::metadata(path).map_err(cannot)?.is_dir() {
        let entries: io::Result<Vec<_>> = fs::read_dir(path).map_err(cannot)?.collect();
        let mut inside: Vec<PathBuf> =
            entries.map_err(cannot)?.into_iter().map(|entry| entry.path()).collect();
        inside.sort();
        return inside.iter().try_for_each(|path| collect(path, found, false));
    }
    let is_model = named || path.extension().is_some_and(|extension| extension == "json");
    if is_model && !found.iter().any(|known| known == path) {
        found.push(path.to_owned());
    }
    Ok(())
}

/// Reads the files together, so that ids are resolved among them.
pub(crate) fn read(files: &[PathBuf], root: Option<&str>) -> Result<Reading, String> {
    let mut sources = Sources::default();
    for file in files {
        let text =
            fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        sources.add(file.display().to_string(), &text);
    }
    Ok(dtdl::read(sources, root))
}

/// Shows diagnostics on standard error, coloured on a terminal.
pub(crate) fn show<'d>(diagnostics: impl IntoIterator<Item = &'d dtdl::Diagnostic>, sources: &Sources) {
    let mut stderr = io::stderr().lock();
    let plain = !stderr.is_terminal() || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let style = if plain { Style::Plain } else { Style::Coloured };
    for diagnostic in diagnostics {
        // Nothing is left to do when standard error is closed.
        let _ = writeln!(stderr, "{}\n", diagnostic.render(sources, style));
    }
}
