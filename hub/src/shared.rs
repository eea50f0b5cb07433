//! The shell around the state: one lock, and the effects of each call carried out in order.
//!
//! Decides nothing itself: it hands effects to connections, waiting callers and pages. No effect
//! blocks; a device that does not take its messages in time is disconnected. Begin with
//! [`Shared::with`].

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::events::{Bus, Joined, ListenerId};
use crate::feed::{self, Feed};
use crate::files::Files;
use crate::held::{Held, LeftOut};
use crate::keep::{Ledger, Library};
use crate::message::Observer;
use crate::policy::{self, Right};
use crate::settings::Settings;
use crate::state::commands::{CallOutcome, Command, Order};
use crate::state::device::SessionId;
use crate::state::methods::Started;
use crate::state::{CallId, Effect, State, StateError};
use crate::topic::Topic;

/// Messages that may wait for one device.
const LINK_CAPACITY: usize = 256;

/// What a connection's task is told.
#[derive(Debug)]
pub(crate) enum ToDevice {
    Publish { topic: String, payload: Vec<u8> },
    Deliver { packet: u16, again: bool, topic: String, payload: Vec<u8> },
    Close(String),
}

/// What all tasks of a hub share.
#[derive(Debug)]
pub(crate) struct Shared {
    inner: Mutex<Inner>,
    /// Counts up when a device begins to take commands.
    listening: watch::Sender<u64>,
    /// The number that comes next in the stream for other programs.
    news: watch::Sender<u64>,
    /// Whether something could not be kept.
    is_in_trouble: AtomicBool,
    /// Whether devices are to be read more slowly.
    is_crowded: AtomicBool,
    pub(crate) library: Arc<Library>,
    pub(crate) settings: Settings,
    /// Where files go that devices upload.
    pub(crate) files: Option<Files>,
    pub(crate) started: Timestamp,
    /// The name by which devices are told to reach the hub's service over HTTPS.
    pub(crate) host: String,
    pub(crate) https_port: u16,
    pub(crate) mqtt_port: u16,
}

#[derive(Debug)]
struct Inner {
    state: State,
    links: BTreeMap<SessionId, mpsc::Sender<ToDevice>>,
    waiting: BTreeMap<CallId, oneshot::Sender<CallOutcome>>,
    bus: Bus,
    feed: Feed,
    observer: Option<Observer>,
    /// `None` where nothing is kept, in tests.
    ledger: Option<Ledger>,
    held: Held,
}

impl Inner {
    /// Why something is not kept, as an error.
    fn trouble(&self) -> Result<(), String> {
        self.ledger.as_ref().and_then(Ledger::trouble).map_or(Ok(()), |reason| Err(reason.to_owned()))
    }

    fn send(&mut self, session: SessionId, message: ToDevice) {
        let full = self.links.get(&session).is_some_and(|link| link.try_send(message).is_err());
        if full {
            // its queue is dropped, which ends the connection's task
            tracing::warn!(?session, "the device does not take its messages: disconnecting it");
            self.links.remove(&session);
        }
    }
}

/// A call of a device's method.
#[derive(Debug, Clone)]
pub(crate) struct MethodCall<'a> {
    pub(crate) device: &'a str,
    pub(crate) component: Option<&'a str>,
    pub(crate) name: &'a str,
    pub(crate) request: Option<Value>,
    /// Who calls it.
    pub(crate) by: &'static str,
    /// How long to wait for a device that is not there.
    pub(crate) connect_timeout: Duration,
    pub(crate) response_timeout: Duration,
}

impl MethodCall<'_> {
    fn order(&self) -> Order {
        Order {
            component: self.component.map(str::to_owned),
            name: self.name.to_owned(),
            request: self.request.clone(),
            by: Some(self.by.to_owned()),
        }
    }
}

impl Shared {
    /// The shell around `state`.
    pub(crate) fn new(
        mut state: State,
        settings: Settings,
        https_port: u16,
        mqtt_port: u16,
        observer: Option<Observer>,
    ) -> Self {
        state.observed = observer.is_some();
        state.device_policies = policy::with_right(Right::Device)
            .filter_map(|name| Some((name, settings.policy_keys(name)?.cloned().collect())))
            .collect();
        let inner = Mutex::new(Inner {
            state,
            links: BTreeMap::new(),
            waiting: BTreeMap::new(),
            bus: Bus::default(),
            feed: Feed::new(now()),
            observer,
            ledger: None,
            held: Held::default(),
        });
        Self {
            inner,
            listening: watch::Sender::new(0),
            news: watch::Sender::new(0),
            is_in_trouble: AtomicBool::new(false),
            is_crowded: AtomicBool::new(false),
            library: Arc::default(),
            settings,
            files: None,
            started: now(),
            host: "localhost".to_owned(),
            https_port,
            mqtt_port,
        }
    }

    /// The same, reached by this name.
    pub(crate) fn reached_by(self, host: &str) -> Self {
        Self { host: host.to_owned(), ..self }
    }

    /// The same with a folder for files.
    pub(crate) fn with_files(self, files: Files) -> Self {
        Self { files: Some(files), ..self }
    }

    /// The same with a data folder: every step is written to its journal.
    pub(crate) fn keeping(mut self, ledger: Ledger, library: Arc<Library>) -> Self {
        self.inner.get_mut().unwrap_or_else(PoisonError::into_inner).ledger = Some(ledger);
        Self { library, ..self }
    }

    /// Runs `f` on the state at the present time, keeps what it changed, then carries out what it wants done.
    ///
    /// What could not be kept is not to be acknowledged: ask [`Self::unkept`] before that.
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut State, Timestamp) -> R) -> R {
        // a panic while the lock was held ended that connection only; the state's steps are small
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        self.step(&mut inner, f)
    }

    /// The same for who brings much: nothing is run while something is not kept, so that what waits to be kept does not grow.
    ///
    /// # Errors
    /// Why something is not kept. What `f` did, if it ran, is not to be acknowledged then.
    pub(crate) fn with_kept<R>(&self, f: impl FnOnce(&mut State, Timestamp) -> R) -> Result<R, String> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.trouble()?;
        let result = self.step(&mut inner, f);
        inner.trouble().map(|()| result)
    }

    fn step<R>(&self, inner: &mut Inner, f: impl FnOnce(&mut State, Timestamp) -> R) -> R {
        let now = now();
        inner.state.faults.tick(now);
        let result = f(&mut inner.state, now);
        self.settle(inner);
        result
    }

    /// Keeps what has changed, then carries out what is to be done; nothing is, as long as something is not kept.
    fn settle(&self, inner: &mut Inner) {
        let changes = inner.state.take_changes();
        let effects = inner.state.take_effects();
        if let Some(ledger) = &mut inner.ledger {
            ledger.keep(changes);
            let in_trouble = ledger.trouble().is_some();
            self.is_in_trouble.store(in_trouble, Ordering::Release);
            self.is_crowded.store(ledger.is_crowded(), Ordering::Release);
            if in_trouble {
                return effects.into_iter().for_each(|effect| inner.held.push(effect));
            }
        }
        let (waited, left_out) = inner.held.take();
        waited.into_iter().for_each(|effect| self.carry_out(inner, effect));
        if left_out != LeftOut::default() {
            self.make_up_for(inner, left_out);
        }
        effects.into_iter().for_each(|effect| self.carry_out(inner, effect));
    }

    /// Tells those whom something was left out for.
    fn make_up_for(&self, inner: &mut Inner, left_out: LeftOut) {
        let LeftOut { events, news, messages, sessions } = left_out;
        tracing::warn!(events, news, messages, "more happened than could wait until it was kept");
        for session in sessions {
            if let Some(link) = inner.links.remove(&session) {
                let reason =
                    "the disk took nothing, and what the device should have got could not wait so long";
                let _ = link.try_send(ToDevice::Close(reason.to_owned()));
            }
        }
        if events > 0 {
            inner.bus.lose(events);
        }
        if news > 0 {
            let next = inner.feed.lose(news);
            self.news.send_replace(next);
        }
    }

    /// Why what was done last may not be kept, and must not be acknowledged.
    pub(crate) fn unkept(&self) -> Option<String> {
        if !self.is_in_trouble.load(Ordering::Acquire) {
            return None;
        }
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).trouble().err()
    }

    /// Runs `f` on the state and what it is kept with, which changes neither what is kept nor what others see.
    pub(crate) fn with_ledger<R>(&self, f: impl FnOnce(&mut State, &mut Ledger) -> R) -> Option<R> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { state, ledger, .. } = &mut *inner;
        let ledger = ledger.as_mut()?;
        let result = f(state, ledger);
        self.is_crowded.store(ledger.is_crowded(), Ordering::Release);
        Some(result)
    }

    /// Whether more comes than can be moved to where it stays: who brings it is to be read more slowly.
    pub(crate) fn is_crowded(&self) -> bool {
        self.is_crowded.load(Ordering::Acquire)
    }

    /// What waits to be kept and to happen, in bytes.
    #[cfg(test)]
    pub(crate) fn waiting_bytes(&self) -> (usize, usize) {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        (inner.ledger.as_ref().map_or(0, Ledger::owed), inner.held.bytes())
    }

    /// Says so, for tests of those who ask.
    #[cfg(test)]
    pub(crate) fn crowd(&self, yes: bool) {
        self.is_crowded.store(yes, Ordering::Release);
    }

    /// Runs `f` on the pages' event bus.
    pub(crate) fn with_bus<R>(&self, f: impl FnOnce(&mut Bus) -> R) -> R {
        f(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner).bus)
    }

    /// Lets a page follow topics; `last_seen` is the id of the last event it has.
    pub(crate) fn join(&self, topics: Vec<Topic>, last_seen: Option<&str>) -> Joined {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let joined = inner.bus.join(topics, last_seen);
        inner.state.followed = inner.bus.followed();
        joined
    }

    /// A page has gone.
    pub(crate) fn leave(&self, page: ListenerId) {
        self.with_bus(|bus| bus.leave(page, now()));
    }

    /// Makes no more events of what pages have left a while ago.
    pub(crate) fn tidy_topics(&self) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.bus.tidy(now()) {
            inner.state.followed = inner.bus.followed();
        }
    }

    /// Sends telemetry to the pages as it becomes due, until `stop`.
    pub(crate) async fn send_batches(&self, stop: CancellationToken) {
        let batched = self.with_bus(|bus| bus.batched());
        loop {
            let wait = self.with_bus(|bus| bus.send_batches(now())).map(|due| {
                let left = Duration::try_from(due.duration_since(now())).unwrap_or(Duration::ZERO);
                left.max(Duration::from_millis(5))
            });
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {}
                () = batched.notified(), if wait.is_none() => {}
            }
        }
    }

    /// Begins to tell what happens to other programs: where the reader begins, and what says that there is more.
    pub(crate) fn join_feed(&self, from: feed::From) -> (u64, watch::Receiver<u64>) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.state.is_told = true;
        (inner.feed.position(from), self.news.subscribe())
    }

    /// What there is from this number on.
    pub(crate) fn read_feed(&self, next: u64) -> feed::Batch {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).feed.read(next)
    }

    fn carry_out(&self, inner: &mut Inner, effect: Effect) {
        match effect {
            Effect::Send { session, topic, payload } => {
                inner.send(session, ToDevice::Publish { topic, payload });
            }
            Effect::Deliver { session, packet, again, topic, payload } => {
                inner.send(session, ToDevice::Deliver { packet, again, topic, payload });
            }
            Effect::Close { session, reason } => {
                if let Some(link) = inner.links.remove(&session) {
                    let _ = link.try_send(ToDevice::Close(reason.to_string()));
                }
            }
            Effect::Answer { call, outcome } => {
                if let Some(waiter) = inner.waiting.remove(&call) {
                    let _ = waiter.send(outcome);
                }
            }
            Effect::Emit(event) => inner.bus.publish(event, now()),
            Effect::Took(message) => {
                if let Some(Observer(tell)) = &inner.observer {
                    tell(message);
                }
            }
            Effect::News(news) => {
                let next = inner.feed.push(news, now());
                self.news.send_replace(next);
            }
            Effect::Disown { device, uploads } => {
                if let Some(files) = &self.files {
                    files.disown(&device, &uploads);
                }
            }
            Effect::Listening => self.listening.send_modify(|count| *count += 1),
        }
    }

    /// Opens the way to a connection's task.
    pub(crate) fn open_link(&self) -> (SessionId, mpsc::Receiver<ToDevice>) {
        let (sender, receiver) = mpsc::channel(LINK_CAPACITY);
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let session = inner.state.next_session();
        inner.links.insert(session, sender);
        (session, receiver)
    }

    /// Closes the way to a connection's task.
    pub(crate) fn close_link(&self, session: SessionId) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).links.remove(&session);
    }

    /// Removes the files that nobody needs any more.
    pub(crate) async fn sweep_files(&self) {
        if let Some(files) = &self.files {
            files.sweep().await;
        }
    }

    /// Calls a method and waits for its end; answers the row of the command history.
    pub(crate) async fn call(&self, call: MethodCall<'_>) -> Result<Command, StateError> {
        self.wait_until_listening(call.device, call.connect_timeout).await;
        let device = call.device;
        let (started, answer) = self.start(&call)?;
        let row = match started {
            Started::Offline { row } => row,
            Started::Sent { call: id, row } => {
                // also ends the call when the caller goes away
                let guard = EndOfCall { shared: self, call: id };
                let _ = tokio::time::timeout(call.response_timeout, answer).await;
                drop(guard);
                row
            }
        };
        self.with(|state, _| {
            let command = state.device(device)?.commands.get(row).cloned();
            command.ok_or_else(|| StateError::NotFound(device.to_owned()))
        })
    }

    fn start(&self, call: &MethodCall<'_>) -> Result<(Started, oneshot::Receiver<CallOutcome>), StateError> {
        let (sender, receiver) = oneshot::channel();
        let started = self.with(|state, now| state.start_call(call.device, call.order(), now))?;
        if let Started::Sent { call: id, .. } = started {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            // the answer may have come already: then nobody needs to wait
            if inner.state.is_waiting(id) {
                inner.waiting.insert(id, sender);
            }
        }
        Ok((started, receiver))
    }

    /// The request of a call, if it was held because something is not kept, is not sent when nobody waits for it any more.
    fn take_back(&self, call: CallId) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.held.take_back(call);
    }

    async fn wait_until_listening(&self, device: &str, limit: Duration) {
        let deadline = Instant::now() + limit;
        let mut changes = self.listening.subscribe();
        while !self.with(|state, _| state.is_listening(device)) {
            if !matches!(tokio::time::timeout_at(deadline, changes.changed()).await, Ok(Ok(()))) {
                return;
            }
        }
    }
}

/// Ends a call that has no answer yet when it is dropped.
struct EndOfCall<'a> {
    shared: &'a Shared,
    call: CallId,
}

impl Drop for EndOfCall<'_> {
    fn drop(&mut self) {
        self.shared.take_back(self.call);
        self.shared.with(|state, now| state.time_out_call(self.call, now));
    }
}

/// The present time in whole milliseconds: other languages' clients do not read nanoseconds.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
