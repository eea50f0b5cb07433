//! The device topics of IoT Hub and DPS: their text in, a [`Topic`] out, and the texts the hub publishes to.
//!
//! Decides what a topic means and reads property bags; it does not decide who may use it.
//! Begin with [`Topic::parse`]. Facts: protocol reference, sections 1.2, 2.4 and 2.5.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::json;

/// The longest topic that MQTT can write, in bytes.
pub(crate) const TOPIC_LIMIT: usize = u16::MAX as usize;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A topic a device publishes to, with the parts the hub needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Topic<'a> {
    /// `devices/{path}/messages/events/{bag}`, where the path of a module is `{device}/modules/{module}`
    Telemetry { path: &'a str, bag: Bag },
    /// `$iothub/twin/GET/?$rid={rid}`
    TwinGet { rid: &'a str },
    /// `$iothub/twin/PATCH/properties/reported/?$rid={rid}`
    TwinPatch { rid: &'a str },
    /// `$iothub/methods/res/{status}/?$rid={rid}`
    MethodAnswer { status: i32, rid: &'a str },
    /// `$dps/registrations/PUT/iotdps-register/?$rid={rid}`
    DpsRegister { rid: &'a str },
    /// `$dps/registrations/GET/iotdps-get-operationstatus/?$rid={rid}&operationId={id}`
    DpsPoll { rid: &'a str, operation: &'a str },
}

/// Why a topic is refused: the connection is closed and the log says this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TopicError {
    #[error("it is not a topic of IoT Hub")]
    Unknown,
    #[error("its query has no {0}")]
    MissingParameter(&'static str),
    #[error("the method status is not a whole number")]
    Status,
    #[error("the property bag has a part that is not percent-encoded UTF-8: {0:?}")]
    Bag(String),
}

impl<'a> Topic<'a> {
    /// Reads the topic of a device's PUBLISH.
    pub(crate) fn parse(topic: &'a str) -> Result<Self, TopicError> {
        if let Some(rest) = topic.strip_prefix("devices/") {
            let (path, bag) = rest.split_once("/messages/events").ok_or(TopicError::Unknown)?;
            let bag = match bag {
                "" => "",
                _ => bag.strip_prefix('/').ok_or(TopicError::Unknown)?,
            };
            return Ok(Self::Telemetry { path, bag: Bag::parse(bag)? });
        }
        let (path, query) = topic.split_once("/?").ok_or(TopicError::Unknown)?;
        let rid = || parameter(query, "$rid").ok_or(TopicError::MissingParameter("$rid"));
        match path {
            "$iothub/twin/GET" => Ok(Self::TwinGet { rid: rid()? }),
            "$iothub/twin/PATCH/properties/reported" => Ok(Self::TwinPatch { rid: rid()? }),
            "$dps/registrations/PUT/iotdps-register" => Ok(Self::DpsRegister { rid: rid()? }),
            "$dps/registrations/GET/iotdps-get-operationstatus" => Ok(Self::DpsPoll {
                rid: rid()?,
                operation: parameter(query, "operationId")
                    .ok_or(TopicError::MissingParameter("operationId"))?,
            }),
            _ => {
                let status = path.strip_prefix("$iothub/methods/res/").ok_or(TopicError::Unknown)?;
                Ok(Self::MethodAnswer {
                    status: status.parse().map_err(|_| TopicError::Status)?,
                    rid: rid()?,
                })
            }
        }
    }
}

/// How the id of a device or a module stands in topics and tokens: `{device}` or `{device}/modules/{module}`.
pub(crate) fn path(id: &str) -> Cow<'_, str> {
    match id.split_once('/') {
        None => Cow::Borrowed(id),
        Some((device, module)) => Cow::Owned(format!("{device}/modules/{module}")),
    }
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))
        .map(|(_, value)| value)
}

/// The filters a device may subscribe to, and what each one turns on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subscription {
    TwinResponses,
    DesiredPatches,
    Methods,
    CloudToDevice,
    /// Messages of other modules, which only IoT Edge routes: a module may listen, and nothing comes.
    ModuleInputs,
    Registration,
}

impl Subscription {
    /// Reads a filter of a connected device; `None` means IoT Hub does not know it.
    pub(crate) fn of_device(filter: &str, device: &str) -> Option<Self> {
        const TABLE: [(&str, Subscription); 3] = [
            ("$iothub/twin/res/#", Subscription::TwinResponses),
            ("$iothub/twin/PATCH/properties/desired/#", Subscription::DesiredPatches),
            ("$iothub/methods/POST/#", Subscription::Methods),
        ];
        if let Some((_, found)) = TABLE.iter().find(|(text, _)| *text == filter) {
            return Some(*found);
        }
        let (own, is_module) = (path(device), device.contains('/'));
        match filter.strip_prefix("devices/")?.strip_prefix(&*own)? {
            "/messages/devicebound/#" if !is_module => Some(Self::CloudToDevice),
            "/inputs/#" if is_module => Some(Self::ModuleInputs),
            _ => None,
        }
    }

    /// Reads a filter of a connection to the provisioning service.
    pub(crate) fn of_registration(filter: &str) -> Option<Self> {
        (filter == "$dps/registrations/res/#").then_some(Self::Registration)
    }
}

/// The topic of a twin answer.
pub(crate) fn twin_response(status: u16, rid: &str, version: Option<u64>) -> String {
    let version = version.map(|v| format!("&$version={v}")).unwrap_or_default();
    format!("$iothub/twin/res/{status}/?$rid={rid}{version}")
}

/// The topic of a desired-property notification.
pub(crate) fn desired_patch(version: u64) -> String {
    format!("$iothub/twin/PATCH/properties/desired/?$version={version}")
}

/// The topic of a method call.
pub(crate) fn method_request(name: &str, rid: u64) -> String {
    format!("$iothub/methods/POST/{name}/?$rid={rid:x}")
}

/// Whether a topic is that of the method call with this number.
pub(crate) fn is_method_request(topic: &str, rid: u64) -> bool {
    let of = topic.strip_prefix("$iothub/methods/POST/").and_then(|rest| rest.rsplit_once("/?$rid="));
    of.is_some_and(|(_, number)| number == format!("{rid:x}"))
}

/// The topic of a message to a device.
pub(crate) fn message(device: &str, properties: &BTreeMap<String, String>) -> String {
    let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
    let mut topic = format!("devices/{device}/messages/devicebound/");
    let to = format!("/devices/{device}/messages/devicebound");
    let all = [("$.to", to.as_str())].into_iter();
    let own = properties.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let pairs = all.chain(own).map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    topic.push_str(&pairs.collect::<Vec<_>>().join("&"));
    topic
}

/// The topic of an answer of the provisioning service.
pub(crate) fn registration_response(status: u16, rid: &str, retry_after: Option<u32>) -> String {
    let retry = retry_after.map(|s| format!("&retry-after={s}")).unwrap_or_default();
    format!("$dps/registrations/res/{status}/?$rid={rid}{retry}")
}

/// A message's properties, decoded. `None` is a bare key (null), `Some("")` is `key=`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bag(BTreeMap<String, Option<String>>);

impl Bag {
    /// Reads `k=v&k2=v2`, percent-encoded on both sides (`$` may be raw or encoded).
    pub(crate) fn parse(text: &str) -> Result<Self, TopicError> {
        let mut bag = BTreeMap::new();
        for part in text.split('&').filter(|part| !part.is_empty()) {
            let (key, value) = match part.split_once('=') {
                Some((key, value)) => (key, Some(decode(value)?)),
                None => (part, None),
            };
            bag.insert(decode(key)?, value);
        }
        Ok(Self(bag))
    }

    /// The value of a property that is present and not null.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_deref()
    }

    /// Adds a property the hub itself sets.
    pub(crate) fn insert(&mut self, key: &str, value: &str) {
        self.0.insert(key.to_owned(), Some(value.to_owned()));
    }

    /// All properties; one without a value is empty.
    pub(crate) fn to_map(&self) -> BTreeMap<String, String> {
        self.0.iter().map(|(key, value)| (key.clone(), value.clone().unwrap_or_default())).collect()
    }

    /// The properties as an object of JSON, if there are any, in the order of their names and without those that would make
    /// it longer than `limit` bytes; whether any is left out.
    pub(crate) fn to_json(&self, limit: usize) -> (Option<Arc<str>>, bool) {
        let (mut text, mut left_out) = (String::new(), false);
        for (key, value) in &self.0 {
            let pair = format!("{}:{}", json!(key), json!(value));
            // with what stands before it and behind it
            let fits = text.len() + pair.len() + 2 <= limit;
            left_out |= !fits;
            if fits {
                text.push(if text.is_empty() { '{' } else { ',' });
                text += &pair;
            }
        }
        ((!text.is_empty()).then(|| (text + "}").into()), left_out)
    }

    /// The component the message is about (`$.sub`).
    pub(crate) fn component(&self) -> Option<&str> {
        self.get("$.sub").filter(|name| !name.is_empty())
    }
}

/// Whether a character may stand in a property bag as it is: a URI has no others (RFC 3986), but for percent signs.
fn is_plain(character: char) -> bool {
    character.is_ascii_graphic() && !"\"<>\\^`{|}".contains(character)
}

fn decode(text: &str) -> Result<String, TopicError> {
    if !text.chars().all(is_plain) {
        return Err(TopicError::Bag(text.to_owned()));
    }
    let mut rest = text;
    while let Some((_, tail)) = rest.split_once('%') {
        let hex = tail.as_bytes().get(..2).filter(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        hex.ok_or_else(|| TopicError::Bag(text.to_owned()))?;
        rest = tail;
    }
    percent_decode_str(text).decode_utf8().map(Cow::into_owned).map_err(|_| TopicError::Bag(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_topics_of_the_official_clients() {
        assert_eq!(Topic::parse("$iothub/twin/GET/?$rid=a-b"), Ok(Topic::TwinGet { rid: "a-b" }));
        assert_eq!(
            Topic::parse("$iothub/twin/PATCH/properties/reported/?$rid=1"),
            Ok(Topic::TwinPatch { rid: "1" })
        );
        assert_eq!(
            Topic::parse("$iothub/methods/res/200/?$rid=7"),
            Ok(Topic::MethodAnswer { status: 200, rid: "7" })
        );
        assert_eq!(
            Topic::parse("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=4.x"),
            Ok(Topic::DpsPoll { rid: "2", operation: "4.x" })
        );
        assert_eq!(Topic::parse("home/kitchen"), Err(TopicError::Unknown));
        assert_eq!(Topic::parse("$iothub/twin/GET/?x=1"), Err(TopicError::MissingParameter("$rid")));
    }

    #[test]
    fn decodes_keys_and_values_of_a_bag_and_keeps_plus_signs() {
        let text = "%24.ct=application%2Fjson&%24.sub=sensor&a%20b=c%2Fd%26e&empty=&bare&p=1+1";
        let bag = Bag::parse(text).unwrap();
        assert_eq!(bag.get("$.ct"), Some("application/json"));
        assert_eq!(bag.component(), Some("sensor"));
        assert_eq!(bag.get("a b"), Some("c/d&e"));
        assert_eq!(bag.get("empty"), Some(""));
        assert_eq!(bag.get("bare"), None);
        assert_eq!(bag.get("p"), Some("1+1"));
        assert_eq!(Bag::parse("$.sub=x").unwrap().component(), Some("x"));
    }

    #[test]
    fn refuses_a_bag_that_is_not_percent_encoded() {
        assert!(matches!(Bag::parse("a=100%"), Err(TopicError::Bag(_))));
        assert!(matches!(Bag::parse("a=%ff"), Err(TopicError::Bag(_))));
        for raw in ["a=b c", "a b=c", "a=\u{e9}", "a={}", "a=\"b\"", "a=\t"] {
            assert!(matches!(Bag::parse(raw), Err(TopicError::Bag(_))), "{raw:?}");
        }
        assert!(Bag::parse("$.ctime=2026-01-02T03:04:05Z&$.ct=application/json&a=(b)~c;d,e@f!'*").is_ok());
    }

    #[test]
    fn a_messages_properties_stand_encoded_in_its_topic() {
        let properties =
            BTreeMap::from([("$.mid".to_owned(), "1".to_owned()), ("a b".to_owned(), "c/d".to_owned())]);
        let expected = "devices/d/messages/devicebound/%24.to=%2Fdevices%2Fd%2Fmessages%2Fdevicebound&%24.mid=1&a%20b=c%2Fd";
        assert_eq!(message("d", &properties), expected);
    }

    #[test]
    fn takes_only_the_devices_own_inbox() {
        let filter = "devices/d1/messages/devicebound/#";
        assert_eq!(Subscription::of_device(filter, "d1"), Some(Subscription::CloudToDevice));
        assert_eq!(Subscription::of_device(filter, "d2"), None);
        assert_eq!(Subscription::of_device("#", "d1"), None);
        assert_eq!(Subscription::of_device("devices/d1/modules/m/messages/devicebound/#", "d1/m"), None);
        let inputs = Subscription::of_device("devices/d1/modules/m/inputs/#", "d1/m");
        assert_eq!(inputs, Some(Subscription::ModuleInputs));
        assert_eq!(Subscription::of_device("devices/d1/inputs/#", "d1"), None);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "[$a-zé/?&=%0-9#+]{0,60}") {
            let _ = Topic::parse(&text);
            let _ = Bag::parse(&text);
        }
    }
}
