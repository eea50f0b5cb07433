//! Uploads of files: begun by a device, and ended by its word on how it went.
//!
//! Decides how many may be under way and who may bring something still; the content is [`crate::files`]'. An upload that
//! nobody ends is forgotten with its token. Begin with [`State::begin_upload`].

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Effect, State, StateError};
use crate::files::is_file_name;

/// Most uploads of a device at a time (protocol reference, section 2.7).
const OPEN_LIMIT: usize = 10;
/// How long an upload may take.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// An upload under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    pub(crate) device: String,
    pub(crate) name: String,
    until: Timestamp,
    /// The size of the file once it is there.
    stored: Option<u64>,
}

/// All uploads under way, by their correlation ids.
pub(super) type Uploads = BTreeMap<String, Upload>;

impl State {
    /// A device wants to upload a file; answers the upload's correlation id.
    pub(crate) fn begin_upload(
        &mut self,
        device: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<String, StateError> {
        self.device(device)?;
        if !is_file_name(name) {
            return Err(StateError::BadFileName(name.chars().take(80).collect()));
        }
        if self.uploads.values().filter(|upload| upload.device == device).count() == OPEN_LIMIT {
            return Err(StateError::TooManyUploads(OPEN_LIMIT));
        }
        let id = format!("{:032x}", fastrand::u128(..));
        let until = now.checked_add(LIFE).unwrap_or(Timestamp::MAX);
        let upload = Upload { device: device.to_owned(), name: name.to_owned(), until, stored: None };
        self.uploads.insert(id.clone(), upload);
        Ok(id)
    }

    /// Forgets uploads that nobody has ended in time; answers their ids.
    pub(crate) fn take_late_uploads(&mut self, now: Timestamp) -> Vec<String> {
        self.uploads.extract_if(.., |_, upload| upload.until <= now).map(|(id, _)| id).collect()
    }

    /// Whether an upload of a device may bring this file now; the error says why not.
    pub(crate) fn check_upload(
        &self,
        id: &str,
        (device, name): (&str, &str),
        now: Timestamp,
    ) -> Result<(), &'static str> {
        let is_it = |upload: &&Upload| upload.device == device && upload.name == name && upload.until > now;
        self.uploads.get(id).filter(is_it).ok_or("no upload of this file is under way")?;
        match self.device(device) {
            Ok(device) if device.record.enabled => Ok(()),
            Ok(_) => Err("the device is disabled"),
            Err(_) => Err("there is no such device"),
        }
    }

    /// The content of an upload has come whole; `false` when the upload has ended meanwhile.
    pub(crate) fn upload_stored(&mut self, id: &str, size: u64) -> bool {
        let upload = self.uploads.get_mut(id);
        upload.map(|upload| upload.stored = Some(size)).is_some()
    }

    /// A device is deleted, with its uploads and its files.
    pub(super) fn drop_uploads(&mut self, device: &str) {
        let uploads = self.uploads.extract_if(.., |_, upload| upload.device == device).map(|(id, _)| id);
        let uploads = uploads.collect();
        self.effects.push(Effect::Disown { device: device.to_owned(), uploads });
    }

    /// A device says how its upload went: the reason, if it failed. Pages are told of a file that is there.
    pub(crate) fn end_upload(
        &mut self,
        device: &str,
        id: &str,
        failed: Option<&str>,
        now: Timestamp,
    ) -> Result<Upload, StateError> {
        let known = self.uploads.get(id).filter(|upload| upload.device == device);
        let upload = known.cloned().ok_or_else(|| StateError::NoUpload(id.chars().take(80).collect()))?;
        if let Some(reason) = failed {
            let reason: String = reason.chars().take(200).collect();
            self.refuse(Some(device), &format!("the upload of {:?} failed: {reason}", upload.name), now);
        } else {
            let size = upload.stored.ok_or(StateError::NotStored)?;
            let data = json!({ "device": device, "name": upload.name, "size": size, "at": now });
            self.emit_about("file", device, |_| data);
        }
        self.uploads.remove(id);
        Ok(upload)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Event;
    use super::super::tests::{NOW, state};
    use super::*;
    use crate::topic::{Followed, Topic};

    #[test]
    fn an_upload_ends_once_by_its_device_and_tells_the_pages() {
        let mut state = state();
        state.create("d1", None, true, NOW).unwrap();
        state.create("d2", None, true, NOW).unwrap();
        state.followed = Followed::new([Topic::Device("d1".to_owned())].iter());
        let id = state.begin_upload("d1", "a.log", NOW).unwrap();
        assert_eq!(state.check_upload(&id, ("d1", "a.log"), NOW), Ok(()));
        for wrong in [("d2", "a.log"), ("d1", "b.log")] {
            assert!(state.check_upload(&id, wrong, NOW).is_err(), "{wrong:?}");
        }
        assert_eq!(state.end_upload("d1", &id, None, NOW), Err(StateError::NotStored));
        assert!(state.upload_stored(&id, 5));
        assert!(state.end_upload("d2", &id, None, NOW).is_err());
        state.end_upload("d1", &id, None, NOW).unwrap();
        let told = |effect: &Effect| matches!(effect, Effect::Emit(Event { name: "file", .. }));
        assert!(state.take_effects().iter().any(told));
        assert!(matches!(state.end_upload("d1", &id, None, NOW), Err(StateError::NoUpload(_))));
    }

    #[test]
    fn an_upload_brings_nothing_for_a_device_that_is_disabled_or_deleted() {
        let mut state = state();
        state.create("d1", None, true, NOW).unwrap();
        let id = state.begin_upload("d1", "a.log", NOW).unwrap();
        state.set_enabled("d1", false, NOW).unwrap();
        assert_eq!(state.check_upload(&id, ("d1", "a.log"), NOW), Err("the device is disabled"));
        let _ = state.take_effects();
        state.delete("d1").unwrap();
        let disown = Effect::Disown { device: "d1".to_owned(), uploads: vec![id.clone()] };
        assert!(state.take_effects().contains(&disown));
        state.create("d1", None, true, NOW).unwrap();
        assert!(state.check_upload(&id, ("d1", "a.log"), NOW).is_err(), "the new device has none");
        assert!(!state.upload_stored(&id, 5));
    }

    #[test]
    fn ten_uploads_are_under_way_at_most_and_old_ones_do_not_count() {
        let mut state = state();
        state.create("d1", None, true, NOW).unwrap();
        for number in 0..OPEN_LIMIT {
            state.begin_upload("d1", &number.to_string(), NOW).unwrap();
        }
        assert_eq!(state.begin_upload("d1", "x", NOW), Err(StateError::TooManyUploads(OPEN_LIMIT)));
        assert_eq!(state.take_late_uploads(NOW), Vec::<String>::new());
        assert_eq!(state.take_late_uploads(NOW + LIFE).len(), OPEN_LIMIT);
        assert!(state.begin_upload("d1", "x", NOW + LIFE).is_ok());
        assert!(matches!(state.begin_upload("d1", "../x", NOW), Err(StateError::BadFileName(_))));
    }
}
