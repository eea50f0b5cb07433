//! Sampling alone, in virtual time.

use std::time::Instant;

use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;
use crate::json::Json;

fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        other => panic!("not an object: {other}"),
    }
}

/// Reads at a time in seconds and sends what is due: what that is.
fn read(sampler: &mut Sampler, start: Instant, seconds: u64, values: Json) -> Json {
    let now = start + Duration::from_secs(seconds);
    let due = sampler.read(now, object(values));
    sampler.sent(now, due.clone());
    Json::Object(due)
}

#[test]
fn each_telemetry_follows_its_own_rule_and_the_first_reading_is_sent_whole() {
    let start = Instant::now();
    let sampling = Sampling::every(Duration::from_secs(1)).beyond("temp", 0.5).on_change("door");
    let mut sampler = Sampler::new(sampling, start);
    let whole = json!({ "temp": 20.0, "humid": 40, "door": "shut" });
    assert_eq!(read(&mut sampler, start, 0, whole.clone()), whole);
    assert_eq!(read(&mut sampler, start, 1, whole), json!({ "humid": 40 }));
    let near = json!({ "temp": 20.5, "humid": 40, "door": "open" });
    assert_eq!(read(&mut sampler, start, 2, near), json!({ "humid": 40, "door": "open" }));
    let far = json!({ "temp": 20.75, "door": "open" });
    assert_eq!(read(&mut sampler, start, 3, far), json!({ "temp": 20.75 }));
    let back = json!({ "temp": 20.25, "door": "open" });
    assert_eq!(read(&mut sampler, start, 4, back), json!({}), "the deadband is around what was sent last");
}

#[test]
fn a_deadband_of_what_is_no_number_is_any_change() {
    let start = Instant::now();
    let mut sampler = Sampler::new(Sampling::every(Duration::from_secs(1)).beyond("place", 5.0), start);
    for (seconds, place, due) in [(0, "here", true), (1, "here", false), (2, "there", true)] {
        let values = json!({ "place": place });
        let sent = read(&mut sampler, start, seconds, values.clone());
        assert_eq!(sent == values, due);
    }
}

#[test]
fn an_unchanged_value_is_sent_again_after_the_heartbeat() {
    let start = Instant::now();
    let sampling =
        Sampling::every(Duration::from_secs(1)).on_change("temp").at_least_every(Duration::from_secs(10));
    let mut sampler = Sampler::new(sampling, start);
    let sent: Vec<u64> = (0..30)
        .filter(|seconds| read(&mut sampler, start, *seconds, json!({ "temp": 1 })) != json!({}))
        .collect();
    assert_eq!(sent, [0, 10, 20]);
}

#[test]
fn what_was_not_sent_stays_due() {
    let start = Instant::now();
    let mut sampler = Sampler::new(Sampling::every(Duration::from_secs(1)).on_change("temp"), start);
    let values = object(json!({ "temp": 1 }));
    assert_eq!(sampler.read(start, values.clone()), values);
    assert_eq!(sampler.read(start, values.clone()), values);
}

#[test]
fn a_rule_that_matches_nothing_or_makes_no_sense_is_an_error() {
    let every = || Sampling::every(Duration::from_secs(1));
    let told = |sampling: Sampling| sampling.check(&["temp", "humid"]).unwrap_err().to_string();
    assert!(every().on_change("temp").check(&["temp", "humid"]).is_ok());
    assert_eq!(
        told(every().on_change("tmp")),
        "sampling of \"tmp\": the model has no such telemetry, but temp, humid"
    );
    assert!(told(every().beyond("temp", f64::NAN)).contains("finite"));
    assert!(told(every().beyond("temp", -1.0)).contains("0 or more"));
    assert!(told(every().on_change("temp").beyond("temp", 1.0)).contains("two rules"));
}

proptest! {
    #[test]
    fn readings_are_due_at_whole_intervals_and_never_in_bursts(
        interval in 1_u64..5000, delays in proptest::collection::vec(0_u64..20_000, 1..50),
    ) {
        let start = Instant::now();
        let mut sampler = Sampler::new(Sampling::every(Duration::from_millis(interval)), start);
        let mut now = start;
        for delay in delays {
            now = sampler.next().max(now) + Duration::from_millis(delay);
            sampler.read(now, Map::new());
            let next = sampler.next();
            prop_assert!(next > now && next <= now + Duration::from_millis(interval));
            prop_assert_eq!((next - start).as_millis() % u128::from(interval), 0);
        }
    }
}
