//! The values of cloud properties: kept with the device, never sent to it.
//!
//! Which cloud properties there are says the device's template, as it was published. Values stay when a template no longer
//! has the property, so that nothing is lost by a change that is taken back. Begin with [`State::set_cloud_values`].

use serde_json::json;

use super::device::Device;
use super::properties::{Prop, PropertyWrite};
use super::{State, StateError, StoreKey};
use crate::template::customization::CloudProperty;

impl State {
    /// The cloud property that a change is about, if it is about one.
    pub(super) fn cloud_property(&self, device: &Device, write: &PropertyWrite) -> Option<&CloudProperty> {
        let is_meant = |one: &&CloudProperty| write.component.is_none() && one.name == write.name;
        self.cloud_properties(device).iter().find(is_meant)
    }

    fn cloud_properties(&self, device: &Device) -> &[CloudProperty] {
        let content = self.template_of(device).and_then(|template| template.published.as_deref());
        content.map_or(&[], |content| &content.cloud_properties)
    }

    /// The cloud properties of a device with their values.
    pub(super) fn cloud_values(&self, device: &Device) -> impl Iterator<Item = Prop> {
        let values = &device.record.cloud;
        self.cloud_properties(device).iter().map(|one| Prop::of_cloud(&one.name, values.get(&one.name)))
    }

    /// Sets or takes away values, which have been checked, and tells the pages.
    pub(super) fn set_cloud_values(&mut self, id: &str, writes: &[&PropertyWrite]) -> Result<(), StateError> {
        if writes.is_empty() {
            return Ok(());
        }
        let values = &mut self.device_mut(id)?.record.cloud;
        for PropertyWrite { name, value, .. } in writes {
            if value.is_null() {
                values.remove(name);
            } else {
                values.insert(name.clone(), value.clone());
            }
        }
        let changed: Vec<_> = writes
            .iter()
            .map(|write| Prop::of_cloud(&write.name, Some(&write.value).filter(|value| !value.is_null())))
            .collect();
        self.dirty.insert(StoreKey::Device(id.to_owned()));
        self.emit_about("properties", id, |_| json!({ "device": id, "properties": changed }));
        Ok(())
    }
}
