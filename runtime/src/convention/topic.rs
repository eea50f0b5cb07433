//! MQTT topics: those a device subscribes and publishes to, and the parsing of those it receives.
//!
//! Begin with [`Received::parse`]. A topic that is none of ours is `None`, never an error: hubs may add some.

use super::Principal;

/// Everything a device subscribes to at its hub.
pub(crate) const SUBSCRIPTIONS: [&str; 3] =
    ["$iothub/methods/POST/#", "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#"];
/// What a device subscribes to for messages from the cloud.
pub(crate) fn messages(receiver: &Principal) -> String {
    format!("{}/messages/devicebound/#", receiver.path())
}

/// Everything a device subscribes to at the provisioning service.
pub(crate) const PROVISIONING_SUBSCRIPTION: &str = "$dps/registrations/res/#";

/// What telemetry topics begin with; the property bag follows.
pub(crate) fn telemetry(sender: &Principal) -> String {
    format!("{}/messages/events/", sender.path())
}

pub(crate) fn twin_get(request_id: u32) -> String {
    format!("$iothub/twin/GET/?$rid={request_id}")
}

pub(crate) fn twin_report(request_id: u32) -> String {
    format!("$iothub/twin/PATCH/properties/reported/?$rid={request_id}")
}

/// `request_id` is given back as received: it is the hub's.
pub(crate) fn method_answer(status: u16, request_id: &str) -> String {
    format!("$iothub/methods/res/{status}/?$rid={request_id}")
}

pub(crate) fn register(request_id: u32) -> String {
    format!("$dps/registrations/PUT/iotdps-register/?$rid={request_id}")
}

pub(crate) fn operation_status(request_id: u32, operation_id: &str) -> String {
    format!("$dps/registrations/GET/iotdps-get-operationstatus/?$rid={request_id}&operationId={operation_id}")
}

/// A topic the hub published to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Received<'a> {
    /// A direct method; the name may be `component*command`.
    Method { name: &'a str, request_id: &'a str },
    /// The answer to a twin request of ours.
    TwinAnswer { status: u16, request_id: u32 },
    /// A desired properties patch with the version after it.
    Desired { version: i64 },
    /// A message from the cloud with its property bag.
    Message { bag: &'a str },
}

impl<'a> Received<'a> {
    pub(crate) fn parse(topic: &'a str) -> Option<Self> {
        if let Some(rest) = topic.strip_prefix("devices/") {
            let (_, bag) = rest.split_once("/messages/devicebound/")?;
            return Some(Self::Message { bag });
        }
        let topic = topic.strip_prefix("$iothub/")?;
        if let Some(rest) = topic.strip_prefix("methods/POST/") {
            let (name, query) = rest.split_once("/?")?;
            let request_id = query_value(query, "$rid").filter(|id| !id.is_empty())?;
            return Some(Self::Method { name, request_id });
        }
        if let Some(rest) = topic.strip_prefix("twin/res/") {
            let (status, query) = rest.split_once("/?")?;
            let request_id = query_value(query, "$rid")?.parse().ok()?;
            return Some(Self::TwinAnswer { status: status.parse().ok()?, request_id });
        }
        let query = topic.strip_prefix("twin/PATCH/properties/desired/?")?;
        Some(Self::Desired { version: query_value(query, "$version")?.parse().ok()? })
    }
}

/// An answer of the provisioning service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProvisioningAnswer {
    pub(crate) status: u16,
    pub(crate) request_id: u32,
    /// Seconds to wait before asking again.
    pub(crate) retry_after: Option<u32>,
}

impl ProvisioningAnswer {
    pub(crate) fn parse(topic: &str) -> Option<Self> {
        let (status, query) = topic.strip_prefix("$dps/registrations/res/")?.split_once("/?")?;
        Some(Self {
            status: status.parse().ok()?,
            request_id: query_value(query, "$rid")?.parse().ok()?,
            retry_after: query_value(query, "retry-after").and_then(|seconds| seconds.parse().ok()),
        })
    }
}

fn query_value<'a>(query: &'a str, key: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_hubs_topics_are_read() {
        let cases = [
            (
                "$iothub/methods/POST/sensor*blink/?$rid=a1",
                Received::Method { name: "sensor*blink", request_id: "a1" },
            ),
            ("$iothub/twin/res/204/?$rid=7&$version=3", Received::TwinAnswer { status: 204, request_id: 7 }),
            ("$iothub/twin/PATCH/properties/desired/?$version=5", Received::Desired { version: 5 }),
            ("devices/d/messages/devicebound/%24.mid=1&a=b", Received::Message { bag: "%24.mid=1&a=b" }),
            ("devices/d/messages/devicebound/", Received::Message { bag: "" }),
        ];
        for (topic, expected) in cases {
            assert_eq!(Received::parse(topic), Some(expected), "{topic}");
        }
        for topic in
            ["$iothub/methods/POST/x/?$rid=", "$iothub/twin/res/x/?$rid=1", "devices/d/messages/events/"]
        {
            assert_eq!(Received::parse(topic), None, "{topic}");
        }
    }

    #[test]
    fn the_provisioning_services_answers_are_read() {
        assert_eq!(
            ProvisioningAnswer::parse("$dps/registrations/res/202/?$rid=1&retry-after=3"),
            Some(ProvisioningAnswer { status: 202, request_id: 1, retry_after: Some(3) })
        );
    }

    #[test]
    fn our_topics_are_the_documented_ones() {
        let mut sender = Principal::device("d");
        assert_eq!(telemetry(&sender), "devices/d/messages/events/");
        sender.module_id = Some("m".to_owned());
        assert_eq!(telemetry(&sender), "devices/d/modules/m/messages/events/");
        assert_eq!(method_answer(200, "1f"), "$iothub/methods/res/200/?$rid=1f");
        assert_eq!(
            operation_status(2, "4.x"),
            "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=4.x"
        );
    }

    proptest! {
        #[test]
        fn no_topic_makes_parsing_panic(any in "\\PC{0,40}", near in "\\$iothub/(methods/POST|twin/res)/[/?$=&a-z0-9é]{0,30}") {
            for topic in [any, near] {
                let _ = (Received::parse(&topic), ProvisioningAnswer::parse(&topic));
            }
        }
    }
}
