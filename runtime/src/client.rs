//! The handle on a running session.
//!
//! A [`Client`] is cheap to clone and untyped; generated clients wrap it. It only hands work to the driver and waits
//! for outcomes. When the last handle is dropped without [`Client::close`], the session ends abruptly: what is not
//! acknowledged by then is lost.

use std::sync::{Arc, Weak};
use std::time::Instant;

use serde::Serialize;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::driver::{Board, ReportRequest, Reporting, now};
use crate::error::Error;
use crate::intake::Intake;
use crate::json::{Json, to_json};
use crate::metrics::{Facts, Health, Metrics};
use crate::outbox::Parked;
use crate::outcome::Delivery;
use crate::progress::Holder;
use crate::send::SendOptions;
use crate::state::{Counters, State};

/// What all handles on one session share.
pub(crate) struct Shared {
    intake: Arc<Intake>,
    reports: mpsc::Sender<ReportRequest>,
    pub(crate) closing: CancellationToken,
    pub(crate) board: Arc<Board>,
    pub(crate) tasks: TaskTracker,
}

impl Shared {
    pub(crate) fn new(intake: Arc<Intake>, reports: mpsc::Sender<ReportRequest>) -> Self {
        Self {
            intake,
            reports,
            closing: CancellationToken::new(),
            board: Arc::new(Board::new()),
            tasks: TaskTracker::new(),
        }
    }
}

/// A handle on a device's session.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    component: Option<&'static str>,
    holder: Holder,
}

impl Client {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, component: None, holder: Holder::Owner }
    }

    /// A client for a handler; `None` when the session is over.
    pub(crate) fn for_handler(shared: &Weak<Shared>, holder: Holder) -> Option<Self> {
        Some(Self { holder, ..Self::new(shared.upgrade()?) })
    }

    pub(crate) fn holder(&self) -> Holder {
        self.holder
    }

    /// Ends the session: takes nothing new, waits for acknowledgements and running handlers, then disconnects.
    /// Calling it again waits for the same end.
    ///
    /// # Errors
    /// [`Error::Undelivered`] when the close deadline passed before everything was acknowledged; [`Error::GivenUp`] when
    /// the retry policy had ended the session before.
    pub async fn close(&self) -> Result<(), Error> {
        self.begin_to_close();
        self.shared.tasks.wait().await;
        if let State::GivenUp { cause } = self.state() {
            return Err(Error::GivenUp { cause });
        }
        match self.shared.board.undelivered() {
            0 => Ok(()),
            count => Err(Error::Undelivered { count }),
        }
    }

    /// As [`Client::close`], without waiting for the end.
    pub(crate) fn begin_to_close(&self) {
        self.shared.closing.cancel();
    }

    /// Where the connection stands.
    pub fn state(&self) -> State {
        self.shared.board.state()
    }

    /// Where the connection stands, to be watched.
    pub fn states(&self) -> watch::Receiver<State> {
        self.shared.board.states()
    }

    /// Waits until the device is connected.
    ///
    /// # Errors
    /// [`Error::Closed`] or [`Error::GivenUp`] when the session ends instead.
    pub async fn connected(&self) -> Result<(), Error> {
        let mut states = self.states();
        match states.wait_for(|state| state.is_connected() || state.is_final()).await.as_deref() {
            Ok(State::Connected) => Ok(()),
            _ => Err(self.ended()),
        }
    }

    /// What the session has done so far.
    pub fn counters(&self) -> Counters {
        self.shared.board.counters()
    }

    /// What the session has done and measured so far.
    pub fn metrics(&self) -> Metrics {
        let (_, oldest) = self.shared.intake.level();
        let now = now();
        self.shared.board.gauge().snapshot(oldest.map(|since| now.saturating_duration_since(since)))
    }

    /// Whether somebody should look at this device, by the rules of [`Health`].
    pub fn health(&self) -> Health {
        let (now, board) = (now(), &self.shared.board);
        let (filled, oldest) = self.shared.intake.level();
        let (state, away) = (board.state(), board.away(now));
        let since = |then: Instant| now.saturating_duration_since(then);
        let gauge = board.gauge();
        let facts = Facts {
            state,
            away,
            filled,
            oldest_message: oldest.map(since),
            parked: gauge.last_parked().map(|then| (since(then), gauge.counters().parked)),
            is_throttled: gauge.is_throttled,
        };
        facts.judge()
    }

    /// The telemetry messages that were put aside because the hub cut the connection at them again and again: the last
    /// 100, the oldest first. Each has ended with [`Error::Rejected`].
    pub fn parked(&self) -> Vec<Parked> {
        self.shared.intake.parked()
    }

    /// The device's id at its hub, once it has been connected.
    pub fn device_id(&self) -> Option<String> {
        self.shared.board.assignment().map(|assignment| assignment.device_id)
    }

    /// The hub's host, once the device has been connected.
    pub fn hub(&self) -> Option<String> {
        self.shared.board.assignment().map(|assignment| assignment.endpoint.host)
    }

    /// What the provisioning service's allocation policy gave with the hub, once the device has been connected. With a
    /// state folder it is there again at the next start.
    pub fn provisioning_payload(&self) -> Option<Json> {
        self.shared.board.assignment().and_then(|assignment| assignment.payload)
    }

    /// The same session, scoped to a component.
    #[doc(hidden)]
    #[must_use]
    pub fn __component(&self, name: &'static str) -> Self {
        Self { shared: Arc::clone(&self.shared), component: Some(name), holder: self.holder }
    }

    /// Sends telemetry; resolves when the hub has acknowledged it.
    #[doc(hidden)]
    pub async fn __send<T: Serialize>(&self, telemetry: &T) -> Result<(), Error> {
        self.__enqueue(telemetry).await?.await
    }

    /// Queues telemetry; resolves when it is in the outbox.
    #[doc(hidden)]
    pub async fn __enqueue<T: Serialize>(&self, telemetry: &T) -> Result<Delivery, Error> {
        self.enqueue_with(telemetry, &SendOptions::default()).await
    }

    /// Queues telemetry in a way of its own; resolves when it is in the outbox.
    pub(crate) async fn enqueue_with<T>(
        &self,
        telemetry: &T,
        options: &SendOptions,
    ) -> Result<Delivery, Error>
    where
        T: Serialize + ?Sized,
    {
        let queued = self.open()?.intake.enqueue(self.component, telemetry, options).await;
        queued.map_err(|error| if matches!(error, Error::Closed) { self.ended() } else { error })
    }

    /// Reports properties; resolves at the hub's answer.
    #[doc(hidden)]
    pub async fn __report<T: Serialize>(&self, reported: &T) -> Result<(), Error> {
        let Json::Object(fields) = to_json(reported)? else {
            return Err(Error::Value { problem: "reported properties are an object".to_owned() });
        };
        let (outcome, answer) = oneshot::channel();
        let what = Reporting::Fields { component: self.component, fields };
        self.hand_in(ReportRequest { what, outcome }, answer).await
    }

    pub(crate) async fn hand_in(
        &self,
        request: ReportRequest,
        answer: oneshot::Receiver<Result<(), Error>>,
    ) -> Result<(), Error> {
        self.open()?.reports.send(request).await.map_err(|_| self.ended())?;
        answer.await.unwrap_or_else(|_| Err(self.ended()))
    }

    fn open(&self) -> Result<&Shared, Error> {
        if self.shared.closing.is_cancelled() {
            return Err(self.ended());
        }
        Ok(&self.shared)
    }

    /// Why nothing is taken any more.
    fn ended(&self) -> Error {
        match self.state() {
            State::GivenUp { cause } => Error::GivenUp { cause },
            _ => Error::Closed,
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Client").field("component", &self.component).field("state", &self.state()).finish()
    }
}
