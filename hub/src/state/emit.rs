//! What pages are told of devices.
//!
//! Decides who is told; nothing is made of what nobody looks at. Begin with [`State::emit_about`].

use serde_json::{Value, json};

use super::device::Device;
use super::history::Row;
use super::{Effect, Event, State};
use crate::template::Template;
use crate::topic::Topic;

impl State {
    pub(super) fn emit(&mut self, name: &'static str, topics: Vec<Topic>, data: Value) {
        self.effects.push(Effect::Emit(Event { name, topics, data }));
    }

    /// Tells of a device, if anybody looks at it.
    pub(super) fn emit_about(&mut self, name: &'static str, device: &str, data: impl FnOnce(&Self) -> Value) {
        if self.followed.has_device(device) {
            let data = data(self);
            self.emit(name, vec![Topic::Device(device.to_owned())], data);
        }
    }

    pub(super) fn emit_device(&mut self, id: &str) {
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

    /// Tells those who look at the raw data of a new row.
    pub(super) fn emit_row(&mut self, id: &str, row: &Row) {
        if let Some(device) = self.devices.get(id).filter(|_| self.followed.has_raw(id)) {
            let model = self.model_of(device).map(|model| &model.view);
            let mut data = json!(crate::raw::describe(row, model));
            data["device"] = id.into();
            self.emit("raw", vec![Topic::Raw(id.to_owned())], data);
        }
    }
}
