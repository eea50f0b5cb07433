//! What pages follow: topics by name, and which of them anybody follows at all.
//!
//! Nothing is made for a topic that nobody follows. Begin with [`Topic`].

use std::collections::BTreeSet;

/// A subject of events.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    /// The list of devices.
    Devices,
    /// The templates.
    Templates,
    /// One device: its values, properties, commands and standing.
    Device(String),
    /// The rows of one device's history.
    Raw(String),
}

impl Topic {
    /// The topic that a page names: `devices`, `templates`, `device:{id}` or `raw:{id}`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "devices" => Some(Self::Devices),
            None if text == "templates" => Some(Self::Templates),
            Some(("device", id)) if !id.is_empty() => Some(Self::Device(id.to_owned())),
            Some(("raw", id)) if !id.is_empty() => Some(Self::Raw(id.to_owned())),
            _ => None,
        }
    }
}

/// Which topics are followed, for whoever would make their events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Followed {
    pub(crate) devices: bool,
    pub(crate) templates: bool,
    device: BTreeSet<String>,
    raw: BTreeSet<String>,
}

impl Followed {
    pub(crate) fn new<'a>(topics: impl Iterator<Item = &'a Topic>) -> Self {
        let mut followed = Self::default();
        for topic in topics {
            match topic {
                Topic::Devices => followed.devices = true,
                Topic::Templates => followed.templates = true,
                Topic::Device(id) => drop(followed.device.insert(id.clone())),
                Topic::Raw(id) => drop(followed.raw.insert(id.clone())),
            }
        }
        followed
    }

    /// Whether anybody looks at this device.
    pub(crate) fn has_device(&self, id: &str) -> bool {
        self.device.contains(id)
    }

    /// Whether anybody looks at the rows of this device.
    pub(crate) fn has_raw(&self, id: &str) -> bool {
        self.raw.contains(id)
    }

    /// Whether anybody is told what becomes of this device: by the list or by its own page.
    pub(crate) fn has_standing(&self, id: &str) -> bool {
        self.devices || self.has_device(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_read_by_its_name_and_nothing_else_is_one() {
        assert_eq!(Topic::parse("devices"), Some(Topic::Devices));
        assert_eq!(Topic::parse("device:a:b"), Some(Topic::Device("a:b".into())));
        for other in ["", "device", "device:", "raw", "hub", "devices:x"] {
            assert_eq!(Topic::parse(other), None, "{other}");
        }
    }
}
