//! Numbers for a chart: taken out of messages, and reduced to what a chart of some width can show.
//!
//! The reduction keeps the first, lowest, highest and last point of each pixel column (M4), so that no
//! peak is lost. Begin with [`extract`].

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::state::history::Row;

/// Milliseconds since 1970 and the value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Point(pub(super) i64, pub(super) f64);

/// The numeric values of one telemetry name, in order of time.
pub(super) fn extract(rows: &[Arc<Row>], component: Option<&str>, name: &str) -> Vec<Point> {
    let mut points: Vec<Point> = rows
        .iter()
        .filter(|row| row.component.as_deref() == component)
        .filter_map(|row| {
            let body: Value = serde_json::from_str(&row.body).ok()?;
            Some(Point(row.at.as_millisecond(), body.get(name)?.as_f64()?))
        })
        .collect();
    points.sort_by_key(|point| point.0);
    points
}

/// At most four points for each of `width` columns of equal time.
pub(super) fn reduce(points: Vec<Point>, width: usize) -> Vec<Point> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return points;
    };
    if points.len() <= 4 * width {
        return points;
    }
    let (start, span) = (i128::from(first.0), i128::from(last.0) - i128::from(first.0) + 1);
    let columns = i128::try_from(width).unwrap_or(i128::MAX);
    let column = |point: &Point| (i128::from(point.0) - start) * columns / span;
    points.chunk_by(|one, next| column(one) == column(next)).flat_map(four).collect()
}

/// First, lowest, highest and last, each once, in their order.
fn four(column: &[Point]) -> Vec<Point> {
    let by_value = |a: &(usize, &Point), b: &(usize, &Point)| a.1.1.total_cmp(&b.1.1);
    let lowest = column.iter().enumerate().min_by(by_value).map_or(0, |(at, _)| at);
    let highest = column.iter().enumerate().max_by(by_value).map_or(0, |(at, _)| at);
    let mut kept = [0, lowest, highest, column.len().saturating_sub(1)];
    kept.sort_unstable();
    let mut points: Vec<Point> = Vec::with_capacity(4);
    let mut previous = None;
    for at in kept {
        if previous.replace(at) != Some(at) {
            points.extend(column.get(at));
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_every_peak() {
        let mut points: Vec<Point> = (0..10_000).map(|t| Point(t, 0.0)).collect();
        points[5_003].1 = 99.0;
        points[5_004].1 = -99.0;
        let reduced = reduce(points, 100);
        assert!(reduced.len() <= 400);
        assert!(reduced.contains(&Point(5_003, 99.0)) && reduced.contains(&Point(5_004, -99.0)));
        assert_eq!((reduced[0].0, reduced[reduced.len() - 1].0), (0, 9_999));
    }

    proptest! {
        #[test]
        fn stays_in_order_and_within_the_limit(
            mut times in proptest::collection::vec(any::<i64>(), 0..200),
            width in 1usize..20,
        ) {
            times.sort_unstable();
            let reduced = reduce(times.iter().map(|t| Point(*t, *t as f64)).collect(), width);
            prop_assert!(reduced.len() <= 4 * width.max(1));
            prop_assert!(reduced.is_sorted_by_key(|point| point.0));
        }
    }
}
