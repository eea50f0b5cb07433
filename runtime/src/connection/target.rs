//! The two ways to a hub: it is known, or the provisioning service assigns it.

use super::{Endpoint, text};
use crate::convention::Principal;
use crate::error::Error;

/// Where a device wants to go, and under which name.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// The hub is known. It is named in user names and tokens even where a gateway is connected to instead.
    Hub { endpoint: Endpoint, gateway: Option<Endpoint>, principal: Principal },
    /// The provisioning service assigns one.
    Provisioned { endpoint: Endpoint, id_scope: String, registration_id: String },
}

impl Target {
    /// The id whose key is derived from a group's.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Hub { principal, .. } => &principal.device_id,
            Self::Provisioned { registration_id, .. } => registration_id,
        }
    }

    /// What names this device among others in a folder.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Hub { principal, .. } => principal.to_string(),
            Self::Provisioned { registration_id, .. } => registration_id.clone(),
        }
    }

    /// The same place under another id.
    pub(super) fn renamed(&self, id: &str) -> Result<Self, Error> {
        let mut renamed = self.clone();
        match &mut renamed {
            Self::Hub { principal, .. } => principal.device_id = text::identifier(id, "the device id")?,
            Self::Provisioned { registration_id, .. } => {
                *registration_id = text::identifier(id, "the registration id")?;
            }
        }
        Ok(renamed)
    }
}
