//! What a program that embeds the hub is told of each message: [`DeviceMessage`].

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A message that the hub has taken from a device, in the order in which it came; what a device sends twice is told
/// twice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceMessage {
    /// Who sent it.
    pub device: String,
    /// The property bag, decoded: `$.mid` is the message id, `$.sub` the component. A property without a value is empty.
    pub properties: BTreeMap<String, String>,
    /// The body as it came.
    pub body: Vec<u8>,
}

/// Whom messages are told to.
#[derive(Clone)]
pub(crate) struct Observer(pub(crate) Arc<dyn Fn(DeviceMessage) + Send + Sync>);

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
