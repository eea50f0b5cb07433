//! Device templates: a model, how it is shown, and the views and forms that operators get.
//!
//! A core without I/O: plain data and the rules on it. Templates are kept, matched with devices and published by
//! [`crate::state`]; their HTTP API is [`crate::page`]'s. Begin with [`Template`].
//!
//! A template has two [`Content`]s: the *draft*, which is edited, and what was *published*, which is all that operators
//! and devices see. An edit of the draft changes nothing for them until it is published again; one that would break what
//! devices have (see [`change`]) needs a new version, which is a template of its own in the same family.
//!
//! **Path.** A capability is named by its path, unique in its template: `name` for what the root Interface has,
//! `component/name` for what a component has, `$cloud/name` for a cloud property. On the wire a capability model is flat, so
//! its capabilities are just `name`, too; the Interface instances of it are only groups (`group`). Where two instances
//! have a capability of the same name, the later one is `instance/name` here, although the wire cannot tell them apart.
//!
//! **The form for operators** ([`json::published`], the field `template` of a device):
//!
//! ```json
//! { "id": "room-sensor", "name": "Room sensor", "version": 1, "modelId": "dtmi:com:example:Room;1",
//!   "wireFormat": "pnp", "etag": "\"7\"",
//!   "groups": [{ "key": "", "title": "Room", "component": null }],
//!   "capabilities": [{
//!     "path": "temp", "kind": "telemetry", "name": "temp", "component": null, "group": "",
//!     "label": "Temperature", "modelLabel": "temp", "description": null, "semanticType": "Temperature",
//!     "unit": "°C", "modelUnit": "°C", "schema": { "type": "double" },
//!     "writable": false, "async": false, "durable": false, "request": null, "response": null,
//!     "display": { "decimals": 1, "trueName": "Online", "falseName": "Offline", "min": 0, "max": 50, "color": "#0f766e",
//!                  "initialValue": 20 } }],
//!   "views": [
//!     { "slug": "overview", "kind": "view", "name": "Overview", "generated": true,
//!       "tiles": [{ "type": "line", "title": null, "capabilities": ["temp"], "range": null, "width": 2 }] },
//!     { "slug": "properties", "kind": "form", "name": "Properties", "generated": false, "columns": 1,
//!       "sections": [{ "title": "Light", "fields": [{ "path": "brightness", "editable": true }] }] }] }
//! ```
//!
//! `kind` of a capability: `telemetry`, `property`, `command`, `cloudProperty`. `label` and `unit` have the customisations
//! applied; `display` holds those that were set, and no others. `request` and `response` are fields (`name`, `label`,
//! `schema`) of a command. Kinds of views: `view` and `commands` have tiles, `form` has sections. Types of tiles: see
//! [`tile::TileKind`].

pub(crate) mod capability;
pub(crate) mod change;
pub(crate) mod customization;
pub(crate) mod generate;
pub(crate) mod import;
pub(crate) mod json;
pub(crate) mod pointer;
#[cfg(test)]
mod real_models;
pub(crate) mod record;
pub(crate) mod slug;
pub(crate) mod tile;
pub(crate) mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::model_view::Words;
use crate::state::Model;
use capability::Capability;
use customization::{CloudProperty, Customization};
use view::View;

/// A device template.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    /// Its name in addresses; never changes.
    pub(crate) id: String,
    pub(crate) name: String,
    /// Counts the templates of one family.
    pub(crate) version: u32,
    /// The id of the first version.
    pub(crate) family: String,
    /// Where its model came from.
    pub(crate) source: Source,
    /// Counts every change.
    pub(crate) revision: u64,
    /// The revision in which operators last got to see something new.
    pub(crate) shown: u64,
    pub(crate) created: Timestamp,
    pub(crate) changed: Timestamp,
    pub(crate) published_at: Option<Timestamp>,
    pub(crate) draft: Content,
    pub(crate) published: Option<Arc<Content>>,
}

/// Who gave a template its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    /// An operator imported it.
    Imported,
    /// The program around the hub, or its models folder: a change there is followed.
    Given,
}

/// What of a template is edited and published.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Content {
    pub(crate) model: Arc<Model>,
    /// By path.
    pub(crate) customizations: BTreeMap<String, Customization>,
    pub(crate) cloud_properties: Vec<CloudProperty>,
    pub(crate) views: Vec<View>,
}

/// One thing that is wrong with what was sent: the member, as a JSON pointer into the request, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Detail {
    pub(crate) pointer: String,
    pub(crate) message: String,
}

impl Detail {
    pub(crate) fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into() }
    }

    /// The same inside of the member at `base`.
    pub(crate) fn below(self, base: &str) -> Self {
        Self { pointer: format!("{base}{}", self.pointer), ..self }
    }
}

impl Content {
    /// A model as it came: no customisations, no views.
    pub(crate) fn new(model: Arc<Model>) -> Self {
        Self { model, customizations: BTreeMap::new(), cloud_properties: Vec::new(), views: Vec::new() }
    }

    /// Its capabilities in declaration order with the customisations applied, in the first of `languages` they have.
    pub(crate) fn capabilities(&self, languages: &[String]) -> Vec<Capability> {
        let view = Words(languages).view(&self.model.parsed);
        let mut found = capability::of_model(&view);
        found.extend(self.cloud_properties.iter().map(CloudProperty::capability));
        for capability in &mut found {
            if let Some(customization) = self.customizations.get(&capability.path) {
                customization.apply(capability);
            }
        }
        found
    }
}

impl Template {
    /// The entity tag of the present state.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.revision)
    }

    /// Changes when what operators see has changed.
    pub(crate) fn published_etag(&self) -> String {
        format!("\"{}\"", self.shown)
    }

    /// Shows the draft to operators.
    pub(crate) fn publish(&mut self, now: Timestamp) {
        self.published = Some(Arc::new(self.draft.clone()));
        self.published_at = Some(now);
        self.shown = self.revision;
    }

    /// The id that devices of this template announce.
    pub(crate) fn model_id(&self) -> &str {
        let content = self.published.as_deref().unwrap_or(&self.draft);
        &content.model.view.id
    }

    /// What differs between the draft and what was published; nothing before the first time.
    pub(crate) fn draft_changes(&self) -> Vec<&'static str> {
        let Some(published) = &self.published else { return Vec::new() };
        let draft = &self.draft;
        let parts = [
            ("model", draft.model != published.model),
            ("customizations", draft.customizations != published.customizations),
            ("cloudProperties", draft.cloud_properties != published.cloud_properties),
            ("views", draft.views != published.views),
        ];
        parts.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
    }
}
