//! The pieces of a device's history that charts read: the groups of rows in files and in memory, with their columns.
//!
//! Decides how pieces are found by time and that a file is opened once for those that follow one another. What is damaged
//! is left out and named. Times are milliseconds since 1970. Begin with [`Pieces`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::archive::{Chunk, FileInfo, HistoryFile};
use super::library::Library;
use super::read::Recent;
use super::row::kind_bit;
use crate::columns::Columns;
use crate::state::history::{Group, Kind};

/// The history of one device in pieces.
pub(super) struct Pieces<'a> {
    library: &'a Library,
    recent: &'a Recent,
    sources: Vec<Source>,
    /// The pieces of the sources that were looked at.
    listed: BTreeMap<usize, Vec<Piece>>,
    /// The file that is read, and its place among the sources: a process may not have very many files open.
    open: Option<(usize, HistoryFile)>,
    pub(super) damage: Vec<String>,
}

/// A time and another one that is not earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// Where pieces are: a file, or memory.
#[derive(Clone, Copy)]
enum Source {
    File(u64, FileInfo),
    Memory(Span),
}

/// Rows that are read together.
#[derive(Clone)]
pub(super) struct Piece {
    /// The times of its first and last rows.
    pub(super) span: Span,
    place: Place,
}

#[derive(Clone)]
enum Place {
    /// In the file of this source.
    Chunk(usize, Chunk),
    Group(Arc<Group>),
}

impl Span {
    /// Of times in microseconds.
    fn of_microseconds(from: i64, to: i64) -> Self {
        Self { from: from.div_euclid(1000), to: to.div_euclid(1000) }
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.from <= other.to && self.to >= other.from
    }
}

impl Source {
    fn span(&self) -> Span {
        match self {
            Self::File(_, info) => Span::of_microseconds(info.from, info.to),
            Self::Memory(span) => *span,
        }
    }
}

impl<'a> Pieces<'a> {
    pub(super) fn new(library: &'a Library, recent: &'a Recent) -> Self {
        let files = library.files().into_iter().map(|(number, info)| Source::File(number, info));
        let mut sources: Vec<Source> = files.collect();
        let groups = groups(recent);
        let from = groups.iter().map(|piece| piece.span.from).min();
        let to = groups.iter().map(|piece| piece.span.to).max();
        let mut listed = BTreeMap::new();
        if let Some((from, to)) = from.zip(to) {
            listed.insert(sources.len(), groups);
            sources.push(Source::Memory(Span { from, to }));
        }
        Self { library, recent, sources, listed, open: None, damage: Vec::new() }
    }

    /// Where there are pieces, each with the times that they are within.
    pub(super) fn sources(&self) -> impl Iterator<Item = (usize, Span)> {
        self.sources.iter().map(Source::span).enumerate()
    }

    /// The pieces of a source.
    pub(super) fn of(&mut self, source: usize) -> &[Piece] {
        if !self.listed.contains_key(&source) {
            let pieces = match self.sources.get(source) {
                Some(Source::File(number, info)) => self.chunks(source, *number, *info),
                Some(Source::Memory(_)) | None => Vec::new(),
            };
            self.listed.insert(source, pieces);
        }
        self.listed.get(&source).map_or(&[], Vec::as_slice)
    }

    /// The pieces of some time.
    pub(super) fn within(&mut self, span: Span) -> Vec<Piece> {
        let sources: Vec<usize> =
            self.sources().filter(|(_, of)| of.overlaps(span)).map(|(source, _)| source).collect();
        let mut found = Vec::new();
        for source in sources {
            found.extend(self.of(source).iter().filter(|piece| piece.span.overlaps(span)).cloned());
        }
        found
    }

    fn chunks(&mut self, source: usize, number: u64, info: FileInfo) -> Vec<Piece> {
        let drawn = u32::from(kind_bit(Kind::Telemetry) | kind_bit(Kind::Connection));
        let opened = self.library.open(number, &info);
        let chunks = opened.and_then(|file| file.map(|file| file.chunks(self.recent.device)).transpose());
        let chunks = chunks.unwrap_or_else(|error| {
            self.library.report(&mut self.damage, number, "its rows", &error);
            None
        });
        let is_wanted = |chunk: &Chunk| chunk.kinds & drawn != 0 && chunk.first < self.recent.first();
        let piece = |chunk: Chunk| Piece {
            span: Span::of_microseconds(chunk.from, chunk.to),
            place: Place::Chunk(source, chunk),
        };
        chunks.unwrap_or_default().into_iter().filter(is_wanted).map(piece).collect()
    }

    /// The columns of a piece that are wanted by component and path, and its connections; of one in memory, all.
    pub(super) fn columns<'p>(
        &mut self,
        piece: &'p Piece,
        wanted: impl Fn(Option<&str>, &str) -> bool,
    ) -> Option<Cow<'p, Columns>> {
        match &piece.place {
            Place::Group(group) => Some(Cow::Borrowed(group.columns())),
            Place::Chunk(source, chunk) => {
                let wanted = |component: Option<&str>, path: &str| path.is_empty() || wanted(component, path);
                self.chunk(*source, chunk, wanted).map(Cow::Owned)
            }
        }
    }

    fn chunk(
        &mut self,
        source: usize,
        chunk: &Chunk,
        wanted: impl Fn(Option<&str>, &str) -> bool,
    ) -> Option<Columns> {
        let Some(Source::File(number, info)) = self.sources.get(source) else {
            return None;
        };
        let is_open = self.open.as_ref().is_some_and(|(open, _)| *open == source);
        let opened = match self.open.take().filter(|_| is_open) {
            Some(open) => Ok(Some(open)),
            None => self.library.open(*number, info).map(|file| file.map(|file| (source, file))),
        };
        let columns = opened.and_then(|open| {
            self.open = open;
            self.open.as_ref().map(|(_, file)| file.columns(chunk, wanted)).transpose()
        });
        columns.unwrap_or_else(|error| {
            let what = format!("rows {} to {} of a device", chunk.first, chunk.last());
            self.library.report(&mut self.damage, *number, &what, &error);
            None
        })
    }
}

fn groups(recent: &Recent) -> Vec<Piece> {
    let piece = |group: &Arc<Group>| {
        let times = group.rows().iter().map(|row| row.at.as_millisecond());
        let (from, to) = times.clone().min().zip(times.max())?;
        Some(Piece { span: Span { from, to }, place: Place::Group(Arc::clone(group)) })
    };
    recent.groups.iter().filter_map(piece).collect()
}
