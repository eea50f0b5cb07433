//! The provisioning service as devices see it: registering, asking for the outcome, and the answers to both.
//!
//! Decides statuses, bodies and error codes, which are the same by MQTT ([`crate::mqtt`]) and by HTTPS ([`crate::rest`]);
//! who becomes which device is decided by [`State::register`]. Begin with [`Request::answer`]. Facts: protocol reference,
//! sections 1.2 to 1.6.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::certificate::Presented;
use crate::faults::Fault;
use crate::state::provisioning::registration::{Outcome, Registration};
use crate::state::{RegistrationRefused, State};

/// How often a connection may ask with credentials that are not good. Whoever is only not let in yet may ask on.
pub(crate) const FAILURES: u32 = 10;
/// Seconds after which a device is to ask again: the hub has its answer ready at once.
const RETRY_AFTER: u32 = 1;
/// The code of a device that is shut out, or not yet let in.
const NOT_ADMITTED: u32 = 400_209;

/// Who asks, and what with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) scope: &'a str,
    pub(crate) id: &'a str,
    pub(crate) presented: Presented<'a>,
    /// Whether it speaks MQTT over WebSocket, and is to go on so.
    pub(crate) by_websocket: bool,
}

/// What for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ask<'a> {
    /// To be registered; the body names the registration again and may have a payload.
    Register { body: &'a [u8] },
    /// The outcome of an operation.
    Outcome { operation: &'a str },
    /// How it stands, whatever the operation was.
    Standing,
}

/// What the service says.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    /// Of the HTTP kind.
    pub(crate) status: u16,
    pub(crate) retry_after: Option<u32>,
    pub(crate) body: Value,
}

impl Answer {
    /// Whether the credentials were not good, or for nothing that is known.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self.status, 401 | 404) && self.body["errorCode"] != NOT_ADMITTED
    }
}

impl Request<'_> {
    /// Does what is asked, or says why not.
    pub(crate) fn answer(self, ask: Ask<'_>, state: &mut State, now: Timestamp) -> Answer {
        match ask {
            Ask::Register { body } => self.register(body, state, now),
            Ask::Outcome { operation } => self.poll(operation, state, now),
            Ask::Standing => self.look_up(state, now),
        }
    }

    fn register(self, body: &[u8], state: &mut State, now: Timestamp) -> Answer {
        let body: Value = match body {
            [] | [b' '] => Value::Null,
            bytes => match serde_json::from_slice(bytes) {
                Ok(body) => body,
                Err(error) => {
                    return self.fail(400, 400_000, &format!("the body is not JSON: {error}"), state, now);
                }
            },
        };
        if let Some(named) = body.get("registrationId").and_then(Value::as_str)
            && !named.eq_ignore_ascii_case(self.id)
        {
            return self.fail(400, 400_000, "the body names another registrationId", state, now);
        }
        let refused = state.faults.take(self.id, |fault| match fault {
            Fault::RefuseRegistration { status, retry_after } => Some((status, retry_after)),
            _ => None,
        });
        if let Some((status, retry_after)) = refused {
            let body = error_body(u32::from(status) * 1000, "the hub was told to refuse", now);
            return Answer { status, retry_after, body };
        }
        let payload = body.get("payload").unwrap_or(&Value::Null);
        let registered = state.register(self.scope, self.id, self.presented, payload, now);
        let (operation, refused) = match registered {
            Ok(registration) => (registration.operation.clone(), registration.outcome.refusal()),
            Err(error) => return self.refuse(&error, state, now),
        };
        if let Some(reason) = refused {
            state.refuse(Some(self.id), &format!("provisioning: {reason}"), now);
        }
        let body = json!({ "operationId": operation, "status": "assigning" });
        Answer { status: 202, retry_after: Some(RETRY_AFTER), body }
    }

    fn poll(self, operation: &str, state: &mut State, now: Timestamp) -> Answer {
        let clock = state.faults.skewed(self.id, now);
        match state.look_up(self.scope, self.id, self.presented, Some(operation), clock) {
            Ok(known) => {
                let host = if self.by_websocket { state.websocket_host_name() } else { state.host_name() };
                let registration = registration_state(known, host);
                let body = json!({
                    "operationId": operation,
                    "status": registration["status"],
                    "registrationState": registration,
                });
                Answer { status: 200, retry_after: None, body }
            }
            Err(error) => self.refuse(&error, state, now),
        }
    }

    fn look_up(self, state: &mut State, now: Timestamp) -> Answer {
        let clock = state.faults.skewed(self.id, now);
        match state.look_up(self.scope, self.id, self.presented, None, clock) {
            Ok(known) => {
                let body = registration_state(known, state.host_name());
                Answer { status: 200, retry_after: None, body }
            }
            Err(error) => self.refuse(&error, state, now),
        }
    }

    fn refuse(self, error: &RegistrationRefused, state: &mut State, now: Timestamp) -> Answer {
        let (status, code) = match error {
            RegistrationRefused::BadId(_) => (400, 400_000),
            RegistrationRefused::Scope { .. } | RegistrationRefused::NotEnrolled => (404, 404_201),
            RegistrationRefused::NotRegistered => (404, 404_202),
            RegistrationRefused::Token(_) => (401, 401_000),
            RegistrationRefused::Certificate(_) => (401, 401_002),
            RegistrationRefused::Blocked | RegistrationRefused::Waiting { .. } => (401, NOT_ADMITTED),
            RegistrationRefused::State(_) => (500, 500_000),
        };
        self.fail(status, code, &error.to_string(), state, now)
    }

    fn fail(self, status: u16, code: u32, message: &str, state: &mut State, now: Timestamp) -> Answer {
        let shown: String = self.id.chars().take(140).collect();
        state.refuse(Some(&shown), &format!("provisioning: {message}"), now);
        Answer { status, retry_after: None, body: error_body(code, message, now) }
    }
}

/// A registration as the service shows it to devices and to tools.
pub(crate) fn registration_state(known: &Registration, host: &str) -> Value {
    let mut shown = json!({
        "registrationId": known.id,
        "createdDateTimeUtc": known.created,
        "lastUpdatedDateTimeUtc": known.updated,
        "etag": known.etag(),
    });
    if let Some(device) = known.outcome.device() {
        shown["deviceId"] = device.into();
    }
    let status = match &known.outcome {
        Outcome::Unassigned { .. } => "unassigned",
        Outcome::Assigned { substatus, .. } => {
            shown["assignedHub"] = host.into();
            shown["substatus"] = json!(substatus);
            "assigned"
        }
        Outcome::Disabled { .. } => {
            shown["errorCode"] = NOT_ADMITTED.into();
            "disabled"
        }
        Outcome::Failed { .. } => {
            shown["errorCode"] = 400_000.into();
            "failed"
        }
    };
    if let Some(reason) = known.outcome.refusal() {
        shown["errorMessage"] = reason.into();
    }
    shown["status"] = status.into();
    shown
}

/// The body of an error on the device's side of the services.
pub(crate) fn error_body(code: u32, message: &str, now: Timestamp) -> Value {
    let tracking = format!("{:032x}", fastrand::u128(..));
    json!({ "errorCode": code, "trackingId": tracking, "message": message, "timestampUtc": now })
}
