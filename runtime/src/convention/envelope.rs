//! How properties are framed in the twin, in either convention.
//!
//! Decides the shape of acknowledgements, initial values, read-only values and results of asynchronous commands, and
//! where a component's properties stand. It does not decide which version is acknowledged.

use serde_json::{Map, json};

use crate::json::Json;
use crate::refusal::{CommandError, PropertyError};
use crate::table::Convention;

/// The acknowledgement of a desired value. `kept` is the value in force.
///
/// A reported patch is merged into what the twin holds, so a success also clears what an earlier refusal (or initial
/// value) left there: null deletes a field, and plug and play has the text `ok`.
pub(crate) fn acknowledgement(
    convention: Convention,
    kept: &Json,
    version: i64,
    refusal: Option<&PropertyError>,
) -> Json {
    match (convention, refusal) {
        (Convention::Central2020, None) => json!({
            "value": kept, "status": "completed", "desiredVersion": version,
            "statusCode": null, "message": null,
        }),
        (Convention::Central2020, Some(error)) => json!({
            "value": kept, "status": "failed", "desiredVersion": version,
            "statusCode": error.code(), "message": short(error.message()),
        }),
        (Convention::Pnp, None) => json!({ "value": kept, "ac": 200, "av": version, "ad": "ok" }),
        (Convention::Pnp, Some(error)) => {
            json!({ "value": kept, "ac": error.code(), "av": version, "ad": short(error.message()) })
        }
    }
}

/// The acknowledgement of a desired value whose handler still runs; `kept` is the value in force until it has ended.
pub(crate) fn pending(convention: Convention, kept: &Json, version: i64, text: &str) -> Json {
    match convention {
        Convention::Central2020 => json!({
            "value": kept, "status": "pending", "desiredVersion": version,
            "statusCode": 202, "message": short(text),
        }),
        Convention::Pnp => json!({ "value": kept, "ac": 202, "av": version, "ad": short(text) }),
    }
}

/// A writable property's value that the device reports by itself; `version` is the last acknowledged one, if any.
pub(crate) fn reported_writable(convention: Convention, value: &Json, version: Option<i64>) -> Json {
    match (convention, version) {
        (Convention::Pnp, None) => json!({ "value": value, "ac": 203, "av": 0, "ad": "initialize" }),
        (_, version) => acknowledgement(convention, value, version.unwrap_or(0), None),
    }
}

/// What an asynchronous command reports when it has ended; a success clears an earlier failure.
pub(crate) fn command_result(convention: Convention, result: Result<&Json, &CommandError>) -> Json {
    match (convention, result) {
        (Convention::Central2020, Ok(value)) => json!({ "value": value, "status": null, "statusCode": null }),
        (Convention::Pnp, Ok(value)) => json!({ "value": value, "ac": null, "ad": null }),
        (Convention::Central2020, Err(error)) => {
            json!({ "value": short(error.message()), "status": "failed", "statusCode": error.status() })
        }
        (Convention::Pnp, Err(error)) => {
            let text = short(error.message());
            json!({ "value": text, "ac": error.status(), "ad": text })
        }
    }
}

/// What an asynchronous command reports while it runs: a value as the result's, marked as not the last one by 202.
pub(crate) fn command_progress(convention: Convention, value: &Json) -> Json {
    match convention {
        Convention::Central2020 => json!({ "value": value, "status": "pending", "statusCode": 202 }),
        Convention::Pnp => json!({ "value": value, "ac": 202, "ad": "in progress" }),
    }
}

/// A text that fits into a twin, whose strings have at most 4 KiB.
fn short(text: &str) -> String {
    const LONGEST: usize = 1000;
    text.chars().take(LONGEST).collect()
}

/// A reported patch with these fields, marked as the component's where the convention has components.
pub(crate) fn patch(
    convention: Convention,
    component: Option<&str>,
    mut fields: Map<String, Json>,
) -> Map<String, Json> {
    match (convention, component) {
        (Convention::Pnp, Some(component)) => {
            fields.insert("__t".to_owned(), Json::from("c"));
            Map::from_iter([(component.to_owned(), Json::Object(fields))])
        }
        _ => fields,
    }
}

/// The desired value of a property, taken out of its frame. Central 2020 wrote both `v` and `{"value": v}`.
pub(crate) fn desired_value(convention: Convention, framed: &Json) -> &Json {
    match (convention, framed) {
        (Convention::Central2020, Json::Object(fields)) if fields.len() == 1 => {
            fields.get("value").unwrap_or(framed)
        }
        _ => framed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(name: &str, value: Json) -> Map<String, Json> {
        Map::from_iter([(name.to_owned(), value)])
    }

    #[test]
    fn acknowledgements_are_the_documented_ones() {
        let refusal = PropertyError::invalid("1 to 3");
        assert_eq!(
            acknowledgement(Convention::Central2020, &json!(2), 5, None),
            json!({ "value": 2, "status": "completed", "desiredVersion": 5, "statusCode": null, "message": null })
        );
        assert_eq!(
            acknowledgement(Convention::Pnp, &json!(2), 5, Some(&refusal)),
            json!({ "value": 2, "ac": 400, "av": 5, "ad": "1 to 3" })
        );
        assert_eq!(
            reported_writable(Convention::Pnp, &json!(1), None),
            json!({ "value": 1, "ac": 203, "av": 0, "ad": "initialize" })
        );
        assert_eq!(reported_writable(Convention::Central2020, &json!(1), None)["desiredVersion"], 0);
        assert_eq!(
            pending(Convention::Pnp, &json!(2), 5, "warming up"),
            json!({ "value": 2, "ac": 202, "av": 5, "ad": "warming up" })
        );
        assert_eq!(pending(Convention::Central2020, &json!(2), 5, "x")["statusCode"], 202);
        assert_eq!(
            command_progress(Convention::Central2020, &json!("40 %")),
            json!({ "value": "40 %", "status": "pending", "statusCode": 202 })
        );
    }

    #[test]
    fn a_text_fits_into_a_twin_however_long_it_is() {
        let refusal = PropertyError::invalid("\u{1f600}".repeat(5000));
        let framed = acknowledgement(Convention::Pnp, &json!(2), 5, Some(&refusal));
        assert_eq!(framed["ad"].as_str().unwrap().len(), 4000);
    }

    #[test]
    fn only_plug_and_play_shows_components() {
        let named = patch(Convention::Pnp, Some("sensor"), fields("on", json!(true)));
        assert_eq!(Json::from(named), json!({ "sensor": { "__t": "c", "on": true } }));
        let flat = patch(Convention::Central2020, Some("sensor"), fields("on", json!(true)));
        assert_eq!(Json::from(flat), json!({ "on": true }));
    }

    #[test]
    fn central_values_are_bare_or_wrapped() {
        assert_eq!(desired_value(Convention::Central2020, &json!({ "value": 3 })), &json!(3));
        assert_eq!(desired_value(Convention::Central2020, &json!(3)), &json!(3));
        assert_eq!(desired_value(Convention::Pnp, &json!({ "value": 3 })), &json!({ "value": 3 }));
    }
}
