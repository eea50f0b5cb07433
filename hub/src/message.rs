//! Messages as a program that embeds the hub sees them: [`DeviceMessage`] from a device, [`CloudToDevice`] to one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A message that the hub has taken from a device, in the order in which it came; what a device sends twice is told
/// twice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceMessage {
    /// Who sent it; a module of a device is `{device}/{module}`.
    pub device: String,
    /// The property bag, decoded: `$.mid` is the message id, `$.sub` the component. A property without a value is empty.
    pub properties: BTreeMap<String, String>,
    /// The body as it came.
    pub body: Vec<u8>,
}

/// A message to a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudToDevice {
    pub(crate) properties: BTreeMap<String, String>,
    #[serde(with = "base64_bytes")]
    pub(crate) body: Vec<u8>,
    pub(crate) time_to_live: Duration,
}

impl CloudToDevice {
    /// A message without properties, which is worth delivering for an hour.
    pub fn new(body: impl Into<Vec<u8>>) -> Self {
        const DEFAULT: Duration = Duration::from_secs(3600);
        Self { properties: BTreeMap::new(), body: body.into(), time_to_live: DEFAULT }
    }

    /// Sets a property by its name on the wire: `$.mid` is the message id, `$.cid` the correlation id, `method-name` makes
    /// it an offline command; others are the sender's own.
    #[must_use]
    pub fn with_property(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.properties.insert(name.into(), value.into());
        self
    }

    /// How long it is worth delivering: at most two days, which is IoT Hub's limit.
    #[must_use]
    pub fn with_time_to_live(self, time: Duration) -> Self {
        const LONGEST: Duration = Duration::from_secs(2 * 24 * 3600);
        Self { time_to_live: time.min(LONGEST), ..self }
    }

    /// What the hub counts.
    pub(crate) fn size(&self) -> usize {
        let properties = self.properties.iter().map(|(name, value)| name.len() + value.len());
        self.body.len() + properties.sum::<usize>()
    }
}

/// Bytes as base64 text, in records of the disk.
mod base64_bytes {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// Whom messages are told to.
#[derive(Clone)]
pub(crate) struct Observer(pub(crate) Arc<dyn Fn(DeviceMessage) + Send + Sync>);

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
