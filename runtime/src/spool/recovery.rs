//! What a folder holds, whatever has happened to it.
//!
//! Reads every segment once, in order, one in memory at a time. Messages are live unless a later record says that they have
//! ended. Changes nothing on disk. Begin with [`recover`].

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::frame::Frame;
use super::index::{Index, Place};
use super::segment::{self, Piece, Pieces};

/// More of a file is not looked at: segments are far smaller.
const LONGEST_SEGMENT: u64 = 64 << 20;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Recovery {
    pub(super) index: Index,
    /// The number of the next segment.
    pub(super) next_segment: u64,
    /// Higher than every sequence that was found.
    pub(super) next_sequence: u64,
    /// The last segment's number and where its whole records end, when something follows that is none.
    pub(super) torn: Option<(u64, u64)>,
    /// Bytes after the last whole record of the last segment: a write that was cut off.
    pub(super) torn_bytes: u64,
    /// Other bytes that are no record.
    pub(super) damaged_bytes: u64,
}

/// Reads a folder.
///
/// # Errors
/// When a file cannot be read, or was written by a later version (`Unsupported`).
pub(super) fn recover(folder: &Path) -> io::Result<Recovery> {
    let mut numbers = Vec::new();
    for file in fs::read_dir(folder)? {
        numbers.extend(segment::number_of(&file?.path()));
    }
    numbers.sort_unstable();
    let mut found = Recovery::default();
    for number in &numbers {
        found.read(folder, *number, Some(number) == numbers.last())?;
    }
    found.next_segment = numbers.last().map_or(Some(1), |last| last.checked_add(1)).ok_or_else(exhausted)?;
    Ok(found)
}

/// The bytes of a segment.
pub(super) fn bytes(folder: &Path, number: u64) -> io::Result<Vec<u8>> {
    let file = File::open(segment::path(folder, number))?;
    let length = file.metadata()?.len().min(LONGEST_SEGMENT);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(LONGEST_SEGMENT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn exhausted() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a segment has the highest number there is: remove that file")
}

impl Recovery {
    fn read(&mut self, folder: &Path, number: u64, last: bool) -> io::Result<()> {
        let bytes = bytes(folder, number)?;
        if let Some(version) = segment::foreign_version(&bytes, number) {
            let problem = format!(
                "its messages were written by a later release (format {version}): run that one, or use another folder"
            );
            return Err(io::Error::new(io::ErrorKind::Unsupported, problem));
        }
        self.index.grow(number, bytes.len() as u64);
        for piece in Pieces::new(&bytes, number) {
            match piece {
                Piece::Frame { offset, length, frame } => self.frame(number, offset, length, &frame),
                Piece::Damaged { offset, length } if last && offset + length == bytes.len() => {
                    self.torn = Some((number, offset as u64));
                    self.torn_bytes = length as u64;
                }
                Piece::Damaged { length, .. } => self.damaged_bytes += length as u64,
            }
        }
        Ok(())
    }

    fn frame(&mut self, segment: u64, offset: usize, length: usize, frame: &Frame<'_>) {
        match frame {
            Frame::Message(message) => {
                let (Ok(offset), Ok(length)) = (u32::try_from(offset), u32::try_from(length)) else {
                    return;
                };
                let place = Place { segment, offset, length, expires: message.expires };
                self.index.insert(message.rank, message.sequence, place);
                self.next_sequence = self.next_sequence.max(message.sequence + 1);
            }
            Frame::Settled(ranges) => {
                for range in ranges {
                    self.index.remove_range(*range);
                    let end = range.first + range.count;
                    self.next_sequence = self.next_sequence.max(end);
                }
            }
        }
    }
}
