//! One device connection as a state machine: a packet in, packets and perhaps the end out.
//!
//! ```text
//!                     CONNECT, a registration          CONNECT, a device and a good token
//!  Registering <------------------------- AwaitingConnect -------------------------> Online
//!       |                                       | refused                              |
//!       +---------------------------------------v--------------------------------------+
//!                                             Closed
//! ```
//!
//! It has no socket and no clock: the state and the time are arguments. Begin with [`Connection::handle`].

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{
    ConnAck, Connect, ConnectReturnCode, Packet, PubAck, Publish, SubAck, Subscribe, SubscribeReasonCode,
    UnsubAck,
};
use serde_json::{Map, Value};

use super::registration::Registration;
use super::username::Username;
use crate::certificate::{ClientCertificate, Presented, Question, Verified};
use crate::faults::Fault;
use crate::provisioning::error_body;
use crate::sas::CLOCK_SKEW_SECONDS;
use crate::state::State;
use crate::state::device::SessionId;
use crate::topics::{self, Bag, Subscription, Topic, TopicError};

/// The keep-alive the hub grants at most, in seconds (protocol reference, section 2.1).
const KEEP_ALIVE_LIMIT: u16 = 1177;

/// Characters of a topic or filter that the log shows.
const SHOWN_LIMIT: usize = 200;

/// A connection and where it stands.
#[derive(Debug)]
pub(crate) struct Connection {
    session: SessionId,
    /// Whether it came by WebSocket.
    by_websocket: bool,
    /// What the client presented in the TLS handshake.
    certificate: Option<Verified>,
    phase: Phase,
    keep_alive: u16,
}

#[derive(Debug)]
enum Phase {
    AwaitingConnect,
    Registering(Registration),
    Online(Online),
    Closed,
}

#[derive(Debug)]
struct Online {
    device: String,
    /// Whether it wants nothing to be kept beyond the connection.
    clean: bool,
    /// Without an api-version the service answers twin operations with 400.
    has_api_version: bool,
    hears_twin: bool,
    expires: Option<Timestamp>,
    will: Option<(Bag, Vec<u8>)>,
}

/// What a packet led to.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Output {
    pub(crate) send: Vec<Packet>,
    /// To be sent later, because of a fault.
    pub(crate) late: Option<(Duration, Packet)>,
    pub(crate) end: Option<End>,
}

/// Why a connection ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// The device said DISCONNECT.
    Clean,
    /// The device did what it must not, and the log says what.
    Refused(String),
}

impl Output {
    pub(super) fn send(packet: Packet) -> Self {
        Self { send: vec![packet], ..Self::default() }
    }

    fn refuse(reason: impl Into<String>) -> Self {
        Self { end: Some(End::Refused(reason.into())), ..Self::default() }
    }

    /// A PUBLISH at QoS 0.
    pub(super) fn publish(topic: String, payload: Vec<u8>) -> Self {
        Self::send(Packet::Publish(Publish::new(topic, QoS::AtMostOnce, payload)))
    }
}

impl Connection {
    /// A connection that has sent nothing yet.
    pub(crate) fn new(session: SessionId) -> Self {
        Self { session, by_websocket: false, certificate: None, phase: Phase::AwaitingConnect, keep_alive: 0 }
    }

    /// The same by WebSocket.
    pub(crate) fn over_websocket(self, yes: bool) -> Self {
        Self { by_websocket: yes, ..self }
    }

    /// The same on a stream that was opened with this certificate.
    pub(crate) fn with_certificate(self, certificate: Option<Arc<ClientCertificate>>) -> Self {
        Self { certificate: certificate.map(Verified::new), ..self }
    }

    /// What of the client's certificate is to be verified, and [told](Self::learn), before this packet is handled. That
    /// takes long: not while the state is locked.
    pub(crate) fn question(&self, packet: &Packet, state: &State, now: Timestamp) -> Option<Question> {
        let presented = self.certificate.as_ref()?;
        match (&self.phase, packet) {
            (Phase::AwaitingConnect, Packet::Connect(connect)) => {
                match Username::parse(&connect.login.as_ref()?.username).ok()? {
                    Username::Device { id, .. } => state.question_of_device(id, presented, now),
                    Username::Registration { .. } => None,
                }
            }
            (Phase::Registering(registration), Packet::Publish(_)) => {
                state.question_of_registration(registration.id(), presented, now)
            }
            _ => None,
        }
    }

    /// Has a question answered.
    pub(crate) fn learn(&mut self, question: &Question) {
        if let Some(presented) = &mut self.certificate {
            presented.answer(question);
        }
    }

    /// Whether CONNECT is still to come.
    pub(crate) fn is_new(&self) -> bool {
        matches!(self.phase, Phase::AwaitingConnect)
    }

    /// Whether it is a device that was let in.
    pub(crate) fn is_online(&self) -> bool {
        matches!(self.phase, Phase::Online(_))
    }

    /// Whether the client presented a certificate in the TLS handshake.
    pub(crate) fn has_certificate(&self) -> bool {
        self.certificate.is_some()
    }

    /// Whether it is one that registers, which has not shown yet that it may.
    pub(crate) fn is_registering(&self) -> bool {
        matches!(self.phase, Phase::Registering(_))
    }

    /// The silence, in milliseconds, after which the device counts as gone; `None` before CONNECT. Nobody is silent for
    /// ever: without a keep-alive it is the longest.
    pub(crate) fn silence_limit_ms(&self) -> Option<u64> {
        let keep_alive = if self.keep_alive == 0 { KEEP_ALIVE_LIMIT } else { self.keep_alive };
        (!self.is_new()).then(|| u64::from(keep_alive) * 1500)
    }

    /// When the token of a connected device expires.
    pub(crate) fn expires(&self) -> Option<Timestamp> {
        match &self.phase {
            Phase::Online(online) => online.expires,
            _ => None,
        }
    }

    /// The device or registration, for the log.
    pub(crate) fn name(&self) -> Option<&str> {
        match &self.phase {
            Phase::Online(online) => Some(&online.device),
            Phase::Registering(registration) => Some(registration.id()),
            Phase::AwaitingConnect | Phase::Closed => None,
        }
    }

    /// Handles one packet.
    #[must_use]
    pub(crate) fn handle(&mut self, packet: Packet, state: &mut State, now: Timestamp) -> Output {
        match (&mut self.phase, packet) {
            (Phase::AwaitingConnect, Packet::Connect(connect)) => self.connect(&connect, state, now),
            (Phase::AwaitingConnect, _) => Output::refuse("the first packet is not CONNECT"),
            (Phase::Closed, _) => Output::refuse("the connection is closed"),
            (_, Packet::Connect(_)) => Output::refuse("a second CONNECT"),
            (Phase::Online(online), Packet::PingReq)
                if state.faults.strikes(&online.device, Fault::IgnorePing) =>
            {
                Output::default()
            }
            (_, Packet::PingReq) => Output::send(Packet::PingResp),
            (_, Packet::Disconnect) => Output { end: Some(End::Clean), ..Output::default() },
            (Phase::Online(online), Packet::PubAck(PubAck { pkid })) => {
                state.message_completed(&online.device, self.session, pkid, now);
                Output::default()
            }
            (_, Packet::PubAck(_)) => Output::default(),
            (_, Packet::Publish(publish)) if publish.qos == QoS::ExactlyOnce => {
                Output::refuse("PUBLISH with QoS 2, which IoT Hub does not support")
            }
            (_, Packet::PubRec(_) | Packet::PubRel(_) | Packet::PubComp(_)) => {
                Output::refuse("a packet of QoS 2, which IoT Hub does not support")
            }
            (Phase::Registering(registration), Packet::Publish(publish)) => acknowledged(
                &publish,
                registration.publish(&publish, self.certificate.as_ref(), state, now),
                None,
            ),
            (Phase::Online(online), Packet::Publish(publish)) => {
                let answer = online.publish(&publish, self.session, state, now);
                let answer = online.tolerate(answer, &publish.topic, state, now);
                let late = online.acknowledgement_delay(&publish, state);
                acknowledged(&publish, answer.map_err(|error| explain(&publish.topic, &error)), late)
            }
            (_, Packet::Subscribe(subscribe)) => self.subscribe(&subscribe, state, now),
            (_, Packet::Unsubscribe(unsubscribe)) => {
                self.unsubscribe(&unsubscribe.topics, state);
                Output::send(Packet::UnsubAck(UnsubAck { pkid: unsubscribe.pkid }))
            }
            (_, other) => Output::refuse(format!("a client does not send {other:?}")),
        }
    }

    /// The connection is over: the state is told, and the will is delivered unless the end was clean.
    pub(crate) fn close(&mut self, why: &str, clean: bool, state: &mut State, now: Timestamp) {
        if let Phase::Online(online) = std::mem::replace(&mut self.phase, Phase::Closed) {
            if let Some((bag, payload)) = online.will.filter(|_| !clean) {
                state.telemetry(&online.device, &bag, &payload, now);
            }
            state.disconnect(&online.device, self.session, why, now);
        }
    }

    fn connect(&mut self, connect: &Connect, state: &mut State, now: Timestamp) -> Output {
        self.keep_alive = connect.keep_alive.min(KEEP_ALIVE_LIMIT);
        let Some(login) = &connect.login else {
            return denied("CONNECT has no user name".to_owned());
        };
        let presented = Presented { password: &login.password, certificate: self.certificate.as_ref() };
        match Username::parse(&login.username) {
            // the text is not repeated: with swapped settings it is a key, a token or a connection string
            Err(error) => denied(error.to_owned()),
            // a bad token is answered when the device registers, as the service does
            Ok(Username::Registration { scope, id }) => {
                self.phase =
                    Phase::Registering(Registration::new(scope, id, &login.password, self.by_websocket));
                accepted(false)
            }
            Ok(Username::Device { id, .. }) if id != connect.client_id => {
                denied(format!("the client id {:?} is not the user name's device", connect.client_id))
            }
            Ok(Username::Device { id, .. }) if let Some(code) = state.faults.take(id, refused_connection) => {
                let reason = format!("device {id:?}: the hub was told to refuse it with code {code:?}");
                let refusal = Packet::ConnAck(ConnAck::new(code, false));
                Output { send: vec![refusal], late: None, end: Some(End::Refused(reason)) }
            }
            Ok(Username::Device { id, api_version, model_id }) => {
                let clock = state.faults.skewed(id, now);
                let expires = match state.authenticate(id, presented, clock) {
                    Ok(expires) => expires,
                    Err(error) => return denied(format!("device {id:?}: {error}")),
                };
                let will = match will_of(connect, id) {
                    Ok(will) => will,
                    Err(error) => return denied(format!("device {id:?}: the will: {error}")),
                };
                let clean = connect.clean_session;
                let kept = match state.connect(id, self.session, model_id.as_deref(), clean, now) {
                    Ok(kept) => kept,
                    Err(error) => return denied(error.to_string()),
                };
                let expires = cut_off(now, id, state).or(expires);
                let (device, has_api_version) = (id.to_owned(), api_version);
                self.phase = Phase::Online(Online {
                    device,
                    clean,
                    has_api_version,
                    hears_twin: state
                        .device(id)
                        .is_ok_and(|device| device.subscribed.contains(&Subscription::TwinResponses)),
                    expires,
                    will,
                });
                accepted(kept)
            }
        }
    }

    fn subscribe(&mut self, subscribe: &Subscribe, state: &mut State, now: Timestamp) -> Output {
        let mut granted = Vec::new();
        for filter in &subscribe.filters {
            let Some(found) = self.find(&filter.path) else {
                let shown: String = filter.path.chars().take(SHOWN_LIMIT).collect();
                let reason = format!("SUBSCRIBE to {shown:?}, which IoT Hub does not know");
                if !state.tolerates_unknown_topics {
                    return Output::refuse(reason);
                }
                state.refuse(self.name(), &format!("{reason}: tolerated"), now);
                granted.push(SubscribeReasonCode::Failure);
                continue;
            };
            if let Phase::Online(online) = &mut self.phase {
                online.hears_twin |= found == Subscription::TwinResponses;
                state.subscribe(&online.device, self.session, found, online.clean, now);
            }
            // QoS 2 is granted as 1
            let qos = if filter.qos == QoS::AtMostOnce { QoS::AtMostOnce } else { QoS::AtLeastOnce };
            granted.push(SubscribeReasonCode::Success(qos));
        }
        Output::send(Packet::SubAck(SubAck::new(subscribe.pkid, granted)))
    }

    fn unsubscribe(&mut self, filters: &[String], state: &mut State) {
        for filter in filters {
            let Some(found) = self.find(filter) else { continue };
            if let Phase::Online(online) = &mut self.phase {
                online.hears_twin &= found != Subscription::TwinResponses;
                state.unsubscribe(&online.device, self.session, found);
            }
        }
    }

    fn find(&self, filter: &str) -> Option<Subscription> {
        match &self.phase {
            Phase::Online(online) => Subscription::of_device(filter, &online.device),
            _ => Subscription::of_registration(filter),
        }
    }
}

impl Online {
    fn publish(
        &self,
        publish: &Publish,
        session: SessionId,
        state: &mut State,
        now: Timestamp,
    ) -> Result<Output, TopicError> {
        match Topic::parse(&publish.topic)? {
            Topic::Telemetry { path, .. }
                if path == topics::path(&self.device)
                    && state.faults.strikes(&self.device, Fault::CutAtMessage) =>
            {
                Ok(Output::refuse("the hub was told to cut the connection at this message"))
            }
            Topic::Telemetry { path, mut bag } if path == topics::path(&self.device) => {
                if publish.retain {
                    bag.insert("mqtt-retain", "true");
                }
                state.telemetry(&self.device, &bag, &publish.payload, now);
                Ok(Output::default())
            }
            Topic::TwinGet { .. } | Topic::TwinPatch { .. }
                if state.faults.strikes(&self.device, Fault::IgnoreTwin) =>
            {
                Ok(Output::default())
            }
            Topic::TwinGet { rid } | Topic::TwinPatch { rid }
                if let Some(status) = state.faults.take(&self.device, refused_twin) =>
            {
                let body = error_body(u32::from(status) * 1000, "the hub was told to refuse", now);
                Ok(self.twin_answer(topics::twin_response(status, rid, None), body.to_string().into_bytes()))
            }
            Topic::TwinGet { rid } => Ok(self.answer_get(rid, state, now)),
            Topic::TwinPatch { rid } => Ok(self.answer_patch(rid, &publish.payload, state, now)),
            Topic::MethodAnswer { status, rid } => {
                if !state.answer_call(session, rid, (status, &publish.payload), now) {
                    let text =
                        format!("an answer to the method call {rid:?}, which nobody waits for (any more)");
                    state.refuse(Some(&self.device), &text, now);
                }
                Ok(Output::default())
            }
            Topic::Telemetry { .. } | Topic::DpsRegister { .. } | Topic::DpsPoll { .. } => {
                Err(TopicError::Unknown)
            }
        }
    }

    /// A message to a topic that IoT Hub does not know is only logged where the hub was told so.
    fn tolerate(
        &self,
        answer: Result<Output, TopicError>,
        topic: &str,
        state: &mut State,
        now: Timestamp,
    ) -> Result<Output, TopicError> {
        match answer {
            Err(error) if state.tolerates_unknown_topics => {
                let reason = format!("{}: tolerated, and the message is dropped", explain(topic, &error));
                state.refuse(Some(&self.device), &reason, now);
                Ok(Output::default())
            }
            other => other,
        }
    }

    /// How much later a message is acknowledged because of a fault; `Duration::MAX` is never.
    fn acknowledgement_delay(&self, publish: &Publish, state: &mut State) -> Option<Duration> {
        let is_message = publish.topic.starts_with("devices/");
        let delay = |fault| match fault {
            Fault::WithholdAcknowledgement => Some(Duration::MAX),
            Fault::DelayAcknowledgement { by } => Some(by),
            _ => None,
        };
        is_message.then(|| state.faults.take(&self.device, delay)).flatten()
    }

    fn answer_get(&self, rid: &str, state: &State, now: Timestamp) -> Output {
        match state.device(&self.device) {
            Ok(device) if self.has_api_version => {
                let body = device.record.twin.for_device().to_string();
                self.twin_answer(topics::twin_response(200, rid, None), body.into_bytes())
            }
            Ok(_) => self.twin_error(rid, NO_API_VERSION, now),
            Err(error) => self.twin_error(rid, &error.to_string(), now),
        }
    }

    fn answer_patch(&self, rid: &str, payload: &[u8], state: &mut State, now: Timestamp) -> Output {
        if !self.has_api_version {
            return self.twin_error(rid, NO_API_VERSION, now);
        }
        let reported = serde_json::from_slice::<Map<String, Value>>(payload)
            .map_err(|error| format!("the reported properties are not a JSON object: {error}"))
            .and_then(|patch| state.report(&self.device, &patch, now).map_err(|error| error.to_string()));
        match reported {
            Ok(version) => self.twin_answer(topics::twin_response(204, rid, Some(version)), Vec::new()),
            Err(message) => {
                state.refuse(Some(&self.device), &format!("reported properties: {message}"), now);
                self.twin_error(rid, &message, now)
            }
        }
    }

    fn twin_error(&self, rid: &str, message: &str, now: Timestamp) -> Output {
        // the clients look at the topic's status or at the body's code: both are given
        let body = error_body(400_004, message, now).to_string().into_bytes();
        self.twin_answer(topics::twin_response(400, rid, None), body)
    }

    fn twin_answer(&self, topic: String, payload: Vec<u8>) -> Output {
        if self.hears_twin { Output::publish(topic, payload) } else { Output::default() }
    }
}

const NO_API_VERSION: &str = "the CONNECT user name has no api-version";

/// What `answer` sends, and the PUBACK of what was taken before it, unless a fault makes it late: `Duration::MAX` is
/// never.
fn acknowledged(publish: &Publish, answer: Result<Output, String>, late: Option<Duration>) -> Output {
    match answer {
        Err(reason) => Output::refuse(reason),
        Ok(mut output) => {
            if publish.qos == QoS::AtLeastOnce && output.end.is_none() {
                let acknowledgement = Packet::PubAck(PubAck::new(publish.pkid));
                match late {
                    None => output.send.insert(0, acknowledgement),
                    Some(Duration::MAX) => {}
                    Some(by) => output.late = Some((by, acknowledgement)),
                }
            }
            output
        }
    }
}

pub(super) fn explain(topic: &str, error: &TopicError) -> String {
    let shown: String = topic.chars().take(SHOWN_LIMIT).collect();
    format!("PUBLISH to {shown:?}: {error}")
}

fn accepted(session_present: bool) -> Output {
    Output::send(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, session_present)))
}

/// IoT Hub answers nearly every refusal with code 5.
fn denied(reason: String) -> Output {
    let refusal = Packet::ConnAck(ConnAck::new(ConnectReturnCode::NotAuthorized, false));
    Output { send: vec![refusal], late: None, end: Some(End::Refused(reason)) }
}

fn refused_connection(fault: Fault) -> Option<ConnectReturnCode> {
    match fault {
        Fault::RefuseConnection { code } => Some(match code {
            1 => ConnectReturnCode::RefusedProtocolVersion,
            2 => ConnectReturnCode::BadClientId,
            3 => ConnectReturnCode::ServiceUnavailable,
            4 => ConnectReturnCode::BadUserNamePassword,
            _ => ConnectReturnCode::NotAuthorized,
        }),
        _ => None,
    }
}

fn refused_twin(fault: Fault) -> Option<u16> {
    match fault {
        Fault::RefuseTwin { status } => Some(status),
        _ => None,
    }
}

/// When a connection is to end, as if its token had expired, because of a fault.
fn cut_off(now: Timestamp, device: &str, state: &mut State) -> Option<Timestamp> {
    let after = state.faults.take(device, |fault| match fault {
        Fault::ExpireToken { after } => Some(after),
        _ => None,
    })?;
    let after = SignedDuration::try_from(after).ok()?;
    // the driver waits so much longer than a token lives
    now.checked_add(after - SignedDuration::from_secs(CLOCK_SKEW_SECONDS)).ok()
}

fn will_of(connect: &Connect, device: &str) -> Result<Option<(Bag, Vec<u8>)>, TopicError> {
    let Some(will) = &connect.last_will else {
        return Ok(None);
    };
    match Topic::parse(&will.topic)? {
        Topic::Telemetry { path, mut bag } if path == topics::path(device) => {
            bag.insert("iothub-MessageType", "Will");
            if will.retain {
                bag.insert("mqtt-retain", "true");
            }
            Ok(Some((bag, will.message.to_vec())))
        }
        _ => Err(TopicError::Unknown),
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
