//! Whom a path of the service API names: a device, or a module of one.
//!
//! Begin with [`Target`].

use serde::Deserialize;

use crate::state::StateError;
use crate::state::modules::module_key;

/// `{id}`, and `{mid}` where the path has one.
#[derive(Debug, Deserialize)]
pub(super) struct Target {
    pub(super) id: String,
    pub(super) mid: Option<String>,
}

impl Target {
    /// Its id among all devices and modules.
    pub(super) fn key(&self) -> Result<String, StateError> {
        // an encoded slash would make a module of a device
        let names = [Some(&self.id), self.mid.as_ref()];
        if names.into_iter().flatten().any(|name| name.contains('/')) {
            return Err(StateError::NotFound(self.id.chars().take(140).collect()));
        }
        Ok(self.mid.as_ref().map_or_else(|| self.id.clone(), |mid| module_key(&self.id, mid)))
    }
}
