//! The few queries that this hub answers.
//!
//! Decides which ones they are and how results are cut into pages. Begin with [`run`].

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::RestError;
use super::auth::{Right, authorize};
use super::error::Body;
use super::twins::twin;
use crate::shared::Shared;

const PAGE_LIMIT: usize = 1000;
const SUPPORTED: &str = "this hub answers SELECT * FROM devices, SELECT deviceId FROM devices and \
    SELECT COUNT() AS name FROM devices, each with an optional WHERE deviceId = '..'";

#[derive(Deserialize)]
pub(super) struct QueryText {
    query: String,
}

/// A query that was understood.
#[derive(Debug, PartialEq)]
struct Plan {
    select: Select,
    device: Option<String>,
}

#[derive(Debug, PartialEq)]
enum Select {
    Twins,
    Ids,
    Count(String),
}

pub(super) async fn run(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    Body { value: body, .. }: Body<QueryText>,
) -> Result<Response, RestError> {
    authorize(&shared, &uri, &headers, Right::Service)?;
    let plan = parse(&body.query).ok_or_else(|| RestError::bad_request(SUPPORTED))?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let size = text("x-ms-max-item-count").and_then(|size| size.parse().ok()).unwrap_or(PAGE_LIMIT);
    let size = size.clamp(1, PAGE_LIMIT);
    let skip: usize = text("x-ms-continuation").and_then(|at| at.parse().ok()).unwrap_or(0);
    let (items, more) = shared.with(|state, _| {
        let wanted = |id: &str| plan.device.as_deref().is_none_or(|device| device == id);
        let mut devices = state.devices().filter(|device| wanted(&device.record.id));
        if let Select::Count(name) = &plan.select {
            return (vec![json!({ name: devices.count() })], false);
        }
        let page: Vec<Value> = devices
            .by_ref()
            .skip(skip)
            .take(size)
            .map(|device| match plan.select {
                Select::Ids => json!({ "deviceId": device.record.id }),
                _ => twin(device),
            })
            .collect();
        (page, devices.next().is_some())
    });
    let mut response = Json(items).into_response();
    let kind = if plan.select == Select::Twins { "Twin" } else { "Raw" };
    response.headers_mut().insert("x-ms-item-type", HeaderValue::from_static(kind));
    if more {
        // absent on the last page: an empty one makes clients ask for ever
        response.headers_mut().insert("x-ms-continuation", HeaderValue::from(skip + size));
    }
    Ok(response)
}

fn parse(query: &str) -> Option<Plan> {
    let spaced = query.trim().trim_end_matches(';').replace('=', " = ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let from = words.iter().position(|word| word.eq_ignore_ascii_case("from"))?;
    let is = |at: usize, text: &str| words.get(at).is_some_and(|word| word.eq_ignore_ascii_case(text));
    if !is(0, "select") || !is(from + 1, "devices") {
        return None;
    }
    let select = match words.get(1..from)? {
        ["*"] => Select::Twins,
        [one] if one.eq_ignore_ascii_case("deviceid") => Select::Ids,
        [count, r#as, name] if count.eq_ignore_ascii_case("count()") && r#as.eq_ignore_ascii_case("as") => {
            Select::Count((*name).to_owned())
        }
        _ => return None,
    };
    let device = match words.get(from + 2..)? {
        [] => None,
        [r#where, name, "=", id]
            if r#where.eq_ignore_ascii_case("where") && name.eq_ignore_ascii_case("deviceid") =>
        {
            Some(id.strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"'])?.to_owned())
        }
        _ => return None,
    };
    Some(Plan { select, device })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_the_queries_of_the_tools_and_no_others() {
        let plan = |select, device: Option<&str>| Some(Plan { select, device: device.map(str::to_owned) });
        assert_eq!(parse("SELECT * FROM devices"), plan(Select::Twins, None));
        assert_eq!(parse("select deviceId from devices;"), plan(Select::Ids, None));
        assert_eq!(parse("select * from devices where deviceId='d1'"), plan(Select::Twins, Some("d1")));
        let count = Select::Count("n".into());
        assert_eq!(parse("SELECT COUNT() AS n FROM devices"), plan(count, None));
        for other in ["", "select * from jobs", "select * from devices where tags.a = 1", "select", "from"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
