//! The Device Provisioning Service: from an id scope and a registration id to a hub and a device id.
//!
//! A sans-I/O core, like the session: packets in, packets out, time as an argument. Honours the service's retry-after,
//! tries again when throttled, and gives every request a deadline. It does not connect, and does not repeat itself
//! after a failure: that is the supervisor's business. Begin with [`Provisioning`].
//!
//! ```text
//!  Greeting ─CONNACK─▶ Subscribing ─SUBACK─▶ Registering ─202─▶ Pausing ⇄ Polling ─200 assigned─▶ Done
//! ```

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{
    ConnAck, Connect, ConnectReturnCode, Packet, PubAck, Publish, SubAck, Subscribe, SubscribeReasonCode,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Map;

use crate::connection::Endpoint;
use crate::convention::login;
use crate::convention::topic::{self, ProvisioningAnswer};
use crate::error::Error;
use crate::json::Json;
use crate::table::ModelTable;

/// How long the service may take for one answer (both official SDKs: 30 s).
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// The pause when the service names none (both official SDKs: 2 s).
const DEFAULT_PAUSE: u32 = 2;
/// The longest pause that is believed: one that is longer is a mistake, and a device must come back.
const LONGEST_PAUSE: u32 = 60 * 60;
/// The longest pause that is made on the connection; a longer one is made without it, before the next attempt. Shorter
/// than the keep-alive, so that no ping is needed.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// MQTT's keep-alive, in seconds.
const KEEP_ALIVE: u16 = 120;
/// How long one registration may take in all. Others of a fleet may wait for their turn meanwhile.
const REGISTRATION_LIMIT: Duration = Duration::from_secs(5 * 60);

/// What the service assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) endpoint: Endpoint,
    pub(crate) device_id: String,
    /// What an allocation policy of the owner's adds.
    pub(crate) payload: Option<Json>,
}

impl Assignment {
    /// An assignment from texts of the service, or from a file.
    pub(crate) fn new(hub: &str, device_id: &str, payload: Option<Json>) -> Result<Self, Error> {
        let endpoint = Endpoint::parse(hub, "the assigned hub")?;
        if device_id.is_empty() || !is_harmless(device_id) {
            return Err(Error::Protocol { what: format!("a device id that cannot be used: {device_id:?}") });
        }
        Ok(Self { endpoint, device_id: device_id.to_owned(), payload })
    }
}

/// Who is to be provisioned.
#[derive(Debug)]
pub(crate) struct Applicant<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) id_scope: &'a str,
    pub(crate) registration_id: &'a str,
    /// Absent when a certificate was presented in the TLS handshake.
    pub(crate) password: Option<SecretString>,
    pub(crate) model: &'a ModelTable,
    /// What the service is told besides the model.
    pub(crate) payload: &'a Map<String, Json>,
}

/// What is awaited.
#[derive(Debug)]
enum Stage {
    Greeting,
    Subscribing,
    Registering {
        request_id: u32,
    },
    /// Until the deadline; after that the registration is asked about, or made again when there is no operation yet.
    Pausing {
        operation: Option<String>,
    },
    Polling {
        request_id: u32,
        operation: String,
    },
}

/// One registration on one connection.
#[derive(Debug)]
pub(crate) struct Provisioning {
    endpoint: String,
    registration_id: String,
    registration: String,
    stage: Stage,
    deadline: Instant,
    give_up_at: Instant,
    questions: u32,
    /// How long the service last wanted to be left alone.
    asked_pause: Duration,
    out: VecDeque<Packet>,
}

impl Provisioning {
    /// Begins on a connection that has just been opened.
    pub(crate) fn new(now: Instant, applicant: &Applicant<'_>) -> Self {
        let Applicant { endpoint, id_scope, registration_id, password, model, payload } = applicant;
        let mut connect = Connect::new(*registration_id);
        connect.keep_alive = KEEP_ALIVE;
        // An empty password is none on the wire: the flag of CONNECT is not set.
        let password = password.as_ref().map_or("", ExposeSecret::expose_secret);
        connect.set_login(login::provisioning_user(id_scope, registration_id), password);
        Self {
            endpoint: endpoint.to_string(),
            registration_id: (*registration_id).to_owned(),
            registration: login::registration(registration_id, model, payload).to_string(),
            stage: Stage::Greeting,
            deadline: now + ANSWER_LIMIT,
            give_up_at: now + REGISTRATION_LIMIT,
            questions: 0,
            asked_pause: Duration::ZERO,
            out: VecDeque::from([Packet::Connect(connect)]),
        }
    }

    /// The next packet to write.
    pub(crate) fn poll_packet(&mut self) -> Option<Packet> {
        self.out.pop_front()
    }

    /// When [`Provisioning::handle_timeout`] wants to be called.
    pub(crate) fn poll_timeout(&self) -> Instant {
        self.deadline
    }

    /// The deadline has passed: the pause is over, or the service did not answer.
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        if now < self.deadline {
            return Ok(());
        }
        match std::mem::replace(&mut self.stage, Stage::Greeting) {
            Stage::Pausing { operation } => self.ask(now, operation),
            _ => Err(Error::TimedOut {
                what: "an answer of the provisioning service",
                limit: ANSWER_LIMIT,
                last: None,
            }),
        }
    }

    /// A packet has arrived. `Some` is the end.
    pub(crate) fn handle(&mut self, now: Instant, packet: Packet) -> Result<Option<Assignment>, Error> {
        match (&self.stage, packet) {
            (Stage::Greeting, Packet::ConnAck(answer)) => self.greeted(now, &answer).map(|()| None),
            (Stage::Subscribing, Packet::SubAck(answer)) => self.subscribed(now, &answer).map(|()| None),
            (_, Packet::Publish(publish)) => {
                if publish.qos != QoS::AtMostOnce {
                    self.out.push_back(Packet::PubAck(PubAck::new(publish.pkid)));
                }
                match ProvisioningAnswer::parse(&publish.topic) {
                    Some(answer) => self.answered(now, answer, &publish.payload),
                    None => Ok(None),
                }
            }
            (_, Packet::PubAck(_) | Packet::PingResp) => Ok(None),
            _ => {
                Err(Error::Protocol { what: "the provisioning service sent a packet out of turn".to_owned() })
            }
        }
    }

    fn greeted(&mut self, now: Instant, answer: &ConnAck) -> Result<(), Error> {
        if answer.code != ConnectReturnCode::Success {
            return Err(Error::Refused { endpoint: self.endpoint.clone(), code: answer.code as u8 });
        }
        let mut subscribe = Subscribe::new(topic::PROVISIONING_SUBSCRIPTION, QoS::AtLeastOnce);
        subscribe.pkid = 1;
        self.out.push_back(Packet::Subscribe(subscribe));
        self.await_next(now, Stage::Subscribing);
        Ok(())
    }

    fn subscribed(&mut self, now: Instant, answer: &SubAck) -> Result<(), Error> {
        if answer.return_codes.contains(&SubscribeReasonCode::Failure) {
            return Err(Error::Protocol {
                what: "the provisioning service refused the subscription".to_owned(),
            });
        }
        self.ask(now, None)
    }

    /// Registers, or asks about an operation.
    fn ask(&mut self, now: Instant, operation: Option<String>) -> Result<(), Error> {
        if now >= self.give_up_at {
            let text = "the service does not come to an end".to_owned();
            return Err(self.failed(429, text, Some(self.asked_pause)));
        }
        self.questions += 1;
        let request_id = self.questions;
        let (topic, body, stage) = match operation {
            None => {
                (topic::register(request_id), self.registration.clone(), Stage::Registering { request_id })
            }
            // Both official SDKs send one space.
            Some(operation) => {
                let topic = topic::operation_status(request_id, &operation);
                (topic, " ".to_owned(), Stage::Polling { request_id, operation })
            }
        };
        let mut publish = Publish::new(topic, QoS::AtLeastOnce, body);
        publish.pkid = u16::try_from(request_id).unwrap_or(u16::MAX);
        self.out.push_back(Packet::Publish(publish));
        self.await_next(now, stage);
        Ok(())
    }

    fn answered(
        &mut self,
        now: Instant,
        answer: ProvisioningAnswer,
        body: &[u8],
    ) -> Result<Option<Assignment>, Error> {
        let operation = match &self.stage {
            Stage::Registering { request_id } if *request_id == answer.request_id => None,
            Stage::Polling { request_id, operation } if *request_id == answer.request_id => {
                Some(operation.clone())
            }
            _ => return Ok(None),
        };
        let body: Json = serde_json::from_slice(body).unwrap_or_default();
        if answer.status >= 429 {
            tracing::debug!(status = answer.status, "the provisioning service asks to come back");
            return self.pause(now, answer, operation, text(&body, "message"));
        }
        if answer.status >= 300 {
            return Err(self.failed(answer.status, text(&body, "message"), None));
        }
        match body.get("status").and_then(Json::as_str) {
            Some("assigned") => self.assigned(&body).map(Some),
            Some("assigning" | "unassigned") => {
                let named = body.get("operationId").and_then(Json::as_str).map(str::to_owned);
                let operation = named.filter(|id| is_harmless(id)).or(operation);
                self.pause(now, answer, operation, "it is still assigning".to_owned())
            }
            status => {
                let state = body.get("registrationState").unwrap_or(&Json::Null);
                let text = format!("{}: {}", status.unwrap_or("no status"), text(state, "errorMessage"));
                Err(self.failed(answer.status, text, None))
            }
        }
    }

    fn assigned(&self, body: &Json) -> Result<Assignment, Error> {
        let state = |name: &str| body.get("registrationState")?.get(name)?.as_str();
        let (Some(hub), Some(device_id)) = (state("assignedHub"), state("deviceId")) else {
            return Err(Error::Protocol { what: "an assignment without hub or device id".to_owned() });
        };
        let payload = body.get("registrationState").and_then(|state| state.get("payload"));
        Assignment::new(hub, device_id, payload.filter(|payload| !payload.is_null()).cloned())
    }

    /// Makes the pause that the service asks for, or ends the attempt when it is a long one.
    fn pause(
        &mut self,
        now: Instant,
        answer: ProvisioningAnswer,
        operation: Option<String>,
        why: String,
    ) -> Result<Option<Assignment>, Error> {
        let seconds = answer.retry_after.unwrap_or(DEFAULT_PAUSE).min(LONGEST_PAUSE);
        self.asked_pause = Duration::from_secs(seconds.into());
        if self.asked_pause > LONGEST_WAIT {
            return Err(self.failed(answer.status, why, Some(self.asked_pause)));
        }
        self.stage = Stage::Pausing { operation };
        self.deadline = now + self.asked_pause;
        Ok(None)
    }

    fn await_next(&mut self, now: Instant, stage: Stage) {
        self.stage = stage;
        self.deadline = now + ANSWER_LIMIT;
    }

    fn failed(&self, status: u16, text: String, retry_after: Option<Duration>) -> Error {
        let registration_id = self.registration_id.clone();
        Error::Provisioning { registration_id, status, text, retry_after }
    }
}

/// Whether a text of the service can stand in a topic of ours.
fn is_harmless(text: &str) -> bool {
    text.len() <= 512 && !text.contains(['+', '#', '/', '&', '\0'])
}

fn text(body: &Json, field: &str) -> String {
    const LONGEST: usize = 300;
    let text = body.get(field).and_then(Json::as_str).unwrap_or("the service does not say why");
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests;
