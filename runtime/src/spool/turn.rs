//! One turn of the disk outbox: a batch of messages in, a batch of messages out.
//!
//! It decides which messages are held in memory (a window in front of each rank), which stay on disk only, and what
//! happens when the disk is full. The order among the handed out is the outbox's business. It has no clock: the time comes
//! with the work. Begin with [`Spool::turn`].
//!
//! Invariant: a message that was answered with [`Taken::Stored`] is handed out exactly once, in its rank's order, or is
//! told as ended, until [`Work::ended`] names it.

use std::collections::VecDeque;
use std::io;

use super::frame::Entry;
use super::index::{Place, RANKS};
use super::log::{Appended, Log, Stopped};
use super::reader::Unreadable;
use super::settings::DiskOutbox;
use crate::error::Error;
use crate::outbox::{Limits, WhenFull};

/// How much of each rank is in memory at most, in bytes on disk.
const WINDOW: u64 = 4 << 20;
/// How often messages that wait on disk are looked through for those that have expired, in milliseconds.
const SWEEP: u64 = 1000;

/// What the spool is to do.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// Milliseconds since 1970.
    pub(crate) now: u64,
    /// To be stored, each with a sequence higher than all before.
    pub(crate) entries: Vec<Entry>,
    /// Messages that have ended.
    pub(crate) ended: Vec<u64>,
}

/// What it has done.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// For each entry, in order.
    pub(crate) taken: Vec<Taken>,
    /// Messages to be sent, in the order of their ranks.
    pub(crate) ready: Vec<Entry>,
    /// Messages that will never be handed out.
    pub(crate) ended: Vec<(u64, End)>,
    /// What the disk refuses, apart from entries. The next turn tries again.
    pub(crate) trouble: Option<Error>,
    /// Messages that have not ended.
    pub(crate) messages: u64,
    /// Bytes of all files.
    pub(crate) disk_bytes: u64,
}

/// What became of an entry.
#[derive(Debug)]
pub(crate) enum Taken {
    /// Under this sequence.
    Stored(u64),
    /// There is no room.
    Full(Entry),
    /// The disk did not take it; what was written of it was removed as far as the disk let us.
    Failed(Error),
}

/// How a message has ended without being handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Expired,
    /// Dropped for a newer one.
    Dropped,
    /// Its bytes have changed on disk.
    Damaged,
}

/// An entry that has just been stored, until it is handed out.
type Fresh = (u64, Option<Entry>);

/// What of a rank is handed out.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    /// The lowest sequence that is not.
    next: u64,
    bytes: u64,
    messages: u64,
}

/// The disk outbox.
#[derive(Debug)]
pub(crate) struct Spool {
    log: Log,
    folder: String,
    drops: bool,
    most_bytes: u64,
    most_messages: u64,
    windows: [Window; RANKS],
    /// No message on disk expires before.
    next_expiry: u64,
    last_sweep: u64,
}

impl Spool {
    /// Opens the folder; also tells the lowest sequence that may be used.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub(crate) fn open(settings: &DiskOutbox, limits: &Limits) -> Result<(Self, u64), Error> {
        let folder = settings.folder().to_owned();
        let shown = folder.display().to_string();
        let opened = Log::open(folder, settings.durability(), settings.max_bytes());
        let (log, found) = opened.map_err(|error| settings.unusable(&error))?;
        if found.torn_bytes > 0 {
            tracing::info!(folder = shown, bytes = found.torn_bytes, "cut off a write that was not finished");
        }
        if found.damaged_bytes > 0 {
            tracing::warn!(
                folder = shown,
                bytes = found.damaged_bytes,
                "a part of the outbox is damaged and lost"
            );
        }
        tracing::info!(
            folder = shown,
            messages = log.index.len(),
            bytes = log.index.live_bytes(),
            "opened the outbox"
        );
        let most = WINDOW.min(settings.max_bytes() / 8);
        Ok((Self::new(log, shown, limits, most), found.next_sequence))
    }

    fn new(log: Log, folder: String, limits: &Limits, most: u64) -> Self {
        let third = |limit: usize| (limit / RANKS) as u64;
        Self {
            log,
            folder,
            drops: limits.when_full == WhenFull::DropOldest,
            most_bytes: most.min(third(limits.bytes)),
            most_messages: third(limits.messages),
            windows: [Window::default(); RANKS],
            next_expiry: 0,
            last_sweep: 0,
        }
    }

    /// Does a piece of work: stores, forgets, hands out.
    pub(crate) fn turn(&mut self, work: Work) -> Done {
        let mut done = Done::default();
        for sequence in work.ended {
            self.end(sequence);
        }
        self.expire(work.now, &mut done);
        let mut fresh = self.take(work.entries, &mut done);
        if let Err(error) = self.log.flush() {
            done.trouble = Some(self.trouble(&error));
        }
        // Before more is handed out: what was lost beyond a window is not to be taken for handed out afterwards.
        for (rank, sequence, place) in self.log.take_lost() {
            // what is handed out is whole where it is
            if !self.left(rank, sequence, place) {
                done.ended.push((sequence, End::Damaged));
            }
        }
        for rank in 0..RANKS {
            self.hand_out(rank, work.now, &mut fresh, &mut done);
        }
        (done.messages, done.disk_bytes) = (self.log.index.len() as u64, self.log.index.total());
        done
    }

    /// Has what was written carried to the disk itself, where that is to happen from time to time.
    pub(crate) fn sync(&mut self) -> Result<(), Error> {
        self.log.sync().map_err(|error| self.trouble(&error))
    }

    /// In how many milliseconds from `now` a turn may find something expired on disk: not more than a minute, since the
    /// wall clock may be set.
    pub(crate) fn next_sweep(&self, now: u64) -> Option<u64> {
        const MINUTE: u64 = 60_000;
        let waits = self.next_expiry != u64::MAX && self.log.index.len() > 0;
        waits.then(|| self.next_expiry.saturating_sub(now).clamp(SWEEP, MINUTE))
    }

    /// Whether [`Spool::sync`] has anything to do.
    pub(crate) fn is_unsynced(&self) -> bool {
        self.log.is_unsynced()
    }

    /// Writes down what has ended. What has not is kept for the next start.
    pub(crate) fn close(self) -> Result<(), Error> {
        let Self { log, folder, .. } = self;
        log.close().map_err(|error| Error::Disk { folder, problem: error.to_string() })
    }

    fn trouble(&self, error: &io::Error) -> Error {
        Error::Disk { folder: self.folder.clone(), problem: error.to_string() }
    }

    /// Forgets a message.
    fn end(&mut self, sequence: u64) {
        if let Some((rank, place)) = self.log.settle(sequence) {
            self.left(rank, sequence, place);
        }
    }

    /// Takes note that a message has left the log; whether it had been handed out.
    fn left(&mut self, rank: usize, sequence: u64, place: Place) -> bool {
        let window = &mut self.windows[rank];
        let handed_out = sequence < window.next;
        if handed_out {
            window.bytes -= u64::from(place.length);
            window.messages -= 1;
        }
        handed_out
    }

    /// Stores the entries that there is room for. Those that were are returned.
    fn take(&mut self, entries: Vec<Entry>, done: &mut Done) -> Vec<Fresh> {
        let (mut fresh, mut rest) = (Vec::with_capacity(entries.len()), VecDeque::from(entries));
        while !rest.is_empty() {
            let Appended { stored, stopped } = self.log.append(rest.make_contiguous());
            for entry in rest.drain(..stored) {
                self.next_expiry = self.next_expiry.min(entry.expires);
                done.taken.push(Taken::Stored(entry.sequence));
                fresh.push((entry.sequence, Some(entry)));
            }
            match stopped {
                None => {}
                Some(Stopped::Full) if self.make_room(&rest, done) => {}
                Some(Stopped::Full) => done.taken.extend(rest.drain(..).map(Taken::Full)),
                Some(Stopped::Failed(error)) => {
                    done.taken.extend(rest.drain(..).map(|_| Taken::Failed(self.trouble(&error))));
                }
            }
        }
        fresh
    }

    /// Makes room for the first of the entries where that is the policy: drops the oldest of what is not handed out, of the
    /// last rank first, but nothing of a rank that goes before the entry's. Whether anything was dropped.
    fn make_room(&mut self, entries: &VecDeque<Entry>, done: &mut Done) -> bool {
        let Some(entry) = entries.front().filter(|_| self.drops) else {
            return false;
        };
        let (bytes, first) = (entry.length() as u64, usize::from(entry.rank).min(RANKS - 1));
        let mut freed = 0;
        while freed < bytes {
            let from = |rank: usize| self.log.index.from(rank, self.windows[rank].next);
            let Some((sequence, place)) = (first..RANKS).rev().find_map(from) else {
                break;
            };
            self.end(sequence);
            done.ended.push((sequence, End::Dropped));
            freed += u64::from(place.length);
        }
        freed > 0
    }

    /// Fills the window of a rank: from the entries at hand, else from disk.
    fn hand_out(&mut self, rank: usize, now: u64, fresh: &mut [Fresh], done: &mut Done) {
        while let Some((sequence, place)) = self.log.index.from(rank, self.windows[rank].next) {
            let length = u64::from(place.length);
            if !self.has_room(rank, length) {
                break;
            }
            let entry = match take_fresh(fresh, sequence) {
                Some(entry) => Ok(entry),
                None => self.log.read(sequence, place),
            };
            match entry {
                Ok(entry) if entry.expires <= now => {
                    self.end(sequence);
                    done.ended.push((sequence, End::Expired));
                }
                Ok(entry) => {
                    let window = &mut self.windows[rank];
                    (window.next, window.bytes) = (sequence + 1, window.bytes + length);
                    window.messages += 1;
                    done.ready.push(entry);
                }
                Err(Unreadable::Damaged) => done.ended.push((sequence, End::Damaged)),
                Err(Unreadable::Io(error)) => {
                    done.trouble = Some(self.trouble(&error));
                    break;
                }
            }
        }
    }

    /// Whether a message of that length may be in memory. One always may.
    fn has_room(&self, rank: usize, length: u64) -> bool {
        let Window { bytes, messages, .. } = self.windows[rank];
        messages == 0 || (bytes + length <= self.most_bytes && messages < self.most_messages)
    }

    /// Ends what has expired on disk. What is handed out expires where it is.
    fn expire(&mut self, now: u64, done: &mut Done) {
        if now < self.next_expiry || now.abs_diff(self.last_sweep) < SWEEP {
            return;
        }
        (self.last_sweep, self.next_expiry) = (now, u64::MAX);
        let mut expired = Vec::new();
        for (rank, window) in self.windows.iter().enumerate() {
            for (sequence, place) in self.log.index.all_from(rank, window.next) {
                if place.expires <= now {
                    expired.push(sequence);
                } else {
                    self.next_expiry = self.next_expiry.min(place.expires);
                }
            }
        }
        for sequence in expired {
            self.end(sequence);
            done.ended.push((sequence, End::Expired));
        }
    }
}

/// The entry of that sequence, if it is at hand; its place is left empty.
fn take_fresh(fresh: &mut [Fresh], sequence: u64) -> Option<Entry> {
    let at = fresh.binary_search_by_key(&sequence, |(sequence, _)| *sequence).ok()?;
    fresh.get_mut(at)?.1.take()
}

#[cfg(test)]
mod tests;
