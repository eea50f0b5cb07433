//! One device: what is kept on disk and what lives only while the hub runs.
//!
//! Plain data and small questions about it; changes go through [`super::State`]. Begin with [`Device`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::commands::Commands;
use super::history::{History, Kind};
use super::inbox::Inbox;
use super::recall::{self, LazyValues};
use super::standing::Unapproved;
use crate::certificate::Known;
use crate::keep::RowRef;
use crate::sas::Key;
use crate::topics::Subscription;
use crate::twin::Twin;

/// The longest device id IoT Hub takes.
const ID_LIMIT: usize = 128;

/// The number of one connection, unique while the hub runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SessionId(pub(crate) u64);

/// A device with everything known of it.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) record: Record,
    pub(crate) session: Option<Session>,
    /// What outlives a connection that was not to be clean (protocol reference, section 2.3).
    pub(crate) subscribed: BTreeSet<Subscription>,
    pub(crate) history: History,
    pub(crate) commands: Commands,
    pub(crate) inbox: Inbox,
    pub(crate) latest: LazyValues,
}

/// What is kept across restarts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: String,
    /// The device's own for ever, also when another gets its id: its history is kept under it.
    pub(crate) number: u64,
    /// What the operator calls it.
    #[serde(default)]
    pub(crate) name: Option<String>,
    pub(crate) generation: String,
    pub(crate) etag: u64,
    pub(crate) enabled: bool,
    /// Of a device that came by itself and that nobody has approved.
    #[serde(default)]
    pub(crate) unapproved: Option<Unapproved>,
    pub(crate) status_reason: Option<String>,
    pub(crate) status_updated: Option<Timestamp>,
    pub(crate) primary: Key,
    pub(crate) secondary: Key,
    /// Of a device that is known by its certificate; its keys mean nothing then.
    #[serde(default)]
    pub(crate) certificates: Option<Known>,
    /// Was made by the provisioning service, for an enrollment.
    #[serde(default)]
    pub(crate) enrolled: bool,
    #[serde(default)]
    pub(crate) edge: Edge,
    /// What the device has announced.
    pub(crate) model_id: Option<String>,
    /// The id of its template.
    #[serde(default)]
    pub(crate) template: Option<String>,
    /// The values of cloud properties, by name.
    #[serde(default)]
    pub(crate) cloud: BTreeMap<String, Value>,
    /// Has been assigned by the provisioning service or has connected.
    pub(crate) provisioned: bool,
    pub(crate) created: Timestamp,
    /// Derived from the device's rows, as the number of messages is.
    #[serde(skip)]
    pub(crate) last_seen: Option<Timestamp>,
    pub(crate) connection_changed: Option<Timestamp>,
    #[serde(skip)]
    pub(crate) messages: u64,
    pub(crate) twin: Twin,
}

/// Where a device stands among IoT Edge devices: kept and shown, without any effect here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Edge {
    pub(crate) is_edge: bool,
    /// The scope of its parent, for a device that is no edge device itself.
    pub(crate) scope: Option<String>,
    pub(crate) parents: Vec<String>,
}

/// A connection in force.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) since: Timestamp,
    pub(crate) subscriptions: BTreeSet<Subscription>,
}

/// The newest value of each telemetry name, by component and name.
pub(crate) type LatestValues = BTreeMap<(Option<String>, String), Latest>;

/// The newest value of one telemetry name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Latest {
    pub(crate) component: Option<String>,
    pub(crate) name: String,
    pub(crate) value: Value,
    pub(crate) at: Timestamp,
}

impl Device {
    /// A device as read from the store or just created, not connected.
    pub(crate) fn new(record: Record) -> Self {
        Self {
            record,
            session: None,
            subscribed: BTreeSet::new(),
            history: History::default(),
            commands: Commands::default(),
            inbox: Inbox::default(),
            latest: recall::now(LatestValues::new()),
        }
    }

    /// Counts a row in that was read from the disk, as it was when it came. Its values are for [`recall`].
    pub(super) fn count(&mut self, row: &RowRef<'_>) {
        match row.kind {
            Kind::Telemetry => self.record.messages += 1,
            Kind::Connection if !row.body.starts_with("connected") => return,
            Kind::Connection | Kind::Property => {}
            Kind::Command => return,
        }
        self.record.last_seen = Some(row.received);
    }

    /// The connection to send to, if the device listens on `subscription`.
    pub(crate) fn listening(&self, subscription: Subscription) -> Option<SessionId> {
        self.session
            .as_ref()
            .filter(|session| session.subscriptions.contains(&subscription))
            .map(|session| session.id)
    }
}

/// Whether a text may be a device id: 1 to 128 ASCII letters, digits and `- . _ : + % # * ? ! ( ) , = @ $ '`,
/// without what topics cannot carry (`+`, `#`).
pub(crate) fn is_device_id(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._:%*?!(),=@$'".contains(c);
    (1..=ID_LIMIT).contains(&text.len()) && text.chars().all(allowed)
}

/// Whether a text may be a registration id: as the provisioning service says (protocol reference, section 1).
pub(crate) fn is_registration_id(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
    let ends_well = text.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
    (1..=ID_LIMIT).contains(&text.len()) && text.chars().all(allowed) && ends_well
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_to_the_characters_topics_can_carry() {
        assert!(is_device_id("sensor-1.a_b:c"));
        for bad in ["", "a/b", "a b", "a+b", "a#", "ä", &"x".repeat(129)] {
            assert!(!is_device_id(bad), "{bad}");
        }
        assert!(is_registration_id("a-"));
        assert!(!is_registration_id("a."));
    }
}
