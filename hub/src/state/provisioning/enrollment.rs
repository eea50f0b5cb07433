//! Enrollments: who may be provisioned, and what its device is like at first.
//!
//! Plain data, kept and compared; the service's JSON for it is in [`crate::rest`], and what comes of it in
//! [`super::registration`]. Begin with [`Enrollment`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::certificate::Certificate;
use crate::sas::Key;
use crate::state::StateError;
use crate::state::registry::DeviceKeys;
use crate::twin::Twin;

/// For one registration, or for all that prove themselves in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Individual,
    Group,
}

impl Kind {
    /// How the keys of its records begin.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Individual => "individual/",
            Self::Group => "group/",
        }
    }
}

/// Who may be provisioned, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Enrollment {
    /// The registration id of an individual enrollment, or the name of a group.
    pub(crate) id: String,
    pub(crate) attestation: Attestation,
    pub(crate) settings: Settings,
    pub(crate) etag: u64,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

/// What of an enrollment has nothing to do with proving who a device is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// The device's id, where it is not the registration id; not of a group.
    pub(crate) device_id: Option<String>,
    pub(crate) enabled: bool,
    pub(crate) tags: Map<String, Value>,
    pub(crate) desired: Map<String, Value>,
    pub(crate) reprovision: Reprovision,
    pub(crate) allocation: Allocation,
    /// Whether its device is one of IoT Edge.
    pub(crate) edge: bool,
    /// Whatever the operator wants to remember of the device.
    pub(crate) information: Option<Map<String, Value>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            device_id: None,
            enabled: true,
            tags: Map::new(),
            desired: Map::new(),
            reprovision: Reprovision { update: true, migrate: true },
            allocation: Allocation::Hashed,
            edge: false,
            information: None,
        }
    }
}

impl Settings {
    /// The twin of a device that begins.
    pub(super) fn initial_twin(&self, now: Timestamp) -> Result<Twin, StateError> {
        let mut twin = Twin { version: 1, ..Twin::default() };
        twin.patch_tags(&self.tags)?;
        if !self.desired.is_empty() {
            twin.desired.patch(&self.desired, now)?;
        }
        Ok(twin)
    }
}

/// What becomes of a device that registers again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reprovision {
    /// Whether it is assigned anew; else it stays what it is.
    pub(crate) update: bool,
    /// Whether its twin comes along; else it begins with the enrollment's.
    pub(crate) migrate: bool,
}

/// How the service chooses among its hubs. There is one, so that all come to the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Allocation {
    Hashed,
    GeoLatency,
    Static,
}

/// How a device proves that it is who it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Attestation {
    /// With one of these, or in a group with one that is derived from them.
    Keys { primary: Key, secondary: Key },
    /// With one of these; not in a group.
    Client(Pair<Certificate>),
    /// With a certificate that leads to one of these; groups only.
    Signers(Pair<Certificate>),
    /// With a certificate that leads to one of the hub's authorities of these names.
    Authorities(Pair<String>),
}

impl Attestation {
    pub(super) fn keys(keys: &DeviceKeys) -> Self {
        Self::Keys { primary: keys.primary.clone(), secondary: keys.secondary.clone() }
    }

    /// The certificates that it holds itself.
    pub(super) fn certificates(&self) -> Vec<&Certificate> {
        match self {
            Self::Client(pair) | Self::Signers(pair) => pair.iter().collect(),
            Self::Keys { .. } | Self::Authorities(_) => Vec::new(),
        }
    }
}

/// One of a kind, and perhaps another one to change to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pair<T> {
    pub(crate) primary: T,
    pub(crate) secondary: Option<T>,
}

impl<T> Pair<T> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.primary).chain(&self.secondary)
    }
}
