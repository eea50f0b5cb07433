//! What a test gets to see: a telemetry message, an acknowledgement of a desired value.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::json::Json;
use crate::table::Convention;

/// A telemetry message as the hub got it. One that the device sends again after a lost connection comes twice, with the
/// same [`id`](Self::id), as it would at a hub in the cloud.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The component that sent it; `None` for the device itself.
    pub component: Option<String>,
    /// The payload where it is JSON, and null otherwise.
    pub body: Json,
    /// The payload as it was sent.
    pub payload: Bytes,
    /// The properties of the message, decoded; those of the system begin with `$.`.
    pub properties: BTreeMap<String, String>,
}

impl Message {
    /// The message id, which stays the same when a message is sent again.
    pub fn id(&self) -> Option<&str> {
        self.property("$.mid")
    }

    /// A property of the message, by its decoded name.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.get(name).map(String::as_str)
    }
}

/// How a device has acknowledged a desired value, read from either convention.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Acknowledgement {
    /// The value that the device says is in force.
    pub value: Json,
    /// 200 for a value that was applied, 202 for one that is being applied, else why not.
    pub code: u16,
    /// The version of the desired document that is acknowledged.
    pub version: i64,
    /// What the device says about it.
    pub description: Option<String>,
}

impl Acknowledgement {
    /// Reads a reported property; `None` when it acknowledges nothing.
    pub(super) fn read(convention: Convention, reported: &Json) -> Option<Self> {
        let text = |name: &str| reported.get(name).and_then(Json::as_str).map(str::to_owned);
        let number = |name: &str| reported.get(name).and_then(Json::as_i64);
        let (code, version, description) = match convention {
            Convention::Pnp => (number("ac")?, number("av")?, text("ad")),
            Convention::Central2020 => {
                let code = match text("status")?.as_str() {
                    "completed" => 200,
                    "pending" => 202,
                    _ => number("statusCode").unwrap_or(500),
                };
                (code, number("desiredVersion")?, text("message"))
            }
        };
        let value = reported.get("value").cloned().unwrap_or_default();
        Some(Self { value, code: u16::try_from(code).ok()?, version, description })
    }

    /// Whether more is to come.
    pub fn is_pending(&self) -> bool {
        self.code == 202
    }
}
