//! Commands that wait for their device: cloud-to-device messages with the name of a method.
//!
//! Decides their form on the wire and keeps the command history in step with the queue. Such a command is one way: there
//! is no answer to it. Begin with [`State::queue_command`]. Rules: operator pages reference, section 1.6.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::commands::{Command, Order, Passage};
use super::methods::wire_name;
use super::{State, StateError, StoreKey};
use crate::message::CloudToDevice;

/// How long a queued command is worth delivering, as in IoT Central.
pub(crate) const TIME_TO_LIVE: Duration = Duration::from_secs(24 * 3600);
/// The body of a command without a request.
const NO_REQUEST: &str = "@";

impl State {
    /// Puts a command into the queue of a device, and delivers it if the device listens; answers its row of the history.
    pub(crate) fn queue_command(
        &mut self,
        id: &str,
        order: Order,
        time_to_live: Duration,
        now: Timestamp,
    ) -> Result<Command, StateError> {
        let body = order.request.as_ref().map_or_else(|| NO_REQUEST.to_owned(), Value::to_string);
        let message = CloudToDevice::new(body)
            .with_property("method-name", wire_name(order.component.as_deref(), &order.name))
            .with_time_to_live(time_to_live);
        let (number, expires) = self.enqueue(id, message, now)?;
        let device = self.device_mut(id)?;
        let dropped = device.commands.queue(order, number, expires, now);
        let row = device.commands.iter().next_back().cloned();
        self.dirty.extend(dropped.map(|old| StoreKey::Command(id.to_owned(), old)));
        if let Some(row) = &row {
            self.command_changed(id, row, now);
        }
        self.deliver_messages(id, now);
        let row = row.and_then(|row| self.devices.get(id)?.commands.get(row.id).cloned());
        row.ok_or_else(|| StateError::NotFound(id.to_owned()))
    }

    /// Something became of a message of the queue: if it was a command, its row is changed.
    pub(super) fn command_passed(&mut self, id: &str, number: u64, passage: Passage, now: Timestamp) {
        let device = self.devices.get_mut(id);
        if let Some(row) = device.and_then(|device| device.commands.passed(number, passage, now).cloned()) {
            self.command_changed(id, &row, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::commands::CommandState;
    use super::super::tests::{NOW, state};
    use super::super::{Effect, SessionId};
    use super::*;
    use crate::topics::Subscription;
    use serde_json::json;

    fn order(request: Option<Value>) -> Order {
        Order { name: "blink".into(), component: Some("light".into()), request, by: None }
    }

    fn connect(state: &mut State) -> SessionId {
        let session = state.next_session();
        state.connect("d1", session, None, false, NOW).unwrap();
        state.subscribe("d1", session, Subscription::CloudToDevice, false, NOW);
        session
    }

    #[test]
    fn waits_for_the_device_and_is_delivered_when_that_acknowledges_it() {
        let mut state = state();
        state.create("d1", None, true, NOW).unwrap();
        let row = state.queue_command("d1", order(Some(json!(3))), TIME_TO_LIVE, NOW).unwrap();
        assert_eq!((row.state, row.sent_at), (CommandState::Queued, None));
        let session = connect(&mut state);
        let sent = state.take_effects().into_iter().find_map(|effect| match effect {
            Effect::Deliver { packet, topic, payload, .. } => Some((packet, topic, payload)),
            _ => None,
        });
        let (packet, topic, payload) = sent.unwrap();
        assert!(
            topic.contains("method-name=light%2Ablink") || topic.contains("method-name=light*blink"),
            "{topic}"
        );
        assert_eq!(payload, b"3");
        let now = |state: &State| state.device("d1").unwrap().commands.get(row.id).unwrap().clone();
        assert_eq!((now(&state).state, now(&state).sent_at), (CommandState::Queued, Some(NOW)));
        state.message_completed("d1", session, packet, NOW);
        assert_eq!(now(&state).state, CommandState::Delivered);
    }

    #[test]
    fn expires_by_the_clock_alone() {
        let mut state = state();
        state.create("d1", None, true, NOW).unwrap();
        let row = state.queue_command("d1", order(None), Duration::from_secs(60), NOW).unwrap();
        let state_at = |state: &mut State, seconds| {
            state.expire_messages(NOW + Duration::from_secs(seconds));
            state.device("d1").unwrap().commands.get(row.id).unwrap().state
        };
        assert_eq!(state_at(&mut state, 59), CommandState::Queued);
        assert_eq!(state_at(&mut state, 60), CommandState::Expired);
    }
}
