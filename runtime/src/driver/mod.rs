//! The one task that awaits: it runs a device's session on connections that it opens again and again.
//!
//! [`Driver::run`] takes what has happened (a packet, a call from a client, a handler's end, a deadline), hands it to
//! the session, and carries out what the session asks for. It decides nothing about MQTT or twins. Handlers run in
//! tasks of their own; the driver joins them all before it ends.

mod alarm;
mod assignment;
mod board;
mod clock;
mod dial;
mod handlers;
#[cfg(feature = "file-upload")]
mod https;
mod journal;
mod keeper;
mod link;
mod proof;
mod pump;
mod sampled;
mod tls;
mod transport;
mod tunnel;
#[cfg(feature = "file-upload")]
mod upload;
#[cfg(feature = "websocket")]
mod websocket;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use alarm::Alarm;
use assignment::Known;
pub(crate) use board::Board;
use board::ClosedAtEnd;
pub(crate) use clock::Clock;
use clock::Interval;
pub(crate) use dial::Dialer;
#[cfg(feature = "cores")]
pub(crate) use dial::login;
use dial::{Dialled, finish};
use handlers::{Finished, Handlers};
use journal::Journal;
use keeper::Keeper;
pub(crate) use link::{Broken, Incoming, Link};
#[cfg(feature = "cores")]
pub(crate) use proof::prove;
pub(crate) use pump::pump;
pub(crate) use sampled::sample;
use serde_json::Map;
use tls::Tls;
use tokio::sync::futures::OwnedNotified;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep_until, timeout};
use tokio_util::sync::WaitForCancellationFutureOwned;
pub(crate) use transport::BoxFuture;
pub(crate) use transport::SharedTransport;
pub use transport::{Opening, Stream, Transport};

use crate::client::{Client, Shared};
use crate::connection::{Connection, Options};
use crate::device::Device;
use crate::error::Error;
use crate::fleet::Place;
use crate::intake::Intake;
use crate::json::Json;
use crate::moment::Moment;
use crate::outbox::{Ended, Settled, Ticket};
use crate::session::{Action, CallId, ClockWatch, Figures, Input, Recovery, Session};
use crate::state::State;
use crate::twin::PropertyKey;

/// How many reports wait for the driver. More make their senders wait.
const CHANNEL: usize = 64;

/// Reported properties handed in by a client.
pub(crate) struct ReportRequest {
    pub(crate) what: Reporting,
    pub(crate) outcome: oneshot::Sender<Result<(), Error>>,
}

/// What is to be reported.
pub(crate) enum Reporting {
    /// Properties of a component; done when the hub has answered.
    Fields { component: Option<&'static str>, fields: Map<String, Json> },
    /// How far a command has come; done when it is queued.
    Progress { call: CallId, value: Json },
    /// That a property is being worked on; done when it is queued.
    Pending { key: PropertyKey, text: String },
}

/// Checks the configuration and starts the device's driver.
pub(crate) fn start<D: Device>(device: D, connection: Connection) -> Result<Client, Error> {
    let transport = match &connection.transport {
        Some(SharedTransport(transport)) => Arc::clone(transport),
        None => Arc::new(Tls::new(&connection)?),
    };
    start_on(device, connection, transport)
}

/// Starts the driver on any transport.
pub(crate) fn start_on<D: Device>(
    device: D,
    connection: Connection,
    transport: Arc<dyn Transport>,
) -> Result<Client, Error> {
    let runtime = tokio::runtime::Handle::try_current().map_err(|_| Error::NoRuntime)?;
    let (reports, reports_inbox) = mpsc::channel(CHANNEL);
    let options = connection.options.clone();
    options.check(&D::MODEL)?;
    let name = connection.target.name();
    let (keeper, ledger) = Keeper::open(&options, &name);
    let first_pause = connection.gate.as_ref().map(|gate| gate.first_pause(fastrand::f64()));
    let dialer = Arc::new(Dialer::new(connection, transport, D::MODEL));
    let session = Session::new(D::MODEL, options.clone(), ledger);
    let intake = Arc::new(Intake::new(session.outbox(), D::MODEL.convention, &options)?);
    let shared = Arc::new(Shared::new(D::MODEL, Arc::clone(&intake), reports, &dialer));
    let handlers = Handlers::new(Arc::new(device), Arc::downgrade(&shared), D::MODEL, &options);
    let closing = Box::pin(shared.closing.clone().cancelled_owned());
    let inbox = Inbox { news: Box::pin(intake.news()), reports: reports_inbox, open: true, closing };
    #[cfg(feature = "metrics")]
    let facade = crate::metrics::Facade::new(&name);
    let driver = Driver {
        session,
        intake,
        recovery: Recovery::new(Arc::clone(&options.retry)),
        phase: Phase::Pausing(now() + first_pause.unwrap_or_default()),
        dialer,
        known: Known::Unread,
        place: None,
        handlers,
        #[cfg(feature = "metrics")]
        facade,
        keeper,
        inbox,
        board: Arc::clone(&shared.board),
        outcomes: HashMap::new(),
        tickets: 0,
        clock_watch: ClockWatch::default(),
        clock_read: Moment { now: now(), wall: options.clock.wall() },
        shown: Figures::default(),
        clock_interval: Interval::default(),
        serving_since: None,
        journal: Journal::default(),
        given_up: None,
        close_by: None,
        alarm: Alarm::default(),
        options,
    };
    shared.tasks.spawn_on(driver.run(), &runtime);
    shared.tasks.close();
    Ok(Client::new(shared))
}

/// The present, for the cores; follows tokio's clock, so that tests can stop it.
#[allow(clippy::disallowed_methods, reason = "the driver is the one that has a clock")]
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// The present by both clocks.
#[allow(clippy::disallowed_methods, reason = "the driver is the one that has a clock")]
pub(crate) fn moment() -> Moment {
    Moment { now: now(), wall: SystemTime::now() }
}

/// Where the connection stands, and what is awaited of it.
enum Phase {
    Dialing(BoxFuture<'static, Dialled>),
    Linked(Link),
    Pausing(Instant),
}

/// Something that has happened.
enum Event {
    Dialled(Box<Dialled>),
    Received(Result<Option<Incoming>, Broken>),
    PauseOver,
    /// Telemetry has been accepted.
    Accepted,
    Reported(Option<ReportRequest>),
    HandlerEnded(Option<Finished>),
    Deadline,
    Kept,
    CloseAsked,
}

impl Phase {
    /// Waits for the connection, or until all is written. Safe to cancel: everything is kept in the phase.
    async fn next(&mut self, until_written: bool) -> Event {
        match self {
            Self::Dialing(dialling) => Event::Dialled(Box::new(dialling.as_mut().await)),
            Self::Linked(link) => Event::Received(link.next(until_written).await),
            Self::Pausing(until) => {
                sleep_until((*until).into()).await;
                Event::PauseOver
            }
        }
    }
}

/// What clients hand in. The futures are kept while others of the driver's come first: what they are registered with need
/// not be told again at every turn.
struct Inbox {
    /// Telemetry has been accepted.
    news: Pin<Box<OwnedNotified>>,
    reports: mpsc::Receiver<ReportRequest>,
    /// Whether the channel may still deliver something.
    open: bool,
    closing: Pin<Box<WaitForCancellationFutureOwned>>,
}

/// The driver of one device.
struct Driver {
    options: Options,
    session: Session,
    intake: Arc<Intake>,
    recovery: Recovery,
    phase: Phase,
    dialer: Arc<Dialer>,
    known: Known,
    /// The place among those of a fleet who connect, until this device serves.
    place: Option<Place>,
    handlers: Handlers,
    #[cfg(feature = "metrics")]
    facade: crate::metrics::Facade,
    keeper: Keeper,
    inbox: Inbox,
    board: Arc<Board>,
    outcomes: HashMap<Ticket, oneshot::Sender<Result<(), Error>>>,
    tickets: u64,
    clock_watch: ClockWatch,
    /// When the time of day was read last.
    clock_read: Moment,
    /// What the board shows.
    shown: Figures,
    alarm: Alarm,
    clock_interval: Interval,
    serving_since: Option<Instant>,
    journal: Journal,
    /// Set when the retry policy has ended the session.
    given_up: Option<Arc<Error>>,
    /// Set once closing has begun.
    close_by: Option<Instant>,
}

impl Driver {
    async fn run(mut self) {
        let _closed = ClosedAtEnd(Arc::clone(&self.board), Arc::clone(&self.intake));
        let mut now = now();
        loop {
            self.act(now);
            if self.given_up.is_some() || self.is_done() {
                break;
            }
            if !matches!(&self.phase, Phase::Linked(link) if link.has_more()) {
                self.handlers.begin().await;
            }
            let event = match self.handlers.ended() {
                Some(finished) => Event::HandlerEnded(Some(finished)),
                None => self.next_event().await,
            };
            now = self::now();
            self.watch_clock(now);
            if !self.take(now, event) {
                break;
            }
        }
        self.end().await;
    }

    /// Whether closing has nothing left to wait for.
    fn is_done(&self) -> bool {
        let written = match &self.phase {
            Phase::Linked(link) => link.is_written(),
            Phase::Dialing(_) | Phase::Pausing(_) => true,
        };
        let idle = self.session.is_idle() && self.handlers.is_empty() && !self.inbox.open;
        self.close_by.is_some() && idle && written
    }

    /// Compares the clocks at a wake-up, unless they have been compared just now.
    fn watch_clock(&mut self, now: Instant) {
        if !self.clock_interval.is_over(now) {
            return;
        }
        let clocks = self.options.clock.read();
        self.clock_read = Moment { now, wall: clocks.wall };
        if let Some(jump) = self.clock_watch.observe(clocks) {
            self.session.handle(now, Input::ClockJumped(jump));
        }
    }

    async fn next_event(&mut self) -> Event {
        let Inbox { news, reports, open, closing } = &mut self.inbox;
        let closing_asked = self.close_by.is_some();
        let deadlines = [self.session.poll_timeout(), self.clock_interval.latest(), self.close_by];
        let deadline = deadlines.into_iter().flatten().min();
        let takes_reports = *open && !self.session.reports_are_full();
        tokio::select! {
            event = self.phase.next(closing_asked) => event,
            () = news.as_mut() => Event::Accepted,
            report = reports.recv(), if takes_reports => Event::Reported(report),
            input = self.handlers.next(), if !self.handlers.is_empty() => Event::HandlerEnded(input),
            () = self.keeper.next(), if !self.keeper.is_idle() => Event::Kept,
            () = self.alarm.ring(deadline) => Event::Deadline,
            () = closing.as_mut(), if !closing_asked => Event::CloseAsked,
        }
    }

    /// Takes note of an event; `false` ends the driver.
    fn take(&mut self, now: Instant, event: Event) -> bool {
        match event {
            Event::Dialled(dialled) => self.dialled(*dialled),
            Event::Received(Ok(Some(Incoming::Packet(packet)))) => {
                self.session.handle(now, Input::Packet(packet));
            }
            Event::Received(Ok(Some(Incoming::Acknowledged(ids)))) => {
                self.session.handle(now, Input::Acknowledged(ids));
            }
            Event::Received(Err(broken)) => self.broken(broken),
            Event::PauseOver => self.dial(None, "the pause is over"),
            Event::Reported(Some(request)) => self.reported(request),
            Event::HandlerEnded(Some(finished)) => self.handler_ended(now, finished),
            Event::Received(Ok(None)) | Event::HandlerEnded(None) | Event::Kept => {}
            Event::Accepted => self.inbox.news.set(self.intake.news()),
            Event::Deadline => {
                self.session.handle_timeout(now);
                return self.close_by.is_none_or(|close_by| now < close_by);
            }
            Event::CloseAsked => {
                self.intake.close();
                self.inbox.reports.close();
                self.session.handle(now, Input::Close);
                self.close_by = Some(now + self.options.close_deadline);
            }
            Event::Reported(None) => {
                self.inbox.open = false;
                return self.close_by.is_some();
            }
        }
        true
    }

    /// Carries out what the session wants, and hands its packets to the connection.
    fn act(&mut self, now: Instant) {
        self.session_actions(now);
        if let Phase::Linked(link) = &mut self.phase {
            // Read a moment ago: no message needs to know its time of creation better.
            let Moment { now: read, wall } = self.clock_read;
            let wall = wall.checked_add(now.saturating_duration_since(read)).unwrap_or(wall);
            let at = Moment { now, wall };
            if let Err(error) = pump(&mut self.session, link, at) {
                self.broken(error.into());
            }
        }
        self.session_actions(now);
        self.measure();
    }

    /// Shows where things stand, as far as that has changed.
    fn measure(&mut self) {
        if let Phase::Linked(link) = &mut self.phase {
            self.board.carried(link.take_traffic());
        }
        let figures = self.session.figures();
        if figures != self.shown {
            self.shown = figures;
            self.board.gauge().figures = figures;
        }
        #[cfg(feature = "metrics")]
        {
            let metrics = self.board.metrics(&self.intake, now());
            self.facade.feed(&metrics, matches!(self.board.state(), State::Connected));
        }
    }

    fn handler_ended(&mut self, now: Instant, Finished { input, began }: Finished) {
        if let (Input::CommandEnded { result, .. }, Some(began)) = (&input, began) {
            let took = now.saturating_duration_since(began);
            self.board.gauge().ended(result, took);
            #[cfg(feature = "metrics")]
            self.facade.command(took);
        }
        self.session.handle(now, input);
    }

    /// A message has ended.
    fn ended(&mut self, now: Instant, ended: Ended) {
        if matches!(ended.outcome, Err(Error::Rejected { .. })) {
            self.board.gauge().last_parked = Some(now);
        }
        #[cfg(feature = "metrics")]
        ended.took.into_iter().for_each(|took| self.facade.acknowledged(took));
        self.intake.ended(ended);
    }

    fn session_actions(&mut self, now: Instant) {
        while let Some(action) = self.session.poll_action() {
            match action {
                Action::Serving => self.serving(),
                Action::HangUp(cause) => self.lost(cause),
                Action::Renew(why) => match std::mem::replace(&mut self.phase, Phase::Pausing(now)) {
                    Phase::Linked(link) => self.dial(Some(link), why),
                    phase => self.phase = phase,
                },
                Action::Run { call, command, payload } => {
                    self.handlers.run(now, call, command, payload);
                }
                Action::Deliver(message) => self.handlers.deliver(message),
                Action::Apply { key, value } => self.handlers.apply(key, value),
                Action::Keep(document) => self.keeper.keep(document),
                Action::End(ended) => self.ended(now, ended),
                Action::Settle(Settled { ticket, outcome }) => {
                    if let Some(waiting) = self.outcomes.remove(&ticket) {
                        // Whoever asked may have stopped waiting.
                        let _ = waiting.send(outcome);
                    }
                }
            }
        }
        self.intake.carry();
    }

    fn dial(&mut self, previous: Option<Link>, why: &str) {
        // A connection that is renewed before it served has one, and whoever holds one may not wait for another.
        self.place = None;
        self.enter(State::Connecting, why);
        let dialling = Arc::clone(&self.dialer).dial(previous, self.known.clone());
        self.phase = Phase::Dialing(Box::pin(dialling));
    }

    fn dialled(&mut self, dialled: Dialled) {
        (self.known, self.place) = (dialled.known, dialled.place);
        match dialled.outcome {
            Ok((link, login)) => {
                self.phase = Phase::Linked(link);
                self.session.handle(now(), Input::Opened(login));
            }
            Err(error) => {
                let cause = Arc::new(error);
                self.session.handle(now(), Input::Unreachable(Arc::clone(&cause)));
                self.lost(cause);
            }
        }
    }

    fn serving(&mut self) {
        self.place = None;
        let mut hub = String::new();
        if let Some(assignment) = self.known.confirm() {
            self.board.assigned(assignment);
            hub = assignment.endpoint.to_string();
        }
        self.recovery.serving();
        self.serving_since = Some(now());
        self.enter(State::Connected, &hub);
    }

    fn broken(&mut self, Broken { cause, cut_by_hub }: Broken) {
        let cause = Arc::new(cause);
        self.session.handle(now(), Input::Lost { cause: Arc::clone(&cause), cut_by_hub });
        self.lost(cause);
    }

    fn enter(&mut self, state: State, why: &str) {
        self.journal.note(&state, why);
        self.board.enter(state);
        self.intake.connection_changed();
    }

    /// There is no connection: wait, then try again, or end.
    fn lost(&mut self, cause: Arc<Error>) {
        self.place = None;
        self.board.gauge().losses.count(&cause);
        let served = self.serving_since.take().map(|since| now() - since);
        let Some(attempt) = self.recovery.failed(&cause, served, fastrand::f64()) else {
            self.phase = Phase::Pausing(now());
            self.given_up = Some(cause);
            return;
        };
        if attempt.provision_again {
            self.known.doubt(self.options.reprovision);
        }
        self.phase = Phase::Pausing(now() + attempt.pause);
        self.enter(State::Retrying { cause, next_in: attempt.pause }, "");
    }

    fn reported(&mut self, request: ReportRequest) {
        let ReportRequest { what, outcome } = request;
        let ticket = self.ticket(outcome);
        let input = match what {
            Reporting::Fields { component, fields } => Input::Report { ticket, component, fields },
            Reporting::Progress { call, value } => Input::Progress { ticket, call, value },
            Reporting::Pending { key, text } => Input::Pending { ticket, key, text },
        };
        self.session.handle(now(), input);
    }

    fn ticket(&mut self, outcome: oneshot::Sender<Result<(), Error>>) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.outcomes.insert(ticket, outcome);
        ticket
    }

    /// Ends the connection and everything that waits.
    async fn end(mut self) {
        self.session_actions(now());
        // Whoever is told that nothing is taken any more asks the state for the reason.
        if let Some(cause) = &self.given_up {
            self.board.enter(State::GivenUp { cause: Arc::clone(cause) });
        }
        if let Phase::Linked(link) = self.phase {
            finish(link).await;
        }
        timeout(Duration::from_secs(1), self.handlers.shut_down())
            .await
            .unwrap_or_else(|_| tracing::warn!("a handler does not let itself be ended"));
        self.keeper.finish().await;
        let left = self.session.abandon();
        let count = left.len() as u64 + self.intake.abandon(self.given_up.as_ref());
        if timeout(assignment::DISK_LIMIT, self.intake.finished()).await.is_err() {
            tracing::error!("the outbox's disk does not answer: what it was given last may not be kept");
        }
        for Settled { ticket, outcome } in left {
            let outcome = match &self.given_up {
                Some(cause) => Err(Error::GivenUp { cause: Arc::clone(cause) }),
                None => outcome,
            };
            if let Some(waiting) = self.outcomes.remove(&ticket) {
                let _ = waiting.send(outcome);
            }
        }
        self.board.gauge().figures = self.session.figures();
        #[cfg(feature = "metrics")]
        self.facade.feed(&self.board.metrics(&self.intake, now()), false);
        let end = self.given_up.map_or(State::Closed, |cause| State::GivenUp { cause });
        self.journal.note(&end, &format!("the client closed it, {count} undelivered"));
        self.board.close(count, end);
    }
}

#[cfg(test)]
mod tests;
