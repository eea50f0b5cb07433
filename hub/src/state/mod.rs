//! The hub's state: devices, twins, commands, models and the log of refusals.
//!
//! A core without I/O or clock: the time is an argument, and whatever must happen outside (send to a
//! device, close a connection, answer a caller, tell the page) is an [`Effect`] to be taken with
//! [`State::take_effects`] after each call. What must be written to disk is taken with [`State::take_changes`].
//! It does not read packets or HTTP. Begin with [`State`].

mod assignment;
mod cloud;
pub(crate) mod commands;
pub(crate) mod device;
pub(crate) mod feedback;
pub(crate) mod history;
pub(crate) mod inbox;
mod label;
pub(crate) mod messages;
pub(crate) mod methods;
pub(crate) mod modules;
mod news;
mod persist;
pub(crate) mod properties;
pub(crate) mod provisioning;
pub(crate) mod queued;
pub(crate) mod recall;
pub(crate) mod registry;
pub(crate) mod standing;
mod telemetry;
#[cfg(test)]
mod template_tests;
pub(crate) mod templates;
#[cfg(test)]
pub(crate) mod tests;
mod twins;
mod uploads;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::faults::Faults;
use crate::feed::{News, Source};
use crate::message::DeviceMessage;
use crate::sas::Key;
use crate::template::Template;
use crate::topic::{Followed, Topic};
use crate::topics::Subscription;
use crate::twin::TwinError;
use crate::view::ModelView;
use commands::CallOutcome;
use device::{Device, Session, SessionId};
use history::{Kind, Row};
use modules::split_module;

pub(crate) use methods::CallId;
pub(crate) use persist::{Change, Changes, Gap, NewRow, RecordError, StoreKey};
pub(crate) use properties::PropertyWrite;
pub(crate) use provisioning::{Approval, Provisioning, RegistrationRefused};
pub(crate) use registry::DeviceChange;

/// Most rows kept in the log of refusals.
const LOG_LIMIT: usize = 1000;

/// Most characters of a row in that log.
const LOG_TEXT_LIMIT: usize = 1000;

/// Everything the hub knows.
#[derive(Debug)]
pub(crate) struct State {
    provisioning: Provisioning,
    host_name: String,
    /// Where it is another one by WebSocket.
    websocket_host_name: Option<String>,
    devices: BTreeMap<String, Device>,
    /// Their ids in lower case, each with the id.
    lower_ids: BTreeSet<(String, String)>,
    /// What the program and the models folder gave.
    models: BTreeMap<String, Arc<Model>>,
    templates: BTreeMap<String, Template>,
    calls: BTreeMap<CallId, methods::Call>,
    feedback: feedback::FeedbackQueue,
    uploads: uploads::Uploads,
    log: VecDeque<LogRow>,
    dirty: BTreeSet<StoreKey>,
    new_rows: Vec<NewRow>,
    /// Model files read from the disk: names and texts, still to be understood.
    kept_models: Vec<(String, String)>,
    effects: Vec<Effect>,
    /// How the hub is to misbehave.
    pub(crate) faults: Faults,
    /// Whether somebody wants to be told of every message.
    pub(crate) observed: bool,
    /// The keys of the policies whose tokens let any device connect.
    pub(crate) device_policies: BTreeMap<&'static str, Vec<Key>>,
    /// What pages look at.
    pub(crate) followed: Followed,
    /// Whether other programs want to be told of what happens.
    pub(crate) is_told: bool,
    /// Whether a topic that IoT Hub does not know is only logged, where IoT Hub ends the connection.
    pub(crate) tolerates_unknown_topics: bool,
    next_session: u64,
    /// The lowest number free for a call.
    next_call: u64,
    /// The lowest number that no device ever had.
    next_device: u64,
}

/// A model the operator or the program gave.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) view: ModelView,
    /// The language of the file, e.g. `v2`.
    pub(crate) language: String,
    /// The file that defines the model's id.
    pub(crate) file_name: String,
    pub(crate) text: String,
    /// The other files that were read with it, by name and text.
    pub(crate) others: Vec<(String, String)>,
    pub(crate) parsed: crate::model_view::Parsed,
}

/// Two models are the same when their texts are.
impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        (&self.file_name, &self.text, &self.others) == (&other.file_name, &other.text, &other.others)
    }
}

/// One line of the log: why something was refused. Never holds a key or token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct LogRow {
    pub(crate) at: Timestamp,
    pub(crate) device: Option<String>,
    pub(crate) message: String,
}

/// What has to happen outside.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    /// Publish to a connected device.
    Send { session: SessionId, topic: String, payload: Vec<u8> },
    /// Deliver a message to a connected device, at QoS 1.
    Deliver { session: SessionId, packet: u16, again: bool, topic: String, payload: Vec<u8> },
    /// Close a connection.
    Close { session: SessionId, reason: CloseReason },
    /// Tell whoever waits for this call.
    Answer { call: CallId, outcome: CallOutcome },
    /// Tell the pages.
    Emit(Event),
    /// Remove the files of a device that is no more, and end its uploads.
    Disown { device: String, uploads: Vec<String> },
    /// A device began to take commands: callers waiting for it should try again.
    Listening,
    /// Tell whoever observes the messages.
    Took(DeviceMessage),
    /// Tell other programs.
    News(News),
}

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

/// Something a page may want to know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    /// Pages that follow one of these get it.
    pub(crate) topics: Vec<Topic>,
    pub(crate) data: Value,
}

/// Why the state did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StateError {
    #[error("there is no device {0:?}")]
    NotFound(String),
    #[error("there already is a device {0:?}")]
    Exists(String),
    #[error("{0:?} is not a device id: 1 to 128 ASCII letters, digits and - . _ : % * ? ! ( ) , = @ $ '")]
    BadId(String),
    #[error("the key must be base64 of 16 to 64 bytes")]
    BadKey,
    #[error(
        "a device that is known by certificates has the thumbprint of one as primaryThumbprint: 64 hex digits of SHA-256, or 40 of SHA-1"
    )]
    BadThumbprint,
    #[error("{0:?} is not a way to authenticate here: sas, selfSigned, certificateAuthority or none")]
    BadAuthentication(String),
    #[error("the etag {given} is not the current one ({current})")]
    Etag { given: String, current: String },
    #[error("an etag must be given: this operation is only for the device as it was read")]
    NoEtag,
    #[error("there is no model {0:?}: add its file first")]
    UnknownModel(String),
    #[error(
        "{0:?} is not an import mode: create, update, createOrUpdate, delete or updateTwin, all but create also with IfMatchETag"
    )]
    BadMode(String),
    #[error("{0:?} is not a status: enabled or disabled")]
    BadStatus(String),
    #[error("{0} must be {1}")]
    WrongType(&'static str, &'static str),
    #[error("the operation cannot be read: {0}")]
    BadOperation(String),
    #[error("the device {0:?} is in the request more than once")]
    Repeated(String),
    #[error(transparent)]
    Twin(#[from] TwinError),
    #[error(transparent)]
    Template(#[from] templates::TemplateError),
    #[error("{} of the values cannot be set", .0.len())]
    Properties(Vec<properties::PropertyProblem>),
    #[error("{0} messages wait for the device already, which is all that are queued")]
    QueueFull(usize),
    #[error("a name has at most {limit} characters, this one has {length}")]
    LongName { length: usize, limit: usize },
    #[error(
        "{0:?} cannot be the name of an upload: up to 255 letters and digits, other characters counting three for each \
         byte; `/` makes folders, which may not be empty, `.` or `..`"
    )]
    BadFileName(String),
    #[error("{0} uploads are under way already, which is all that a device may have")]
    TooManyUploads(usize),
    #[error("no upload {0:?} of this device is under way")]
    NoUpload(String),
    #[error("the content of the upload has not come: it goes to the storage before the hub is told")]
    NotStored,
    #[error("the lock is not held (any more): it lasts a minute unless another time was asked for")]
    LockLost,
    #[error("the message has {size} bytes with its properties, IoT Hub takes {limit}")]
    MessageSize { size: usize, limit: usize },
    #[error(
        "the message's properties make a topic of {size} bytes, MQTT takes {limit}: send less or put it into the body"
    )]
    MessageTopic { size: usize, limit: usize },
    #[error("the device {0:?} is blocked: unblock it before it is approved")]
    Blocked(String),
    #[error("a device has {0} modules at most")]
    TooManyModules(usize),
    #[error("no random numbers for a key: {0}")]
    Random(String),
    #[error("the history cannot be read: {0}")]
    Unreadable(String),
}

impl State {
    /// An empty state.
    pub(crate) fn new(provisioning: Provisioning) -> Self {
        Self {
            provisioning,
            host_name: "localhost".to_owned(),
            websocket_host_name: None,
            devices: BTreeMap::new(),
            lower_ids: BTreeSet::new(),
            models: BTreeMap::new(),
            templates: BTreeMap::new(),
            calls: BTreeMap::new(),
            feedback: feedback::FeedbackQueue::default(),
            uploads: uploads::Uploads::default(),
            log: VecDeque::new(),
            dirty: BTreeSet::new(),
            new_rows: Vec::new(),
            kept_models: Vec::new(),
            effects: Vec::new(),
            faults: Faults::default(),
            observed: false,
            device_policies: BTreeMap::new(),
            followed: Followed::default(),
            is_told: false,
            tolerates_unknown_topics: false,
            next_session: 1,
            next_call: 1,
            next_device: 1,
        }
    }

    /// The name under which devices are told to reach this hub, with a port unless it is 8883.
    pub(crate) fn host_name(&self) -> &str {
        &self.host_name
    }

    /// The name under which devices that speak MQTT over WebSocket are told to reach this hub, with a port unless it is 443.
    pub(crate) fn websocket_host_name(&self) -> &str {
        self.websocket_host_name.as_deref().unwrap_or(&self.host_name)
    }

    /// Sets the name devices are told, where something stands between them and the hub.
    pub(crate) fn set_host_name(&mut self, name: String) {
        self.websocket_host_name = None;
        self.host_name = name;
    }

    /// Sets the name and the ports devices reach this hub by: of its MQTT listener, and of the one for WebSocket. The Python
    /// SDK knows no port but 8883, so that one is never named, and neither is 443 for WebSocket.
    pub(crate) fn set_ports(&mut self, name: &str, mqtt: u16, websocket: u16) {
        let at = |port: u16, usual: u16| {
            if port == usual { name.to_owned() } else { format!("{name}:{port}") }
        };
        self.host_name = at(mqtt, 8883);
        self.websocket_host_name = Some(at(websocket, 443));
    }

    /// What the calls since the last time want done, in order.
    #[must_use]
    pub(crate) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// All devices, by id, without their modules.
    pub(crate) fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values().filter(|device| split_module(&device.record.id).is_none())
    }

    /// The devices and modules whose ids come after this one.
    pub(crate) fn all_after(&self, id: Option<&str>) -> impl Iterator<Item = &Device> {
        let begin = id.map_or(Bound::Unbounded, Bound::Excluded);
        self.devices.range::<str, _>((begin, Bound::Unbounded)).map(|(_, device)| device)
    }

    /// One device, or one module by its key ([`modules::module_key`]).
    pub(crate) fn device(&self, id: &str) -> Result<&Device, StateError> {
        self.devices.get(id).ok_or_else(|| StateError::NotFound(id.to_owned()))
    }

    fn device_mut(&mut self, id: &str) -> Result<&mut Device, StateError> {
        self.devices.get_mut(id).ok_or_else(|| StateError::NotFound(id.to_owned()))
    }

    /// All models, by id.
    pub(crate) fn models(&self) -> impl Iterator<Item = &Arc<Model>> {
        self.models.values()
    }

    /// The model of a device: that of its template, as it was published.
    pub(crate) fn model_of(&self, device: &Device) -> Option<&Arc<Model>> {
        Some(&self.template_of(device)?.published.as_deref()?.model)
    }

    /// Adds a model to those that templates can be made of, or replaces it.
    pub(crate) fn add_model(&mut self, model: impl Into<Arc<Model>>) {
        let model = model.into();
        let id = model.view.id.clone();
        self.dirty.insert(StoreKey::Model(id.clone()));
        self.models.insert(id, model);
    }

    /// The model files that were read from the disk: names and texts.
    pub(crate) fn take_kept_models(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.kept_models)
    }

    /// Writes down why something was refused.
    pub(crate) fn refuse(&mut self, device: Option<&str>, message: &str, now: Timestamp) {
        // whoever is refused has a say in the text: it is cut, so that the log's size is known
        let cut = |text: &str| text.chars().take(LOG_TEXT_LIMIT).collect::<String>();
        let (device, message) = (device.map(cut), cut(message));
        tracing::warn!(device, reason = %message, "refused");
        self.log.push_back(LogRow { at: now, device, message });
        if self.log.len() > LOG_LIMIT {
            self.log.pop_front();
        }
    }

    /// The log, oldest first.
    pub(crate) fn log(&self) -> impl DoubleEndedIterator<Item = &LogRow> {
        self.log.iter()
    }

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

    fn session_mut(&mut self, id: &str, session: SessionId) -> Option<&mut Session> {
        self.devices.get_mut(id)?.session.as_mut().filter(|current| current.id == session)
    }

    fn push_row(
        &mut self,
        id: &str,
        kind: Kind,
        component: Option<&str>,
        body: String,
        problem: Option<String>,
        at: Timestamp,
    ) {
        let size = u32::try_from(body.len()).unwrap_or(u32::MAX);
        let component = component.map(str::to_owned);
        let properties = None;
        self.keep_row(id, Row { seq: 0, at, received: at, kind, component, body, size, problem, properties });
    }

    /// Adds a row, whose number is given to it, to a device's history.
    fn keep_row(&mut self, id: &str, row: Row) {
        if let Some(device) = self.devices.get_mut(id) {
            let row = device.history.push(row);
            self.new_rows.push(NewRow { device: device.record.number, row: Arc::clone(&row) });
            self.emit_row(id, &row);
        }
    }

    /// Tells those who look at the raw data of a new row.
    fn emit_row(&mut self, id: &str, row: &Row) {
        if let Some(device) = self.devices.get(id).filter(|_| self.followed.has_raw(id)) {
            let model = self.model_of(device).map(|model| &model.view);
            let mut data = json!(crate::raw::describe(row, model));
            data["device"] = id.into();
            self.emit("raw", vec![Topic::Raw(id.to_owned())], data);
        }
    }

    fn emit(&mut self, name: &'static str, topics: Vec<Topic>, data: Value) {
        self.effects.push(Effect::Emit(Event { name, topics, data }));
    }

    /// Tells of a device, if anybody looks at it.
    fn emit_about(&mut self, name: &'static str, device: &str, data: impl FnOnce(&Self) -> Value) {
        if self.followed.has_device(device) {
            let data = data(self);
            self.emit(name, vec![Topic::Device(device.to_owned())], data);
        }
    }

    fn emit_device(&mut self, id: &str) {
        if let Some(device) = self.devices.get(id).filter(|_| self.followed.has_standing(id)) {
            let item = self.item(device);
            self.emit("device", vec![Topic::Devices, Topic::Device(id.to_owned())], item);
        }
    }

    /// A device's row in the page's list.
    pub(crate) fn item(&self, device: &Device) -> Value {
        let record = &device.record;
        let template = self.template_of(device);
        json!({
            "id": record.id,
            "name": record.name,
            "tags": record.twin.tags,
            "status": record.standing(),
            "statusBeforeBlock": record.standing_before_block(),
            "connected": device.session.is_some(),
            "connectedSince": device.session.as_ref().map(|session| session.since),
            "lastSeen": record.last_seen,
            "modelId": template.map(Template::model_id).or(record.model_id.as_deref()),
            "modelName": self.model_of(device).map(|model| &model.view.name),
            "templateId": template.map(|template| &template.id),
            "templateName": template.map(|template| &template.name),
            "templateVersion": template.map(|template| template.version),
            "messages": record.messages,
        })
    }
}
