//! Helpers for the tests of the state and of what stands on it.

use jiff::Timestamp;

use super::device::SessionId;
use super::{Approval, Model, Provisioning, State};
use crate::sas::{Key, sign};
use crate::view::{Convention, Group, ModelView, Property, Schema};

/// The time at which the tests happen.
pub(crate) const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// An empty state with the id scope `0neTEST`.
pub(crate) fn state() -> State {
    let key = |seed: u8| Key::parse(&base64_of(seed)).unwrap();
    let (primary, secondary, approval) = (key(1), key(2), Approval::default());
    State::new(Provisioning { id_scope: "0neTEST".into(), primary, secondary, approval })
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
    sign(
        &format!("0neTEST/registrations/{id}"),
        &state.provisioning.primary.derive(id),
        3600,
        Some("registration"),
    )
}

/// A capability model with one writable and one read-only property.
pub(crate) fn sensor_model() -> Model {
    let property = |name: &str, writable, schema| Property {
        name: name.to_owned(),
        label: name.to_owned(),
        description: None,
        unit: None,
        writable,
        schema: Schema::primitive(schema),
    };
    let group = Group {
        component: None,
        title: "Sensor".into(),
        telemetry: Vec::new(),
        properties: vec![property("brightness", true, "long"), property("state", false, "boolean")],
        commands: Vec::new(),
    };
    Model {
        view: ModelView {
            id: "urn:test:sensor:1".into(),
            name: "Sensor".into(),
            description: None,
            convention: Convention::Central2020,
            groups: vec![group],
        },
        language: "v1-preview".into(),
        file_name: "sensor.json".into(),
        text: "{}".into(),
    }
}
