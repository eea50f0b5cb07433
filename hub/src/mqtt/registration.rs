//! The provisioning half of a connection: register, poll, assigned.
//!
//! Decides what the provisioning service answers; who may be provisioned is decided by
//! [`State::register`]. Facts: protocol reference, section 1. Begin with [`Registration::publish`].

use jiff::Timestamp;
use rumqttc::mqttbytes::v4::Publish;
use serde_json::{Value, json};

use super::connection::{Output, error_body, explain, skewed};
use crate::certificate::{Presented, Thumbprint};
use crate::faults::Fault;
use crate::state::{RegistrationRefused, State};
use crate::topics::{Topic, TopicError, registration_response};

/// Seconds after which a device is to ask again: the hub has its answer ready at once.
const RETRY_AFTER: u32 = 1;

/// A connection that registers.
pub(crate) struct Registration {
    scope: String,
    id: String,
    password: String,
    certificate: Option<Thumbprint>,
    operation: String,
    /// The device it became.
    assigned: Option<String>,
}

impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registration").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Registration {
    pub(super) fn new(scope: &str, id: &str, presented: Presented<'_>) -> Self {
        Self {
            scope: scope.to_owned(),
            id: id.to_owned(),
            password: presented.password.to_owned(),
            certificate: presented.certificate,
            operation: format!("4.{:016x}.{:032x}", fastrand::u64(..), fastrand::u128(..)),
            assigned: None,
        }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Handles a PUBLISH; the error says why the connection must end.
    pub(super) fn publish(
        &mut self,
        publish: &Publish,
        state: &mut State,
        now: Timestamp,
    ) -> Result<Output, String> {
        let topic = Topic::parse(&publish.topic).map_err(|error| explain(&publish.topic, &error))?;
        match topic {
            Topic::DpsRegister { rid } => Ok(self.register(rid, &publish.payload, state, now)),
            Topic::DpsPoll { rid, operation } => Ok(self.poll(rid, operation, state, now)),
            _ => Err(explain(&publish.topic, &TopicError::Unknown)),
        }
    }

    fn register(&mut self, rid: &str, body: &[u8], state: &mut State, now: Timestamp) -> Output {
        let body: Value = match body {
            [] | [b' '] => Value::Null,
            bytes => match serde_json::from_slice(bytes) {
                Ok(body) => body,
                Err(error) => {
                    return self.fail(rid, 400, &format!("the body is not JSON: {error}"), state, now);
                }
            },
        };
        let refused = state.faults.take(&self.id, |fault| match fault {
            Fault::RefuseRegistration { status, retry_after } => Some((status, retry_after)),
            _ => None,
        });
        if let Some((status, retry_after)) = refused {
            let body = error_body(u32::from(status) * 1000, "the hub was told to refuse", now);
            return Output::publish(registration_response(status, rid, retry_after), body);
        }
        let payload = body.get("payload").unwrap_or(&Value::Null);
        let clock = skewed(now, &self.id, state);
        let presented = Presented { password: &self.password, certificate: self.certificate };
        self.assigned = match state.register(&self.scope, &self.id, presented, payload, clock) {
            Ok(device) => Some(device),
            Err(error @ (RegistrationRefused::BadId(_) | RegistrationRefused::State(_))) => {
                return self.fail(rid, 400, &error.to_string(), state, now);
            }
            Err(error @ RegistrationRefused::Scope { .. }) => {
                return self.fail(rid, 404, &error.to_string(), state, now);
            }
            Err(error) => return self.fail(rid, 401, &error.to_string(), state, now),
        };
        let answer = json!({ "operationId": self.operation, "status": "assigning" });
        Output::publish(registration_response(202, rid, Some(RETRY_AFTER)), answer.to_string().into_bytes())
    }

    fn poll(&self, rid: &str, operation: &str, state: &mut State, now: Timestamp) -> Output {
        let Some(device) = self.assigned.as_ref().filter(|_| operation == self.operation) else {
            return self.fail(rid, 404, "there is no such operation: register first", state, now);
        };
        let registration = json!({
            "registrationId": self.id,
            "createdDateTimeUtc": now,
            "lastUpdatedDateTimeUtc": now,
            "status": "assigned",
            "etag": format!("\"{:x}\"", now.as_millisecond()),
            "deviceId": device,
            "assignedHub": state.host_name(),
            "substatus": "initialAssignment",
        });
        let body =
            json!({ "operationId": self.operation, "status": "assigned", "registrationState": registration });
        Output::publish(registration_response(200, rid, None), body.to_string().into_bytes())
    }

    fn fail(&self, rid: &str, status: u16, message: &str, state: &mut State, now: Timestamp) -> Output {
        state.refuse(Some(&self.id), format!("provisioning: {message}"), now);
        // the code is the status times 1000 plus a detail: 401000 is a bad token, 404201 no enrollment
        let code = match status {
            404 => 404_201,
            status => u32::from(status) * 1000,
        };
        Output::publish(registration_response(status, rid, None), error_body(code, message, now))
    }
}
