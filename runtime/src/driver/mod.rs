//! The one task that awaits: it runs a device's session on connections that it opens again and again.
//!
//! [`Driver::run`] takes what has happened (a packet, a call from a client, a handler's end, a deadline), hands it to
//! the session, and carries out what the session asks for. It decides nothing about MQTT or twins. Handlers run in
//! tasks of their own; the driver joins them all before it ends.

mod board;
mod dial;
mod handlers;
mod link;
mod sampled;
mod tls;
mod transport;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

pub(crate) use board::Board;
use board::ClosedAtEnd;
use dial::{Dialer, Dialled, finish};
use handlers::Handlers;
use link::{Broken, Incoming, Link};
pub(crate) use sampled::sample;
use serde_json::Map;
use tls::Tls;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep_until;
use tokio_util::sync::CancellationToken;
use transport::{BoxFuture, Transport};

use crate::client::{Client, Shared};
use crate::connection::{Connection, Options};
use crate::device::Device;
use crate::error::Error;
use crate::intake::Intake;
use crate::json::Json;
use crate::moment::Moment;
use crate::outbox::{Settled, Ticket};
use crate::provisioning::Assignment;
use crate::session::{Action, Input, Recovery, Session};
use crate::state::State;

/// How many reports wait for the driver. More make their senders wait.
const CHANNEL: usize = 64;

/// Reported properties handed in by a client.
pub(crate) struct ReportRequest {
    pub(crate) component: Option<&'static str>,
    pub(crate) fields: Map<String, Json>,
    pub(crate) outcome: oneshot::Sender<Result<(), Error>>,
}

/// Checks the configuration and starts the device's driver.
pub(crate) fn start<D: Device>(device: D, connection: Connection) -> Result<Client, Error> {
    let transport = Tls::new(connection.roots.as_deref())?;
    start_on(device, connection, Box::new(transport))
}

/// Starts the driver on any transport.
pub(crate) fn start_on<D: Device>(
    device: D,
    connection: Connection,
    transport: Box<dyn Transport>,
) -> Result<Client, Error> {
    let runtime = tokio::runtime::Handle::try_current().map_err(|_| Error::NoRuntime)?;
    let (reports, reports_inbox) = mpsc::channel(CHANNEL);
    let options = connection.options.clone();
    let session = Session::new(D::MODEL, options.clone());
    let intake = Intake::new(session.outbox(), D::MODEL.convention, options.telemetry_time_to_live);
    let intake = Arc::new(intake);
    let shared = Arc::new(Shared::new(D::MODEL, Arc::clone(&intake), reports));
    let handlers = Handlers::new(Arc::new(device), Arc::downgrade(&shared), &options);
    let driver = Driver {
        session,
        intake,
        recovery: Recovery::new(options.backoff),
        phase: Phase::Pausing(now()),
        dialer: Arc::new(Dialer::new(connection, transport, D::MODEL)),
        assignment: None,
        handlers,
        inbox: Inbox { reports: reports_inbox, open: true, closing: shared.closing.clone() },
        board: Arc::clone(&shared.board),
        outcomes: HashMap::new(),
        tickets: 0,
        serving_since: None,
        last_warning: String::new(),
        close_by: None,
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
fn moment() -> Moment {
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
    Dialled(Dialled),
    Received(Result<Option<Incoming>, Broken>),
    PauseOver,
    /// Telemetry has been accepted.
    Accepted,
    Reported(Option<ReportRequest>),
    HandlerEnded(Option<Input>),
    Deadline,
    CloseAsked,
    CloseDeadline,
}

impl Phase {
    /// Waits for the connection. Safe to cancel: everything is kept in the phase.
    async fn next(&mut self) -> Event {
        match self {
            Self::Dialing(dialling) => Event::Dialled(dialling.as_mut().await),
            Self::Linked(link) => Event::Received(link.next().await),
            Self::Pausing(until) => {
                sleep_until((*until).into()).await;
                Event::PauseOver
            }
        }
    }
}

/// What clients hand in besides telemetry.
struct Inbox {
    reports: mpsc::Receiver<ReportRequest>,
    /// Whether the channel may still deliver something.
    open: bool,
    closing: CancellationToken,
}

/// The driver of one device.
struct Driver {
    options: Options,
    session: Session,
    intake: Arc<Intake>,
    recovery: Recovery,
    phase: Phase,
    dialer: Arc<Dialer>,
    assignment: Option<Assignment>,
    handlers: Handlers,
    inbox: Inbox,
    board: Arc<Board>,
    outcomes: HashMap<Ticket, oneshot::Sender<Result<(), Error>>>,
    tickets: u64,
    serving_since: Option<Instant>,
    last_warning: String,
    /// Set once closing has begun.
    close_by: Option<Instant>,
}

impl Driver {
    async fn run(mut self) {
        let _closed = ClosedAtEnd(Arc::clone(&self.board), Arc::clone(&self.intake));
        loop {
            self.act();
            if self.is_done() {
                break;
            }
            let event = self.next_event().await;
            if !self.take(event) {
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

    async fn next_event(&mut self) -> Event {
        let wake = |deadline: Option<Instant>| async move {
            match deadline {
                Some(deadline) => sleep_until(deadline.into()).await,
                None => std::future::pending().await,
            }
        };
        let Inbox { reports, open, closing } = &mut self.inbox;
        let takes_reports = *open && !self.session.reports_are_full();
        tokio::select! {
            event = self.phase.next() => event,
            () = self.intake.news() => Event::Accepted,
            report = reports.recv(), if takes_reports => Event::Reported(report),
            input = self.handlers.next(), if !self.handlers.is_empty() => Event::HandlerEnded(input),
            () = wake(self.session.poll_timeout()) => Event::Deadline,
            () = closing.cancelled(), if self.close_by.is_none() => Event::CloseAsked,
            () = wake(self.close_by) => Event::CloseDeadline,
        }
    }

    /// Takes note of an event; `false` ends the driver.
    fn take(&mut self, event: Event) -> bool {
        match event {
            Event::Dialled(dialled) => self.dialled(dialled),
            Event::Received(Ok(Some(Incoming::Packet(packet)))) => {
                self.session.handle(now(), Input::Packet(packet));
            }
            Event::Received(Ok(Some(Incoming::Acknowledged(ids)))) => {
                self.session.handle(now(), Input::Acknowledged(ids));
            }
            Event::Received(Err(broken)) => self.broken(broken),
            Event::PauseOver => self.dial(None),
            Event::Reported(Some(request)) => self.reported(request),
            Event::HandlerEnded(Some(input)) => self.session.handle(now(), input),
            Event::Received(Ok(None)) | Event::HandlerEnded(None) | Event::Accepted => {}
            Event::Deadline => self.session.handle_timeout(now()),
            Event::CloseAsked => {
                self.intake.close();
                self.inbox.reports.close();
                self.session.handle(now(), Input::Close);
                self.close_by = Some(now() + self.options.close_deadline);
            }
            Event::Reported(None) => {
                self.inbox.open = false;
                return self.close_by.is_some();
            }
            Event::CloseDeadline => return false,
        }
        true
    }

    /// Carries out what the session wants, and hands its packets to the connection.
    fn act(&mut self) {
        self.session_actions();
        if let Phase::Linked(link) = &mut self.phase {
            let mut queued = Ok(());
            while queued.is_ok() && link.has_room() {
                let Some(packet) = self.session.poll_packet(now()) else {
                    break;
                };
                queued = link.queue(&packet);
            }
            if queued.is_ok() {
                queued = link.fill(|buffer, enough| self.session.write_telemetry(moment(), buffer, enough));
            }
            if let Err(error) = queued {
                self.broken(error.into());
            }
        }
        self.session_actions();
        self.board.count(self.session.counters());
    }

    fn session_actions(&mut self) {
        while let Some(action) = self.session.poll_action() {
            match action {
                Action::Serving => self.serving(),
                Action::HangUp(cause) => self.lost(cause),
                Action::Renew => {
                    tracing::debug!("renewing the connection");
                    match std::mem::replace(&mut self.phase, Phase::Pausing(now())) {
                        Phase::Linked(link) => self.dial(Some(link)),
                        phase => self.phase = phase,
                    }
                }
                Action::Run { call, command, payload } => self.handlers.run(call, command, payload),
                Action::Apply { key, value } => self.handlers.apply(key, value),
                Action::End(ended) => self.intake.ended(ended),
                Action::Settle(Settled { ticket, outcome }) => {
                    if let Some(waiting) = self.outcomes.remove(&ticket) {
                        // Whoever asked may have stopped waiting.
                        let _ = waiting.send(outcome);
                    }
                }
            }
        }
    }

    fn dial(&mut self, previous: Option<Link>) {
        self.board.enter(State::Connecting);
        let dialling = Arc::clone(&self.dialer).dial(previous, self.assignment.clone());
        self.phase = Phase::Dialing(Box::pin(dialling));
    }

    fn dialled(&mut self, dialled: Dialled) {
        self.assignment = dialled.assignment;
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
        if let Some(Assignment { endpoint, device_id }) = &self.assignment {
            tracing::info!(hub = %endpoint, device_id, "connected");
            self.board.assigned(&endpoint.host, device_id);
        }
        self.recovery.serving();
        self.last_warning.clear();
        self.serving_since = Some(now());
        self.board.enter(State::Connected);
    }

    fn broken(&mut self, Broken { cause, cut_by_hub }: Broken) {
        let cause = Arc::new(cause);
        self.session.handle(now(), Input::Lost { cause: Arc::clone(&cause), cut_by_hub });
        self.lost(cause);
    }

    /// There is no connection: wait, then try again.
    fn lost(&mut self, cause: Arc<Error>) {
        let served = self.serving_since.take().map(|since| now() - since);
        let attempt = self.recovery.failed(&cause, served, fastrand::f64());
        if attempt.provision_again {
            self.assignment = None;
        }
        let text = cause.to_string();
        if text == self.last_warning {
            tracing::debug!(cause = text, next_in = ?attempt.pause, "still not connected");
        } else {
            tracing::warn!(cause = text, next_in = ?attempt.pause, "not connected");
            self.last_warning = text;
        }
        self.phase = Phase::Pausing(now() + attempt.pause);
        self.board.enter(State::Retrying { cause, next_in: attempt.pause });
    }

    fn reported(&mut self, request: ReportRequest) {
        let ReportRequest { component, fields, outcome } = request;
        let ticket = self.ticket(outcome);
        self.session.handle(now(), Input::Report { ticket, component, fields });
    }

    fn ticket(&mut self, outcome: oneshot::Sender<Result<(), Error>>) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.outcomes.insert(ticket, outcome);
        ticket
    }

    /// Ends the connection and everything that waits.
    async fn end(mut self) {
        if let Phase::Linked(link) = self.phase {
            finish(link).await;
        }
        tokio::time::timeout(Duration::from_secs(1), self.handlers.shut_down())
            .await
            .unwrap_or_else(|_| tracing::warn!("a handler does not let itself be ended"));
        let left = self.session.abandon();
        let count = left.len() as u64 + self.intake.abandon();
        for Settled { ticket, outcome } in left {
            if let Some(waiting) = self.outcomes.remove(&ticket) {
                let _ = waiting.send(outcome);
            }
        }
        tracing::info!(undelivered = count, "closed");
        self.board.count(self.session.counters());
        self.board.close(count);
    }
}

#[cfg(test)]
mod tests;
