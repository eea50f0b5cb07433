//! The log: a folder of segments to which messages are appended, and from which those that have ended are taken.
//!
//! It decides where a record goes, when a segment may be deleted, and how much disk is used. What to do when there is no
//! room, and which message goes next, is not its business. Everything here blocks. Begin with [`Log::open`].
//!
//! Segments are deleted oldest first only, so that a record which says that a message has ended never goes before the
//! message does. Where few live messages keep an old segment, they are appended again and the segment is deleted.
//!
//! Invariant: a message is in the index when, and as long as, its whole record is on disk and it has not ended.
//! Invariant: the segments together are never larger than the cap, less what a failing disk keeps us from deleting.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::active::Active;
use super::frame::{self, Entry, Frame, MOST_RANGES, Range};
use super::index::{Index, Place};
use super::reader::{Reader, Unreadable};
use super::recovery::{self, Recovery};
use super::segment::{self, Piece, Pieces};

/// The file that tells other processes that the folder is in use.
const LOCK: &str = "lock";
/// Segments are a sixteenth of the cap, but not larger than this.
const LARGEST_SEGMENT: u64 = 4 << 20;
/// The smallest cap: a sixteenth of it has room for two of the largest messages.
pub(crate) const SMALLEST_CAP: u64 = 16 << 20;

/// How many ends are written at once.
const MOST_ENDS: usize = 16 * 1024;

/// When the log has what it wrote carried to the disk itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    /// When the operating system likes.
    Never,
    /// When [`Log::sync`] is called.
    OnCall,
    /// Before a message counts as appended.
    Always,
}

/// What became of messages that were to be appended.
#[derive(Debug)]
pub(super) struct Appended {
    /// So many of them, from the first on, are in the log.
    pub(super) stored: usize,
    /// Why the next one is not.
    pub(super) stopped: Option<Stopped>,
}

#[derive(Debug)]
pub(super) enum Stopped {
    /// There is no room for it now.
    Full,
    /// The disk did not take it.
    Failed(io::Error),
}

/// The log.
#[derive(Debug)]
pub(super) struct Log {
    folder: PathBuf,
    /// Held as long as the log is.
    _lock: File,
    durability: Durability,
    cap: u64,
    pub(super) index: Index,
    active: Option<Active>,
    next_segment: u64,
    /// Messages that have ended and whose end is not on disk yet.
    owed: Vec<u64>,
    /// Messages whose bytes were found to have changed while they waited, with their ranks.
    lost: Vec<(usize, u64, Place)>,
    reader: Reader,
    buffer: Vec<u8>,
}

/// Takes the folder's lock.
fn lock(folder: &Path) -> io::Result<File> {
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            let problem =
                "it is in use, by another process or another device: give each device a folder of its own";
            Err(io::Error::new(io::ErrorKind::ResourceBusy, problem))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Reads a folder and changes nothing in it but the lock.
pub(super) fn inspect(folder: &Path) -> io::Result<Recovery> {
    let _lock = lock(folder)?;
    recovery::recover(folder)
}

impl Log {
    /// Opens a folder, makes it when there is none, and finds the messages that have not ended. A 32nd of the cap must
    /// hold the largest message.
    ///
    /// # Errors
    /// When the folder is in use, cannot be read, or was written by a later version.
    pub(super) fn open(folder: PathBuf, durability: Durability, cap: u64) -> io::Result<(Self, Recovery)> {
        fs::create_dir_all(&folder)?;
        let held = lock(&folder)?;
        let mut found = recovery::recover(&folder)?;
        if let Some((number, end)) = found.torn {
            OpenOptions::new().write(true).open(segment::path(&folder, number))?.set_len(end)?;
        }
        let mut log = Self {
            folder,
            _lock: held,
            durability,
            cap,
            index: std::mem::take(&mut found.index),
            active: None,
            next_segment: found.next_segment,
            owed: Vec::new(),
            lost: Vec::new(),
            reader: Reader::default(),
            buffer: Vec::new(),
        };
        log.delete_dead();
        Ok((log, found))
    }

    /// How large a segment gets.
    fn segment_size(&self) -> u64 {
        (self.cap / 16).min(LARGEST_SEGMENT)
    }

    /// How many bytes of messages are written at once. The largest message fits.
    fn batch(&self) -> u64 {
        self.segment_size() / 2
    }

    /// How many bytes live messages may have. The rest is room for what has ended and for tidying up.
    fn live_cap(&self) -> u64 {
        self.cap / 4 * 3
    }

    /// How many more bytes of messages there may be.
    fn room(&self) -> u64 {
        self.live_cap().saturating_sub(self.index.live_bytes())
    }

    /// How many more bytes may be written.
    fn space(&self) -> u64 {
        self.cap.saturating_sub(self.index.total() + self.segment_size())
    }

    /// Appends messages, as many as there is room for, and the ends of others that are still to be written.
    pub(super) fn append(&mut self, entries: &[Entry]) -> Appended {
        let mut stored = 0;
        let stopped = loop {
            let rest = &entries[stored..];
            if rest.is_empty() {
                break None;
            }
            self.tidy();
            let count = self.fitting(rest);
            if count == 0 {
                break Some(self.obstacle(&rest[0]));
            }
            match self.commit(&rest[..count]) {
                Ok(()) => stored += count,
                Err(error) => break Some(Stopped::Failed(error)),
            }
        };
        Appended { stored, stopped }
    }

    /// Why a message does not fit.
    fn obstacle(&self, entry: &Entry) -> Stopped {
        if entry.length() as u64 > self.room() {
            return Stopped::Full;
        }
        let problem = "what is not needed any more cannot be removed from it";
        Stopped::Failed(io::Error::new(io::ErrorKind::StorageFull, problem))
    }

    /// How many of the messages fit into the room there is, and into one segment.
    fn fitting(&self, entries: &[Entry]) -> usize {
        let room = self.room().min(self.space()).min(self.batch());
        let mut used = 0;
        let fits = |entry: &&Entry| {
            used += entry.length() as u64;
            used <= room
        };
        entries.iter().take_while(fits).count()
    }

    /// Takes messages out: they have ended. Their ends are written with the next messages, or by [`Log::flush`].
    pub(super) fn settle(&mut self, sequence: u64) -> Option<(usize, Place)> {
        let found = self.index.remove(sequence)?;
        self.owed.push(sequence);
        Some(found)
    }

    /// Writes down which messages have ended.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while !self.owed.is_empty() {
            self.tidy();
            self.commit(&[])?;
        }
        Ok(())
    }

    /// Has everything carried to the disk itself.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.active.as_mut().map_or(Ok(()), Active::sync)
    }

    /// Whether [`Log::sync`] has anything to do.
    pub(super) fn is_unsynced(&self) -> bool {
        self.durability == Durability::OnCall && self.active.as_ref().is_some_and(|active| active.unsynced)
    }

    /// Reads a message back. One whose bytes have changed is taken out.
    pub(super) fn read(&mut self, sequence: u64, place: Place) -> Result<Entry, Unreadable> {
        let read = self.reader.read(&self.folder, sequence, place);
        if matches!(read, Err(Unreadable::Damaged)) {
            self.settle(sequence);
        }
        read
    }

    /// Messages that could not be moved since this was called last, because they are damaged; they are no longer in the
    /// log.
    pub(super) fn take_lost(&mut self) -> Vec<(usize, u64, Place)> {
        std::mem::take(&mut self.lost)
    }

    /// Writes down what is owed; an empty log leaves no segments behind.
    pub(super) fn close(mut self) -> io::Result<()> {
        if self.index.len() == 0 {
            self.active = None;
            self.delete_dead();
        }
        if self.index.segments() == 0 {
            return Ok(());
        }
        self.flush()?;
        if self.durability == Durability::Never { Ok(()) } else { self.sync() }
    }

    /// Writes the ends that are owed and these messages with one write.
    fn commit(&mut self, entries: &[Entry]) -> io::Result<()> {
        let mut ended = self.owed.split_off(self.owed.len().saturating_sub(MOST_ENDS));
        let ranges = ranges(&mut ended);
        let settled: usize = ranges.chunks(MOST_RANGES).map(|part| frame::settled_length(part.len())).sum();
        let length = entries.iter().map(Entry::length).sum::<usize>() + settled;
        let written = self.writable(length as u64).and_then(|segment| {
            let mut bytes = std::mem::take(&mut self.buffer);
            bytes.clear();
            ranges.chunks(MOST_RANGES).for_each(|part| frame::encode_settled(part, segment, &mut bytes));
            entries.iter().for_each(|entry| frame::encode(entry, segment, &mut bytes));
            let written = self.write(&bytes, self.durability == Durability::Always && !entries.is_empty());
            self.buffer = bytes;
            written
        });
        let (segment, start) = written.inspect_err(|_| self.owed.append(&mut ended))?;
        let mut at = start + settled as u64;
        for entry in entries {
            let length = entry.length();
            self.index.insert(entry.rank, entry.sequence, place(segment, at, length, entry.expires));
            at += length as u64;
        }
        Ok(())
    }

    /// Appends to the active segment: its number, and where the bytes begin.
    fn write(&mut self, bytes: &[u8], durable: bool) -> io::Result<(u64, u64)> {
        let Some(active) = &mut self.active else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let start = active.length;
        let written = active.append(bytes, durable);
        if written.is_err() {
            self.reader.forget();
        } else {
            self.index.grow(active.number, bytes.len() as u64);
        }
        written.map(|()| (active.number, start))
    }

    /// The number of a segment that has room for so many bytes.
    fn writable(&mut self, length: u64) -> io::Result<u64> {
        let size = self.segment_size();
        if self.active.as_ref().is_some_and(|active| active.spoilt || active.length + length > size) {
            self.seal()?;
        }
        if let Some(active) = &self.active {
            return Ok(active.number);
        }
        let number = self.next_segment;
        // The number is used up even when this fails: what is left of the attempt is not to be in the way of the next.
        self.next_segment += 1;
        let active = Active::create(&self.folder, number, self.durability != Durability::Never)?;
        self.index.grow(number, active.length);
        self.active = Some(active);
        Ok(number)
    }

    /// Ends the active segment.
    fn seal(&mut self) -> io::Result<()> {
        if self.durability != Durability::Never {
            self.sync()?;
        }
        self.active = None;
        Ok(())
    }

    /// Makes room on the disk where there is waste. What fails here is tried again later, and at the worst the disk is
    /// full earlier.
    fn tidy(&mut self) {
        self.delete_dead();
        for _ in 0..self.index.segments() {
            if !self.is_wasteful() {
                break;
            }
            if let Err(error) = self.move_oldest() {
                tracing::warn!(folder = %self.folder.display(), %error, "the outbox's folder cannot be tidied up");
                break;
            }
        }
    }

    fn is_wasteful(&self) -> bool {
        let (live, total, size) = (self.index.live_bytes(), self.index.total(), self.segment_size());
        // There is nothing to gain from moving what is nearly all live.
        let crowded = total + self.batch() + size > self.cap && total - live.min(total) > size;
        let sparse = total > 2 * live + 4 * size;
        let scattered = self.index.segments() as u64 > 8 + 2 * live / size;
        crowded || sparse || scattered
    }

    /// Deletes the oldest segments as far as nothing in them is live.
    fn delete_dead(&mut self) {
        while let Some((number, extent)) = self.index.oldest() {
            let active = self.active.as_ref().is_some_and(|active| active.number == number);
            if active || extent.live > 0 || self.delete(number).is_err() {
                break;
            }
        }
    }

    fn delete(&mut self, number: u64) -> io::Result<()> {
        match fs::remove_file(segment::path(&self.folder, number)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => {
                self.index.forget_segment(number);
                Ok(())
            }
        }
    }

    /// Appends the live messages of the oldest segment again and deletes it.
    fn move_oldest(&mut self) -> io::Result<()> {
        let Some((oldest, _)) = self.index.oldest() else {
            return Ok(());
        };
        if self.active.as_ref().is_some_and(|active| active.number == oldest) {
            self.seal()?;
        }
        let bytes = recovery::bytes(&self.folder, oldest)?;
        let live = self.live_in(oldest, &bytes);
        let length = live.iter().map(|(_, place)| u64::from(place.length)).sum();
        if length > 0 {
            let segment = self.writable(length)?;
            let mut moved = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
            for (message, _) in &live {
                frame::write(*message, segment, &mut moved);
            }
            let (segment, mut at) = self.write(&moved, self.durability != Durability::Never)?;
            for (message, old) in live {
                self.index.insert(
                    message.rank,
                    message.sequence,
                    place(segment, at, old.length as usize, old.expires),
                );
                at += u64::from(old.length);
            }
        }
        self.give_up(oldest);
        self.delete(oldest)
    }

    /// Takes out what should be in a segment and was not found there.
    fn give_up(&mut self, segment: u64) {
        if self.index.oldest().is_some_and(|(oldest, extent)| oldest == segment && extent.live > 0) {
            for sequence in self.index.within(segment) {
                let found = self.settle(sequence);
                self.lost.extend(found.map(|(rank, place)| (rank, sequence, place)));
            }
        }
    }

    /// The messages of a segment that have not ended, as they lie there.
    fn live_in<'a>(&self, segment: u64, bytes: &'a [u8]) -> Vec<(frame::Stored<'a>, Place)> {
        let live = |piece: Piece<'a>| match piece {
            Piece::Frame { offset, frame: Frame::Message(message), .. } => {
                let place = self.index.get(message.rank, message.sequence)?;
                (place.segment == segment && place.offset as usize == offset).then_some((message, place))
            }
            _ => None,
        };
        Pieces::new(bytes, segment).filter_map(live).collect()
    }
}

/// A segment is far smaller than 4 GiB.
fn place(segment: u64, offset: u64, length: usize, expires: u64) -> Place {
    let short = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    Place { segment, offset: short(offset), length: short(length as u64), expires }
}

/// Sorts the sequences and joins neighbours.
fn ranges(sequences: &mut [u64]) -> Vec<Range> {
    sequences.sort_unstable();
    let mut ranges: Vec<Range> = Vec::new();
    for sequence in sequences {
        match ranges.last_mut() {
            Some(range) if range.first + range.count == *sequence => range.count += 1,
            _ => ranges.push(Range { first: *sequence, count: 1 }),
        }
    }
    ranges
}

#[cfg(test)]
mod tests;
