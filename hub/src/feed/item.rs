//! One thing that a device sent or that happened to it, and its JSON.
//!
//! Decides the names of system properties, which are those of IoT Hub's messages at its event endpoint (protocol reference,
//! section 2.5). Begin with [`Item::json`].

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::state::modules::split_module;

/// Properties on the wire that are system properties, and what those are called.
const SYSTEM: [(&str, &str); 11] = [
    ("$.mid", "message-id"),
    ("$.cid", "correlation-id"),
    ("$.uid", "user-id"),
    ("$.to", "to"),
    ("$.ct", "content-type"),
    ("$.ce", "content-encoding"),
    ("$.exp", "absolute-expiry-time"),
    ("$.on", "iothub-output-name"),
    ("$.ctime", "iothub-creation-time-utc"),
    ("$.sub", "dt-subject"),
    ("$.ifid", "iothub-interface-id"),
];

/// IoT Hub's name of a system property on the wire; nothing for a property of the sender's own.
pub(crate) fn system_name(wire: &str) -> Option<&'static str> {
    SYSTEM.iter().find(|(known, _)| *known == wire).map(|(_, name)| *name)
}

/// What sort of thing an item is, by IoT Hub's names for message sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Telemetry,
    Twin,
    Lifecycle,
    Connection,
}

impl Source {
    const ALL: [Self; 4] = [Self::Telemetry, Self::Twin, Self::Lifecycle, Self::Connection];

    /// IoT Hub's name of it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Telemetry => "Telemetry",
            Self::Twin => "twinChangeEvents",
            Self::Lifecycle => "deviceLifecycleEvents",
            Self::Connection => "deviceConnectionStateEvents",
        }
    }

    /// The source of this name.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name().eq_ignore_ascii_case(name))
    }
}

/// What happened, before it has a number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct News {
    pub(crate) source: Source,
    /// A device, or `{device}/{module}`.
    pub(crate) device: String,
    pub(crate) generation: String,
    pub(crate) model_id: Option<String>,
    pub(crate) by_certificate: bool,
    /// As on the wire.
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) sequence: u64,
    pub(crate) at: Timestamp,
    pub(crate) news: News,
}

impl News {
    /// News of a device that says nothing yet.
    #[cfg(test)]
    pub(crate) fn of(source: Source, device: &str) -> Self {
        Self {
            source,
            device: device.to_owned(),
            generation: String::new(),
            model_id: None,
            by_certificate: false,
            properties: BTreeMap::new(),
            body: Vec::new(),
        }
    }

    /// About what it takes in memory.
    pub(crate) fn memory(&self) -> usize {
        let Self { device, generation, model_id, properties, body, .. } = self;
        let texts = properties.iter().map(|(name, value)| name.len() + value.len() + 96);
        let model = model_id.as_ref().map_or(0, String::len);
        size_of::<Self>() + device.len() + generation.len() + model + body.len() + texts.sum::<usize>()
    }

    /// The component that a message is about.
    pub(crate) fn component(&self) -> Option<&str> {
        self.properties.get("$.sub").map(String::as_str).filter(|name| !name.is_empty())
    }

    fn system_properties(&self, at: Timestamp) -> Map<String, Value> {
        let (device, module) = split_module(&self.device)
            .map_or((self.device.as_str(), None), |(device, module)| (device, Some(module)));
        let method = if self.by_certificate { "x509Certificate" } else { "sas" };
        let scope = if module.is_some() { "module" } else { "device" };
        let auth = json!({ "scope": scope, "type": method, "issuer": "iothub" }).to_string();
        let mut all = Map::new();
        for (name, value) in &self.properties {
            if let Some(system) = system_name(name) {
                all.insert(system.to_owned(), value.as_str().into());
            }
        }
        let own = [
            ("iothub-connection-device-id", Some(device.to_owned())),
            ("iothub-connection-module-id", module.map(str::to_owned)),
            ("iothub-connection-auth-generation-id", Some(self.generation.clone())),
            ("iothub-connection-auth-method", Some(auth)),
            ("iothub-enqueuedtime", Some(at.to_string())),
            ("iothub-message-source", Some(self.source.name().to_owned())),
            ("dt-dataschema", self.model_id.clone()),
        ];
        all.extend(own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))));
        all
    }
}

impl Item {
    /// About what it takes in memory.
    pub(super) fn memory(&self) -> usize {
        size_of::<Self>() - size_of::<News>() + self.news.memory()
    }

    /// What other programs read. The body is JSON if it is JSON, else text, else (`bodyBase64`) base64.
    pub(crate) fn json(&self) -> Value {
        let news = &self.news;
        let own: Map<String, Value> = news
            .properties
            .iter()
            .filter(|(name, _)| system_name(name).is_none())
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        let mut line = json!({
            "sequence": self.sequence,
            "enqueuedTime": self.at,
            "systemProperties": news.system_properties(self.at),
            "properties": own,
        });
        let (name, body) = match (serde_json::from_slice(&news.body), std::str::from_utf8(&news.body)) {
            (Ok(value), _) => ("body", value),
            (_, Ok(text)) => ("body", Value::from(text)),
            _ => ("bodyBase64", Value::from(BASE64.encode(&news.body))),
        };
        line[name] = body;
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_items_json_has_the_hubs_names_and_the_body_as_it_is() {
        let item = |body: &[u8]| {
            let mut news = News::of(Source::Telemetry, "d1/m1");
            let properties = [("$.mid", "1"), ("$.sub", "sensor"), ("level", "high")];
            news.properties = properties.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            news.model_id = Some("dtmi:x;1".to_owned());
            news.body = body.to_vec();
            Item { sequence: 7, at: Timestamp::UNIX_EPOCH, news }.json()
        };
        let json = item(br#"{"temp":1}"#);
        let system = &json["systemProperties"];
        for (name, value) in [
            ("message-id", "1"),
            ("dt-subject", "sensor"),
            ("dt-dataschema", "dtmi:x;1"),
            ("iothub-connection-device-id", "d1"),
            ("iothub-connection-module-id", "m1"),
            ("iothub-message-source", "Telemetry"),
        ] {
            assert_eq!(system[name], value, "{name}");
        }
        assert_eq!(json["properties"], json!({ "level": "high" }));
        assert_eq!((&json["body"], &json["sequence"]), (&json!({ "temp": 1 }), &json!(7)));
        assert_eq!(item(b"21,5")["body"], "21,5");
        assert_eq!(item(b"\xff")["bodyBase64"], "/w==");
    }
}
