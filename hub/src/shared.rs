//! The shell around the state: one lock, and the effects of each call carried out in order.
//!
//! Decides nothing itself: it hands effects to connections, waiting callers and pages. No effect
//! blocks; a device that does not take its messages in time is disconnected. Begin with
//! [`Shared::with`].

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::events::{Bus, Joined, ListenerId};
use crate::message::Observer;
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
    pub(crate) settings: Settings,
    pub(crate) started: Timestamp,
    pub(crate) https_port: u16,
    pub(crate) mqtt_port: u16,
}

#[derive(Debug)]
struct Inner {
    state: State,
    links: BTreeMap<SessionId, mpsc::Sender<ToDevice>>,
    waiting: BTreeMap<CallId, oneshot::Sender<CallOutcome>>,
    bus: Bus,
    observer: Option<Observer>,
}

impl Inner {
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
        let inner =
            Inner { state, links: BTreeMap::new(), waiting: BTreeMap::new(), bus: Bus::default(), observer };
        let listening = watch::Sender::new(0);
        Self { inner: Mutex::new(inner), listening, settings, started: now(), https_port, mqtt_port }
    }

    /// Runs `f` on the state at the present time, then carries out what it wants done.
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut State, Timestamp) -> R) -> R {
        // a panic while the lock was held ended that connection only; the state's steps are small
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now();
        let result = f(&mut inner.state, now);
        let effects = inner.state.take_effects();
        for effect in effects {
            self.carry_out(&mut inner, effect, now);
        }
        result
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

    fn carry_out(&self, inner: &mut Inner, effect: Effect, now: Timestamp) {
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
            Effect::Emit(event) => inner.bus.publish(event, now),
            Effect::Took(message) => {
                if let Some(Observer(tell)) = &inner.observer {
                    tell(message);
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
        self.shared.with(|state, now| state.time_out_call(self.call, now));
    }
}

/// The present time in whole milliseconds: other languages' clients do not read nanoseconds.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
