//! The provisioning half of a connection: its topics around the service's requests and answers.
//!
//! What the service says is decided in [`crate::provisioning`]. Begin with [`Registration::publish`].

use jiff::Timestamp;
use rumqttc::mqttbytes::v4::Publish;

use super::connection::{Output, explain};
use crate::certificate::{Presented, Verified};
use crate::provisioning::{Answer, Ask, FAILURES, Request};
use crate::state::State;
use crate::topics::{Topic, TopicError, registration_response};

/// A connection that registers.
pub(crate) struct Registration {
    scope: String,
    id: String,
    password: String,
    by_websocket: bool,
    failures: u32,
}

impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registration").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Registration {
    pub(super) fn new(scope: &str, id: &str, password: &str, by_websocket: bool) -> Self {
        let [scope, id, password] = [scope, id, password].map(str::to_owned);
        Self { scope, id, password, by_websocket, failures: 0 }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Handles a PUBLISH; the error says why the connection must end.
    pub(super) fn publish(
        &mut self,
        publish: &Publish,
        certificate: Option<&Verified>,
        state: &mut State,
        now: Timestamp,
    ) -> Result<Output, String> {
        let topic = Topic::parse(&publish.topic).map_err(|error| explain(&publish.topic, &error))?;
        let (rid, ask) = match topic {
            Topic::DpsRegister { rid } => (rid, Ask::Register { body: &publish.payload }),
            Topic::DpsPoll { rid, operation } => (rid, Ask::Outcome { operation }),
            _ => return Err(explain(&publish.topic, &TopicError::Unknown)),
        };
        if self.failures >= FAILURES {
            return Err(format!("its credentials were refused {FAILURES} times on this connection"));
        }
        let answer = self.request(certificate).answer(ask, state, now);
        self.failures += u32::from(answer.is_failure());
        let Answer { status, retry_after, body } = answer;
        let topic = registration_response(status, rid, retry_after);
        Ok(Output::publish(topic, body.to_string().into_bytes()))
    }

    fn request<'a>(&'a self, certificate: Option<&'a Verified>) -> Request<'a> {
        let presented = Presented { password: &self.password, certificate };
        Request { scope: &self.scope, id: &self.id, presented, by_websocket: self.by_websocket }
    }
}
