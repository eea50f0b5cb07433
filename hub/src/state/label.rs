//! What an operator calls a device: its name and its tags.
//!
//! Decides what a name may be and who is told; the device itself never sees either. Begin with [`State::label`].

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{State, StateError, StoreKey};

/// The longest name in characters, as in IoT Central (operator pages reference, section 1.3).
const NAME_LIMIT: usize = 148;

impl State {
    /// Names a device and merges its tags, all or nothing; an empty name is none.
    pub(crate) fn label(
        &mut self,
        id: &str,
        name: Option<&str>,
        tags: Option<&Map<String, Value>>,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let name = name.map(str::trim);
        let length = name.map_or(0, |name| name.chars().count());
        if length > NAME_LIMIT {
            return Err(StateError::LongName { length, limit: NAME_LIMIT });
        }
        if let Some(tags) = tags {
            self.patch_twin(id, None, Some(tags), now)?;
        }
        if let Some(name) = name {
            self.device_mut(id)?.record.name = (!name.is_empty()).then(|| name.to_owned());
        }
        self.dirty.insert(StoreKey::Device(id.to_owned()));
        self.emit_device(id);
        Ok(())
    }

    /// Tells the pages of tags that were changed with the twin.
    pub(crate) fn tags_changed(&mut self, id: &str) {
        self.emit_device(id);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, connected};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_name_of_148_characters_is_kept_and_a_longer_one_changes_nothing() {
        let (mut state, _) = connected("d1");
        let tags = json!({ "site": "north" });
        let (longest, longer) = ("ä".repeat(NAME_LIMIT), "ä".repeat(NAME_LIMIT + 1));
        let refused = state.label("d1", Some(&longer), tags.as_object(), NOW);
        assert_eq!(refused, Err(StateError::LongName { length: NAME_LIMIT + 1, limit: NAME_LIMIT }));
        assert!(state.device("d1").unwrap().record.twin.tags.is_empty());
        state.label("d1", Some(&longest), tags.as_object(), NOW).unwrap();
        let item = state.item(state.device("d1").unwrap());
        assert_eq!((&item["name"], &item["tags"]), (&json!(longest), &tags));
        state.label("d1", Some(" "), None, NOW).unwrap();
        assert_eq!(state.device("d1").unwrap().record.name, None);
    }
}
