//! Mending a damaged segment of the journal: everything sound in it is kept, the file as it was is set aside.
//!
//! Decides what is kept and what can be said of the rest: where it was, between which times, and what it seems to have held.
//! That is a guess, from bytes whose checksum is wrong; nothing of them is kept. Begin with [`mend`].

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::entry::{Entry, read_entries};
use super::file;
use super::frame::{self, FRAME_HEAD, HEAD, Salvage};
use crate::state::StoreKey;
use crate::state::history::so_many_rows;

/// Most records that are named for one piece.
const NAMED: usize = 20;

/// What a segment that was mended is called as it was, and one of which a power cut took something.
const DAMAGED: &str = "journal-damaged";
const TORN: &str = "journal-torn";

/// A piece of a segment that could not be read.
#[derive(Debug)]
pub(super) struct LostPiece {
    pub(super) path: PathBuf,
    /// The file as it was.
    pub(super) aside: PathBuf,
    pub(super) at: usize,
    pub(super) bytes: usize,
    /// Whether there may be sound frames in it that nobody looked for.
    pub(super) is_unsearched: bool,
    /// When the last row before it and the first row behind it came, as far as the segment has any.
    pub(super) after: Option<Timestamp>,
    pub(super) before: Option<Timestamp>,
    /// The records that it seems to have changed.
    pub(super) records: BTreeSet<String>,
    /// How many rows it seems to have had, by the devices' numbers.
    pub(super) rows: BTreeMap<u64, u64>,
}

/// Writes a segment anew with what is sound in it; answers what it holds now and what is lost. A piece of a frame behind the
/// last sound one is no loss in the journal's last segment: a kill leaves it.
pub(super) fn mend(path: &Path, bytes: &[u8], is_last: bool) -> io::Result<(Vec<u8>, Vec<LostPiece>)> {
    let mut salvage = frame::salvage(bytes);
    let is_torn = |range: &Range<usize>| {
        range.end == bytes.len() && frame::content_length(bytes, range.start).is_none()
    };
    if is_last && !salvage.frames.is_empty() && !salvage.is_given_up {
        salvage.lost.retain(|range| !is_torn(range));
    }
    let unreadable = |(_, content): &(usize, &[u8])| read_entries(content, drop).is_err();
    for (at, content) in salvage.frames.extract_if(.., |frame| unreadable(frame)) {
        salvage.lost.push(at..at + FRAME_HEAD + content.len());
    }
    salvage.lost.sort_by_key(|range| range.start);
    let aside = set_aside(path, DAMAGED)?;
    let mut mended = frame::head(salvage.salt).to_vec();
    for (at, content) in &salvage.frames {
        mended.extend_from_slice(&bytes[*at..at + FRAME_HEAD + content.len()]);
    }
    replace(path, &mended)?;
    let lost = salvage.lost.iter().map(|range| describe(range, &salvage, bytes, path, &aside)).collect();
    Ok((mended, lost))
}

/// What a power cut left of the last segment goes on with what is before its hole, at `at`: sets the file as it was aside, and
/// answers what is left out.
pub(super) fn leave_hole(path: &Path, bytes: &[u8], at: usize) -> io::Result<LostPiece> {
    let aside = set_aside(path, TORN)?;
    let salvage = frame::salvage(bytes);
    Ok(describe(&(at..bytes.len()), &salvage, bytes, path, &aside))
}

/// Copies a file under a name that is free.
fn set_aside(path: &Path, ending: &str) -> io::Result<PathBuf> {
    let aside = file::free_path(path, ending);
    let mut copy = file::create(&aside)?;
    io::copy(&mut std::fs::File::open(path)?, &mut copy)?;
    copy.sync_all()?;
    path.parent().map_or(Ok(()), file::sync_folder)?;
    Ok(aside)
}

/// Puts other contents in a file's place; whatever happens meanwhile, there is either the one or the other.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("journal-new");
    let mut out = file::create(&new)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    std::fs::rename(&new, path)?;
    path.parent().map_or(Ok(()), file::sync_folder)
}

fn describe(
    range: &Range<usize>,
    salvage: &Salvage<'_>,
    bytes: &[u8],
    path: &Path,
    aside: &Path,
) -> LostPiece {
    let received = |content: &[u8]| {
        let mut times = Vec::new();
        // what was salvaged can be read
        let _ = read_entries(content, |entry| {
            if let Entry::Row { row, .. } = entry {
                times.push(row.received);
            }
        });
        times
    };
    let frames = || salvage.frames.iter();
    let earlier = frames().rev().filter(|(at, _)| *at < range.start);
    let later = frames().filter(|(at, _)| *at >= range.end);
    let mut piece = LostPiece {
        path: path.to_owned(),
        aside: aside.to_owned(),
        at: range.start,
        bytes: range.len(),
        is_unsearched: salvage.is_given_up && range.end == bytes.len(),
        after: earlier.filter_map(|(_, content)| received(content).last().copied()).next(),
        before: later.filter_map(|(_, content)| received(content).first().copied()).next(),
        records: BTreeSet::new(),
        rows: BTreeMap::new(),
    };
    let mut at = range.start.max(HEAD);
    while at < range.end {
        let length = frame::content_length(bytes, at).unwrap_or(range.len());
        // where frames are sound behind a hole, they say what they are themselves
        let next = salvage.frames.partition_point(|(frame, _)| *frame <= at);
        let limit = salvage.frames.get(next).map_or(range.end, |(frame, _)| range.end.min(*frame));
        let end = (at + FRAME_HEAD + length).min(limit);
        // each frame up to where the damage is
        let content = bytes.get(at + FRAME_HEAD..end).unwrap_or_default();
        let _ = read_entries(content, |entry| piece.guess(&entry));
        at = end;
    }
    piece
}

impl LostPiece {
    fn guess(&mut self, entry: &Entry<'_>) {
        match entry {
            Entry::Row { device, .. } => *self.rows.entry(*device).or_default() += 1,
            Entry::Record { kind, id, number, .. } => {
                if let Some(key) =
                    StoreKey::from_parts(*kind, id, *number).filter(|_| self.records.len() < NAMED)
                {
                    self.records.insert(key.describe());
                }
            }
        }
    }

    /// What is to be said of it; `name` knows devices by their numbers.
    pub(super) fn text(&self, name: impl Fn(u64) -> Option<String>) -> String {
        let Self { path, aside, at, bytes, is_unsearched, after, before, records, rows } = self;
        let when = match (after, before) {
            (Some(after), Some(before)) => format!(" between {after} and {before}"),
            (Some(after), None) => format!(" after {after}"),
            (None, Some(before)) => format!(" before {before}"),
            (None, None) => String::new(),
        };
        let device = |number: &u64| match name(*number) {
            Some(id) => format!("the device {id:?}"),
            None => "a device that there is not".to_owned(),
        };
        let rows =
            rows.iter().map(|(number, count)| format!("{} of {}", so_many_rows(*count), device(number)));
        let held: Vec<String> = rows.chain(records.iter().cloned()).collect();
        let held = if held.is_empty() {
            "what they held cannot be told".to_owned()
        } else {
            format!("they seem to have held {}", held.join(", "))
        };
        let unsearched = match is_unsearched {
            true => "; to look for whole records in all of them would have taken too long",
            false => "",
        };
        format!(
            "{}: {bytes} bytes from byte {at} on, written{when}, are damaged and left out; {held}{unsearched} (the file as it was is {})",
            path.display(),
            aside.display()
        )
    }
}
