//! Reading a device's history: its rows, by time and kind, in portions.
//!
//! Decides which rows a query is for, which files need to be read for it, and where its next portion begins. The state is
//! asked once, for what is not in files yet; files are read without it. Begin with [`Shared::rows`].

use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::archive::{self, Chunk, FileInfo};
use super::library::Library;
use super::row::kind_bit;
use crate::shared::Shared;
use crate::state::StateError;
use crate::state::history::{Group, Kind, Row};

/// Most groups that are read from files for one portion, however few of their rows are wanted.
const CHUNK_LIMIT: usize = 2_000;

/// Most bytes of texts in one portion, but for its first row.
const PORTION_BYTES: usize = 8 * 1024 * 1024;

/// Which rows of a device to read. The default is all of them, the oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowQuery {
    /// Rows at this time ([`Row::at`]) or later.
    pub(crate) from: Option<Timestamp>,
    /// Rows at this time or earlier.
    pub(crate) to: Option<Timestamp>,
    /// Rows of these kinds; none are all.
    pub(crate) kinds: Vec<Kind>,
    /// Whether the rows that came last are wanted first.
    pub(crate) newest_first: bool,
    /// Most rows of a portion; 0 is taken as 1.
    pub(crate) limit: usize,
    /// The [`RowPage::next`] of the portion before.
    pub(crate) after: Option<u64>,
}

/// A portion of a device's rows, in the order they came or the other way round.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowPage {
    /// They may be fewer than asked for, or none, though there are more.
    pub(crate) rows: Vec<Arc<Row>>,
    /// What to go on with ([`RowQuery::after`]); without it there are no more rows.
    pub(crate) next: Option<u64>,
    /// What could not be read because it is damaged on disk, with its place.
    pub(crate) damage: Vec<String>,
}

/// What of a device's history is not in files, and under which number the files have the rest.
#[derive(Debug)]
pub(super) struct Recent {
    pub(super) device: u64,
    pub(super) groups: Vec<Arc<Group>>,
}

impl Recent {
    /// The number of the first row that is here. Files may have it too, as long as it is on its way there.
    pub(super) fn first(&self) -> u64 {
        self.groups.first().and_then(|group| group.rows().first()).map_or(u64::MAX, |row| row.seq)
    }
}

impl RowQuery {
    /// Whether the query is for this row.
    fn wants(&self, row: &Row) -> bool {
        self.goes_on_with(row.seq)
            && self.from.is_none_or(|from| row.at >= from)
            && self.to.is_none_or(|to| row.at <= to)
            && (self.kinds.is_empty() || self.kinds.contains(&row.kind))
    }

    /// Whether a row of this number is behind the portion before.
    fn goes_on_with(&self, seq: u64) -> bool {
        self.after.is_none_or(|after| if self.newest_first { seq < after } else { seq > after })
    }

    /// Whether rows of these times can be wanted.
    fn overlaps(&self, from: i64, to: i64) -> bool {
        self.from.is_none_or(|wanted| archive::time(wanted) <= to)
            && self.to.is_none_or(|wanted| archive::time(wanted) >= from)
    }

    fn wants_of(&self, chunk: &Chunk) -> bool {
        let kinds = self.kinds.iter().fold(0, |kinds, kind| kinds | u32::from(kind_bit(*kind)));
        self.overlaps(chunk.from, chunk.to)
            && self.goes_on_with(if self.newest_first { chunk.first } else { chunk.last() })
            && (kinds == 0 || kinds & chunk.kinds != 0)
    }
}

impl Shared {
    /// Reads rows of a device's history.
    ///
    /// # Errors
    /// [`StateError::NotFound`] when there is no such device. What is damaged on disk is no error: the page names it.
    pub(crate) async fn rows(&self, device: &str, query: RowQuery) -> Result<RowPage, StateError> {
        let (recent, library) = (self.recent(device)?, Arc::clone(&self.library));
        // large portions of many pages take turns: each is in memory as a whole
        let turn = self.library.turn().await;
        let read = spawn_blocking(move || {
            let page = Reading::new(&library, &query).read(&recent);
            drop(turn);
            page
        });
        let page = read.await.map_err(|error| StateError::Unreadable(error.to_string()))?;
        self.report_damage(device, &page.damage);
        Ok(page)
    }

    /// What of a device's history is not in files.
    pub(super) fn recent(&self, device: &str) -> Result<Recent, StateError> {
        self.with(|state, _| {
            let device = state.device(device)?;
            Ok(Recent { device: device.record.number, groups: device.history.groups() })
        })
    }

    /// Says in the page's log what is damaged, once.
    pub(super) fn report_damage(&self, device: &str, damage: &[String]) {
        self.with(|state, now| {
            for text in damage {
                if state.log().all(|row| row.message != *text) {
                    state.refuse(Some(device), text, now);
                }
            }
        });
    }
}

/// A portion in the making.
struct Reading<'a> {
    library: &'a Library,
    query: &'a RowQuery,
    page: RowPage,
    /// The last row that was looked at.
    seen: Option<u64>,
    chunks: usize,
    /// What the texts of the rows take.
    bytes: usize,
}

impl<'a> Reading<'a> {
    fn new(library: &'a Library, query: &'a RowQuery) -> Self {
        Self { library, query, page: RowPage::default(), seen: None, chunks: 0, bytes: 0 }
    }

    fn read(mut self, recent: &Recent) -> RowPage {
        let all = if self.query.newest_first {
            self.recent(recent).map_continue(|()| self.files(recent))
        } else {
            self.files(recent).map_continue(|()| self.recent(recent))
        };
        let is_all = matches!(all, ControlFlow::Continue(ControlFlow::Continue(())));
        self.page.next = self.seen.filter(|_| !is_all);
        self.page
    }

    fn recent(&mut self, recent: &Recent) -> ControlFlow<()> {
        let rows = recent.groups.iter().flat_map(|group| group.rows());
        if self.query.newest_first { self.offer(rows.rev()) } else { self.offer(rows) }
    }

    /// Takes the wanted rows; breaks before a wanted one that is too many.
    fn offer<'r>(&mut self, rows: impl Iterator<Item = &'r Arc<Row>>) -> ControlFlow<()> {
        for row in rows.filter(|row| self.query.wants(row)) {
            if self.is_full(row.text_bytes()) {
                return ControlFlow::Break(());
            }
            self.bytes += row.text_bytes();
            self.seen = Some(row.seq);
            self.page.rows.push(Arc::clone(row));
        }
        ControlFlow::Continue(())
    }

    /// Whether the portion has no room for another row of this size.
    fn is_full(&self, bytes: usize) -> bool {
        let is_large = !self.page.rows.is_empty() && self.bytes + bytes > PORTION_BYTES;
        is_large || self.page.rows.len() >= self.query.limit.max(1)
    }

    fn files(&mut self, recent: &Recent) -> ControlFlow<()> {
        let mut files = self.library.files();
        files.retain(|(_, info)| self.query.overlaps(info.from, info.to));
        if self.query.newest_first {
            files.reverse();
        }
        files.iter().try_for_each(|(number, info)| self.file(*number, info, recent))
    }

    fn file(&mut self, number: u64, info: &FileInfo, recent: &Recent) -> ControlFlow<()> {
        let opened = self.library.open(number, info);
        let found =
            opened.and_then(|file| file.map(|file| Ok((file.chunks(recent.device)?, file))).transpose());
        let (mut chunks, file) = match found {
            Ok(Some(found)) => found,
            Ok(None) => return ControlFlow::Continue(()),
            Err(error) => {
                self.library.report(&mut self.page.damage, number, "its rows", &error);
                return ControlFlow::Continue(());
            }
        };
        chunks.retain(|chunk| self.query.wants_of(chunk) && chunk.first < recent.first());
        if self.query.newest_first {
            chunks.reverse();
        }
        for chunk in chunks {
            if self.chunks >= CHUNK_LIMIT || self.is_full(0) {
                return ControlFlow::Break(());
            }
            self.chunks += 1;
            match file.rows(&chunk) {
                Ok(rows) if self.query.newest_first => self.offer(rows.iter().rev())?,
                Ok(rows) => self.offer(rows.iter())?,
                Err(error) => {
                    let what = format!("rows {} to {} of a device", chunk.first, chunk.last());
                    self.library.report(&mut self.page.damage, number, &what, &error);
                }
            }
            self.seen = Some(if self.query.newest_first { chunk.first } else { chunk.last() });
        }
        ControlFlow::Continue(())
    }
}
