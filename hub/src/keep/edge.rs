//! Finding the pieces that have what stands next to a chart's frame: each path's last value before it, or first after it.
//!
//! Decides in which order pieces are looked at (the nearest first), and when that ends: when what is left is farther away
//! than what was found, or after as many pieces as a week of one-second data has, so that a name that was never sent costs
//! no more than that. Begin with [`Edge`].

use super::pieces::{Piece, Pieces, Span};
use super::series::SeriesPath;
use crate::columns::Values;

/// Most files and pieces that are looked at.
const LIMIT: usize = 2_500;

/// One side of a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

/// What is next to a frame on one side.
pub(super) struct Edge<'a> {
    side: Side,
    frame: Span,
    paths: &'a [SeriesPath],
    /// How far away the nearest value of each path is, in milliseconds.
    nearest: Vec<Option<i64>>,
    left: usize,
}

impl<'a> Edge<'a> {
    pub(super) fn new(side: Side, frame: Span, paths: &'a [SeriesPath]) -> Self {
        Self { side, frame, paths, nearest: vec![None; paths.len()], left: LIMIT }
    }

    /// The pieces with those values that do not reach into the frame.
    pub(super) fn find(mut self, pieces: &mut Pieces<'_>) -> Vec<Piece> {
        let mut found = Vec::new();
        let distance = |(source, span): (usize, Span)| Some((self.distance(span)?, source));
        let mut sources: Vec<(i64, usize)> = pieces.sources().filter_map(distance).collect();
        sources.sort_unstable();
        for (distance, source) in sources {
            if !self.goes_on_to(distance) {
                break;
            }
            let listed = pieces.of(source).iter();
            let mut near: Vec<(i64, Piece)> =
                listed.filter_map(|piece| Some((self.distance(piece.span)?, piece.clone()))).collect();
            near.sort_by_key(|(distance, _)| *distance);
            for (distance, piece) in near {
                if !self.goes_on_to(distance) {
                    break;
                }
                if self.look(pieces, &piece) && !piece.span.overlaps(self.frame) {
                    found.push(piece);
                }
            }
        }
        found
    }

    /// How far outside the frame something begins, if it is there.
    fn distance(&self, span: Span) -> Option<i64> {
        let nearest = match self.side {
            Side::Before => self.frame.from.saturating_sub(span.to),
            Side::After => span.from.saturating_sub(self.frame.to),
        };
        let farthest = match self.side {
            Side::Before => self.frame.from.saturating_sub(span.from),
            Side::After => span.to.saturating_sub(self.frame.to),
        };
        (farthest > 0).then_some(nearest.max(1))
    }

    fn lacks(&self, path: usize, distance: i64) -> bool {
        self.nearest.get(path).is_some_and(|nearest| nearest.is_none_or(|nearest| nearest > distance))
    }

    fn goes_on_to(&mut self, distance: i64) -> bool {
        let goes_on = self.left > 0 && (0..self.paths.len()).any(|path| self.lacks(path, distance));
        self.left = self.left.saturating_sub(1);
        goes_on
    }

    /// Looks into a piece; answers whether it says anything.
    fn look(&mut self, pieces: &mut Pieces<'_>, piece: &Piece) -> bool {
        let is_lacking = |component: Option<&str>, path: &str| {
            let mut paths = self.paths.iter().zip(&self.nearest);
            paths.any(|(one, nearest)| one.is(component, path) && *nearest != Some(1))
        };
        let Some(columns) = pieces.columns(piece, is_lacking) else {
            return false;
        };
        let mut says = false;
        for column in &columns.columns {
            let is_break = matches!(column.values, Values::Nulls | Values::Connections(_));
            says |= matches!(column.values, Values::Connections(_));
            for (place, path) in self.paths.iter().enumerate() {
                if !path.is(column.component.as_deref(), &column.path) {
                    continue;
                }
                says = true;
                let spans = columns.times(column).map(|at| Span { from: at, to: at });
                let nearest = spans.filter_map(|span| self.distance(span)).min();
                if let Some(known) = self.nearest.get_mut(place).filter(|_| !is_break) {
                    *known = known.iter().copied().chain(nearest).min();
                }
            }
        }
        says
    }
}
