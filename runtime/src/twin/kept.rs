//! What is remembered of acknowledged properties beyond the process.
//!
//! Decides what is kept, and whether it is about the twin at hand; files are the driver's business. A record is made with
//! an acknowledgement and kept only once the hub has taken it: what the hub does not know yet is acknowledged again by
//! the next process. Begin with [`Ledger`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::PropertyKey;
use crate::json::Json;
use crate::table::ModelTable;

/// The last acknowledgement of a property.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(super) version: i64,
    /// What the cloud asked for.
    pub(super) asked: Json,
    /// What the device said is in force.
    pub(super) in_force: Json,
    pub(super) refused: bool,
}

/// An acknowledgement on its way.
#[derive(Debug)]
pub(crate) struct Acknowledged {
    pub(super) key: PropertyKey,
    pub(super) record: Record,
}

/// What is written down: the records of one twin.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    hub: String,
    device: String,
    /// By the property's name, with `component*` before it where it has one.
    properties: BTreeMap<String, Record>,
}

/// The records of a device.
#[derive(Debug)]
pub(crate) struct Ledger {
    document: Document,
}

impl Ledger {
    /// Begins with what an earlier process has kept.
    pub(crate) fn new(kept: Option<Document>) -> Self {
        Self { document: kept.unwrap_or_default() }
    }

    /// The records of properties that the model still has.
    pub(crate) fn records(&self, model: &ModelTable) -> Vec<(PropertyKey, Record)> {
        let of = |(name, record): (&String, &Record)| {
            let (component, name) = match name.split_once('*') {
                Some((component, name)) => (Some(component), name),
                None => (None, name.as_str()),
            };
            let part = model.part(component)?;
            let key = PropertyKey { component: part.component, name: part.writable(name)?.name };
            Some((key, record.clone()))
        };
        self.document.properties.iter().filter_map(of).collect()
    }

    /// The device is about to talk to this hub under this id; `false` when the records are about another twin, and gone.
    pub(crate) fn concerns(&mut self, hub: &str, device: &str) -> bool {
        if (self.document.hub.as_str(), self.document.device.as_str()) == (hub, device) {
            return true;
        }
        let (hub, device) = (hub.to_owned(), device.to_owned());
        self.document = Document { hub, device, properties: BTreeMap::new() };
        false
    }

    /// The hub has taken these; what is to be written down, if that is any different.
    pub(crate) fn note(&mut self, acknowledged: Vec<Acknowledged>) -> Option<Document> {
        let mut changed = false;
        for Acknowledged { key, record } in acknowledged {
            let name = match key.component {
                Some(component) => format!("{component}*{}", key.name),
                None => key.name.to_owned(),
            };
            changed |= self.document.properties.get(&name) != Some(&record);
            self.document.properties.insert(name, record);
        }
        changed.then(|| self.document.clone())
    }
}
