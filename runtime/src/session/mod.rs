//! The device's session: one sans-I/O state machine for everything that happens on its hub connection.
//!
//! It decides which packet is sent next, what a received one means, when a connection is dead, and what outlives it.
//! It owns no socket, clock or task: time is an argument, packets are taken from [`Session::poll_packet`], everything
//! else from [`Session::poll_action`]. Reconnecting, back-off and provisioning are not its business.
//!
//! ```text
//!            Opened             CONNACK 0               SUBACK             80 % of the token's life
//!  Offline ─────────▶ Greeting ──────────▶ Subscribing ────────▶ Serving ─────────────────────────▶ Draining
//!     ▲                  │ refused              │ refused           │ lost                             │ nothing
//!     └──────────────────┴──────────────────────┴───────────────────┴──────────────────────────────────┘ in flight
//! ```
//!
//! Telemetry, reports and handlers live on while offline: the outbox, the twin's requests and the command desk keep
//! what is to be sent on the next connection.

mod commands;
mod packets;
mod publish;
mod recovery;
mod timer;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
pub(crate) use commands::CallId;
use commands::Commands;
pub(crate) use recovery::Recovery;
use rumqttc::mqttbytes::v4::Packet;
use secrecy::SecretString;
use serde_json::Map;
use timer::{Timer, Timers};

use crate::call::{Answer, InForce};
use crate::connection::Options;
use crate::convention::envelope;
use crate::error::Error;
use crate::json::Json;
use crate::outbox::{Ended, LARGEST, Settled, SharedOutbox, Ticket};
use crate::refusal::{CommandError, PropertyError};
use crate::state::Counters;
use crate::table::{FoundCommand, ModelTable};
use crate::twin::{Desired, PropertyKey, Report, Requests, Step};

/// How long CONNACK and SUBACK may take together.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(30);
/// How long the hub may leave a publish or twin request without any answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// How long a PINGRESP may take.
const PING_LIMIT: Duration = Duration::from_secs(20);
/// How long in-flight messages and running commands may take before a planned reconnect goes ahead without them.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// What the hub is told when a connection opens.
#[derive(Debug)]
pub(crate) struct Login {
    /// `host:port`, for errors.
    pub(crate) endpoint: String,
    pub(crate) device_id: String,
    pub(crate) username: String,
    pub(crate) password: SecretString,
    /// After this time the connection is to be renewed.
    pub(crate) renew_after: Duration,
}

/// Something that has happened.
#[derive(Debug)]
pub(crate) enum Input {
    /// A connection is open; nothing has been said on it.
    Opened(Login),
    /// A packet has arrived.
    Packet(Packet),
    /// PUBACKs with these packet ids have arrived.
    Acknowledged(Vec<u16>),
    /// The connection is gone; `cut_by_hub` when it was the hub that closed it.
    Lost { cause: Arc<Error>, cut_by_hub: bool },
    /// No connection could be opened.
    Unreachable(Arc<Error>),
    /// The device reports properties of a component.
    Report { ticket: Ticket, component: Option<&'static str>, fields: Map<String, Json> },
    /// A command's handler has ended.
    CommandEnded { call: CallId, result: Result<Answer, CommandError> },
    /// A property's handler has ended.
    DesiredEnded { key: PropertyKey, result: Result<InForce, PropertyError> },
    /// Take nothing new any more.
    Close,
}

/// Something that is to be done.
#[derive(Debug)]
pub(crate) enum Action {
    /// The session has come to serve.
    Serving,
    /// Give the connection up; [`Session`] is offline already.
    HangUp(Arc<Error>),
    /// End the connection politely and open another with a fresh token; [`Session`] is offline already.
    Renew,
    /// Call a command's handler, then hand in [`Input::CommandEnded`].
    Run { call: CallId, command: FoundCommand, payload: Bytes },
    /// Call a property's handler, then hand in [`Input::DesiredEnded`].
    Apply { key: PropertyKey, value: Json },
    /// Tell whoever waits for a report.
    Settle(Settled),
    /// Tell whoever waits for a message.
    End(Ended),
}

/// Where the session stands; named for what it waits for.
#[derive(Debug)]
enum Phase {
    Offline,
    Greeting(Open),
    Subscribing(Open),
    Serving(Open),
    Draining,
}

/// What is known of the open connection.
#[derive(Debug)]
struct Open {
    endpoint: String,
    /// What telemetry topics begin with.
    events: String,
    renew_at: Instant,
}

/// The session core.
#[derive(Debug)]
pub(crate) struct Session {
    model: ModelTable,
    options: Options,
    phase: Phase,
    timers: Timers,
    control: VecDeque<Packet>,
    actions: VecDeque<Action>,
    outbox: SharedOutbox,
    requests: Requests,
    desired: Desired,
    commands: Commands,
    counters: Counters,
    last_cause: Option<Arc<Error>>,
    closing: bool,
}

impl Session {
    pub(crate) fn new(model: ModelTable, options: Options) -> Self {
        Self {
            phase: Phase::Offline,
            timers: Timers::default(),
            control: VecDeque::new(),
            actions: VecDeque::new(),
            outbox: SharedOutbox::new(options.outbox),
            requests: Requests::new(),
            desired: Desired::new(model),
            commands: Commands::new(model, options.parallel_commands),
            counters: Counters::default(),
            last_cause: None,
            closing: false,
            model,
            options,
        }
    }

    /// Takes note of something.
    pub(crate) fn handle(&mut self, now: Instant, input: Input) {
        match input {
            Input::Opened(login) => self.opened(now, login),
            Input::Packet(packet) => self.packet(now, packet),
            Input::Acknowledged(ids) => self.acknowledged(&ids),
            Input::Lost { cause, cut_by_hub } => self.offline(cause, cut_by_hub),
            Input::Unreachable(cause) => self.last_cause = Some(cause),
            Input::Report { ticket, component, fields } => self.report(now, ticket, component, fields),
            Input::CommandEnded { call, result } => self.command_ended(call, &result),
            Input::DesiredEnded { key, result } => {
                let steps = self.desired.ended(key, &result);
                self.follow(steps);
            }
            Input::Close => self.closing = true,
        }
        self.check_drained();
    }

    /// The next thing to do besides sending packets.
    pub(crate) fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// When [`Session::handle_timeout`] wants to be called.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        let (expiry, unacknowledged) = {
            let outbox = self.outbox.lock();
            (outbox.next_expiry(), outbox.oldest_sent().map(|sent| sent + ANSWER_LIMIT))
        };
        let deadlines = [self.timers.next(), expiry, unacknowledged, self.requests.next_deadline()];
        deadlines.into_iter().flatten().min()
    }

    /// Time has passed.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.expire(now);
        for ticket in self.requests.overdue(now) {
            let outcome = Err(self.late("the report", self.options.report_deadline));
            self.actions.push_back(Action::Settle(Settled { ticket, outcome }));
        }
        while let Some(timer) = self.timers.pop_expired(now) {
            self.timer(now, timer);
        }
        self.check_drained();
    }

    /// Where telemetry is put that this session is to send.
    pub(crate) fn outbox(&self) -> SharedOutbox {
        self.outbox.clone()
    }

    /// Whether nothing is left to do before closing.
    pub(crate) fn is_idle(&self) -> bool {
        let sent = self.outbox.lock().is_empty() && self.requests.len() == 0 && self.control.is_empty();
        sent && self.commands.is_idle() && !self.desired.is_busy()
    }

    /// Whether as many reports wait as may.
    pub(crate) fn reports_are_full(&self) -> bool {
        const MOST_REPORTS: usize = 256;
        self.requests.len() >= MOST_REPORTS
    }

    /// Ends everything that is left but telemetry, which whoever shares the outbox ends.
    pub(crate) fn abandon(&mut self) -> Vec<Settled> {
        self.requests.abandon()
    }

    pub(crate) fn counters(&self) -> Counters {
        self.outbox.lock().count(self.counters)
    }

    /// Ends telemetry that is too old, and the connection when it leaves telemetry unacknowledged for too long.
    fn expire(&mut self, now: Instant) {
        let mut outbox = self.outbox.lock();
        let ended = std::iter::from_fn(|| outbox.expire(now));
        self.actions.extend(ended.map(Action::End));
        let overdue = outbox.oldest_sent().is_some_and(|sent| sent + ANSWER_LIMIT <= now);
        drop(outbox);
        if overdue {
            self.hang_up(self.late("an acknowledgement of telemetry", ANSWER_LIMIT));
        }
    }

    fn timer(&mut self, now: Instant, timer: Timer) {
        match timer {
            Timer::Handshake => self.hang_up(self.late("the hub's greeting", HANDSHAKE_LIMIT)),
            Timer::Ping => self.ping(now),
            Timer::PingAnswer => self.hang_up(self.late("the hub's answer to a ping", PING_LIMIT)),
            Timer::TwinAnswer => self.hang_up(self.late("an answer about the twin", ANSWER_LIMIT)),
            Timer::TwinRetry => {}
            Timer::Renewal => {
                if matches!(self.phase, Phase::Serving(_)) {
                    tracing::debug!("the token is to be renewed: draining");
                    self.phase = Phase::Draining;
                    self.timers.set(Timer::Drain, now + DRAIN_LIMIT);
                }
            }
            Timer::Drain => self.renew(),
        }
    }

    /// Goes on with a planned reconnect when nothing is in flight and no caller waits any more.
    fn check_drained(&mut self) {
        if !matches!(self.phase, Phase::Draining) {
            return;
        }
        let answered = !self.requests.is_waiting() && !self.commands.owes_answers();
        if answered && self.outbox.lock().in_flight() == 0 && self.control.is_empty() {
            self.renew();
        }
    }

    fn renew(&mut self) {
        let cause = Arc::new(Error::lost("it is renewed with a fresh token"));
        self.offline(cause, false);
        self.actions.push_back(Action::Renew);
    }

    /// Gives the connection up for a reason of our own.
    fn hang_up(&mut self, cause: Error) {
        let cause = Arc::new(cause);
        self.offline(Arc::clone(&cause), false);
        self.actions.push_back(Action::HangUp(cause));
    }

    /// The connection is gone, whoever ended it.
    fn offline(&mut self, cause: Arc<Error>, cut_by_hub: bool) {
        let phase = std::mem::replace(&mut self.phase, Phase::Offline);
        if matches!(phase, Phase::Serving(_) | Phase::Draining) {
            self.counters.disconnects += 1;
        }
        self.timers = Timers::default();
        self.control.clear();
        self.commands.connection_lost();
        let parked = self.outbox.lock().connection_lost(cut_by_hub, &cause);
        self.actions.extend(parked.map(Action::End));
        if let Some(settled) = self.requests.connection_lost() {
            self.counters.rejected += 1;
            self.actions.push_back(Action::Settle(settled));
        }
        self.last_cause = Some(cause);
    }

    /// Reports properties, the writable ones as acknowledgements of the version that is in force.
    fn report(
        &mut self,
        now: Instant,
        ticket: Ticket,
        component: Option<&'static str>,
        mut fields: Map<String, Json>,
    ) {
        let convention = self.model.convention;
        for part in self.model.parts.iter().filter(|part| part.component == component) {
            for (name, value) in &mut fields {
                let Some(property) = part.writable(name) else {
                    continue;
                };
                let key = PropertyKey { component, name: property.name };
                self.desired.reported(key, value.clone());
                *value = envelope::reported_writable(convention, value, self.desired.acknowledged(key));
            }
        }
        let waiting = Some((ticket, now + self.options.report_deadline));
        self.queue_patch(component, fields, waiting);
    }

    /// Queues a reported patch of a component.
    fn queue_patch(
        &mut self,
        component: Option<&str>,
        fields: Map<String, Json>,
        waiting: Option<(Ticket, Instant)>,
    ) {
        let patch = envelope::patch(self.model.convention, component, fields);
        let body = Bytes::from(patch.to_string());
        if body.len() <= LARGEST {
            return self.requests.report(Report::new(body, waiting));
        }
        let error = Error::TooLarge { size: body.len(), limit: LARGEST };
        match waiting {
            Some((ticket, _)) => {
                self.actions.push_back(Action::Settle(Settled { ticket, outcome: Err(error) }));
            }
            None => tracing::warn!(%error, "a reported patch cannot be sent"),
        }
    }

    /// Carries out what the desired properties ask for.
    fn follow(&mut self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Apply { key, version, value } => {
                    tracing::debug!(name = key.name, version, "applying a desired value");
                    self.counters.desired_applied += 1;
                    self.actions.push_back(Action::Apply { key, value });
                }
                Step::Acknowledge { key, framed } => {
                    let fields = Map::from_iter([(key.name.to_owned(), framed)]);
                    self.queue_patch(key.component, fields, None);
                }
                Step::Fetch => self.requests.fetch(),
            }
        }
    }

    /// Reports what an asynchronous command came to.
    fn report_result(&mut self, command: FoundCommand, result: Result<&Json, &CommandError>) {
        let framed = envelope::command_result(self.model.convention, result);
        self.queue_patch(command.component, Map::from_iter([(command.name.to_owned(), framed)]), None);
    }

    fn late(&self, what: &'static str, limit: Duration) -> Error {
        let offline = matches!(self.phase, Phase::Offline | Phase::Greeting(_) | Phase::Subscribing(_));
        let last = self.last_cause.as_ref().filter(|_| offline).map(ToString::to_string);
        Error::TimedOut { what, limit, last }
    }
}

#[cfg(test)]
mod tests;
