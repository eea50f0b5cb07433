//! Direct methods: calls on their way to a device and their answers.
//!
//! Decides whether a device can be called, which answer belongs to which call and what the command
//! history shows. Waiting and deadlines belong to the caller. Begin with [`State::start_call`].

use jiff::Timestamp;
use serde_json::{Value, json};

use super::commands::{CallOutcome, Command, Order};
use super::device::SessionId;
use super::history::Kind;
use super::{Effect, State, StateError, StoreKey};
use crate::faults::Fault;
use crate::topics::{self, Subscription};

/// The largest payload of a method, either way, in bytes (protocol reference, section 2.6).
pub(crate) const PAYLOAD_LIMIT: usize = 128 * 1024;

/// The number of a call, also the `$rid` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CallId(u64);

impl CallId {
    /// Whether the effect is the call's request on its way to the device.
    pub(crate) fn is_asked_by(self, effect: &Effect) -> bool {
        matches!(effect, Effect::Send { topic, .. } if topics::is_method_request(topic, self.0))
    }
}

/// A call that waits for its answer.
#[derive(Debug)]
pub(crate) struct Call {
    device: String,
    session: SessionId,
    row: u64,
}

/// How a call begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Started {
    /// The request is on its way; the row of the command history has this number.
    Sent { call: CallId, row: u64 },
    /// The device is not connected, or has not subscribed to methods.
    Offline { row: u64 },
}

/// A command's name on the wire.
pub(super) fn wire_name(component: Option<&str>, name: &str) -> String {
    component.map_or_else(|| name.to_owned(), |component| format!("{component}*{name}"))
}

impl State {
    /// Whether a call would reach the device now.
    pub(crate) fn is_listening(&self, device: &str) -> bool {
        self.devices.get(device).and_then(|device| device.listening(Subscription::Methods)).is_some()
    }

    /// Calls a method. A component becomes the `component*name` of the wire.
    pub(crate) fn start_call(
        &mut self,
        id: &str,
        order: Order,
        now: Timestamp,
    ) -> Result<Started, StateError> {
        let device = self.device_mut(id)?;
        let listening = device.listening(Subscription::Methods);
        let payload = order.request.as_ref().map(Value::to_string).unwrap_or_default();
        let method = wire_name(order.component.as_deref(), &order.name);
        let (row, dropped) = device.commands.begin(order, now);
        if let Some(old) = dropped {
            self.dirty.insert(StoreKey::Command(id.to_owned(), old));
        }
        let Some(session) = listening else {
            self.finish_row(id, row.id, &CallOutcome::Offline, now);
            return Ok(Started::Offline { row: row.id });
        };
        let call = self.number_call(now);
        self.calls.insert(call, Call { device: id.to_owned(), session, row: row.id });
        let topic = topics::method_request(&method, call.0);
        let request = Effect::Send { session, topic, payload: payload.into_bytes() };
        if self.faults.strikes(id, Fault::RepeatMethod) {
            self.effects.push(request.clone());
        }
        self.effects.push(request);
        let row_id = row.id;
        self.command_changed(id, &row, now);
        Ok(Started::Sent { call, row: row_id })
    }

    /// A number above those of earlier calls, also of the hub's former lives: a late answer to one of
    /// those must not end a call of this one. The time in milliseconds leaves 16 bits to count.
    fn number_call(&mut self, now: Timestamp) -> CallId {
        let by_time = u64::try_from(now.as_millisecond()).unwrap_or(0) << 16;
        let number = self.next_call.max(by_time);
        self.next_call = number + 1;
        CallId(number)
    }

    /// A device's answer; `false` when nobody waits for it on this connection.
    pub(crate) fn answer_call(
        &mut self,
        session: SessionId,
        rid: &str,
        (status, payload): (i32, &[u8]),
        now: Timestamp,
    ) -> bool {
        let Some(call) = u64::from_str_radix(rid, 16).ok().map(CallId) else {
            return false;
        };
        if self.calls.get(&call).is_none_or(|waiting| waiting.session != session) {
            return false;
        }
        if payload.len() > PAYLOAD_LIMIT {
            let size = payload.len();
            let device = self.calls.get(&call).map(|call| call.device.clone());
            let reason =
                format!("a method's answer of {size} bytes, more than the {PAYLOAD_LIMIT} IoT Hub takes");
            self.refuse(device.as_deref(), &reason, now);
            self.end_call(call, CallOutcome::TimedOut, now);
            return true;
        }
        // a body that is not JSON is shown as text rather than lost
        let payload = match payload {
            [] => Value::Null,
            bytes => serde_json::from_slice(bytes)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned())),
        };
        self.end_call(call, CallOutcome::Answered { status, payload }, now);
        true
    }

    /// Whether the call has no answer yet.
    pub(crate) fn is_waiting(&self, call: CallId) -> bool {
        self.calls.contains_key(&call)
    }

    /// The caller has waited long enough.
    pub(crate) fn time_out_call(&mut self, call: CallId, now: Timestamp) {
        self.end_call(call, CallOutcome::TimedOut, now);
    }

    /// The connection of waiting calls is gone: nobody will answer them.
    pub(super) fn lose_calls(&mut self, session: SessionId, now: Timestamp) {
        let lost: Vec<CallId> =
            self.calls.iter().filter(|(_, call)| call.session == session).map(|(id, _)| *id).collect();
        for call in lost {
            self.end_call(call, CallOutcome::Lost, now);
        }
    }

    fn end_call(&mut self, id: CallId, outcome: CallOutcome, now: Timestamp) {
        let Some(call) = self.calls.remove(&id) else {
            return;
        };
        self.finish_row(&call.device, call.row, &outcome, now);
        self.effects.push(Effect::Answer { call: id, outcome });
    }

    fn finish_row(&mut self, device: &str, row: u64, outcome: &CallOutcome, now: Timestamp) {
        let finished = self
            .devices
            .get_mut(device)
            .and_then(|device| device.commands.finish(row, outcome, now).cloned());
        if let Some(row) = finished {
            self.command_changed(device, &row, now);
        }
    }

    /// Closes the oldest open asynchronous command of this name, unless the device says with 202 that it goes on. A `null`
    /// takes back what an earlier one came to: it says nothing of this one.
    pub(super) fn complete_command(
        &mut self,
        id: &str,
        component: Option<&str>,
        name: &str,
        value: &Value,
        now: Timestamp,
    ) {
        if value.is_null() {
            return;
        }
        let code = value.get("ac").or_else(|| value.get("statusCode")).and_then(Value::as_i64);
        let value = value.get("value").unwrap_or(value);
        let closed = self
            .devices
            .get_mut(id)
            .and_then(|device| device.commands.reported(component, name, (code, value), now).cloned());
        if let Some(row) = closed {
            self.command_changed(id, &row, now);
        }
    }

    /// Keeps a changed row, shows it in the raw data and tells the pages.
    pub(super) fn command_changed(&mut self, device: &str, row: &Command, now: Timestamp) {
        self.dirty.insert(StoreKey::Command(device.to_owned(), row.id));
        let mut data = json!(row);
        let facts = ["id", "state", "request", "status", "response", "completion", "message"];
        let mut body = serde_json::Map::from_iter([("command".to_owned(), json!(row.name))]);
        body.extend(
            facts
                .iter()
                .filter(|fact| !data[**fact].is_null())
                .map(|fact| ((*fact).to_owned(), data[*fact].clone())),
        );
        let body = Value::Object(body).to_string();
        self.push_row(device, Kind::Command, row.component.as_deref(), body, None, now);
        data["device"] = device.into();
        self.emit_about("command", device, |_| data);
    }
}

#[cfg(test)]
mod tests {
    use super::super::commands::CommandState;
    use super::super::tests::{NOW, connected, state};
    use super::*;

    fn order(component: Option<&str>, name: &str, request: Option<Value>) -> Order {
        Order { component: component.map(str::to_owned), name: name.to_owned(), request, by: None }
    }

    fn call(state: &mut State) -> CallId {
        match state.start_call("d1", order(Some("sensor"), "blink", Some(json!(5))), NOW).unwrap() {
            Started::Sent { call, .. } => call,
            Started::Offline { .. } => panic!("the device should listen"),
        }
    }

    /// A state with a command that its device has accepted, and the command's row.
    fn accepted() -> (State, u64) {
        let (mut state, session) = connected("d1");
        state.subscribe("d1", session, Subscription::Methods, true, NOW);
        let started = state.start_call("d1", order(None, "rundiagnostics", None), NOW).unwrap();
        let Started::Sent { call, row } = started else { panic!("the device should listen") };
        state.answer_call(session, &format!("{:x}", call.0), (202, b"null"), NOW);
        (state, row)
    }

    #[test]
    fn reaches_a_listening_device_and_returns_its_answer() {
        let (mut state, session) = connected("d1");
        state.subscribe("d1", session, Subscription::Methods, true, NOW);
        let id = call(&mut state);
        let topic = format!("$iothub/methods/POST/sensor*blink/?$rid={:x}", id.0);
        let send = Effect::Send { session, topic, payload: b"5".to_vec() };
        assert!(state.take_effects().contains(&send));
        assert!(!state.answer_call(SessionId(999), &format!("{:x}", id.0), (200, b"null"), NOW));
        assert!(state.answer_call(session, &format!("{:x}", id.0), (200, br#"{"a":1}"#), NOW));
        let outcome = CallOutcome::Answered { status: 200, payload: json!({ "a": 1 }) };
        assert!(state.take_effects().contains(&Effect::Answer { call: id, outcome }));
        assert!(
            !state.answer_call(session, &format!("{:x}", id.0), (200, b""), NOW),
            "an answer counts once"
        );
    }

    #[test]
    fn a_late_answer_of_the_hubs_former_life_ends_no_call() {
        let call_at = |now: Timestamp| {
            let (mut state, session) = connected("d1");
            state.subscribe("d1", session, Subscription::Methods, true, NOW);
            let started = state.start_call("d1", order(None, "blink", None), now).unwrap();
            let Started::Sent { call, .. } = started else { panic!("the device should listen") };
            (state, session, call)
        };
        let (_, _, former) = call_at(NOW);
        let (mut state, session, call) = call_at(Timestamp::from_millisecond(1).unwrap());
        assert!(!state.answer_call(session, &format!("{:x}", former.0), (200, b"null"), NOW));
        assert!(state.is_waiting(call));
    }

    #[test]
    fn calls_of_the_same_moment_have_different_numbers() {
        let (mut state, session) = connected("d1");
        state.subscribe("d1", session, Subscription::Methods, true, NOW);
        assert!(call(&mut state) < call(&mut state));
    }

    #[test]
    fn a_device_that_is_absent_or_does_not_listen_is_offline() {
        let mut absent = state();
        absent.create("d1", None, true, NOW).unwrap();
        for mut state in [absent, connected("d1").0] {
            let started = state.start_call("d1", order(None, "blink", None), NOW).unwrap();
            assert_eq!(started, Started::Offline { row: 0 });
            let row = state.device("d1").unwrap().commands.get(0).unwrap().clone();
            assert_eq!(row.state, CommandState::Offline);
        }
    }

    #[test]
    fn a_lost_connection_ends_its_calls_as_not_answered_and_not_as_never_sent() {
        let (mut state, session) = connected("d1");
        state.subscribe("d1", session, Subscription::Methods, true, NOW);
        let id = call(&mut state);
        state.disconnect("d1", session, "gone", NOW);
        assert_eq!(state.device("d1").unwrap().commands.get(0).unwrap().state, CommandState::Timeout);
        assert!(state.take_effects().contains(&Effect::Answer { call: id, outcome: CallOutcome::Lost }));
    }

    #[test]
    fn a_reported_property_of_its_name_completes_an_accepted_command() {
        let (mut state, row) = accepted();
        let report = json!({ "rundiagnostics": { "value": "done" } });
        state.report("d1", report.as_object().unwrap(), NOW).unwrap();
        let row = state.device("d1").unwrap().commands.get(row).unwrap();
        assert_eq!((row.state, &row.completion), (CommandState::Completed, &Some(json!("done"))));
    }

    #[test]
    fn a_property_that_is_taken_back_ends_no_command_and_one_with_an_error_fails_it() {
        let (mut state, row) = accepted();
        let mut state_after = |report: Value| {
            state.report("d1", report.as_object().unwrap(), NOW).unwrap();
            state.device("d1").unwrap().commands.get(row).unwrap().clone()
        };
        let row = state_after(json!({ "rundiagnostics": null }));
        assert_eq!((row.state, &row.completion), (CommandState::Accepted, &None));
        let row = state_after(json!({ "rundiagnostics": { "value": "no probe", "statusCode": 500 } }));
        assert_eq!((row.state, &row.completion), (CommandState::Failed, &Some(json!("no probe"))));
        assert_eq!(row.message.as_deref(), Some("the device reported 500"));
    }
}
