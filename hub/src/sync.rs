//! The sync state of a property: what was asked, what the device reports and whether they agree.
//!
//! A pure function of one property's two sides; it reads both acknowledgement formats and their mix.
//! It does not walk twins ([`crate::state`] does). Begin with [`derive`].
//! Rules: operator pages reference, section 1.5.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::json::same;
use crate::view::{Schema, type_name};

/// What is known of one property.
pub(crate) struct Inputs<'a> {
    pub(crate) desired: Option<&'a Value>,
    /// The version at which this property was last asked for, not the document's latest.
    pub(crate) desired_version: Option<u64>,
    pub(crate) reported: Option<&'a Value>,
    pub(crate) online: bool,
    /// Values may stand inside `{"value": ..}` without an acknowledgement (capability models).
    pub(crate) wrapped: bool,
    pub(crate) schema: Option<&'a Schema>,
}

/// What the page shows for it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) desired: Option<Value>,
    pub(crate) reported: Option<Value>,
    pub(crate) sync: Sync,
    /// The device's code, also where its acknowledgement is of an older wish.
    pub(crate) code: Option<i64>,
    /// The version the device acknowledged.
    pub(crate) acknowledged: Option<u64>,
    /// The device's own words.
    pub(crate) description: Option<String>,
    /// Synced, but the device chose another value than it was asked for.
    pub(crate) differs: bool,
    /// What an operator would wonder about, in English.
    pub(crate) note: Option<String>,
}

/// The state shown under a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sync {
    /// Neither asked for nor reported.
    None,
    /// Only the device said something.
    Reported,
    /// Asked for, and not acknowledged since.
    Pending,
    /// Acknowledged with 201, 202 or 203: the device is at it.
    Working,
    Synced,
    /// Acknowledged with a code that says no.
    Error,
}

/// A device's acknowledgement, whichever format it came in.
struct Ack {
    value: Option<Value>,
    version: Option<u64>,
    code: Option<i64>,
    text: Option<String>,
}

/// Derives the state of one property.
pub(crate) fn derive(inputs: &Inputs<'_>) -> Outcome {
    let desired =
        inputs.desired.map(|value| if inputs.wrapped { unwrap_value(value) } else { value.clone() });
    let ack = inputs.reported.and_then(read_ack);
    let reported = match (&ack, inputs.reported) {
        (Some(ack), _) => ack.value.clone(),
        (None, Some(value)) if inputs.wrapped => Some(unwrap_value(value)),
        (None, value) => value.cloned(),
    };
    let sync = match &desired {
        None if reported.is_some() => Sync::Reported,
        None => Sync::None,
        Some(_) => judge(inputs.desired_version, ack.as_ref()),
    };
    let mut outcome = Outcome {
        code: ack.as_ref().and_then(|ack| ack.code),
        acknowledged: ack.as_ref().and_then(|ack| ack.version),
        description: ack.and_then(|ack| ack.text),
        differs: sync == Sync::Synced && chose_otherwise(desired.as_ref(), reported.as_ref()),
        note: None,
        desired,
        reported,
        sync,
    };
    outcome.note = note(inputs, &outcome);
    outcome
}

/// An acknowledgement of an older wish, or a value without one, clears nothing.
fn judge(wanted: Option<u64>, ack: Option<&Ack>) -> Sync {
    let wanted = wanted.unwrap_or(0);
    match ack.filter(|ack| ack.version.is_some_and(|version| version >= wanted)) {
        None => Sync::Pending,
        Some(ack) => match ack.code.unwrap_or(200) {
            200 => Sync::Synced,
            201..=299 => Sync::Working,
            _ => Sync::Error,
        },
    }
}

fn chose_otherwise(asked: Option<&Value>, told: Option<&Value>) -> bool {
    matches!((asked, told), (Some(asked), Some(told)) if !same(asked, told))
}

fn note(inputs: &Inputs<'_>, outcome: &Outcome) -> Option<String> {
    let (asked, told) = (outcome.desired.as_ref(), outcome.reported.as_ref());
    let mismatch = || {
        let value = told?;
        inputs.schema?.check(value).err().map(|_| format!("type differs from model: {}", type_name(value)))
    };
    let text = match outcome.sync {
        Sync::Pending if !inputs.online => Some("offline: delivered when the device connects".to_owned()),
        Sync::Pending => told.map(|value| format!("device reports {value}, not acknowledged")),
        Sync::Synced if outcome.differs => {
            asked.zip(told).map(|(asked, told)| format!("device chose {told}, you asked {asked}"))
        }
        _ => None,
    };
    text.or_else(|| outcome.description.clone()).or_else(mismatch)
}

fn read_ack(reported: &Value) -> Option<Ack> {
    let object = reported.as_object()?;
    let has = |name: &str| object.contains_key(name);
    let marked = ["ac", "av", "status", "statusCode", "desiredVersion"].into_iter().any(has);
    // a device that found no value to take answers without one
    let bare = has("desiredVersion") && has("status") || has("av") && has("ac");
    if !(has("value") && marked || bare) {
        return None;
    }
    let (newer, older) = newer_first(plug_and_play(object), of_2020(object));
    let value = object.get("value").map(unwrap_value);
    // reports merge: members of a format that the device has left stay, and speak of an older wish
    if newer.version.is_some() && older.version.is_some() && newer.version != older.version {
        return Some(Ack { value, ..newer });
    }
    Some(Ack {
        value,
        version: newer.version,
        code: newer.code.or(older.code),
        text: newer.text.or(older.text),
    })
}

fn newer_first(now: Ack, then: Ack) -> (Ack, Ack) {
    if then.version > now.version { (then, now) } else { (now, then) }
}

/// The acknowledgement of IoT Plug and Play, without its value.
fn plug_and_play(object: &Map<String, Value>) -> Ack {
    Ack {
        value: None,
        version: version(object, "av"),
        code: object.get("ac").and_then(whole),
        text: text(object, "ad"),
    }
}

/// That of the 2020 samples, without its value.
fn of_2020(object: &Map<String, Value>) -> Ack {
    let status = object.get("status");
    let code = object.get("statusCode").and_then(whole);
    Ack {
        value: None,
        version: version(object, "desiredVersion"),
        code: code.or_else(|| whole(status?)).or_else(|| code_of_text(status?.as_str()?)),
        text: text(object, "message"),
    }
}

fn version(object: &Map<String, Value>, name: &str) -> Option<u64> {
    object.get(name).and_then(whole).and_then(|version| u64::try_from(version).ok())
}

fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    Some(object.get(name)?.as_str()?.to_owned())
}

/// A whole number, also when it is written with a fraction of zero.
fn whole(value: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "it saturates, and no version or code is that large")]
    value
        .as_i64()
        .or_else(|| value.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64))
}

/// The 2020 status text in numbers; text the samples do not use counts as completed.
fn code_of_text(status: &str) -> Option<i64> {
    let status = status.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| status.contains(word));
    Some(match () {
        () if has(&["error", "fail", "invalid"]) => 500,
        () if has(&["pending", "progress"]) => 202,
        () if status.is_empty() => return None,
        () if let Ok(code) = status.parse() => code,
        () => 200,
    })
}

/// Takes the value out of `{"value": v}`; anything else is itself.
fn unwrap_value(value: &Value) -> Value {
    match value.as_object() {
        Some(object) if object.len() == 1 => object.get("value").unwrap_or(value).clone(),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[expect(clippy::needless_pass_by_value, reason = "the cases are literals")]
    fn run(desired: Option<Value>, reported: Option<Value>, wrapped: bool) -> Outcome {
        let (desired, reported) = (desired.as_ref(), reported.as_ref());
        let desired_version = desired.map(|_| 7);
        derive(&Inputs { desired, desired_version, reported, online: true, wrapped, schema: None })
    }

    #[test]
    fn derives_every_state_of_the_table() {
        let cases = [
            (None, None, Sync::None),
            (None, Some(json!(1)), Sync::Reported),
            (Some(json!(2)), None, Sync::Pending),
            (Some(json!(2)), Some(json!(2)), Sync::Pending),
            (Some(json!(2)), Some(json!({ "value": 2, "ac": 200, "av": 6 })), Sync::Pending),
            (Some(json!(2)), Some(json!({ "value": 2, "ac": 200, "av": 7 })), Sync::Synced),
            (Some(json!(2)), Some(json!({ "value": 2, "ac": 202, "av": 7 })), Sync::Working),
            (Some(json!(2)), Some(json!({ "value": 2, "ac": 203, "av": 8 })), Sync::Working),
            (Some(json!(2)), Some(json!({ "value": 1, "ac": 400, "av": 7, "ad": "no" })), Sync::Error),
            (
                Some(json!({ "value": 2 })),
                Some(json!({ "value": 2, "status": "completed", "desiredVersion": 7 })),
                Sync::Synced,
            ),
            (
                Some(json!({ "value": 2 })),
                Some(json!({ "value": 2, "status": "in progress", "desiredVersion": 7 })),
                Sync::Working,
            ),
            (
                Some(json!({ "value": 2 })),
                Some(json!({ "value": 2, "status": "Failed", "desiredVersion": 7 })),
                Sync::Error,
            ),
            (
                Some(json!({ "value": 2 })),
                Some(json!({ "value": 2, "status": 500, "desiredVersion": 7 })),
                Sync::Error,
            ),
            (
                Some(json!({ "value": 2 })),
                Some(json!({ "value": 2, "status": "202", "desiredVersion": 7 })),
                Sync::Working,
            ),
        ];
        for (desired, reported, expected) in cases {
            let wrapped = desired.as_ref().is_some_and(Value::is_object);
            let shown = format!("{desired:?} / {reported:?}");
            assert_eq!(run(desired, reported, wrapped).sync, expected, "{shown}");
        }
    }

    #[test]
    fn reads_the_mixed_format_and_unwraps_the_extra_value() {
        let mixed = json!({ "value": { "value": "Contoso" }, "status": "completed",
            "desiredVersion": 7, "ad": "completed", "av": 7, "ac": 200 });
        let outcome = run(Some(json!({ "value": "Contoso" })), Some(mixed), true);
        assert_eq!((outcome.sync, outcome.reported), (Sync::Synced, Some(json!("Contoso"))));
    }

    #[test]
    fn an_acknowledgement_is_read_in_the_format_that_speaks_of_the_newer_wish() {
        let left = json!({ "value": 2, "ac": 400, "av": 2, "ad": "no", "statusCode": 200, "status": "completed",
            "desiredVersion": 7 });
        let outcome = run(Some(json!(2)), Some(left), true);
        assert_eq!((outcome.sync, outcome.code, outcome.description), (Sync::Synced, Some(200), None));
        let back =
            json!({ "value": 1, "ac": 400, "av": 7, "ad": "no", "status": "completed", "desiredVersion": 2 });
        let outcome = run(Some(json!(2)), Some(back), true);
        assert_eq!((outcome.sync, outcome.description.as_deref()), (Sync::Error, Some("no")));
    }

    #[test]
    fn a_whole_double_is_the_integer_that_was_asked_for() {
        for (asked, told) in [(json!(2), json!(2.0)), (json!({ "rate": [1.0] }), json!({ "rate": [1] }))] {
            let outcome = run(Some(asked), Some(json!({ "value": told, "ac": 200, "av": 7 })), false);
            assert_eq!((outcome.sync, outcome.note), (Sync::Synced, None));
        }
    }

    #[test]
    fn explains_what_an_operator_would_wonder_about() {
        let chose = run(Some(json!(5)), Some(json!({ "value": 2, "ac": 200, "av": 7 })), false);
        assert_eq!(chose.note.as_deref(), Some("device chose 2, you asked 5"));
        let bare = run(Some(json!(2)), Some(json!(1)), false);
        assert_eq!(bare.note.as_deref(), Some("device reports 1, not acknowledged"));
        let refused = run(Some(json!(2)), Some(json!({ "value": 1, "ac": 400, "av": 7, "ad": "no" })), false);
        assert_eq!((refused.note.as_deref(), refused.code), (Some("no"), Some(400)));
        let schema = Schema::primitive("boolean");
        let text = json!("true");
        let outcome = derive(&Inputs {
            desired: None,
            desired_version: None,
            reported: Some(&text),
            online: true,
            wrapped: true,
            schema: Some(&schema),
        });
        assert_eq!(outcome.note.as_deref(), Some("type differs from model: string"));
    }

    #[test]
    fn an_acknowledgement_without_a_value_counts_by_its_version() {
        for (told, expected) in [
            (json!({ "status": "completed", "desiredVersion": 7 }), Sync::Synced),
            (json!({ "status": "completed", "desiredVersion": 6 }), Sync::Pending),
            (json!({ "ac": 400, "av": 7.0, "ad": "no" }), Sync::Error),
        ] {
            let outcome = run(Some(json!(2)), Some(told.clone()), false);
            assert_eq!((outcome.sync, outcome.reported, outcome.differs), (expected, None, false), "{told}");
        }
    }

    proptest! {
        /// Whatever a device reports, the state of a property without a wish never asks the operator to wait.
        #[test]
        fn without_a_wish_nothing_is_pending(code in any::<i64>(), version in any::<u64>(), text in ".{0,12}") {
            let ack = json!({ "value": 1, "ac": code, "av": version, "status": text });
            prop_assert_eq!(run(None, Some(ack), false).sync, Sync::Reported);
        }

        /// Time and connection change words, not states.
        #[test]
        fn an_older_acknowledgement_leaves_it_pending_with_any_code(code in any::<i64>(), version in 0u64..7) {
            let ack = json!({ "value": 2, "ac": code, "av": version });
            prop_assert_eq!(run(Some(json!(2)), Some(ack), false).sync, Sync::Pending);
        }
    }
}
