//! Device-to-cloud messages: what is kept of them and what the page is told.
//!
//! Decides the time of a message, its component and what is wrong with it. Begin with
//! [`State::telemetry`].

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::device::{Latest, LatestValues};
use super::history::{Kind, Row};
use super::{Effect, State};
use crate::columns::NAME_LIMIT;
use crate::message::DeviceMessage;
use crate::topics::Bag;

/// Names a device may have in its latest values; more are kept in the history only.
pub(super) const LATEST_LIMIT: usize = 500;
/// A value longer than this as JSON is kept in the history only.
const LATEST_VALUE_LIMIT: usize = 4096;
/// Most that is kept of a message's properties, in bytes of JSON.
const PROPERTIES_LIMIT: usize = 4096;
/// Bytes shown of a body that is not text.
const HEX_LIMIT: usize = 2048;

impl State {
    /// Takes a message of a device that exists.
    pub(crate) fn telemetry(&mut self, id: &str, bag: &Bag, payload: &[u8], now: Timestamp) {
        let at = device_time(bag).unwrap_or(now);
        let (body, parsed, problem) = read_body(payload);
        let retained = || bag.get("mqtt-retain").map(|_| "RETAIN is not honoured by IoT Hub".to_owned());
        let (properties, left_out) = bag.to_json(PROPERTIES_LIMIT);
        let too_long = || {
            let text = format!("its properties are longer than {PROPERTIES_LIMIT} bytes: not all are kept");
            left_out.then_some(text)
        };
        let problem = problem.or_else(retained).or_else(too_long);
        let component = bag.component();
        if !self.devices.contains_key(id) {
            return;
        }
        if self.observed {
            let (device, properties, body) = (id.to_owned(), bag.to_map(), payload.to_vec());
            self.effects.push(Effect::Took(DeviceMessage { device, properties, body }));
        }
        self.tell_message(id, bag, payload);
        let Some(device) = self.devices.get_mut(id) else {
            return;
        };
        device.record.messages += 1;
        device.record.last_seen = Some(now);
        if let Some(Value::Object(values)) = parsed {
            remember_all(&mut device.latest, component, &values, at, now);
            self.emit_about(
                "telemetry",
                id,
                |_| json!({ "at": at, "component": component, "values": values }),
            );
        }
        let size = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        let component = component.map(str::to_owned);
        self.keep_row(
            id,
            Row {
                seq: 0,
                at,
                received: now,
                kind: Kind::Telemetry,
                component,
                body,
                size,
                problem,
                properties,
            },
        );
    }
}

/// Keeps the values of a message that came `now` as the newest of their names, unless newer ones are known.
pub(super) fn remember_all(
    latest: &mut LatestValues,
    component: Option<&str>,
    values: &Map<String, Value>,
    at: Timestamp,
    now: Timestamp,
) {
    for (name, value) in values {
        let key = (component.map(str::to_owned), name.clone());
        // a clock that ran ahead must not hold the value for ever
        let is_newer = |known: &Latest| known.at > at && known.at <= now;
        if !latest.get(&key).is_some_and(is_newer) {
            remember(latest, component, name, value, at);
        }
    }
}

/// Keeps a value as the newest of its name, if it has its place among them; answers whether.
pub(super) fn remember(
    latest: &mut LatestValues,
    component: Option<&str>,
    name: &str,
    value: &Value,
    at: Timestamp,
) -> bool {
    // kept twice for each value, and with every record of the device: what is longer is in the history only
    if name.len() > NAME_LIMIT || component.is_some_and(|component| component.len() > NAME_LIMIT) {
        return false;
    }
    let key = (component.map(str::to_owned), name.to_owned());
    let known = latest.contains_key(&key);
    if (!known && latest.len() >= LATEST_LIMIT) || value.to_string().len() > LATEST_VALUE_LIMIT {
        return false;
    }
    let (component, name) = key.clone();
    latest.insert(key, Latest { component, name, value: value.clone(), at });
    true
}

/// The time a device gave its message, if it did and it is a time.
fn device_time(bag: &Bag) -> Option<Timestamp> {
    bag.get("iothub-creation-time-utc").or_else(|| bag.get("$.ctime"))?.parse().ok()
}

/// The body as text, as JSON if it is JSON, and what is wrong with it.
fn read_body(payload: &[u8]) -> (String, Option<Value>, Option<String>) {
    let Ok(text) = std::str::from_utf8(payload) else {
        let mut hex = String::new();
        for byte in payload.iter().take(HEX_LIMIT) {
            let _ = write!(hex, "{byte:02x}");
        }
        return (hex, None, Some(format!("{} bytes that are not UTF-8 text, shown in hex", payload.len())));
    };
    match serde_json::from_str::<Value>(text) {
        Ok(value @ Value::Object(_)) => (text.to_owned(), Some(value), None),
        Ok(_) => (text.to_owned(), None, Some("the JSON is not an object".to_owned())),
        Err(error) => (text.to_owned(), None, Some(format!("not JSON: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, connected};
    use super::*;

    #[test]
    fn keeps_latest_values_by_component_and_name() {
        let (mut state, _) = connected("d1");
        state.telemetry("d1", &Bag::default(), br#"{"temp":1,"humid":2}"#, NOW);
        state.telemetry("d1", &Bag::parse("$.sub=a").unwrap(), br#"{"temp":3}"#, NOW);
        let device = state.device("d1").unwrap();
        let shown: Vec<_> = device.latest.values().map(|l| (l.component.as_deref(), &l.value)).collect();
        assert_eq!(shown, [(None, &json!(2)), (None, &json!(1)), (Some("a"), &json!(3))]);
        assert_eq!(device.record.messages, 2);
    }

    #[test]
    fn values_with_long_names_are_in_the_history_only() {
        let (mut state, _) = connected("d1");
        let long = "n".repeat(NAME_LIMIT + 1);
        let body = format!(r#"{{"{long}":1,"{}":2}}"#, &long[1..]);
        state.telemetry("d1", &Bag::default(), body.as_bytes(), NOW);
        state.telemetry("d1", &Bag::parse(&format!("$.sub={long}")).unwrap(), br#"{"a":3}"#, NOW);
        let device = state.device("d1").unwrap();
        assert_eq!(device.latest.values().map(|latest| &latest.value).collect::<Vec<_>>(), [&json!(2)]);
        assert_eq!(device.record.messages, 2);
    }

    #[test]
    fn what_comes_late_is_not_the_latest() {
        let (mut state, _) = connected("d1");
        let day = jiff::SignedDuration::from_hours(24);
        let mut say = |at: Timestamp, body: &str| {
            let mut bag = Bag::default();
            bag.insert("iothub-creation-time-utc", &at.to_string());
            state.telemetry("d1", &bag, body.as_bytes(), NOW);
            state.device("d1").unwrap().latest.values().next().unwrap().value.clone()
        };
        assert_eq!(say(NOW, r#"{"a":1}"#), json!(1));
        assert_eq!(say(NOW - day, r#"{"a":2}"#), json!(1));
        assert_eq!(say(NOW, r#"{"a":3}"#), json!(3));
        assert_eq!(say(NOW + day, r#"{"a":4}"#), json!(4));
        assert_eq!(say(NOW, r#"{"a":5}"#), json!(5), "a clock that ran ahead");
    }

    #[test]
    fn keeps_bodies_that_are_no_json_and_says_what_is_wrong() {
        let (mut state, _) = connected("d1");
        for body in [&b"21.5"[..], b"{", b"\xff\x00"] {
            state.telemetry("d1", &Bag::default(), body, NOW);
        }
        let device = state.device("d1").unwrap();
        let rows: Vec<_> = device.history.iter().filter(|row| row.kind == Kind::Telemetry).collect();
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|row| row.problem.is_some()));
        assert_eq!(rows[2].body, "ff00");
    }

    #[test]
    fn keeps_the_properties_of_a_message_as_far_as_they_are_not_too_long() {
        let (mut state, _) = connected("d1");
        let mut kept = |bag: &str| {
            state.telemetry("d1", &Bag::parse(bag).unwrap(), b"{}", NOW);
            let row = state.device("d1").unwrap().history.iter().next_back().unwrap();
            (row.properties.as_deref().map(str::to_owned), row.problem.is_some())
        };
        let all = r#"{"$.ct":"application/json","level":"high","none":null}"#;
        assert_eq!(kept("$.ct=application%2Fjson&level=high&none"), (Some(all.to_owned()), false));
        assert_eq!(kept(""), (None, false));
        let long = format!("a=1&b={}&c=2", "x".repeat(PROPERTIES_LIMIT));
        assert_eq!(kept(&long), (Some(r#"{"a":"1","c":"2"}"#.to_owned()), true));
    }

    #[test]
    fn takes_the_time_the_device_gives() {
        let (mut state, _) = connected("d1");
        let bag = Bag::parse("iothub-creation-time-utc=2026-01-02T03%3A04%3A05Z").unwrap();
        state.telemetry("d1", &bag, b"{}", NOW);
        let row = state.device("d1").unwrap().history.iter().next_back().unwrap().clone();
        assert_eq!(row.at.to_string(), "2026-01-02T03:04:05Z");
    }
}
