//! The device's session: one sans-I/O state machine for everything that happens on its hub connection.
//!
//! It decides which packet is sent next, what a received one means, when a connection is dead, and what outlives it.
//! It owns no socket, clock or task: time is an argument, packets are taken from [`Session::poll_packet`], everything
//! else from [`Session::poll_action`]. Reconnecting, back-off and provisioning are not its business.
//!
//! ```text
//!            Opened             CONNACK 0               SUBACK             a renewal is due, nobody waits
//!  Offline ─────────▶ Greeting ──────────▶ Subscribing ────────▶ Serving ────────────────────────────────▶ Draining
//!     ▲                  │ refused              │ refused           │ lost, or the clock jumped               │ nothing
//!     └──────────────────┴──────────────────────┴───────────────────┴─────────────────────────────────────────┘ in flight
//! ```
//!
//! Telemetry, reports and handlers live on while offline: the outbox, the twin's requests and the command desk keep
//! what is to be sent on the next connection.

mod clock;
mod commands;
mod inbox;
mod messages;
mod packets;
mod publish;
mod recovery;
mod renewal;
mod seen;
mod timer;
mod twin;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
pub(crate) use clock::{ClockWatch, Clocks, Jump};
pub(crate) use commands::CallId;
use commands::Commands;
use inbox::Inbox;
pub(crate) use recovery::Recovery;
use renewal::Renewal;
use rumqttc::mqttbytes::v4::Packet;
use secrecy::SecretString;
use serde_json::Map;
use timer::{Timer, Timers};

use crate::call::{Answer, InForce};
use crate::connection::{AfterRestart, Options};
use crate::convention::Principal;
use crate::error::Error;
use crate::json::Json;
use crate::message::{CloudMessage, MessageError};
use crate::outbox::{Ended, Settled, SharedOutbox, Ticket};
use crate::refusal::{CommandError, PropertyError};
use crate::state::Counters;
use crate::table::{FoundCommand, ModelTable};
use crate::twin::{Desired, Document, Ledger, PropertyKey, Requests};
pub(crate) use twin::PENDING_AFTER;

/// How long CONNACK and SUBACK may take together.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(30);
/// How long the hub may leave a publish or twin request without any answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// How long a PINGRESP may take.
const PING_LIMIT: Duration = Duration::from_secs(20);

/// How long a token is good for, from the moment the connection opens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenLife {
    /// After this time the connection is to be renewed.
    pub(crate) renew_after: Duration,
    /// How long the hub takes the token for valid.
    pub(crate) lasts: Duration,
}

/// What the hub is told when a connection opens.
#[derive(Debug)]
pub(crate) struct Login {
    /// `host:port`, for errors.
    pub(crate) endpoint: String,
    pub(crate) principal: Principal,
    pub(crate) username: String,
    /// Absent when a certificate was presented in the TLS handshake.
    pub(crate) password: Option<SecretString>,
    /// How long the password is good for; absent when nothing of it ends.
    pub(crate) life: Option<TokenLife>,
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
    /// An asynchronous command's handler says how far it has come.
    Progress { ticket: Ticket, call: CallId, value: Json },
    /// A property's handler says that it takes a while.
    Pending { ticket: Ticket, key: PropertyKey, text: String },
    /// A command's handler has ended.
    CommandEnded { call: CallId, result: Result<Answer, CommandError> },
    /// A property's handler has ended.
    DesiredEnded { key: PropertyKey, result: Result<InForce, PropertyError> },
    /// A message's handler has ended.
    MessageEnded(Result<(), MessageError>),
    /// The time of day has jumped.
    ClockJumped(Jump),
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
    /// End the connection politely and open another with a fresh token, for this reason; [`Session`] is offline already.
    Renew(&'static str),
    /// Call a command's handler, then hand in [`Input::CommandEnded`].
    Run { call: CallId, command: FoundCommand, payload: Bytes },
    /// Call the handler of messages, then hand in [`Input::MessageEnded`].
    Deliver(CloudMessage),
    /// Call a property's handler, then hand in [`Input::DesiredEnded`].
    Apply { key: PropertyKey, value: Json },
    /// Keep this on disk.
    Keep(Document),
    /// Tell whoever waits for a report.
    Settle(Settled),
    /// Tell whoever waits for a message.
    End(Ended),
}

/// What can be told of a session in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Those of telemetry are not kept here.
    pub(crate) counters: Counters,
    pub(crate) desired_version: Option<i64>,
    /// Whether requests pause because the hub throttles.
    pub(crate) is_throttled: bool,
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
    /// What is subscribed to for messages from the cloud, where they are taken.
    messages: Option<String>,
    /// Absent when nothing of the login ends.
    renewal: Option<Renewal>,
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
    /// Which running handlers of properties are to be acknowledged as pending, and when.
    pending: BTreeMap<PropertyKey, Instant>,
    /// The hub and the device id of the twin that is known.
    twin_of: Option<(String, String)>,
    /// What outlives the process, where anything does.
    ledger: Option<Ledger>,
    commands: Commands,
    inbox: Inbox,
    /// The offline command that runs.
    offline_call: Option<CallId>,
    counters: Counters,
    last_cause: Option<Arc<Error>>,
    closing: bool,
}

impl Session {
    /// `ledger` holds what an earlier process has kept.
    pub(crate) fn new(model: ModelTable, options: Options, ledger: Option<Ledger>) -> Self {
        let mut desired = Desired::new(model);
        if let Some(ledger) = &ledger {
            desired.restore(ledger.records(&model), options.after_restart == AfterRestart::ApplyChanges);
        }
        Self {
            phase: Phase::Offline,
            timers: Timers::default(),
            control: VecDeque::new(),
            actions: VecDeque::new(),
            outbox: SharedOutbox::new(options.outbox),
            requests: Requests::new(model),
            desired,
            pending: BTreeMap::new(),
            twin_of: None,
            ledger,
            commands: Commands::new(model, options.parallel_commands),
            inbox: Inbox::default(),
            offline_call: None,
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
            Input::Acknowledged(ids) => self.acknowledged(now, &ids),
            Input::Lost { cause, cut_by_hub } => self.offline(cause, cut_by_hub),
            Input::Unreachable(cause) => self.last_cause = Some(cause),
            Input::Report { ticket, component, fields } => self.report(now, ticket, component, fields),
            Input::CommandEnded { call, result } => self.command_ended(call, &result),
            Input::Progress { ticket, call, value } => self.progress(ticket, call, &value),
            Input::Pending { ticket, key, text } => self.handler_is_pending(ticket, key, &text),
            Input::DesiredEnded { key, result } => self.desired_ended(now, key, &result),
            Input::MessageEnded(result) => self.message_ended(&result),
            Input::ClockJumped(jump) => self.clock_jumped(jump),
            Input::Close => self.closing = true,
        }
        self.check_drained(now);
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
        let twin = [self.requests.next_deadline(), self.next_pending()];
        let deadlines = [self.timers.next(), expiry, unacknowledged].into_iter().chain(twin);
        deadlines.flatten().min()
    }

    /// Time has passed.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.expire(now);
        for ticket in self.requests.overdue(now) {
            let outcome = Err(self.late("the report", self.options.report_deadline));
            self.actions.push_back(Action::Settle(Settled { ticket, outcome }));
        }
        self.long_handlers(now);
        while let Some(timer) = self.timers.pop_expired(now) {
            self.timer(now, timer);
        }
        self.check_drained(now);
    }

    /// Where telemetry is put that this session is to send.
    pub(crate) fn outbox(&self) -> SharedOutbox {
        self.outbox.clone()
    }

    /// Whether nothing is left to do before closing.
    pub(crate) fn is_idle(&self) -> bool {
        let sent = self.outbox.lock().is_empty() && self.requests.len() == 0 && self.control.is_empty();
        sent && !self.inbox.is_busy() && self.commands.is_idle() && !self.desired.is_busy()
    }

    /// Whether as many reports wait as may.
    pub(crate) fn reports_are_full(&self) -> bool {
        const MOST_REPORTS: usize = 256;
        self.requests.len() >= MOST_REPORTS
    }

    /// How much is held for later, of whatever kind.
    #[cfg(feature = "cores")]
    pub(crate) fn held(&self) -> usize {
        let queued = self.control.len() + self.actions.len() + self.pending.len();
        let busy = [!self.commands.is_idle(), self.inbox.is_busy(), self.desired.is_busy()];
        let busy = busy.into_iter().filter(|busy| *busy).count();
        self.outbox.lock().len() + self.requests.len() + queued + busy
    }

    /// Ends everything that is left but telemetry, which whoever shares the outbox ends.
    pub(crate) fn abandon(&mut self) -> Vec<Settled> {
        self.requests.abandon()
    }

    /// What has happened so far and where it stands, but for telemetry: that is the outbox's.
    pub(crate) fn figures(&self) -> Figures {
        let is_throttled = self.timers.is_set(Timer::TwinRetry);
        Figures { counters: self.counters, desired_version: self.desired.version(), is_throttled }
    }

    /// Ends telemetry that is too old, and the connection when it leaves telemetry unacknowledged for too long.
    fn expire(&mut self, now: Instant) {
        let mut outbox = self.outbox.lock();
        let ended = std::iter::from_fn(|| outbox.expire(now));
        self.actions.extend(ended.map(Action::End));
        let overdue = outbox.oldest_sent().is_some_and(|sent| sent + ANSWER_LIMIT <= now);
        drop(outbox);
        if overdue {
            self.hang_up(self.late("an acknowledgement of telemetry (a hub that throttles, or whose quota is used up, gives none)", ANSWER_LIMIT));
        }
    }

    fn timer(&mut self, now: Instant, timer: Timer) {
        match timer {
            Timer::Handshake => self.hang_up(self.late("the hub's greeting", HANDSHAKE_LIMIT)),
            Timer::Ping => self.ping(now),
            Timer::PingAnswer => self.hang_up(self.late("the hub's answer to a ping", PING_LIMIT)),
            Timer::TwinFetch | Timer::TwinAnswer => {
                self.hang_up(self.late("an answer about the twin", ANSWER_LIMIT));
            }
            Timer::TwinRetry => {}
            Timer::Renewal => self.renewal_due(),
            Timer::LastCall => self.drain(now),
            Timer::Drain => self.renew("the token is to be renewed, and something in flight took too long"),
        }
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
        self.inbox.connection_lost();
        let parked = self.outbox.lock().connection_lost(cut_by_hub, &cause);
        if parked.is_some() {
            // Not while the lock is held: whoever listens may want it.
            let last = self.outbox.lock().last_parked();
            tracing::error!(parked = ?last, "the hub does not take a message: it is put aside");
        }
        self.actions.extend(parked.map(Action::End));
        for settled in self.requests.connection_lost(cut_by_hub) {
            self.counters.rejected += 1;
            self.actions.push_back(Action::Settle(settled));
        }
        self.last_cause = Some(cause);
    }

    fn late(&self, what: &'static str, limit: Duration) -> Error {
        let offline = matches!(self.phase, Phase::Offline | Phase::Greeting(_) | Phase::Subscribing(_));
        let last = self.last_cause.as_ref().filter(|_| offline).map(ToString::to_string);
        Error::TimedOut { what, limit, last }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
