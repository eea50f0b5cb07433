//! The property bag at the end of a telemetry topic.
//!
//! Keys and values are percent-encoded, `$` included, as the official SDKs do; `+` and `#` never appear, because they
//! are MQTT wildcards and a hub cuts the connection at them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use percent_encoding::{percent_decode, utf8_percent_encode};

use super::{RESERVED, percent_encode};
use crate::time::DateTime;

/// Content type and encoding; message routing needs both (protocol 2.5).
const HEAD: &str = "%24.ct=application%2Fjson&%24.ce=utf-8&%24.mid=";

/// The bag of a telemetry message: content type and encoding, message id, component, and properties that are encoded
/// already. `run` and `number` make up the message id; `run` needs no encoding.
pub(crate) fn write_bag(
    bag: &mut Vec<u8>,
    (run, number): (&str, u64),
    component: Option<&str>,
    properties: &str,
) {
    bag.extend_from_slice(HEAD.as_bytes());
    bag.extend_from_slice(run.as_bytes());
    bag.push(b'-');
    write_number(bag, number);
    if let Some(component) = component {
        bag.extend_from_slice(b"&%24.sub=");
        bag.extend(utf8_percent_encode(component, RESERVED).flat_map(str::bytes));
    }
    bag.extend_from_slice(properties.as_bytes());
}

/// `&name=value`, encoded.
pub(crate) fn property(name: &str, value: &str) -> String {
    format!("&{}={}", percent_encode(name), percent_encode(value))
}

/// When a message was created, as the property that Azure IoT Central and message routing read (protocol 2.5: UTC, `Z`),
/// to the millisecond.
pub(crate) fn creation_time(moment: SystemTime) -> String {
    let whole = moment.duration_since(UNIX_EPOCH).ok().and_then(|since| {
        let finer = Duration::from_nanos((since.subsec_nanos() % 1_000_000).into());
        UNIX_EPOCH.checked_add(since.checked_sub(finer)?)
    });
    property("iothub-creation-time-utc", DateTime::from(whole.unwrap_or(moment)).as_ref())
}

/// The message id in a bag.
pub(crate) fn message_id(bag: &[u8]) -> String {
    let value = bag.split(|byte| *byte == b'&').find_map(|pair| pair.strip_prefix(b"%24.mid="));
    percent_decode(value.unwrap_or_default()).decode_utf8_lossy().into_owned()
}

fn write_number(bag: &mut Vec<u8>, mut number: u64) {
    const DIGITS: usize = 20;
    let mut text = [b'0'; DIGITS];
    let mut first = DIGITS;
    loop {
        first -= 1;
        text[first] = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
        if number == 0 {
            return bag.extend_from_slice(&text[first..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bag(number: u64, component: Option<&str>, properties: &str) -> String {
        let mut bag = Vec::new();
        write_bag(&mut bag, ("a", number), component, properties);
        String::from_utf8(bag).unwrap()
    }

    #[test]
    fn the_bag_is_the_one_the_official_sdks_write() {
        assert_eq!(
            bag(1, Some("sensor"), &property("a b", "c/d&e")),
            "%24.ct=application%2Fjson&%24.ce=utf-8&%24.mid=a-1&%24.sub=sensor&a%20b=c%2Fd%26e"
        );
    }

    #[test]
    fn a_creation_time_is_written_to_the_millisecond() {
        let moment = |nanoseconds| UNIX_EPOCH + Duration::new(1_764_075_600, nanoseconds);
        let head = "&iothub-creation-time-utc=2025-11-25T13%3A00%3A00";
        assert_eq!(creation_time(moment(0)), format!("{head}Z"));
        assert_eq!(creation_time(moment(123_456_789)), format!("{head}.123Z"));
    }

    proptest! {
        #[test]
        fn no_name_can_break_the_topic(name in "\\PC{0,20}", number: u64) {
            let bag = bag(number, Some(&name), &property(&name, &name));
            prop_assert!(bag.is_ascii() && !bag.contains(['+', '#', '/', ' ', '?']));
            prop_assert_eq!(bag.matches('&').count(), 4);
            prop_assert_eq!(message_id(bag.as_bytes()), format!("a-{number}"));
        }
    }
}
