//! Connections of devices: who is there, what they listen on, and what ends with them.
//!
//! Decides that a newer connection takes over, and what of a session is kept where the device wants that (protocol
//! reference, section 2.3). Credentials are checked before ([`super::registry`]). Begin with [`State::connect`].

use jiff::Timestamp;
use serde_json::json;

use super::device::{Session, SessionId};
use super::history::Kind;
use super::{Effect, State, StateError, StoreKey};
use crate::feed::Source;
use crate::topics::Subscription;

/// Why the hub closes a connection that did nothing wrong on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CloseReason {
    #[error("a newer connection of the same device took over")]
    TakenOver,
    #[error("the device was deleted")]
    Deleted,
    #[error("the device was disabled")]
    Disabled,
    #[error("the hub was told to cut the connection")]
    Cut,
}

impl State {
    /// The number for a connection that is about to be tried.
    pub(crate) fn next_session(&mut self) -> SessionId {
        let id = SessionId(self.next_session);
        self.next_session += 1;
        id
    }

    /// A device has connected (its token is checked); an older connection of it is closed. Answers whether the hub kept a
    /// session of it, which it does not want with `clean`.
    pub(crate) fn connect(
        &mut self,
        id: &str,
        session: SessionId,
        model_id: Option<&str>,
        clean: bool,
        now: Timestamp,
    ) -> Result<bool, StateError> {
        let device = self.device_mut(id)?;
        let record = &mut device.record;
        record.provisioned = true;
        record.last_seen = Some(now);
        record.connection_changed = Some(now);
        if let Some(model_id) = model_id {
            self.announced(id, model_id, now)?;
        }
        let device = self.device_mut(id)?;
        device.inbox.disconnected();
        let waiting = device.inbox.len();
        if clean {
            device.subscribed.clear();
        }
        let subscriptions = device.subscribed.clone();
        let kept = !subscriptions.is_empty();
        if subscriptions.contains(&Subscription::Methods) {
            self.effects.push(Effect::Listening);
        }
        let device = self.device_mut(id)?;
        let fresh = Session { id: session, since: now, subscriptions };
        if let Some(old) = device.session.replace(fresh) {
            self.effects.push(Effect::Close { session: old.id, reason: CloseReason::TakenOver });
            self.lose_calls(old.id, now);
        }
        self.inbox_changed(id);
        if clean && waiting > 0 {
            let text = format!(
                "the device began a clean session while {waiting} messages wait for it. They are kept until it subscribes; \
                 Azure's IoT Hub drops them, so connect with CleanSession 0"
            );
            self.refuse(Some(id), &text, now);
        }
        self.connection_row(id, "connected", now);
        self.tell(Source::Connection, id, "deviceConnected", &json!({}));
        self.deliver_messages(id, now);
        Ok(kept)
    }

    /// A connection of a device has ended; nothing happens if a newer one has taken over.
    pub(crate) fn disconnect(&mut self, id: &str, session: SessionId, why: &str, now: Timestamp) {
        self.lose_calls(session, now);
        let Some(device) = self.devices.get_mut(id) else {
            return;
        };
        if device.session.as_ref().is_none_or(|current| current.id != session) {
            return;
        }
        device.session = None;
        device.inbox.disconnected();
        device.record.connection_changed = Some(now);
        self.connection_row(id, &format!("disconnected: {why}"), now);
        self.tell(Source::Connection, id, "deviceDisconnected", &json!({ "reason": why }));
    }

    fn connection_row(&mut self, id: &str, text: &str, now: Timestamp) {
        self.dirty.insert(StoreKey::Device(id.to_owned()));
        self.push_row(id, Kind::Connection, None, text.to_owned(), None, now);
        self.emit_device(id);
        // pending properties are explained differently once the device is there, or gone
        self.emit_properties(id, None);
    }

    /// Cuts the connection of a device, or of all; answers how many there were.
    pub(crate) fn cut(&mut self, device: Option<&str>) -> usize {
        let concerned = self.devices.values().filter(|one| device.is_none_or(|id| id == one.record.id));
        let sessions: Vec<SessionId> = concerned.filter_map(|one| Some(one.session.as_ref()?.id)).collect();
        let close = |session: &SessionId| Effect::Close { session: *session, reason: CloseReason::Cut };
        self.effects.extend(sessions.iter().map(close));
        sessions.len()
    }

    /// A device listens on something; `clean` is that of its CONNECT.
    pub(crate) fn subscribe(
        &mut self,
        id: &str,
        session: SessionId,
        subscription: Subscription,
        clean: bool,
        now: Timestamp,
    ) {
        let Some(current) = self.session_mut(id, session) else {
            return;
        };
        current.subscriptions.insert(subscription);
        if let Some(device) = self.devices.get_mut(id).filter(|_| !clean) {
            device.subscribed.insert(subscription);
        }
        match subscription {
            Subscription::Methods => self.effects.push(Effect::Listening),
            Subscription::CloudToDevice => self.deliver_messages(id, now),
            _ => {}
        }
    }

    /// A device listens on something no more.
    pub(crate) fn unsubscribe(&mut self, id: &str, session: SessionId, subscription: Subscription) {
        if let Some(current) = self.session_mut(id, session) {
            current.subscriptions.remove(&subscription);
            if let Some(device) = self.devices.get_mut(id) {
                device.subscribed.remove(&subscription);
            }
        }
    }

    pub(super) fn session_mut(&mut self, id: &str, session: SessionId) -> Option<&mut Session> {
        self.devices.get_mut(id)?.session.as_mut().filter(|current| current.id == session)
    }
}
