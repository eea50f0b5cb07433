//! A device without driver, socket or clock, for the test that runs it against the hub's own cores in virtual time
//! (`tests/pair`). Not for people: the feature that it stands behind is switched on by that test alone.
//!
//! It is the session, the connection's codec and the pauses between connections, as the driver uses them, with bytes and
//! times as values: what the network brings is handed to [`DeviceCore::received`], what it is to carry is taken from
//! [`DeviceCore::written`], and what the driver would do besides is told as [`Event`]s. It decides nothing itself. The
//! crates may not depend on each other, so this is the one door through which a test of both sees the inside.

mod wire;

use std::collections::VecDeque;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Map;
use wire::Wire;

use crate::call::{CommandOutcome, DesiredOutcome};
use crate::connection::{Connection, Target};
use crate::convention::write_bag;
use crate::driver::{Broken, Incoming, Link, login, prove, pump};
use crate::error::Error;
use crate::json::Json;
use crate::message::{CloudMessage, MessageError};
use crate::moment::Moment;
use crate::outbox::{Content, Ended, Message, Offer, Priority, Settled, Ticket};
use crate::session::{Action, CallId, Input, Login, Recovery, Session};
use crate::table::ModelTable;
use crate::twin::PropertyKey;

/// Names a call whose handler runs.
#[derive(Clone, Copy, Debug)]
pub struct Call(CallId);

/// Names a property whose handler runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Property(PropertyKey);

impl Property {
    /// Component, if any, and name.
    pub fn path(self) -> (Option<&'static str>, &'static str) {
        (self.0.component, self.0.name)
    }
}

/// What the driver would do.
#[derive(Debug)]
pub enum Event {
    /// The session has come to serve.
    Serving,
    /// There is no connection any more: [`DeviceCore::open`] another after this pause.
    Down { pause: Duration, cause: String },
    /// A command's handler is to run.
    Run { call: Call, name: &'static str, payload: Vec<u8> },
    /// A property's handler is to run.
    Apply { property: Property, value: Json },
    /// The handler of messages is to run.
    Deliver(CloudMessage),
    /// A message has ended.
    Ended { sequence: u64, outcome: Result<(), Error> },
    /// A report has ended.
    Settled { report: u64, outcome: Result<(), Error> },
}

/// The device.
pub struct DeviceCore {
    begin: (Instant, SystemTime),
    model: ModelTable,
    connection: Connection,
    session: Session,
    recovery: Recovery,
    link: Option<Link>,
    wire: Wire,
    serving_since: Option<Instant>,
    events: VecDeque<Event>,
    reports: u64,
    messages: u64,
}

impl DeviceCore {
    /// A device of a named hub that is not connected. All times are given as what has passed since `begin`.
    pub fn new(model: ModelTable, connection: Connection, begin: (Instant, SystemTime)) -> Self {
        Self {
            session: Session::new(model, connection.options.clone(), None),
            recovery: Recovery::new(Arc::clone(&connection.options.retry)),
            link: None,
            wire: Wire::default(),
            serving_since: None,
            events: VecDeque::new(),
            reports: 0,
            messages: 0,
            begin,
            model,
            connection,
        }
    }

    /// A connection is open.
    ///
    /// # Errors
    /// When the hub is not named, or the proof of identity is not there at once.
    pub fn open(&mut self, at: Duration) -> Result<(), Error> {
        let login = self.login(self.moment(at).wall)?;
        self.wire = Wire::default();
        self.link = Some(Link::new(Box::new(self.wire.clone())));
        self.input(at, Input::Opened(login));
        Ok(())
    }

    /// Bytes have come.
    pub fn received(&mut self, at: Duration, bytes: &[u8]) {
        self.wire.bring(bytes);
        self.turn(at);
    }

    /// The connection has ended: with an error, or closed by its far end.
    pub fn ended(&mut self, at: Duration, error: Option<io::ErrorKind>) {
        self.wire.end(error);
        self.turn(at);
    }

    /// Takes what is to be carried to the hub, at most so many bytes.
    pub fn written(&mut self, at: Duration, most: usize) -> Vec<u8> {
        let bytes = self.wire.take(most);
        self.turn(at);
        bytes
    }

    /// When [`DeviceCore::time_has_come`] wants to be called.
    pub fn deadline(&self) -> Option<Duration> {
        self.session.poll_timeout().map(|at| at.saturating_duration_since(self.begin.0))
    }

    /// A deadline has passed.
    pub fn time_has_come(&mut self, at: Duration) {
        self.session.handle_timeout(self.moment(at).now);
        self.turn(at);
    }

    /// The next thing to do.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Hands a message in; its sequence when there is room.
    pub fn send(&mut self, at: Duration, priority: Priority, body: &Json) -> Option<u64> {
        self.messages += 1;
        let mut text = Vec::new();
        write_bag(&mut text, ("pair", self.messages), None, "");
        let bag = text.len();
        text.extend_from_slice(body.to_string().as_bytes());
        let now = self.moment(at).now;
        let lives = self.connection.options.telemetry_time_to_live;
        let mut message = Message::new(Content::new(text, bag), now, now + lives, None);
        message.priority = priority;
        let offer = self.session.outbox().lock().offer(message);
        let accepted = match offer {
            Offer::Queued(sequence, dropped) => {
                dropped.into_iter().for_each(|ended| self.tell(ended));
                Some(sequence)
            }
            Offer::Full(_) | Offer::Refused(_) => None,
        };
        self.turn(at);
        accepted
    }

    /// Reports a property; the report's number.
    pub fn report(&mut self, at: Duration, name: &str, value: Json) -> u64 {
        self.reports += 1;
        let fields = Map::from_iter([(name.to_owned(), value)]);
        self.input(at, Input::Report { ticket: Ticket(self.reports), component: None, fields });
        self.reports
    }

    /// A command's handler has ended.
    pub fn command_ended(&mut self, at: Duration, Call(call): Call, result: CommandOutcome) {
        self.input(at, Input::CommandEnded { call, result });
    }

    /// A property's handler has ended.
    pub fn desired_ended(&mut self, at: Duration, Property(key): Property, result: DesiredOutcome) {
        self.input(at, Input::DesiredEnded { key, result });
    }

    /// The handler of messages has ended.
    pub fn message_ended(&mut self, at: Duration, result: Result<(), MessageError>) {
        self.input(at, Input::MessageEnded(result));
    }

    /// Everything that is held for later.
    pub fn held(&self) -> usize {
        self.session.held() + self.events.len()
    }

    fn login(&self, wall: SystemTime) -> Result<Login, Error> {
        let Target::Hub { endpoint, principal, .. } = &self.connection.target else {
            return Err(Error::configuration("the hub", "it is to be named"));
        };
        let life = self.connection.options.token_life;
        let resource = format!("{}/{}", endpoint.host, principal.path());
        let proof = pin!(prove(&self.connection.credential, &resource, None, life, wall));
        match proof.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(proof) => Ok(login(endpoint, endpoint, principal.clone(), &self.model, proof?)),
            Poll::Pending => Err(Error::configuration("the identity", "it is to be a key")),
        }
    }

    fn moment(&self, at: Duration) -> Moment {
        Moment { now: self.begin.0 + at, wall: self.begin.1 + at }
    }

    fn input(&mut self, at: Duration, input: Input) {
        self.session.handle(self.moment(at).now, input);
        self.turn(at);
    }

    /// What the driver does until it has to wait.
    fn turn(&mut self, at: Duration) {
        let moment = self.moment(at);
        loop {
            self.act(moment);
            let Some(link) = &mut self.link else { return };
            let polled = pin!(link.next(false)).poll(&mut Context::from_waker(Waker::noop()));
            match polled {
                Poll::Pending => return,
                Poll::Ready(Ok(Some(Incoming::Packet(packet)))) => {
                    self.session.handle(moment.now, Input::Packet(packet));
                }
                Poll::Ready(Ok(Some(Incoming::Acknowledged(ids)))) => {
                    self.session.handle(moment.now, Input::Acknowledged(ids));
                }
                Poll::Ready(Ok(None)) => {}
                Poll::Ready(Err(broken)) => self.broken(moment.now, broken),
            }
        }
    }

    fn act(&mut self, moment: Moment) {
        self.actions(moment.now);
        if let Some(link) = &mut self.link
            && let Err(error) = pump(&mut self.session, link, moment)
        {
            self.broken(moment.now, error.into());
        }
        self.actions(moment.now);
    }

    fn actions(&mut self, now: Instant) {
        while let Some(action) = self.session.poll_action() {
            let event = match action {
                Action::Serving => {
                    self.serving_since = Some(now);
                    self.recovery.serving();
                    Event::Serving
                }
                Action::HangUp(cause) => {
                    self.lost(now, &cause);
                    continue;
                }
                Action::Renew(why) => {
                    self.say_goodbye();
                    Event::Down { pause: Duration::ZERO, cause: why.to_owned() }
                }
                Action::Run { call, command, payload } => {
                    Event::Run { call: Call(call), name: command.name, payload: payload.to_vec() }
                }
                Action::Deliver(message) => Event::Deliver(message),
                Action::Apply { key, value } => Event::Apply { property: Property(key), value },
                Action::Keep(_) => continue,
                Action::Settle(Settled { ticket, outcome }) => Event::Settled { report: ticket.0, outcome },
                Action::End(ended) => {
                    self.tell(ended);
                    continue;
                }
            };
            self.events.push_back(event);
        }
    }

    /// As the driver does: what is queued is written, and the goodbye.
    fn say_goodbye(&mut self) {
        self.wire.widen();
        if let Some(link) = self.link.take() {
            let goodbye = pin!(link.finish()).poll(&mut Context::from_waker(Waker::noop()));
            debug_assert!(goodbye.is_ready(), "there is room for everything");
        }
    }

    fn tell(&mut self, ended: Ended) {
        let Ended { sequence, outcome, .. } = ended;
        self.events.push_back(Event::Ended { sequence, outcome });
    }

    fn broken(&mut self, now: Instant, Broken { cause, cut_by_hub }: Broken) {
        let cause = Arc::new(cause);
        self.session.handle(now, Input::Lost { cause: Arc::clone(&cause), cut_by_hub });
        self.lost(now, &cause);
    }

    fn lost(&mut self, now: Instant, cause: &Error) {
        self.link = None;
        let served = self.serving_since.take().map(|since| now.saturating_duration_since(since));
        // Without chance of its own: the middle of what a pause may be.
        let attempt = self.recovery.failed(cause, served, 0.5);
        let pause = attempt.map_or(Duration::MAX, |attempt| attempt.pause);
        self.events.push_back(Event::Down { pause, cause: cause.to_string() });
    }
}
