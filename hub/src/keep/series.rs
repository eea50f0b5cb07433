//! Reading what a chart shows of a device: the columns of its history, reduced to the chart's width.
//!
//! Decides in which order the pieces of the history are read: by their first times, so that what a device sent late is put
//! where it belongs. Which there are is [`super::pieces`]'s to know, and which of those around the frame are needed
//! [`super::edge`]'s. Rows are not read, and no JSON. Begin with [`Shared::series`].

use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::edge::{Edge, Side};
use super::library::Library;
use super::pieces::{Pieces, Span};
use super::read::Recent;
use crate::chart::{Drawn, Frame, Number, Sample, Trace};
use crate::columns::{Column, Columns, Values};
use crate::shared::Shared;
use crate::state::StateError;

/// Texts that JSON has for what is no number: nothing is drawn across them.
const NO_NUMBERS: [&str; 3] = ["\"NaN\"", "\"Infinity\"", "\"-Infinity\""];

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
    /// How many points are shown as they are.
    pub(crate) most: usize,
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
            let page = read(&library, &recent, &query);
            drop(turn);
            page
        });
        let page = read.await.map_err(|error| StateError::Unreadable(error.to_string()))?;
        self.report_damage(device, &page.damage);
        Ok(page)
    }
}

/// One path in the making: what may still have to wait for earlier values, and what is drawn.
struct Making<'a> {
    path: &'a SeriesPath,
    waiting: Vec<(i64, Sample)>,
    trace: Trace,
}

impl SeriesPath {
    /// Whether this is its component and its path.
    pub(super) fn is(&self, component: Option<&str>, path: &str) -> bool {
        self.path == path && self.component.as_deref() == component
    }
}

fn read(library: &Library, recent: &Recent, query: &SeriesQuery) -> SeriesPage {
    let mut pieces = Pieces::new(library, recent);
    let (from, to) = (query.from.map(Timestamp::as_millisecond), query.to.map(Timestamp::as_millisecond));
    let mut read = pieces.within(Span { from: from.unwrap_or(i64::MIN), to: to.unwrap_or(i64::MAX) });
    let from = from.or_else(|| read.iter().map(|piece| piece.span.from).min()).unwrap_or(0);
    let to = to.or_else(|| read.iter().map(|piece| piece.span.to).max()).unwrap_or(from).max(from);
    let frame = Frame { from, to, width: query.width.max(1), most: query.most };
    for side in [Side::Before, Side::After] {
        read.extend(Edge::new(side, Span { from, to }, &query.paths).find(&mut pieces));
    }
    read.sort_by_key(|piece| piece.span.from);
    let new = |path| Making { path, waiting: Vec::new(), trace: Trace::new(frame) };
    let mut making: Vec<Making<'_>> = query.paths.iter().map(new).collect();
    let is_wanted =
        |component: Option<&str>, path: &str| query.paths.iter().any(|one| one.is(component, path));
    for (at, piece) in read.iter().enumerate() {
        let next = read.get(at + 1).map_or(i64::MAX, |piece| piece.span.from);
        if let Some(columns) = pieces.columns(piece, is_wanted) {
            making.iter_mut().for_each(|one| one.take(&columns));
        }
        making.iter_mut().for_each(|one| one.draw(next));
    }
    let drawn = making.into_iter().map(|one| one.trace.finish()).collect();
    SeriesPage { frame, drawn, damage: pieces.damage }
}

impl Making<'_> {
    /// Takes what a piece has of the path.
    fn take(&mut self, columns: &Columns) {
        for column in &columns.columns {
            let is_path = self.path.is(column.component.as_deref(), &column.path);
            if is_path || matches!(column.values, Values::Connections(_)) {
                self.take_column(columns, column);
            }
        }
    }

    fn take_column(&mut self, columns: &Columns, column: &Column) {
        let times = columns.times(column);
        match &column.values {
            Values::Numbers(numbers) => self.take_numbers(times, numbers.iter().copied()),
            Values::Longs(numbers) => self.take_numbers(times, numbers.iter().copied()),
            Values::States { names, values } => {
                let sample = |name: &String| match NO_NUMBERS.contains(&name.as_str()) {
                    true if !self.path.as_states => Sample::Break,
                    _ => Sample::State(name.as_str().into()),
                };
                let samples: Vec<Sample> = names.iter().map(sample).collect();
                let state = |value: &u32| samples.get(*value as usize).cloned();
                self.waiting.extend(times.zip(values).filter_map(|(at, value)| Some((at, state(value)?))));
            }
            Values::Nulls => self.waiting.extend(times.map(|at| (at, Sample::Break))),
            Values::Connections(connected) => {
                let ends = times.zip(connected).filter(|(_, connected)| !**connected);
                self.waiting.extend(ends.map(|(at, _)| (at, Sample::Break)));
            }
        }
    }

    fn take_numbers<N: Into<Number>>(
        &mut self,
        times: impl Iterator<Item = i64>,
        numbers: impl Iterator<Item = N>,
    ) {
        let numbers = times.zip(numbers.map(Into::into));
        if self.path.as_states {
            let state = |number: Number| Sample::State(number.json().to_string().into());
            self.waiting.extend(numbers.map(|(at, number)| (at, state(number))));
        } else {
            self.waiting.extend(numbers.map(|(at, number)| (at, Sample::Number(number))));
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
            self.trace.push(at, &sample);
        }
    }
}
