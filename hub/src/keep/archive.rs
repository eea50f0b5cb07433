//! The history's files: each holds the rows of all devices between two checkpoints, and is never changed.
//!
//! ```text
//! magic | device 1: columns of its groups, rows of its groups | device 2: .. | index | trailer
//! ```
//!
//! The index names each group's device, row numbers, times and places; it and every piece have checksums, which are
//! verified whenever they are read. Which files there are is the registry's to know: it lists them with a [`FileInfo`].
//! Begin with [`write_file`] and [`HistoryFile::open`].

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::block::{self, Unsound};
use super::column_bytes::{put_columns, read_columns};
use super::file;
use super::row::{RowRef, kind_bit, put_row};
use super::wire::{Malformed, Reader};
use crate::columns::Columns;
use crate::state::history::{Group, Row};

/// What the files are called.
pub(super) const ENDING: &str = "rows";
/// What every file begins with; the number is the format's version.
const MAGIC: [u8; 8] = *b"DMROWS1\n";
/// A trailer: where the index is, how many entries it has, the checksum of both and of it.
const TRAILER: usize = 16;

/// What the registry knows of a file. Times are microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileInfo {
    pub(super) bytes: u64,
    pub(super) rows: u64,
    /// The earliest and the latest time of a row.
    pub(super) from: i64,
    pub(super) to: i64,
    /// When the hub took the last row.
    pub(super) received: i64,
}

/// A group in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) device: u64,
    /// The number of its first row.
    pub(super) first: u64,
    pub(super) rows: u32,
    /// The kinds of its rows, as a set of [`kind_bit`]s.
    pub(super) kinds: u32,
    /// The earliest and the latest time of its rows, in microseconds since 1970.
    pub(super) from: i64,
    pub(super) to: i64,
    columns_at: u64,
    columns_length: u32,
    rows_length: u32,
    rows_at: u64,
}

/// Why something of a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("the file is {found} bytes long, not {wanted}")]
    Length { found: u64, wanted: u64 },
    #[error("the file does not begin as a history of this version does")]
    Head,
    #[error("the index: {0}")]
    Index(&'static str),
    #[error("at byte {at}: {reason}")]
    Unsound { at: u64, reason: Unsound },
    #[error("at byte {at}: {reason}")]
    Malformed { at: u64, reason: Malformed },
}

impl FileInfo {
    pub(super) const SIZE: usize = 40;

    pub(super) fn to_bytes(self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        let fields = [
            self.bytes,
            self.rows,
            self.from.cast_unsigned(),
            self.to.cast_unsigned(),
            self.received.cast_unsigned(),
        ];
        for (place, field) in bytes.chunks_exact_mut(8).zip(fields) {
            place.copy_from_slice(&field.to_le_bytes());
        }
        bytes
    }

    pub(super) fn from_bytes(bytes: [u8; Self::SIZE]) -> Self {
        let field = |at: usize| {
            let mut field = [0; 8];
            field.copy_from_slice(&bytes[at * 8..at * 8 + 8]);
            u64::from_le_bytes(field)
        };
        let time = |at| field(at).cast_signed();
        Self { bytes: field(0), rows: field(1), from: time(2), to: time(3), received: time(4) }
    }
}

impl Chunk {
    const SIZE: usize = 64;

    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.device.to_le_bytes());
        out.extend_from_slice(&self.first.to_le_bytes());
        out.extend_from_slice(&self.rows.to_le_bytes());
        out.extend_from_slice(&self.kinds.to_le_bytes());
        out.extend_from_slice(&self.from.to_le_bytes());
        out.extend_from_slice(&self.to.to_le_bytes());
        out.extend_from_slice(&self.columns_at.to_le_bytes());
        out.extend_from_slice(&self.columns_length.to_le_bytes());
        out.extend_from_slice(&self.rows_length.to_le_bytes());
        out.extend_from_slice(&self.rows_at.to_le_bytes());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            device: u64::from_le_bytes(reader.array()?),
            first: u64::from_le_bytes(reader.array()?),
            rows: u32::from_le_bytes(reader.array()?),
            kinds: u32::from_le_bytes(reader.array()?),
            from: i64::from_le_bytes(reader.array()?),
            to: i64::from_le_bytes(reader.array()?),
            columns_at: u64::from_le_bytes(reader.array()?),
            columns_length: u32::from_le_bytes(reader.array()?),
            rows_length: u32::from_le_bytes(reader.array()?),
            rows_at: u64::from_le_bytes(reader.array()?),
        })
    }

    /// The number of the last row.
    pub(super) fn last(&self) -> u64 {
        self.first.saturating_add(u64::from(self.rows).saturating_sub(1))
    }
}

/// The path of a history's file.
pub(super) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(file::numbered_name(number, ENDING))
}

/// Writes the groups of devices, which come in the order of their numbers, to a new file, and forces it to the disk.
/// Without any rows there is no file.
pub(super) fn write_file(
    folder: &Path,
    number: u64,
    devices: &[(u64, Vec<Arc<Group>>)],
) -> io::Result<Option<FileInfo>> {
    if devices.iter().all(|(_, groups)| groups.is_empty()) {
        return Ok(None);
    }
    let mut writer = Writer::begin(&path(folder, number))?;
    for (device, groups) in devices {
        writer.device(*device, groups)?;
    }
    let info = writer.end()?;
    file::sync_folder(folder)?;
    Ok(Some(info))
}

struct Writer {
    out: BufWriter<File>,
    at: u64,
    index: Vec<Chunk>,
    received: i64,
    plain: Vec<u8>,
    packed: Vec<u8>,
}

impl Writer {
    fn begin(path: &Path) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(256 * 1024, file::create(path)?);
        out.write_all(&MAGIC)?;
        let at = MAGIC.len() as u64;
        Ok(Self { out, at, index: Vec::new(), received: i64::MIN, plain: Vec::new(), packed: Vec::new() })
    }

    /// Writes a piece; answers where it is and how long.
    fn piece(&mut self) -> io::Result<(u64, u32)> {
        self.packed.clear();
        let length = block::pack(&mut self.packed, &self.plain);
        self.out.write_all(&self.packed)?;
        let at = self.at;
        self.at += length as u64;
        Ok((at, u32::try_from(length).map_err(io::Error::other)?))
    }

    /// A device's columns come first and together: a chart reads them without the rows between.
    fn device(&mut self, device: u64, groups: &[Arc<Group>]) -> io::Result<()> {
        let begin = self.index.len();
        for group in groups {
            self.plain.clear();
            put_columns(&mut self.plain, &group.columns_once());
            let (columns_at, columns_length) = self.piece()?;
            self.index.push(Chunk { columns_at, columns_length, ..described(device, group) });
        }
        for (place, group) in groups.iter().enumerate() {
            self.plain.clear();
            for row in group.rows() {
                put_row(&mut self.plain, row);
                self.received = self.received.max(row.received.as_microsecond());
            }
            let (rows_at, rows_length) = self.piece()?;
            if let Some(chunk) = self.index.get_mut(begin + place) {
                (chunk.rows_at, chunk.rows_length) = (rows_at, rows_length);
            }
        }
        Ok(())
    }

    fn end(mut self) -> io::Result<FileInfo> {
        let mut index = Vec::with_capacity(self.index.len() * Chunk::SIZE + TRAILER);
        self.index.iter().for_each(|chunk| chunk.put(&mut index));
        index.extend_from_slice(&self.at.to_le_bytes());
        index.extend_from_slice(&u32::try_from(self.index.len()).map_err(io::Error::other)?.to_le_bytes());
        let sum = crc32fast::hash(&index);
        index.extend_from_slice(&sum.to_le_bytes());
        self.out.write_all(&index)?;
        self.out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(FileInfo {
            bytes: self.at + index.len() as u64,
            rows: self.index.iter().map(|chunk| u64::from(chunk.rows)).sum(),
            from: self.index.iter().map(|chunk| chunk.from).min().unwrap_or_default(),
            to: self.index.iter().map(|chunk| chunk.to).max().unwrap_or_default(),
            received: self.received,
        })
    }
}

/// A group's entry in the index, still without its places.
fn described(device: u64, group: &Group) -> Chunk {
    let times = group.rows().iter().map(|row| row.at.as_microsecond());
    Chunk {
        device,
        first: group.rows().first().map_or(0, |row| row.seq),
        rows: u32::try_from(group.rows().len()).unwrap_or(u32::MAX),
        kinds: group.rows().iter().fold(0, |kinds, row| kinds | u32::from(kind_bit(row.kind))),
        from: times.clone().min().unwrap_or_default(),
        to: times.max().unwrap_or_default(),
        columns_at: 0,
        columns_length: 0,
        rows_at: 0,
        rows_length: 0,
    }
}

/// An open file of the history.
#[derive(Debug)]
pub(super) struct HistoryFile {
    file: File,
    length: u64,
}

impl HistoryFile {
    /// Opens a file, which must be as long as it was made.
    pub(super) fn open(folder: &Path, number: u64, info: &FileInfo) -> Result<Self, ReadError> {
        let file = File::open(path(folder, number))?;
        let found = file.metadata()?.len();
        if found != info.bytes {
            return Err(ReadError::Length { found, wanted: info.bytes });
        }
        Ok(Self { file, length: found })
    }

    /// The groups of a device, in order.
    pub(super) fn chunks(&self, device: u64) -> Result<Vec<Chunk>, ReadError> {
        if file::read_at(&self.file, 0, MAGIC.len())? != MAGIC {
            return Err(ReadError::Head);
        }
        let trailer_at = self.length.checked_sub(TRAILER as u64).ok_or(ReadError::Index("there is none"))?;
        let trailer = file::read_at(&self.file, trailer_at, TRAILER)?;
        let mut reader = Reader::new(&trailer);
        let cut = |_| ReadError::Index("it is cut off");
        let at = u64::from_le_bytes(reader.array().map_err(cut)?);
        let entries = u64::from(u32::from_le_bytes(reader.array().map_err(cut)?));
        let sum = u32::from_le_bytes(reader.array().map_err(cut)?);
        if at.checked_add(entries * Chunk::SIZE as u64) != Some(trailer_at) {
            return Err(ReadError::Index("its length is wrong"));
        }
        let index = file::read_at(&self.file, at, (self.length - at) as usize - size_of::<u32>())?;
        if crc32fast::hash(&index) != sum {
            return Err(ReadError::Index("its checksum is wrong"));
        }
        let chunks = index.chunks_exact(Chunk::SIZE).take(entries as usize);
        let chunks = chunks.filter(|bytes| bytes[..8] == device.to_le_bytes());
        chunks.map(|bytes| Chunk::read(&mut Reader::new(bytes)).map_err(cut)).collect()
    }

    fn piece(&self, at: u64, length: u32) -> Result<Vec<u8>, ReadError> {
        if at.checked_add(u64::from(length)).is_none_or(|end| end > self.length) {
            return Err(ReadError::Index("a place is beyond the file's end"));
        }
        let packed = file::read_at(&self.file, at, length as usize)?;
        block::unpack(&packed).map_err(|reason| ReadError::Unsound { at, reason })
    }

    /// The rows of a group.
    pub(super) fn rows(&self, chunk: &Chunk) -> Result<Vec<Arc<Row>>, ReadError> {
        let plain = self.piece(chunk.rows_at, chunk.rows_length)?;
        let mut reader = Reader::new(&plain);
        let rows: Result<_, _> =
            (0..chunk.rows).map(|_| Ok(Arc::new(RowRef::read(&mut reader)?.to_row()))).collect();
        rows.map_err(|reason| ReadError::Malformed { at: chunk.rows_at, reason })
    }

    /// The wanted columns of a group.
    pub(super) fn columns(
        &self,
        chunk: &Chunk,
        wanted: impl Fn(Option<&str>, &str) -> bool,
    ) -> Result<Columns, ReadError> {
        let plain = self.piece(chunk.columns_at, chunk.columns_length)?;
        let columns = read_columns(&plain, wanted);
        columns.map_err(|reason| ReadError::Malformed { at: chunk.columns_at, reason })
    }
}

/// A time in a file's units.
pub(super) fn time(at: Timestamp) -> i64 {
    at.as_microsecond()
}
