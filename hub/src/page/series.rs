//! The page's API for charts: what can be shown of a device's telemetry in some width.
//!
//! Decides how a request names what it wants and how the answer looks: columns of numbers, as few bytes as that takes.
//! The reduction is [`crate::chart`]'s. Begin with [`series`].

use axum::Json;
use axum::extract::{Path, Query, State};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::PageState;
use super::error::PageError;
use crate::chart::{Drawn, Frame, Number, Summary};
use crate::keep::{SeriesPath, SeriesQuery};
use crate::shared::Shared;
use crate::view::{ModelView, Schema};

/// The width of a chart, in pixels, when none is asked for, and at most.
const WIDTH: (usize, usize) = (600, 4000);
/// How many points of a pixel say all that a line can show of it: the first, lowest, highest and last.
const PER_PIXEL: usize = 4;
/// Most paths of a request.
const PATHS: usize = 32;

/// `paths` (several, after one another with commas or as several parameters), `from`, `to` and `width`; `most` is how
/// many points are sent as they are, four times the width at most.
///
/// A path is the name of a telemetry, or `component/name`; what is inside an object is `name.inner`.
pub(super) async fn series(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, PageError> {
    let value = |name: &str| parameters.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str());
    let (from, to) = (moment("from", value("from"))?, moment("to", value("to"))?);
    let width = count("width", value("width"))?.unwrap_or(WIDTH.0).clamp(1, WIDTH.1);
    let most = count("most", value("most"))?.map_or(PER_PIXEL * width, |most| most.min(PER_PIXEL * width));
    let asked = parameters.iter().filter(|(name, _)| name == "paths").flat_map(|(_, paths)| paths.split(','));
    let asked: Vec<String> = asked.filter(|path| !path.is_empty()).map(str::to_owned).collect();
    if asked.is_empty() || asked.len() > PATHS {
        return Err(PageError::bad_request(format!(
            "paths names the telemetry to show, 1 to {PATHS} of them"
        )));
    }
    let (paths, units) = describe(&page.shared, &id, &asked)?;
    let found = page.shared.series(&id, SeriesQuery { paths, from, to, width, most }).await?;
    let items: Vec<Value> = found
        .drawn
        .iter()
        .zip(asked.iter().zip(units))
        .map(|(drawn, (path, unit))| item(path, unit.as_deref(), &found.frame, drawn))
        .collect();
    let Frame { from, to, .. } = found.frame;
    Ok(Json(json!({ "from": from, "to": to, "width": width, "series": items, "damage": found.damage })))
}

fn count(name: &str, text: Option<&str>) -> Result<Option<usize>, PageError> {
    let count = text.map(str::parse).transpose();
    count.map_err(|_| PageError::bad_request(format!("{name} is not a whole number")))
}

type Described = (Vec<SeriesPath>, Vec<Option<String>>);

/// What is asked for, as the device's model has it: with units.
fn describe(shared: &Shared, id: &str, asked: &[String]) -> Result<Described, PageError> {
    shared.with(|state, _| {
        let device = state.device(id)?;
        let model = state.model_of(device);
        Ok(asked.iter().map(|text| describe_path(text, model.map(|model| &model.view))).unzip())
    })
}

fn describe_path(text: &str, model: Option<&ModelView>) -> (SeriesPath, Option<String>) {
    let (component, path) = match text.split_once('/') {
        Some((component, path)) => (Some(component).filter(|component| !component.is_empty()), path),
        None => (None, text),
    };
    let groups = model.into_iter().flat_map(|model| &model.groups);
    let telemetry = groups
        .filter(|group| group.component.as_deref() == component)
        .flat_map(|group| &group.telemetry)
        .find(|telemetry| telemetry.name == path);
    let as_states = telemetry.is_some_and(|telemetry| {
        matches!(telemetry.schema, Schema::Enum { .. }) || telemetry.semantic_type.as_deref() == Some("State")
    });
    let (component, path) = (component.map(str::to_owned), path.to_owned());
    (SeriesPath { component, path, as_states }, telemetry.and_then(|telemetry| telemetry.unit.clone()))
}

/// One path: `interval` is what is usual between two values, `newest` the time of the last one that was looked at; `before` and `after` are the numbers next to the frame, `[t, v]`. A gap without an end lasts.
fn item(path: &str, unit: Option<&str>, frame: &Frame, drawn: &Drawn) -> Value {
    let step = (frame.to - frame.from + 1) as f64 / frame.width as f64;
    let mut item = json!({
        "path": path,
        "unit": unit,
        "rawCount": drawn.count,
        "step": step,
        "gaps": drawn.gaps.iter().map(|gap| (gap.from, gap.to)).collect::<Vec<_>>(),
        "interval": drawn.interval,
        "newest": drawn.newest,
        "before": drawn.before.map(|(at, value)| json!([at, value.json()])),
        "after": drawn.after.map(|(at, value)| json!([at, value.json()])),
        "raw": drawn.line.points().is_some(),
        "points": points(drawn),
    });
    if !drawn.states.changes().is_empty() {
        item["states"] = states(drawn);
    }
    item
}

/// `t`, `v` when all points are there; else for each column `t`, `first`, `min`, `max`, `last`, the times of the last
/// three as milliseconds after `t`, and `n`.
fn points(drawn: &Drawn) -> Value {
    if let Some(points) = drawn.line.points() {
        let times: Vec<i64> = points.iter().map(|(at, _)| *at).collect();
        let values: Vec<Value> = points.iter().map(|(_, value)| value.json()).collect();
        return json!({ "t": times, "v": values });
    }
    let all = |value: &dyn Fn(&Summary) -> Value| -> Value { drawn.line.summaries().map(value).collect() };
    json!({
        "t": all(&|one| one.first.0.into()),
        "first": all(&|one| one.first.1.json()),
        "tMin": all(&|one| (one.min.0 - one.first.0).into()),
        "min": all(&|one| one.min.1.json()),
        "tMax": all(&|one| (one.max.0 - one.first.0).into()),
        "max": all(&|one| one.max.1.json()),
        "tLast": all(&|one| (one.last.0 - one.first.0).into()),
        "last": all(&|one| one.last.1.json()),
        "n": all(&|one| one.n.into()),
    })
}

/// `values` are the states; from `t` on, the one at place `v` was in force; `n` is how many changes that stands for. The first
/// is earlier than the frame when it is known what was in force then.
fn states(drawn: &Drawn) -> Value {
    let names = drawn.states.names().iter();
    let values: Vec<Value> = names.map(|name| serde_json::from_str(name).unwrap_or(Value::Null)).collect();
    let changes = drawn.states.changes();
    let times: Vec<i64> = changes.iter().map(|change| change.at).collect();
    let places: Vec<usize> = changes.iter().map(|change| change.state).collect();
    let counts: Vec<u64> = changes.iter().map(|change| change.n).collect();
    json!({ "values": values, "t": times, "v": places, "n": counts })
}

#[derive(Deserialize)]
pub(super) struct OneQuery {
    name: String,
    component: Option<String>,
    from: Option<String>,
    to: Option<String>,
    width: Option<usize>,
}

/// The numbers of one telemetry, as points.
pub(super) async fn one(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Query(query): Query<OneQuery>,
) -> Result<Json<Value>, PageError> {
    let (from, to) = (moment("from", query.from.as_deref())?, moment("to", query.to.as_deref())?);
    let component = query.component.filter(|component| !component.is_empty());
    let paths = vec![SeriesPath { component, path: query.name, as_states: false }];
    let width = query.width.unwrap_or(WIDTH.0).clamp(1, WIDTH.1);
    let most = PER_PIXEL * width;
    let found = page.shared.series(&id, SeriesQuery { paths, from, to, width, most }).await?;
    let drawn = found.drawn.first();
    let points: Vec<(i64, Value)> = drawn.map(flat).unwrap_or_default();
    Ok(Json(json!({ "points": points, "raw": drawn.map_or(0, |drawn| drawn.count) })))
}

/// The points of a line in order, each once.
fn flat(drawn: &Drawn) -> Vec<(i64, Value)> {
    let mut points: Vec<(i64, Number)> = drawn.line.points().unwrap_or_default().to_vec();
    for Summary { first, min, max, last, .. } in drawn.line.summaries() {
        let mut column = [*first, *min, *max, *last];
        column.sort_by_key(|(at, _)| *at);
        points.extend(column);
    }
    if drawn.line.points().is_none() {
        points.dedup();
    }
    points.into_iter().map(|(at, value)| (at, value.json())).collect()
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

    #[test]
    fn numbers_whose_semantic_type_is_state_are_states() {
        let model = crate::state::tests::read_model(
            r#"{ "@context": "http://azureiot.com/v1/contexts/IoTModel.json", "@id": "urn:test:m:1",
                "@type": "Interface", "contents": [
                    { "@type": ["Telemetry", "SemanticType/State"], "name": "mode", "schema": "integer" },
                    { "@type": "Telemetry", "name": "count", "schema": "integer" } ] }"#,
        );
        let as_states = |path| describe_path(path, Some(&model.view)).0.as_states;
        assert_eq!((as_states("mode"), as_states("count")), (true, false), "{:?}", model.view);
    }

    #[test]
    fn a_path_is_a_name_or_a_component_and_a_name() {
        let path = |text: &str| {
            let (path, _) = describe_path(text, None);
            (path.component, path.path)
        };
        assert_eq!(path("temp"), (None, "temp".to_owned()));
        assert_eq!(path("a/temp.x"), (Some("a".to_owned()), "temp.x".to_owned()));
        assert_eq!(path("/a/b"), (None, "a/b".to_owned()));
    }
}
