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
mod emit;
mod error;
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
mod sessions;
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
use serde_json::Value;

use crate::faults::Faults;
use crate::feed::News;
use crate::message::DeviceMessage;
use crate::sas::Key;
use crate::template::Template;
use crate::topic::{Followed, Topic};
use crate::view::ModelView;
use commands::CallOutcome;
use device::{Device, SessionId};
use history::{Kind, Row};
use modules::split_module;

pub(crate) use error::StateError;
pub(crate) use methods::CallId;
pub(crate) use persist::{Change, Changes, Gap, NewRow, RecordError, StoreKey};
pub(crate) use properties::PropertyWrite;
pub(crate) use provisioning::{Approval, Provisioning, RegistrationRefused};
pub(crate) use registry::DeviceChange;
pub(crate) use sessions::CloseReason;

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

/// Something a page may want to know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    /// Pages that follow one of these get it.
    pub(crate) topics: Vec<Topic>,
    pub(crate) data: Value,
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
}
