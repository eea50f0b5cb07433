//! The property bag at the end of a telemetry topic.
//!
//! Keys and values are percent-encoded, `$` included, as the official SDKs do; `+` and `#` never appear, because they
//! are MQTT wildcards and a hub cuts the connection at them.

use super::percent_encode;

/// The bag of a telemetry message: content type and encoding (message routing needs both), message id, component.
pub(crate) fn telemetry_bag(message_id: &str, component: Option<&str>) -> String {
    let mut bag = format!("%24.ct=application%2Fjson&%24.ce=utf-8&%24.mid={}", percent_encode(message_id));
    if let Some(component) = component {
        bag.push_str("&%24.sub=");
        bag.push_str(&percent_encode(component));
    }
    bag
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bag_is_the_one_the_official_sdks_write() {
        assert_eq!(
            telemetry_bag("a-1", Some("sensor")),
            "%24.ct=application%2Fjson&%24.ce=utf-8&%24.mid=a-1&%24.sub=sensor"
        );
        assert_eq!(percent_encode("a b=c/d&e"), "a%20b%3Dc%2Fd%26e");
    }

    proptest! {
        #[test]
        fn no_id_can_break_the_topic(id in "\\PC{0,20}") {
            let bag = telemetry_bag(&id, Some(&id));
            prop_assert!(bag.is_ascii() && !bag.contains(['+', '#', '/', ' ', '?']));
            prop_assert_eq!(bag.matches('&').count(), 3);
        }
    }
}
