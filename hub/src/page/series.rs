//! Numbers for a chart: taken out of messages, and reduced to what a chart of some width can show.
//!
//! The reduction keeps the first, lowest, highest and last point of each pixel column (M4), so that no
//! peak is lost. Begin with [`extract`].

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::PageState;
use super::error::PageError;
use crate::keep::RowQuery;
use crate::state::history::{Kind, Row};

/// The width of a chart, in pixels, when none is asked for, and at most.
const WIDTH: (usize, usize) = (600, 4000);

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

#[derive(Deserialize)]
pub(super) struct OneQuery {
    name: String,
    component: Option<String>,
    from: Option<String>,
    to: Option<String>,
    width: Option<usize>,
}

pub(super) async fn one(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Query(query): Query<OneQuery>,
) -> Result<Json<Value>, PageError> {
    let (from, to) = (moment("from", query.from.as_deref())?, moment("to", query.to.as_deref())?);
    let component = query.component.as_deref().filter(|component| !component.is_empty());
    let rows = rows(&page, &id, from, to).await?;
    let points = extract(&rows, component, &query.name);
    let raw = points.len();
    let width = query.width.unwrap_or(WIDTH.0).clamp(1, WIDTH.1);
    Ok(Json(json!({ "points": reduce(points, width), "raw": raw })))
}

async fn rows(
    page: &PageState,
    id: &str,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<Vec<Arc<Row>>, PageError> {
    let wanted =
        RowQuery { from, to, kinds: vec![Kind::Telemetry], limit: usize::MAX, ..RowQuery::default() };
    Ok(page.shared.rows(id, wanted).await?.rows)
}

#[derive(Deserialize)]
pub(super) struct SeriesWanted {
    paths: String,
    from: Option<String>,
    to: Option<String>,
}

pub(super) async fn series(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Query(query): Query<SeriesWanted>,
) -> Result<Json<Value>, PageError> {
    let (from, to) = (moment("from", query.from.as_deref())?, moment("to", query.to.as_deref())?);
    let rows = rows(&page, &id, from, to).await?;
    let items: Vec<Value> = query.paths.split(',').map(|path| {
        let (component, name) = path.split_once('/').map_or((None, path), |(c, n)| (Some(c), n));
        let points = extract(&rows, component, name);
        let t: Vec<i64> = points.iter().map(|p| p.0).collect();
        let v: Vec<f64> = points.iter().map(|p| p.1).collect();
        json!({ "path": path, "rawCount": t.len(), "gaps": [], "raw": true, "points": { "t": t, "v": v } })
    }).collect();
    Ok(Json(json!({ "series": items })))
}

/// A time as RFC 3339 or in milliseconds since 1970.
pub(super) fn moment(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, PageError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let parsed = match text.parse::<i64>() {
        Ok(milliseconds) => Timestamp::from_millisecond(milliseconds).ok(),
        Err(_) => text.parse().ok(),
    };
    parsed.map(Some).ok_or_else(|| PageError::bad_request(format!("{name} is not an RFC 3339 time")))
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
