//! What other programs are told of: messages, and what happens to devices and their twins.
//!
//! Decides what becomes news and in which form, that of IoT Hub's non-telemetry events (`opType` and
//! `iothub-message-schema` in the properties). Nothing is told before somebody wants it. Begin with [`State::tell`].

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Effect, State};
use crate::feed::{News, Source};
use crate::topics::Bag;

impl State {
    /// Tells of a message.
    pub(super) fn tell_message(&mut self, id: &str, bag: &Bag, body: &[u8]) {
        if self.is_told {
            self.tell_of(Source::Telemetry, id, bag.to_map(), body.to_vec());
        }
    }

    /// Tells of something that happened to a device; `operation` is IoT Hub's word for it.
    pub(super) fn tell(&mut self, source: Source, id: &str, operation: &str, body: &Value) {
        if !self.is_told {
            return;
        }
        let schema = match source {
            Source::Telemetry => "",
            Source::Twin => "twinChangeNotification",
            Source::Lifecycle => "deviceLifecycleNotification",
            Source::Connection => "deviceConnectionStateNotification",
        };
        let properties = [
            ("opType", operation.to_owned()),
            ("deviceId", id.to_owned()),
            ("iothub-message-schema", schema.to_owned()),
            ("$.ct", "application/json".to_owned()),
            ("$.ce", "utf-8".to_owned()),
        ];
        let properties = properties.map(|(name, value)| (name.to_owned(), value)).into();
        self.tell_of(source, id, properties, body.to_string().into_bytes());
    }

    fn tell_of(&mut self, source: Source, id: &str, properties: BTreeMap<String, String>, body: Vec<u8>) {
        let record = self.devices.get(id).map(|device| &device.record);
        let news = News {
            source,
            device: id.to_owned(),
            generation: record.map(|record| record.generation.clone()).unwrap_or_default(),
            model_id: record.and_then(|record| record.model_id.clone()),
            by_certificate: record.is_some_and(|record| record.certificates.is_some()),
            properties,
            body,
        };
        self.effects.push(Effect::News(news));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{NOW, connected};
    use super::*;

    #[test]
    fn nothing_is_told_before_somebody_wants_it_and_then_everything_in_order() {
        let happen = |is_told: bool| {
            let (mut state, session) = connected("d1");
            state.is_told = is_told;
            state.telemetry("d1", &Bag::parse("$.mid=1").unwrap(), b"{}", NOW);
            state.report("d1", json!({ "a": 1 }).as_object().unwrap(), NOW).unwrap();
            state.desire("d1", json!({ "b": 2 }).as_object().unwrap(), NOW).unwrap();
            state.disconnect("d1", session, "gone", NOW);
            state.create("d2", None, true, NOW).unwrap();
            state.delete("d2").unwrap();
            let told = state.take_effects().into_iter().filter_map(|effect| match effect {
                Effect::News(news) => Some((news.source, news.properties.get("opType").cloned())),
                _ => None,
            });
            told.collect::<Vec<_>>()
        };
        assert!(happen(false).is_empty());
        let operation = |source, operation: &str| (source, Some(operation.to_owned()));
        let wanted = [
            (Source::Telemetry, None),
            operation(Source::Twin, "updateTwin"),
            operation(Source::Twin, "updateTwin"),
            operation(Source::Connection, "deviceDisconnected"),
            operation(Source::Lifecycle, "createDeviceIdentity"),
            operation(Source::Lifecycle, "deleteDeviceIdentity"),
        ];
        assert_eq!(happen(true), wanted);
    }
}
