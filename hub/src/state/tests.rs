//! Helpers for the tests of the state and of what stands on it.

use jiff::Timestamp;

use super::device::SessionId;
use super::registry::DeviceKeys;
use super::{Model, Provisioning, State};
use crate::sas::{Key, sign};

/// The time at which the tests happen.
pub(crate) const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// An empty state with the id scope `0neTEST`.
pub(crate) fn state() -> State {
    let key = |seed: u8| Key::parse(&base64_of(seed)).unwrap();
    let keys = DeviceKeys { primary: key(1), secondary: key(2) };
    State::new(Provisioning::new("0neTEST".into(), keys, NOW))
}

fn base64_of(seed: u8) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode([seed; 32])
}

/// A state with one connected device that has not subscribed to anything.
pub(crate) fn connected(id: &str) -> (State, SessionId) {
    let mut state = state();
    state.create(id, None, true, NOW).unwrap();
    let session = state.next_session();
    state.connect(id, session, None, true, NOW).unwrap();
    let _ = state.take_effects();
    (state, session)
}

/// A token for `resource` that is good for an hour.
pub(crate) fn device_token(resource: &str, key: &Key) -> String {
    sign(resource, key, 3600, None)
}

/// A registration's token, signed with the key derived from the group's.
pub(crate) fn group_token(state: &State, id: &str) -> String {
    sign(&format!("0neTEST/registrations/{id}"), &state.group_key().derive(id), 3600, Some("registration"))
}

/// A capability model with one writable and one read-only property.
pub(crate) fn sensor_model() -> Model {
    let text = r#"{
        "@id": "urn:test:sensor:1", "@type": "CapabilityModel", "displayName": "Sensor",
        "@context": "http://azureiot.com/v1/contexts/IoTModel.json",
        "implements": [{ "@type": "InterfaceInstance", "name": "sensor", "schema": {
            "@id": "urn:test:sensor:own:1", "@type": "Interface", "contents": [
                { "@type": "Property", "name": "brightness", "writable": true, "schema": "long" },
                { "@type": "Property", "name": "state", "schema": "boolean" }
            ]
        } }]
    }"#;
    read_model(text)
}

/// The model of one file.
pub(crate) fn read_model(text: &str) -> Model {
    crate::model_view::read_files(&[("sensor.json", text)], None, &mut |_| Vec::new()).unwrap()
}
