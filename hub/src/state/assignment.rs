//! Which template a device has.
//!
//! Decides by the model id that the device announces: a published template of that model, the newest version first; else
//! one is made of a model that the program or the models folder gave, published with the default views; else none. What an
//! operator assigns stays until the device announces another id than before, and then if no template fits. Begin with
//! [`State::announced`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::device::Device;
use super::templates::{NAME_LIMIT, TemplateError};
use super::{Model, State, StateError, StoreKey};
use crate::template::generate::{self, Wanted};
use crate::template::{Content, Source, Template};

/// Of the published templates of a model, devices get the one with the greatest; of equals, the last by id.
fn rank(template: &Template) -> (u32, Option<Timestamp>) {
    (template.version, template.published_at)
}

impl State {
    /// Gives a device a published template, or takes it away.
    pub(crate) fn assign_template(&mut self, device: &str, template: Option<&str>) -> Result<(), StateError> {
        if let Some(id) = template {
            self.check_published(id)?;
        }
        let before = self.exchange_template(device, template)?;
        // their numbers of devices have changed
        for id in [before.as_deref(), template].into_iter().flatten() {
            self.note_template(id);
        }
        Ok(())
    }

    /// Gives several devices a template, and tells of each template once.
    fn assign_to_all(&mut self, devices: &[String], template: &str) -> Result<(), StateError> {
        let mut concerned = BTreeSet::from([template.to_owned()]);
        for device in devices {
            concerned.extend(self.exchange_template(device, Some(template))?);
        }
        concerned.iter().for_each(|id| self.note_template(id));
        Ok(())
    }

    /// Gives a device another template and answers the one that it had.
    fn exchange_template(
        &mut self,
        device: &str,
        template: Option<&str>,
    ) -> Result<Option<String>, StateError> {
        let record = &mut self.device_mut(device)?.record;
        let before = std::mem::replace(&mut record.template, template.map(str::to_owned));
        self.dirty.insert(StoreKey::Device(device.to_owned()));
        self.emit_device(device);
        self.emit_properties(device, None);
        Ok(before)
    }

    /// Whether devices can have the template.
    pub(crate) fn check_published(&self, template: &str) -> Result<(), StateError> {
        match self.template(template)?.published {
            Some(_) => Ok(()),
            None => Err(TemplateError::NotPublished.into()),
        }
    }

    /// Gives all devices of a template, or those that are named, another one; answers how many.
    pub(crate) fn migrate_devices(
        &mut self,
        from: Option<&str>,
        devices: &[String],
        to: &str,
    ) -> Result<usize, StateError> {
        self.check_published(to)?;
        for id in devices {
            self.device(id)?;
        }
        let of_template = |device: &&Device| from.is_some() && device.record.template.as_deref() == from;
        let concerned = self.devices.values().filter(of_template).map(|device| device.record.id.clone());
        let concerned: Vec<String> = concerned.chain(devices.iter().cloned()).collect();
        self.assign_to_all(&concerned, to)?;
        Ok(concerned.len())
    }

    /// A device has announced the id of its model.
    pub(super) fn announced(
        &mut self,
        device: &str,
        model_id: &str,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let record = &mut self.device_mut(device)?.record;
        let before = record.model_id.replace(model_id.to_owned());
        let (same, assigned) = (before.as_deref() == Some(model_id), record.template.clone());
        let fits = |state: &Self, id: &str| state.template(id).is_ok_and(|one| one.model_id() == model_id);
        // what an operator has assigned stays, unless the device has become another
        if assigned.as_deref().is_some_and(|id| same || fits(self, id)) {
            return Ok(());
        }
        match self.find_template(model_id, now) {
            Some(id) => self.assign_template(device, Some(&id)),
            None => Ok(()),
        }
    }

    /// The published template of a model, the newest version first; one is made of a model that was given.
    pub(crate) fn find_template(&mut self, model_id: &str, now: Timestamp) -> Option<String> {
        let fitting = self
            .templates
            .values()
            .filter(|template| template.published.is_some() && template.model_id() == model_id);
        if let Some(template) = fitting.max_by_key(|template| rank(template)) {
            return Some(template.id.clone());
        }
        let model = Arc::clone(self.models.get(model_id)?);
        self.provide_template(&model, now)
    }

    /// By model, the template that [`State::find_template`] answers.
    pub(crate) fn newest_published(&self) -> BTreeMap<&str, &str> {
        let mut all: Vec<&Template> = self.templates.values().filter(|one| one.published.is_some()).collect();
        all.sort_by_key(|template| rank(template));
        all.into_iter().map(|template| (template.model_id(), &*template.id)).collect()
    }

    /// Makes a published template with the default views of a model that the program gave; answers its id.
    pub(crate) fn provide_template(&mut self, model: &Arc<Model>, now: Timestamp) -> Option<String> {
        let id = &model.view.id;
        if let Some(known) = self.templates.values().find(|template| template.model_id() == id) {
            let known = known.id.clone();
            self.refresh_template(model, now);
            return Some(known);
        }
        let mut content = Content::new(Arc::clone(model));
        content.views = generate::default_views(&content.capabilities(&[]));
        let name: String = model.view.name.chars().take(NAME_LIMIT).collect();
        let made = self.insert_template(&name, content, Source::Given, now);
        let id = made.ok()?.id.clone();
        let template = self.templates.get_mut(&id)?;
        template.publish(now);
        self.note_template(&id);
        self.match_waiting(&id);
        Some(id)
    }

    /// Follows a change of a model that was given, in the templates made of it: their program is the authority, and what
    /// the operator customised stays. Generated views are made anew.
    pub(crate) fn refresh_template(&mut self, model: &Arc<Model>, now: Timestamp) {
        let outdated = |template: &&Template| {
            template.source == Source::Given
                && template.model_id() == model.view.id
                && template.draft.model != *model
        };
        let ids: Vec<String> =
            self.templates.values().filter(outdated).map(|template| template.id.clone()).collect();
        for id in ids {
            let Some(template) = self.templates.get_mut(&id) else { continue };
            let published = template.published.as_deref().cloned();
            template.draft = with_model(template.draft.clone(), model);
            template.published = published.map(|content| Arc::new(with_model(content, model)));
            template.revision += 1;
            template.shown = template.revision;
            template.changed = now;
            self.note_template(&id);
            self.tell_devices_of(&id);
        }
    }

    /// Gives the template to devices that have announced its model and have none.
    pub(super) fn match_waiting(&mut self, id: &str) {
        let Some(model_id) = self.templates.get(id).map(|template| template.model_id().to_owned()) else {
            return;
        };
        let waits = |device: &&Device| {
            device.record.template.is_none() && device.record.model_id.as_deref() == Some(&*model_id)
        };
        let ids: Vec<String> =
            self.devices.values().filter(waits).map(|device| device.record.id.clone()).collect();
        if !ids.is_empty() {
            // all are there, and the template is published
            let _ = self.assign_to_all(&ids, id);
        }
    }

    pub(super) fn tell_devices_of(&mut self, template: &str) {
        let of_template = |device: &&Device| device.record.template.as_deref() == Some(template);
        let ids: Vec<String> =
            self.devices.values().filter(of_template).map(|device| device.record.id.clone()).collect();
        for device in ids {
            self.emit_device(&device);
        }
    }
}

/// The content with another model, its generated views made for it.
fn with_model(mut content: Content, model: &Arc<Model>) -> Content {
    content.model = Arc::clone(model);
    let capabilities = content.capabilities(&[]);
    let has = |content: &Content, name: &str| content.views.iter().any(|view| view.name == name);
    let wanted = Wanted {
        overview: has(&content, "Overview"),
        about: has(&content, "About"),
        commands: has(&content, "Commands"),
    };
    generate::generate(&mut content.views, &capabilities, wanted);
    content
}
