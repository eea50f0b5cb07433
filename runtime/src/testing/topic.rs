//! What a device publishes, from the hub's side: the reverse of the runtime's own topics, read strictly.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// A topic that a device may publish to.
#[derive(Debug, PartialEq)]
pub(super) enum Published<'a> {
    Telemetry { properties: BTreeMap<String, String> },
    TwinGet { request_id: &'a str },
    Reported { request_id: &'a str },
    Answer { status: u16, request_id: &'a str },
    Register { request_id: &'a str },
}

impl<'a> Published<'a> {
    /// Reads a topic; `client_id` is the one of the CONNECT packet, which telemetry has to name.
    pub(super) fn parse(topic: &'a str, client_id: &str) -> Option<Self> {
        let id = |query: &'a str| query.strip_prefix("$rid=").filter(|id| !id.is_empty());
        if let Some(query) = topic.strip_prefix("$iothub/twin/GET/?") {
            return Some(Self::TwinGet { request_id: id(query)? });
        }
        if let Some(query) = topic.strip_prefix("$iothub/twin/PATCH/properties/reported/?") {
            return Some(Self::Reported { request_id: id(query)? });
        }
        if let Some(rest) = topic.strip_prefix("$iothub/methods/res/") {
            let (status, query) = rest.split_once("/?")?;
            return Some(Self::Answer { status: status.parse().ok()?, request_id: id(query)? });
        }
        if let Some(query) = topic.strip_prefix("$dps/registrations/PUT/iotdps-register/?") {
            return Some(Self::Register { request_id: id(query)? });
        }
        let owner = client_id.replacen('/', "/modules/", 1);
        let rest = topic.strip_prefix("devices/")?.strip_prefix(&owner)?;
        let properties = bag(rest.strip_prefix("/messages/events/")?)?;
        Some(Self::Telemetry { properties })
    }
}

/// A property bag: `key=value` pairs, percent-encoded.
fn bag(text: &str) -> Option<BTreeMap<String, String>> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8().ok().map(String::from);
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

/// Whether a device may subscribe to it.
pub(super) fn is_subscription(filter: &str) -> bool {
    let fixed = [
        "$iothub/methods/POST/#",
        "$iothub/twin/res/#",
        "$iothub/twin/PATCH/properties/desired/#",
        "$dps/registrations/res/#",
    ];
    let messages = filter.starts_with("devices/") && filter.ends_with("/messages/devicebound/#");
    fixed.contains(&filter) || messages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_publishes_is_read_and_nothing_else() {
        let bag = BTreeMap::from([("$.mid".to_owned(), "a b".to_owned()), ("x".to_owned(), String::new())]);
        let cases = [
            ("devices/d/messages/events/%24.mid=a%20b&x=", Published::Telemetry { properties: bag }),
            ("$iothub/twin/GET/?$rid=1", Published::TwinGet { request_id: "1" }),
            ("$iothub/methods/res/200/?$rid=a1", Published::Answer { status: 200, request_id: "a1" }),
        ];
        for (topic, expected) in cases {
            assert_eq!(Published::parse(topic, "d"), Some(expected), "{topic}");
        }
        assert!(Published::parse("devices/d/modules/m/messages/events/", "d/m").is_some());
        for topic in
            ["devices/e/messages/events/", "$iothub/twin/GET/?$rid=", "$iothub/twin/get/?$rid=1", "x"]
        {
            assert_eq!(Published::parse(topic, "d"), None, "{topic}");
        }
    }
}
