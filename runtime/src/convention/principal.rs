//! Who is connected to a hub, and how that is written in client ids, topics, user names and tokens.
//!
//! Source: protocol of the hub, CONNECT and topics; a module stands below its device in each of them.

use std::fmt;

/// A device, or one of its modules. It prints as the MQTT client id: `{device}` or `{device}/{module}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    pub(crate) device_id: String,
    pub(crate) module_id: Option<String>,
}

impl Principal {
    pub(crate) fn device(device_id: impl Into<String>) -> Self {
        Self { device_id: device_id.into(), module_id: None }
    }

    /// `devices/{device}[/modules/{module}]`: how topics begin, and how the resource of a token goes on after the hub.
    pub(crate) fn path(&self) -> String {
        let Self { device_id, module_id } = self;
        match module_id {
            Some(module_id) => format!("devices/{device_id}/modules/{module_id}"),
            None => format!("devices/{device_id}"),
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.device_id)?;
        self.module_id.iter().try_for_each(|module_id| write!(out, "/{module_id}"))
    }
}
