//! Numbers as a line: all of them while they are few, else what each pixel column shows (M4).
//!
//! Begin with [`Line`].

use super::{Frame, Number};

/// Numbers in order of time, reduced.
#[derive(Debug)]
pub(crate) struct Line {
    frame: Frame,
    /// All points, while they are few.
    points: Option<Vec<(i64, Number)>>,
    columns: Vec<Option<Summary>>,
}

/// The numbers of one pixel column: times in milliseconds since 1970, and values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary {
    pub(crate) first: (i64, Number),
    pub(crate) min: (i64, Number),
    pub(crate) max: (i64, Number),
    pub(crate) last: (i64, Number),
    pub(crate) n: u64,
}

impl Line {
    pub(super) fn new(frame: Frame) -> Self {
        Self { frame, points: Some(Vec::new()), columns: Vec::new() }
    }

    pub(super) fn push(&mut self, at: i64, value: Number) {
        let point = (at, value);
        match &mut self.points {
            Some(points) if points.len() < self.frame.most => points.push(point),
            points => {
                self.columns.resize(self.frame.width, None);
                for point in points.take().unwrap_or_default().into_iter().chain([point]) {
                    self.summarize(point);
                }
            }
        }
    }

    fn summarize(&mut self, point: (i64, Number)) {
        let Some(column) = self.columns.get_mut(self.frame.column(point.0)) else {
            return;
        };
        let fresh = Summary { first: point, min: point, max: point, last: point, n: 0 };
        let summary = column.get_or_insert(fresh);
        if point.1.compare(summary.min.1).is_lt() {
            summary.min = point;
        }
        if point.1.compare(summary.max.1).is_gt() {
            summary.max = point;
        }
        summary.last = point;
        summary.n += 1;
    }

    /// All points, if they are few enough to be drawn as they are.
    pub(crate) fn points(&self) -> Option<&[(i64, Number)]> {
        self.points.as_deref()
    }

    /// What the columns show, where the points are too many.
    pub(crate) fn summaries(&self) -> impl Iterator<Item = &Summary> {
        self.columns.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_column_has_its_first_lowest_highest_and_last_value(
            values in proptest::collection::vec(-1000i32..1000, 1..300), width in 1usize..20,
        ) {
            let to = values.len() as i64 - 1;
            let frame = Frame { from: 0, to, width, most: 4 * width };
            let mut line = Line::new(frame);
            let points: Vec<_> = values.iter().enumerate().map(|(at, v)| (at as i64, Number::from(f64::from(*v)))).collect();
            points.iter().for_each(|(at, value)| line.push(*at, *value));
            if points.len() <= 4 * width {
                prop_assert_eq!(line.points(), Some(&points[..]));
                return Ok(());
            }
            let columns: Vec<_> = points.chunk_by(|a, b| frame.column(a.0) == frame.column(b.0)).collect();
            prop_assert_eq!(line.summaries().count(), columns.len());
            for (summary, column) in line.summaries().zip(columns) {
                prop_assert_eq!(summary.first, column[0]);
                prop_assert_eq!(summary.last, column[column.len() - 1]);
                prop_assert_eq!(summary.n, column.len() as u64);
                prop_assert!(column.iter().all(|point| summary.min.1.compare(point.1).is_le()));
                prop_assert!(column.iter().all(|point| summary.max.1.compare(point.1).is_ge()));
                prop_assert!(column.contains(&summary.min) && column.contains(&summary.max));
            }
        }
    }
}
