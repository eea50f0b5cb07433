//! Reads messages back, in order mostly, a block at a time.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::frame::{Entry, Frame, decode};
use super::index::Place;
use super::segment;

/// How much is read at once when messages are small.
const BLOCK: u64 = 256 * 1024;

/// Why a message could not be read.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// Its bytes have changed since they were written.
    Damaged,
    /// The file could not be read; that may pass.
    Io(io::Error),
}

/// A part of a segment.
#[derive(Debug, Default)]
pub(super) struct Reader {
    segment: u64,
    start: u64,
    block: Vec<u8>,
}

impl Reader {
    /// Reads the message `sequence`, which lies at `place`.
    pub(super) fn read(&mut self, folder: &Path, sequence: u64, place: Place) -> Result<Entry, Unreadable> {
        if self.record(place).is_none() {
            self.fetch(folder, place).map_err(Unreadable::Io)?;
        }
        match decode(self.record(place).unwrap_or_default(), place.segment) {
            Ok((Frame::Message(message), _)) if message.sequence == sequence => Ok(message.to_entry()),
            _ => Err(Unreadable::Damaged),
        }
    }

    /// Forgets what was read: the file has changed.
    pub(super) fn forget(&mut self) {
        self.block.clear();
    }

    fn record(&self, place: Place) -> Option<&[u8]> {
        let start =
            u64::from(place.offset).checked_sub(self.start).filter(|_| place.segment == self.segment)?;
        let start = usize::try_from(start).ok()?;
        self.block.get(start..start.checked_add(place.length as usize)?)
    }

    fn fetch(&mut self, folder: &Path, place: Place) -> io::Result<()> {
        self.block.clear();
        (self.segment, self.start) = (place.segment, u64::from(place.offset));
        let mut file = File::open(segment::path(folder, place.segment))?;
        file.seek(SeekFrom::Start(self.start))?;
        file.take(BLOCK.max(place.length.into())).read_to_end(&mut self.block)?;
        Ok(())
    }
}
