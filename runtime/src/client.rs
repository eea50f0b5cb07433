//! The handle on a running session.
//!
//! A [`Client`] is cheap to clone and untyped; generated clients wrap it. It only hands work to the driver and waits
//! for outcomes. When the last handle is dropped without [`Client::close`], the session ends abruptly: what is not
//! acknowledged by then is lost, unless a disk outbox keeps it.

use std::sync::{Arc, Weak};
use std::time::Instant;

use serde::Serialize;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::coop::consume_budget;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::driver::{self, Board, Dialer, ReportRequest, Reporting, now};
use crate::error::Error;
use crate::intake::Intake;
use crate::json::{Json, to_json};
use crate::metrics::{Facts, Health, Metrics};
use crate::outbox::Parked;
use crate::outcome::Delivery;
use crate::progress::Holder;
use crate::sampling::Sampling;
use crate::send::SendOptions;
use crate::state::{Counters, State};
use crate::table::ModelTable;
#[cfg(feature = "file-upload")]
use crate::upload::Content;

/// What all handles on one session share.
pub(crate) struct Shared {
    model: ModelTable,
    intake: Arc<Intake>,
    reports: mpsc::Sender<ReportRequest>,
    pub(crate) closing: CancellationToken,
    pub(crate) board: Arc<Board>,
    pub(crate) tasks: TaskTracker,
    #[cfg(feature = "file-upload")]
    dialer: Arc<Dialer>,
}

impl Shared {
    pub(crate) fn new(
        model: ModelTable,
        intake: Arc<Intake>,
        reports: mpsc::Sender<ReportRequest>,
        #[cfg_attr(
            not(feature = "file-upload"),
            expect(unused_variables, reason = "only uploads dial apart from the driver")
        )]
        dialer: &Arc<Dialer>,
    ) -> Self {
        Self {
            model,
            intake,
            reports,
            closing: CancellationToken::new(),
            board: Arc::new(Board::new()),
            tasks: TaskTracker::new(),
            #[cfg(feature = "file-upload")]
            dialer: Arc::clone(dialer),
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

    /// Waits until what the session needs has been opened.
    pub(crate) async fn opened(&self) -> Result<(), Error> {
        self.shared.intake.opened().await
    }

    /// Ends the session: takes nothing new, waits for acknowledgements and running handlers, then disconnects.
    /// Calling it again waits for the same end.
    ///
    /// # Errors
    /// [`Error::Undelivered`] when the close deadline passed before everything was acknowledged, what a disk outbox keeps
    /// for the next start not counted; [`Error::GivenUp`] when the retry policy had ended the session before.
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
        self.shared.board.counters(&self.shared.intake)
    }

    /// What the session has done and measured so far.
    pub fn metrics(&self) -> Metrics {
        self.shared.board.metrics(&self.shared.intake, now())
    }

    /// Whether somebody should look at this device, by the rules of [`Health`].
    pub fn health(&self) -> Health {
        let (now, board) = (now(), &self.shared.board);
        let (filled, oldest) = self.shared.intake.level();
        let (state, away) = (board.state(), board.away(now));
        let since = |then: Instant| now.saturating_duration_since(then);
        let parked = board.counters(&self.shared.intake).parked;
        let gauge = board.gauge();
        let facts = Facts {
            state,
            away,
            filled,
            oldest_message: oldest.map(since),
            parked: gauge.last_parked.map(|then| (since(then), parked)),
            is_throttled: gauge.figures.is_throttled,
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

    /// Uploads a file to the storage account of the hub, by HTTPS: asks the hub for a place, puts the content there, and
    /// tells the hub how that went. `name` may hold folders (`logs/today.log`); the hub puts the device's id in front.
    ///
    /// It runs beside the session and is not repeated. Content is given up when it stands still for 60 s. Dropping the
    /// future ends the upload without a word to the hub, which lets ten of them be under way at once.
    ///
    /// # Errors
    /// [`Error::Upload`] when the hub or its storage refuses, [`Error::Connect`] and [`Error::TimedOut`] when one of
    /// them cannot be reached, [`Error::Configuration`] for a name that cannot be one, and before the device has been
    /// connected for the first time, when its hub is not known.
    #[cfg(feature = "file-upload")]
    pub async fn upload(&self, name: &str, content: impl Into<Content>) -> Result<(), Error> {
        let shared = self.open()?;
        let Some(assignment) = shared.board.assignment() else {
            return Err(Error::configuration("uploading", "the hub is not known yet: wait for connected()"));
        };
        shared.dialer.upload(&assignment, name, content.into()).await
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
        self.send_with(telemetry, &SendOptions::default()).await
    }

    /// Queues telemetry; resolves when it is in the outbox.
    #[doc(hidden)]
    pub async fn __enqueue<T: Serialize>(&self, telemetry: &T) -> Result<Delivery, Error> {
        self.enqueue_with(telemetry, &SendOptions::default()).await
    }

    /// Sends telemetry in a way of its own; resolves when the hub has acknowledged it.
    pub(crate) async fn send_with<T>(&self, telemetry: &T, options: &SendOptions) -> Result<(), Error>
    where
        T: Serialize + ?Sized,
    {
        self.enqueue_now(telemetry, options).await?.await
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
        // Gives others a turn now and then, the driver among them, when everything is accepted at once.
        consume_budget().await;
        self.enqueue_now(telemetry, options).await
    }

    async fn enqueue_now<T>(&self, telemetry: &T, options: &SendOptions) -> Result<Delivery, Error>
    where
        T: Serialize + ?Sized,
    {
        let queued = self.open()?.intake.enqueue(self.component, telemetry, options).await;
        queued.map_err(|error| self.told(error))
    }

    /// An error as its caller is told: a session that has given up says so.
    fn told(&self, error: Error) -> Error {
        if matches!(error, Error::Closed) { self.ended() } else { error }
    }

    /// Sends several samples, as many as fit in one message; resolves when the hub has acknowledged all of them.
    pub(crate) async fn send_batch<T, I>(&self, samples: I, options: SendOptions) -> Result<(), Error>
    where
        T: Serialize,
        I: IntoIterator<Item = T>,
    {
        let contents = self.open()?.intake.batch(self.component, samples, &options)?;
        let mut deliveries = Vec::with_capacity(contents.len());
        for content in contents {
            let queued = self.shared.intake.accept(content, &options).await;
            deliveries.push(queued.map_err(|error| self.told(error))?);
        }
        let mut outcome = Ok(());
        for delivery in deliveries {
            outcome = outcome.and(delivery.await);
        }
        outcome
    }

    /// Reads and sends again and again, until the client is closed.
    pub(crate) async fn sample<T, F, V>(&self, sampling: Sampling, read: F) -> Result<(), Error>
    where
        T: Serialize,
        F: FnMut() -> V,
        V: Future<Output = T>,
    {
        let part = self.shared.model.part(self.component);
        sampling.check(part.map(|part| part.telemetry).unwrap_or_default())?;
        driver::sample(self, sampling, read).await
    }

    /// Waits until the client is being closed, or the session has ended.
    pub(crate) async fn closing(&self) {
        let mut states = self.states();
        tokio::select! {
            () = self.shared.closing.cancelled() => {}
            _ = states.wait_for(State::is_final) => {}
        }
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
