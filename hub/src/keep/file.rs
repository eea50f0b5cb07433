//! Files that only their owner can read, in the data folder.
//!
//! The hub keeps keys and what devices said: neither is for other users of the machine. Begin with [`create`].

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Opens a file for reading and writing, which is made if it does not exist; one that others can read is closed to them.
pub(super) fn open_or_create(path: &Path) -> io::Result<File> {
    let file = private(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path)?;
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

/// Makes a file, empty also if there was one.
pub(super) fn create(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().read(true).write(true).create(true).truncate(true)).open(path)
}

fn private(options: &mut OpenOptions) -> &OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Makes sure that files that were made in a folder, or removed, are so after a power cut too.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    // elsewhere a folder cannot be opened as a file, and the system sees to it
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    Ok(())
}

/// Reads from a place in a file, without moving where others read.
pub(super) fn read_at(file: &File, at: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileExt as _;
        file.read_exact_at(&mut bytes, at)?;
    }
    #[cfg(not(unix))]
    {
        use std::io::{Read as _, Seek as _, SeekFrom};
        let mut file = file.try_clone()?;
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut bytes)?;
    }
    Ok(bytes)
}

/// A file's path with another ending, and with a number where that one is taken.
pub(super) fn free_path(path: &Path, ending: &str) -> PathBuf {
    let mut free = path.with_extension(ending);
    let mut number = 2_u64;
    while free.exists() {
        free = path.with_extension(format!("{ending}-{number}"));
        number += 1;
    }
    free
}

/// The numbers of the files `NUMBER.ending` in a folder, in order; others are not the hub's.
pub(super) fn numbered(folder: &Path, ending: &str) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number: Option<u64> =
            name.to_str().and_then(|name| name.strip_suffix(ending)?.strip_suffix('.')?.parse().ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// The name of a numbered file.
pub(super) fn numbered_name(number: u64, ending: &str) -> String {
    format!("{number:010}.{ending}")
}
