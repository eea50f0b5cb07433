//! The packet side of the session: what is sent, and what a received packet means.

use std::time::Instant;

use bytes::BytesMut;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{
    ConnAck, Connect, ConnectReturnCode, Packet, PubAck, Publish, SubAck, Subscribe, SubscribeFilter,
    SubscribeReasonCode,
};
use secrecy::ExposeSecret;

use super::commands::{Ended, Reply, Run};
use super::renewal::Renewal;
use super::timer::Timer;
use super::{
    ANSWER_LIMIT, Action, CallId, HANDSHAKE_LIMIT, Login, Open, PING_LIMIT, Phase, Session, publish,
};
use crate::call::Answer;
use crate::convention::creation_time;
use crate::convention::topic::{self, Received};
use crate::error::Error;
use crate::json::Json;
use crate::moment::Moment;
use crate::refusal::CommandError;
use crate::twin::Answered;

/// The largest method answer a hub takes.
const LARGEST_ANSWER: usize = 128 * 1024;
/// Answers and acknowledgements that may wait to be written before the connection is given up.
const MOST_CONTROL: usize = 1024;

impl Session {
    /// The next packet to write but telemetry. Nothing but the greeting is sent before the hub has accepted it. Ask until
    /// `None`, and then for actions: a planned reconnect goes ahead when the last answer has been taken.
    pub(crate) fn poll_packet(&mut self, now: Instant) -> Option<Packet> {
        if let Some(packet) = self.control.pop_front() {
            return Some(packet);
        }
        self.check_drained(now);
        if !matches!(self.phase, Phase::Serving(_)) || self.timers.is_set(Timer::TwinRetry) {
            return None;
        }
        let (topic, payload) = self.requests.next()?;
        self.watch_twin(now);
        Some(Packet::Publish(Publish::from_bytes(topic, QoS::AtMostOnce, payload)))
    }

    /// Writes the telemetry that is due, as long as `buffer` is shorter than `enough`.
    ///
    /// # Errors
    /// When it cannot be written as MQTT; the connection is of no use then.
    pub(crate) fn write_telemetry(
        &mut self,
        at: Moment,
        buffer: &mut BytesMut,
        enough: usize,
    ) -> Result<(), Error> {
        let Phase::Serving(open) = &self.phase else {
            return Ok(());
        };
        let mut outbox = self.outbox.lock();
        while buffer.len() < enough
            && let Some((id, message)) = outbox.next(at.now)
        {
            let created = message.creation_to_tell(at).map(creation_time).unwrap_or_default();
            let topic = [open.events.as_bytes(), message.bag(), created.as_bytes()];
            publish::write(buffer, topic, id, message.payload())?;
        }
        Ok(())
    }

    pub(super) fn opened(&mut self, now: Instant, login: Login) {
        let client_id = login.principal.to_string();
        let known = (login.endpoint.clone(), client_id.clone());
        let other = self.twin_of.replace(known).is_some_and(|before| self.twin_of != Some(before));
        let concerned =
            self.ledger.as_mut().is_none_or(|ledger| ledger.concerns(&login.endpoint, &client_id));
        if other || !concerned {
            self.desired.forget();
        }
        let messages = self.takes_messages(&login.principal).then(|| topic::messages(&login.principal));
        let mut connect = Connect::new(client_id);
        connect.keep_alive = u16::try_from(self.options.keep_alive.as_secs()).unwrap_or(u16::MAX);
        connect.clean_session = messages.is_none();
        // An empty password is none on the wire: the flag of CONNECT is not set.
        let password = login.password.as_ref().map_or("", ExposeSecret::expose_secret);
        connect.set_login(login.username, password);
        self.control.push_back(Packet::Connect(connect));
        self.timers.set(Timer::Handshake, now + HANDSHAKE_LIMIT);
        self.phase = Phase::Greeting(Open {
            endpoint: login.endpoint,
            events: topic::telemetry(&login.principal),
            messages,
            renewal: login.life.map(|life| Renewal::new(now, life)),
        });
    }

    pub(super) fn packet(&mut self, now: Instant, packet: Packet) {
        let phase = std::mem::replace(&mut self.phase, Phase::Offline);
        match (phase, packet) {
            (Phase::Offline, _) => {}
            (Phase::Greeting(open), Packet::ConnAck(answer)) => self.greeted(open, &answer),
            (Phase::Subscribing(open), Packet::SubAck(answer)) => self.subscribed(now, open, &answer),
            (phase @ Phase::Greeting(_), Packet::Publish(_)) => self.phase = phase,
            // MQTT 3.1.1, 3.8.4: publishes may come before the SUBACK that grants their subscription.
            (phase @ Phase::Subscribing(_), Packet::Publish(publish)) => {
                self.phase = phase;
                self.published(now, &publish);
            }
            (phase @ (Phase::Serving(_) | Phase::Draining), packet) => {
                self.phase = phase;
                self.serve(now, packet);
            }
            (phase, packet) => {
                self.phase = phase;
                self.hang_up(Error::Protocol { what: format!("{} during the greeting", kind(&packet)) });
            }
        }
    }

    pub(super) fn ping(&mut self, now: Instant) {
        self.control.push_back(Packet::PingReq);
        self.timers.set(Timer::Ping, now + self.options.keep_alive.mul_f64(0.75));
        // Pings may be due more often than their limit: the first unanswered one counts.
        if !self.timers.is_set(Timer::PingAnswer) {
            self.timers.set(Timer::PingAnswer, now + PING_LIMIT.min(self.options.keep_alive));
        }
    }

    pub(super) fn command_ended(&mut self, call: CallId, result: &Result<Answer, CommandError>) {
        let (ended, next) = self.commands.ended(call, result);
        let offline = self.offline_command_ended(call, result);
        match ended {
            Ended::Nothing if offline => {}
            Ended::Reply(reply) => self.reply(&reply),
            Ended::Result(command) => self.report_result(command, result.as_ref().map(|Answer(value)| value)),
            Ended::Nothing => tracing::debug!("a command ended after its caller's connection was lost"),
        }
        self.run(next);
    }

    fn greeted(&mut self, open: Open, answer: &ConnAck) {
        if answer.code != ConnectReturnCode::Success {
            let code = answer.code as u8;
            return self.hang_up(Error::Refused { endpoint: open.endpoint, code });
        }
        let filters = topic::SUBSCRIPTIONS.map(str::to_owned).into_iter().chain(open.messages.clone());
        let filter = |path| SubscribeFilter::new(path, QoS::AtLeastOnce);
        let mut subscribe = Subscribe::new_many(filters.map(filter));
        // No telemetry is in flight yet, so every packet id is free.
        subscribe.pkid = 1;
        self.control.push_back(Packet::Subscribe(subscribe));
        self.phase = Phase::Subscribing(open);
    }

    fn subscribed(&mut self, now: Instant, open: Open, answer: &SubAck) {
        if answer.return_codes.contains(&SubscribeReasonCode::Failure) {
            return self.hang_up(Error::Protocol { what: "it refused a subscription".to_owned() });
        }
        self.timers.stop(Timer::Handshake);
        if let Some(renewal) = &open.renewal {
            self.timers.set(Timer::Renewal, renewal.due);
        }
        self.timers.set(Timer::Ping, now + self.options.keep_alive.mul_f64(0.75));
        self.counters.connects += 1;
        self.desired.fetching();
        self.requests.connected();
        self.phase = Phase::Serving(open);
        self.actions.push_back(Action::Serving);
    }

    fn serve(&mut self, now: Instant, packet: Packet) {
        match packet {
            Packet::Publish(publish) => self.published(now, &publish),
            Packet::PubAck(PubAck { pkid }) => self.acknowledged(now, &[pkid]),
            Packet::PingResp => self.timers.stop(Timer::PingAnswer),
            Packet::SubAck(_) | Packet::UnsubAck(_) => {}
            other => self.hang_up(Error::Protocol { what: format!("{} from a server", kind(&other)) }),
        }
    }

    pub(super) fn acknowledged(&mut self, now: Instant, ids: &[u16]) {
        match self.phase {
            Phase::Serving(_) | Phase::Draining => {}
            Phase::Offline => return,
            Phase::Greeting(_) | Phase::Subscribing(_) => {
                return self.hang_up(Error::Protocol { what: "PUBACK during the greeting".to_owned() });
            }
        }
        let mut outbox = self.outbox.lock();
        let before = self.actions.len();
        let ended = ids.iter().filter_map(|id| outbox.acknowledged(*id, now));
        self.actions.extend(ended.map(Action::End));
        drop(outbox);
        let unknown = ids.len() - (self.actions.len() - before);
        if unknown > 0 {
            tracing::debug!(unknown, "acknowledgements of nothing in flight");
        }
    }

    fn published(&mut self, now: Instant, publish: &Publish) {
        let received = Received::parse(&publish.topic);
        // A message is acknowledged when it has been processed, everything else when it is here.
        if publish.qos != QoS::AtMostOnce && !matches!(received, Some(Received::Message { .. })) {
            self.control.push_back(Packet::PubAck(PubAck::new(publish.pkid)));
        }
        match received {
            Some(Received::Message { bag }) => self.message_arrived(bag, publish),
            Some(Received::Method { name, request_id }) => {
                self.called(now, name, request_id, publish);
            }
            Some(Received::TwinAnswer { status, request_id }) => {
                self.twin_answered(now, request_id, status, &publish.payload);
            }
            Some(Received::Desired { version }) if matches!(self.phase, Phase::Subscribing(_)) => {
                tracing::debug!(version, "a desired patch before the twin is fetched, which will hold it");
            }
            Some(Received::Desired { version }) => self.patched(now, version, &publish.payload),
            None => tracing::debug!(topic = publish.topic, "a topic that means nothing to this device"),
        }
        if self.control.len() > MOST_CONTROL {
            self.hang_up(Error::lost("the hub does not read what it asks for"));
        }
    }

    fn called(&mut self, now: Instant, name: &str, request_id: &str, publish: &Publish) {
        tracing::debug!(name, request_id, "command called");
        let fits = |open: &Open| match self.model.command(name) {
            Some(command) if !command.asynchronous => open.renewal.is_none_or(|renewal| {
                renewal.leaves_room(now, self.options.deadlines.of(&self.model, &command))
            }),
            _ => true,
        };
        let unavailable = match &self.phase {
            _ if self.closing => Some("the device is closing"),
            Phase::Serving(open) if fits(open) => None,
            Phase::Serving(_) | Phase::Draining => Some("the device is renewing its connection: call again"),
            _ => None,
        };
        if let Some(reason) = unavailable {
            let error = CommandError::unavailable(reason);
            let (status, body) = (error.status(), error.body());
            return self.reply(&Reply { request_id: request_id.to_owned(), status, body });
        }
        let (reply, run) = self.commands.called(name, request_id, publish.payload.clone(), publish.dup);
        if let Some(reply) = &reply {
            self.reply(reply);
        }
        self.run(run);
    }

    pub(super) fn run(&mut self, run: Option<Run>) {
        let action = |Run { call, command, payload }| Action::Run { call, command, payload };
        self.actions.extend(run.map(action));
    }

    fn reply(&mut self, reply: &Reply) {
        tracing::debug!(request_id = reply.request_id, status = reply.status, "command answered");
        self.counters.commands_answered += 1;
        let text = |body: &Json| serde_json::to_vec(body).unwrap_or_default();
        let (mut status, mut body) = (reply.status, text(&reply.body));
        if body.len() > LARGEST_ANSWER {
            let error = CommandError::failed("the answer is larger than the 128 KiB a hub takes");
            (status, body) = (error.status(), text(&error.body()));
        }
        let topic = topic::method_answer(status, &reply.request_id);
        let publish = Publish::new(topic, QoS::AtMostOnce, body);
        self.control.push_back(Packet::Publish(publish));
    }

    /// Each kind of twin request has a deadline of its own: an answer to one says nothing of the other.
    fn watch_twin(&mut self, now: Instant) {
        let kinds = [
            (Timer::TwinFetch, self.requests.awaits_twin()),
            (Timer::TwinAnswer, self.requests.awaits_answer()),
        ];
        for (timer, awaited) in kinds {
            match (awaited, self.timers.is_set(timer)) {
                (true, false) => self.timers.set(timer, now + ANSWER_LIMIT),
                (false, true) => self.timers.stop(timer),
                _ => {}
            }
        }
    }

    fn twin_answered(&mut self, now: Instant, request_id: u32, status: u16, body: &[u8]) {
        let answered = self.requests.answered(request_id, status, body);
        self.watch_twin(now);
        match answered {
            Answered::Twin => self.twin(now, body),
            Answered::NoTwin { status } => {
                tracing::warn!(status, "the hub does not give the twin out");
                self.desired.unavailable();
            }
            Answered::Reported(settled, acknowledged) => {
                self.counters.reported += 1;
                self.actions.extend(settled.into_iter().map(Action::Settle));
                let kept = self.ledger.as_mut().and_then(|ledger| ledger.note(acknowledged));
                self.actions.extend(kept.map(Action::Keep));
            }
            Answered::Refused(settled) => self.actions.extend(settled.into_iter().map(Action::Settle)),
            Answered::Later(pause, settled) => {
                self.counters.throttled += u64::from(status == 429);
                tracing::warn!(status, ?pause, "the hub does not take twin requests now: they pause");
                self.timers.set(Timer::TwinRetry, now + pause);
                self.actions.extend(settled.into_iter().map(Action::Settle));
            }
            Answered::Unknown => tracing::debug!(request_id, "an answer to no twin request"),
        }
    }

    fn twin(&mut self, now: Instant, body: &[u8]) {
        let twin: Result<Json, _> = serde_json::from_slice(body);
        let side = |name: &str| twin.as_ref().ok().and_then(|twin| twin.get(name)).and_then(Json::as_object);
        if let Some(reported) = side("reported") {
            self.requests.fetched(reported);
        }
        let desired = side("desired");
        match desired {
            Some(desired) if !self.closing => {
                let steps = self.desired.fetched(desired);
                self.follow(now, steps);
            }
            Some(_) => {}
            None => self.hang_up(Error::Protocol { what: "a twin without desired properties".to_owned() }),
        }
    }

    fn patched(&mut self, now: Instant, version: i64, body: &[u8]) {
        match serde_json::from_slice(body) {
            Ok(Json::Object(patch)) if !self.closing => {
                let steps = self.desired.patched(version, patch);
                self.follow(now, steps);
            }
            Ok(Json::Object(_)) => {}
            _ => self.hang_up(Error::Protocol { what: "a desired patch that is no JSON object".to_owned() }),
        }
    }
}

/// A packet's kind; its contents may be secret.
fn kind(packet: &Packet) -> &'static str {
    match packet {
        Packet::Connect(_) => "CONNECT",
        Packet::ConnAck(_) => "CONNACK",
        Packet::Publish(_) => "PUBLISH",
        Packet::PubAck(_) => "PUBACK",
        Packet::PubRec(_) | Packet::PubRel(_) | Packet::PubComp(_) => "a QoS 2 packet",
        Packet::Subscribe(_) => "SUBSCRIBE",
        Packet::SubAck(_) => "SUBACK",
        Packet::Unsubscribe(_) => "UNSUBSCRIBE",
        Packet::UnsubAck(_) => "UNSUBACK",
        Packet::PingReq => "PINGREQ",
        Packet::PingResp => "PINGRESP",
        Packet::Disconnect => "DISCONNECT",
    }
}
