//! Reading what a chart shows of a device: the columns of its history, reduced to the chart's width.
//!
//! Decides which pieces of the history are read, in which order: by their first times, so that what a device sent late
//! is put where it belongs. Rows are not read, and no JSON. Begin with [`Shared::series`].

use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::archive::{self, Chunk, FileInfo, HistoryFile};
use super::library::Library;
use super::read::Recent;
use super::row::kind_bit;
use crate::chart::{Drawn, Frame, Sample, Trace};
use crate::columns::{Column, Columns, Values};
use crate::shared::Shared;
use crate::state::StateError;
use crate::state::history::{Group, Kind};

/// What a chart shows.
#[derive(Debug, Clone)]
pub(crate) struct SeriesQuery {
    pub(crate) paths: Vec<SeriesPath>,
    /// Where the chart begins; without it, where the history does.
    pub(crate) from: Option<Timestamp>,
    /// Where it ends; without it, where the history does.
    pub(crate) to: Option<Timestamp>,
    /// In pixels.
    pub(crate) width: usize,
}

/// One line or lane of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeriesPath {
    pub(crate) component: Option<String>,
    /// The name of the telemetry, with `.` before the names inside it.
    pub(crate) path: String,
    /// Whether numbers are states: those of an enum.
    pub(crate) as_states: bool,
}

/// What is drawn of each path, in their order.
#[derive(Debug)]
pub(crate) struct SeriesPage {
    pub(crate) frame: Frame,
    pub(crate) drawn: Vec<Drawn>,
    /// What could not be read because it is damaged on disk, with its place.
    pub(crate) damage: Vec<String>,
}

impl Shared {
    /// Reads what a chart shows of a device.
    ///
    /// # Errors
    /// [`StateError::NotFound`] when there is no such device. What is damaged on disk is no error: the page names it.
    pub(crate) async fn series(&self, device: &str, query: SeriesQuery) -> Result<SeriesPage, StateError> {
        let (recent, library) = (self.recent(device)?, Arc::clone(&self.library));
        // charts of many pages take turns, and leave a core to the devices
        let turn = self.library.turn().await;
        let read = spawn_blocking(move || {
            let page = Reading::new(&library).read(&recent, &query);
            drop(turn);
            page
        });
        let page = read.await.map_err(|error| StateError::Unreadable(error.to_string()))?;
        self.report_damage(device, &page.damage);
        Ok(page)
    }
}

/// A piece of the history: from a file, or not in one yet.
enum Piece {
    Chunk(usize, Chunk),
    Group(Arc<Group>),
}

struct Reading<'a> {
    library: &'a Library,
    files: Vec<(u64, FileInfo)>,
    /// The one that is read, and its place among them: pieces of a file mostly follow one another, and a process may not
    /// have very many files open.
    open: Option<(usize, HistoryFile)>,
    /// With the times of their first and last rows, in milliseconds.
    pieces: Vec<(i64, i64, Piece)>,
    damage: Vec<String>,
}

/// One path in the making: what may still have to wait for earlier values, and what is drawn.
struct Making<'a> {
    path: &'a SeriesPath,
    waiting: Vec<(i64, Sample)>,
    trace: Trace,
}

impl<'a> Reading<'a> {
    fn new(library: &'a Library) -> Self {
        Self { library, files: Vec::new(), open: None, pieces: Vec::new(), damage: Vec::new() }
    }

    fn read(mut self, recent: &Recent, query: &SeriesQuery) -> SeriesPage {
        self.find(recent, query);
        self.pieces.sort_by_key(|(from, _, _)| *from);
        let first = self.pieces.first().map_or(0, |(from, _, _)| *from);
        let last = self.pieces.iter().map(|(_, to, _)| *to).max().unwrap_or(first);
        let from = query.from.map_or(first, Timestamp::as_millisecond);
        let to = query.to.map_or(last, Timestamp::as_millisecond).max(from);
        let frame = Frame { from, to, width: query.width.max(1) };
        let new = |path| Making { path, waiting: Vec::new(), trace: Trace::new(frame) };
        let mut making: Vec<Making<'_>> = query.paths.iter().map(new).collect();
        for at in 0..self.pieces.len() {
            let next = self.pieces.get(at + 1).map_or(i64::MAX, |(from, _, _)| *from);
            if let Some(columns) = self.columns(at, query) {
                making.iter_mut().for_each(|one| one.take(&columns));
            }
            making.iter_mut().for_each(|one| one.draw(next));
        }
        let drawn = making.into_iter().map(|one| one.trace.finish()).collect();
        SeriesPage { frame, drawn, damage: self.damage }
    }

    /// Finds the pieces that are in the query's time.
    fn find(&mut self, recent: &Recent, query: &SeriesQuery) {
        let from = query.from.map_or(i64::MIN, archive::time);
        let to = query.to.map_or(i64::MAX, archive::time);
        let drawn = u32::from(kind_bit(Kind::Telemetry) | kind_bit(Kind::Connection));
        for (number, info) in self.library.files() {
            if info.from > to || info.to < from {
                continue;
            }
            let opened = self.library.open(number, &info);
            let chunks = match opened.and_then(|file| file.map(|file| file.chunks(recent.device)).transpose())
            {
                Ok(chunks) => chunks.unwrap_or_default(),
                Err(error) => {
                    self.library.report(&mut self.damage, number, "its rows", &error);
                    continue;
                }
            };
            let wanted = |chunk: &Chunk| {
                chunk.from <= to
                    && chunk.to >= from
                    && chunk.kinds & drawn != 0
                    && chunk.first < recent.first()
            };
            for chunk in chunks.into_iter().filter(wanted) {
                let (from, to) = (chunk.from.div_euclid(1000), chunk.to.div_euclid(1000));
                self.pieces.push((from, to, Piece::Chunk(self.files.len(), chunk)));
            }
            self.files.push((number, info));
        }
        for group in &recent.groups {
            let times = group.rows().iter().map(|row| row.at.as_millisecond());
            if let (Some(from), Some(to)) = (times.clone().min(), times.max()) {
                self.pieces.push((from, to, Piece::Group(Arc::clone(group))));
            }
        }
    }

    /// The wanted columns of a piece.
    fn columns(&mut self, at: usize, query: &SeriesQuery) -> Option<std::borrow::Cow<'_, Columns>> {
        use std::borrow::Cow;
        match &self.pieces.get(at)?.2 {
            // those that are not wanted are passed over
            Piece::Group(group) => Some(Cow::Borrowed(group.columns())),
            Piece::Chunk(place, chunk) => {
                let (number, info) = self.files.get(*place)?;
                let is = |component: Option<&str>, path: &str, wanted: &SeriesPath| {
                    wanted.path == path && wanted.component.as_deref() == component
                };
                let wanted = |component: Option<&str>, path: &str| {
                    path.is_empty() || query.paths.iter().any(|wanted| is(component, path, wanted))
                };
                if self.open.as_ref().is_none_or(|(open, _)| open != place) {
                    let opened = self.library.open(*number, info);
                    match opened {
                        Ok(file) => self.open = file.map(|file| (*place, file)),
                        // the file could be opened before: it is another now
                        Err(error) => {
                            self.open = None;
                            let what = format!("rows {} to {} of a device", chunk.first, chunk.last());
                            self.library.report(&mut self.damage, *number, &what, &error);
                        }
                    }
                }
                let (_, file) = self.open.as_ref()?;
                match file.columns(chunk, wanted) {
                    Ok(columns) => Some(Cow::Owned(columns)),
                    Err(error) => {
                        let what = format!("rows {} to {} of a device", chunk.first, chunk.last());
                        self.library.report(&mut self.damage, *number, &what, &error);
                        None
                    }
                }
            }
        }
    }
}

impl Making<'_> {
    /// Takes what a piece has of the path.
    fn take(&mut self, columns: &Columns) {
        for column in &columns.columns {
            let is_path = column.path == self.path.path && column.component == self.path.component;
            if is_path || matches!(column.values, Values::Connections(_)) {
                self.take_column(columns, column);
            }
        }
    }

    fn take_column(&mut self, columns: &Columns, column: &Column) {
        let times = columns.times(column);
        match &column.values {
            Values::Numbers(numbers) if self.path.as_states => {
                let state = |number: &f64| Sample::State(json_number(*number).to_string().into());
                self.waiting.extend(times.zip(numbers.iter().map(state)));
            }
            Values::Numbers(numbers) => {
                self.waiting.extend(times.zip(numbers.iter().map(|number| Sample::Number(*number))));
            }
            Values::States { names, values } => {
                let names: Vec<Rc<str>> = names.iter().map(|name| name.as_str().into()).collect();
                let state =
                    |value: &u32| names.get(*value as usize).map(|name| Sample::State(Rc::clone(name)));
                let states = times.zip(values).filter_map(|(at, value)| Some((at, state(value)?)));
                self.waiting.extend(states);
            }
            Values::Nulls => self.waiting.extend(times.map(|at| (at, Sample::Break))),
            Values::Connections(connected) => {
                let ends = times.zip(connected).filter(|(_, connected)| !**connected);
                self.waiting.extend(ends.map(|(at, _)| (at, Sample::Break)));
            }
        }
    }

    /// Draws what is earlier than anything still to come.
    fn draw(&mut self, before: i64) {
        if !self.waiting.is_sorted_by_key(|(at, _)| *at) {
            // stable: what has one time stays in the order it came
            self.waiting.sort_by_key(|(at, _)| *at);
        }
        let ready = match before {
            i64::MAX => self.waiting.len(),
            _ => self.waiting.partition_point(|(at, _)| *at < before),
        };
        for (at, sample) in self.waiting.drain(..ready) {
            self.trace.push(at, sample);
        }
    }
}

/// A number as JSON has it: a whole one without a fraction.
pub(crate) fn json_number(number: f64) -> serde_json::Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        return (number as i64).into();
    }
    number.into()
}
