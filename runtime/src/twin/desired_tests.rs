use serde_json::json;

use super::*;
use crate::table::PropertyTable;

const fn part(component: Option<&'static str>) -> PartTable {
    const WRITABLE: &[PropertyTable] = &[
        PropertyTable { name: "brightness", writable: true },
        PropertyTable { name: "name", writable: true },
        PropertyTable { name: "state", writable: false },
    ];
    PartTable { component, telemetry: &[], properties: WRITABLE, commands: &[] }
}

const PNP: ModelTable =
    ModelTable { id: "dtmi:x;1", convention: Convention::Pnp, parts: &[part(None), part(Some("sensor"))] };
const BRIGHTNESS: PropertyKey = PropertyKey { component: None, name: "brightness" };

#[expect(clippy::needless_pass_by_value, reason = "it is called with literals")]
fn fields(value: Json) -> Map<String, Json> {
    value.as_object().cloned().unwrap()
}

fn fetched(desired: &mut Desired, document: Json) -> Vec<Step> {
    desired.fetching();
    desired.fetched(&fields(document))
}

fn done(value: i64) -> Result<InForce, PropertyError> {
    Ok(InForce(Json::from(value)))
}

fn apply(version: i64, value: i64) -> Step {
    Step::Apply { key: BRIGHTNESS, version, value: json!(value) }
}

#[test]
fn a_fresh_process_applies_what_the_twin_holds_and_acknowledges_it() {
    let mut desired = Desired::new(PNP);
    let steps = fetched(&mut desired, json!({ "brightness": 2, "state": true, "other": 1, "$version": 5 }));
    assert_eq!(steps, [apply(5, 2)]);
    let framed = json!({ "value": 2, "ac": 200, "av": 5, "ad": "ok" });
    assert_eq!(desired.ended(BRIGHTNESS, &done(2)), [Step::Acknowledge { key: BRIGHTNESS, framed }]);
    assert_eq!(desired.acknowledged(BRIGHTNESS), Some(5));
}

#[test]
fn a_reconnect_with_the_same_document_calls_nothing() {
    let mut desired = Desired::new(PNP);
    fetched(&mut desired, json!({ "brightness": 2, "$version": 5 }));
    desired.ended(BRIGHTNESS, &done(2));
    assert_eq!(fetched(&mut desired, json!({ "brightness": 2, "$version": 5 })), []);
}

#[test]
fn what_one_twin_asked_for_is_not_acknowledged_to_the_next_one() {
    let mut desired = Desired::new(PNP);
    fetched(&mut desired, json!({ "brightness": 2, "$version": 5 }));
    desired.forget();
    assert_eq!(desired.pending(BRIGHTNESS, "busy"), None);
    assert_eq!(
        fetched(&mut desired, json!({ "brightness": 7, "$version": 1 })),
        [],
        "its handler still runs"
    );
    assert_eq!(desired.ended(BRIGHTNESS, &done(2)), [apply(1, 7)]);
    let framed = json!({ "value": 7, "ac": 200, "av": 1, "ad": "ok" });
    assert_eq!(desired.ended(BRIGHTNESS, &done(7)), [Step::Acknowledge { key: BRIGHTNESS, framed }]);
}

#[test]
fn an_unchanged_value_in_a_newer_document_is_only_acknowledged() {
    let mut desired = Desired::new(PNP);
    fetched(&mut desired, json!({ "brightness": 2, "$version": 5 }));
    desired.ended(BRIGHTNESS, &done(2));
    let steps = fetched(&mut desired, json!({ "brightness": 2, "$version": 6 }));
    let framed = json!({ "value": 2, "ac": 200, "av": 6, "ad": "ok" });
    assert_eq!(steps, [Step::Acknowledge { key: BRIGHTNESS, framed }]);
    assert_eq!(fetched(&mut desired, json!({ "brightness": 3, "$version": 7 })), [apply(7, 3)]);
}

#[test]
fn patches_come_once_in_order_and_a_gap_fetches_again() {
    let mut desired = Desired::new(PNP);
    fetched(&mut desired, json!({ "$version": 1 }));
    let patch = |value: i64| fields(json!({ "brightness": value }));
    assert_eq!(desired.patched(1, patch(9)), []);
    assert_eq!(desired.patched(2, patch(1)), [apply(2, 1)]);
    assert_eq!(desired.patched(2, patch(1)), []);
    assert_eq!(desired.patched(4, patch(3)), [Step::Fetch]);
    assert_eq!(desired.patched(5, patch(4)), []);
    desired.ended(BRIGHTNESS, &done(1));
    let steps = desired.fetched(&fields(json!({ "brightness": 3, "$version": 4 })));
    assert_eq!(steps, [apply(4, 3)]);
    let last = desired.ended(BRIGHTNESS, &done(3)).pop();
    assert_eq!(last, Some(apply(5, 4)), "the patch that arrived during the fetch comes after it");
}

#[test]
fn a_later_version_waits_for_the_earlier_handler_and_only_the_last_one_counts() {
    let mut desired = Desired::new(PNP);
    fetched(&mut desired, json!({ "brightness": 1, "$version": 1 }));
    assert_eq!(desired.patched(2, fields(json!({ "brightness": 2 }))), []);
    assert_eq!(desired.patched(3, fields(json!({ "brightness": 3 }))), []);
    assert_eq!(desired.ended(BRIGHTNESS, &done(1)).pop(), Some(apply(3, 3)));
}

#[test]
fn a_refusal_reports_the_kept_value() {
    let mut desired = Desired::new(ModelTable { convention: Convention::Central2020, ..PNP });
    fetched(&mut desired, json!({ "brightness": { "value": 2 }, "$version": 1 }));
    desired.ended(BRIGHTNESS, &done(2));
    assert_eq!(desired.patched(2, fields(json!({ "brightness": 9 }))), [apply(2, 9)]);
    let framed = json!({
        "value": 2, "status": "failed", "desiredVersion": 2, "statusCode": 400, "message": "1 to 3"
    });
    let refused = Err(PropertyError::invalid("1 to 3"));
    assert_eq!(desired.ended(BRIGHTNESS, &refused), [Step::Acknowledge { key: BRIGHTNESS, framed }]);
}

#[test]
fn a_components_values_are_found_and_a_removal_calls_nothing() {
    let mut desired = Desired::new(PNP);
    let document = json!({ "sensor": { "__t": "c", "name": "x" }, "brightness": null, "$version": 3 });
    let steps = fetched(&mut desired, document);
    let key = PropertyKey { component: Some("sensor"), name: "name" };
    assert_eq!(steps, [Step::Apply { key, version: 3, value: json!("x") }]);
}

const NAME: PropertyKey = PropertyKey { component: Some("sensor"), name: "name" };

fn apply_name(version: i64, value: Json) -> Step {
    Step::Apply { key: NAME, version, value }
}

#[test]
fn a_patch_of_an_object_applies_the_whole_value_it_leads_to() {
    let mut desired = Desired::new(PNP);
    let whole = json!({ "at": { "lat": 1, "lon": 2 }, "tag": "x" });
    let steps = fetched(&mut desired, json!({ "sensor": { "__t": "c", "name": whole }, "$version": 1 }));
    assert_eq!(steps, [apply_name(1, whole)]);
    desired.ended(NAME, &Err(PropertyError::invalid("a refused value is wanted still")));
    let patch = json!({ "sensor": { "name": { "at": { "lat": 9 }, "tag": null, "new": { "gone": null } } } });
    let merged = json!({ "at": { "lat": 9, "lon": 2 }, "new": {} });
    assert_eq!(desired.patched(2, fields(patch)), [apply_name(2, merged)]);
    let patch = json!({ "sensor": { "name": { "at": { "lon": 7 } } } });
    assert_eq!(desired.patched(3, fields(patch)), [], "the handler runs");
    let merged = json!({ "at": { "lat": 9, "lon": 7 }, "new": {} });
    assert_eq!(desired.ended(NAME, &done(2)).pop(), Some(apply_name(3, merged)));
    desired.ended(NAME, &done(3));
    let fetched = fetched(&mut desired, json!({ "sensor": { "name": { "tag": "y" } }, "$version": 9 }));
    assert_eq!(fetched, [apply_name(9, json!({ "tag": "y" }))], "a document is the whole value");
}

#[test]
fn a_removed_value_is_no_ground_for_later_patches() {
    let removals = [json!({ "sensor": { "name": null } }), json!({ "sensor": null })];
    for removal in removals {
        let mut desired = Desired::new(PNP);
        fetched(&mut desired, json!({ "sensor": { "name": { "old": 1 } }, "$version": 1 }));
        desired.ended(NAME, &done(1));
        assert_eq!(desired.patched(2, fields(removal)), []);
        let steps = desired.patched(3, fields(json!({ "sensor": { "name": { "new": 2 } } })));
        assert_eq!(steps, [apply_name(3, json!({ "new": 2 }))]);
    }
    let mut desired = Desired::new(PNP);
    fetched(&mut desired, json!({ "sensor": { "name": { "old": 1 } }, "$version": 1 }));
    desired.ended(NAME, &done(1));
    assert_eq!(fetched(&mut desired, json!({ "$version": 2 })), []);
    let steps = desired.patched(3, fields(json!({ "sensor": { "name": { "new": 2 } } })));
    assert_eq!(steps, [apply_name(3, json!({ "new": 2 }))]);
}

#[test]
fn a_patch_within_a_central_frame_is_merged_too() {
    let mut desired = Desired::new(ModelTable { convention: Convention::Central2020, ..PNP });
    fetched(&mut desired, json!({ "brightness": { "value": { "a": 1, "b": 2 } }, "$version": 1 }));
    desired.ended(BRIGHTNESS, &done(1));
    let steps = desired.patched(2, fields(json!({ "brightness": { "value": { "a": 3 } } })));
    let value = json!({ "a": 3, "b": 2 });
    assert_eq!(steps, [Step::Apply { key: BRIGHTNESS, version: 2, value }]);
}
