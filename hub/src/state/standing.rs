//! A device's standing with the operator: registered, provisioned, waiting for approval or blocked.
//!
//! Decides how one becomes the other and what that does to the identity; who must be approved at all is the hub's
//! [`Approval`]. The service API knows only enabled and disabled. Begin with [`Record::standing`]. Rules: operator pages
//! reference, section 1.3.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::device::Record;
use super::provisioning::Approval;
use super::{DeviceChange, State, StateError, StoreKey};

/// The operator's word for a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Standing {
    /// Made by the operator or approved, and has not come yet.
    Registered,
    /// Has been assigned by the provisioning service, or has connected.
    Provisioned,
    /// Came with good credentials of a group, and nobody has approved it.
    Waiting,
    /// Shut out by the operator, or disabled by the service API.
    Blocked,
}

impl Record {
    /// The operator's word for the device.
    pub(crate) fn standing(&self) -> Standing {
        match (self.enabled, self.unapproved) {
            (false, Some(Unapproved { blocked: false })) => Standing::Waiting,
            (false, _) => Standing::Blocked,
            (true, _) => self.admitted(),
        }
    }

    /// What a blocked device was before, and will be again.
    pub(crate) fn standing_before_block(&self) -> Option<Standing> {
        let before = || if self.unapproved.is_some() { Standing::Waiting } else { self.admitted() };
        (self.standing() == Standing::Blocked).then(before)
    }

    fn admitted(&self) -> Standing {
        if self.provisioned { Standing::Provisioned } else { Standing::Registered }
    }
}

/// What is kept of a device that nobody has approved; it is disabled meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unapproved {
    pub(crate) blocked: bool,
}

impl State {
    /// Whether new devices of a group wait for the operator.
    pub(crate) fn approval(&self) -> Approval {
        self.provisioning.approval
    }

    /// Decides whether new devices of a group wait for the operator; those that wait already go on waiting.
    pub(crate) fn set_approval(&mut self, approval: Approval) {
        self.provisioning.approval = approval;
        self.dirty.insert(StoreKey::Provisioning(Approval::KEY.to_owned()));
    }

    /// Lets a device in that waits; one that is in already stays as it is.
    pub(crate) fn approve(&mut self, id: &str, now: Timestamp) -> Result<(), StateError> {
        match self.device(id)?.record.standing() {
            Standing::Blocked => Err(StateError::Blocked(id.to_owned())),
            Standing::Waiting => self.set_enabled(id, true, now),
            Standing::Registered | Standing::Provisioned => Ok(()),
        }
    }

    /// Shuts a device out, whatever it was; its connection is closed.
    pub(crate) fn block(&mut self, id: &str, now: Timestamp) -> Result<(), StateError> {
        match self.device(id)?.record.standing() {
            Standing::Blocked => Ok(()),
            Standing::Waiting => self.set_unapproved(id, Unapproved { blocked: true }),
            Standing::Registered | Standing::Provisioned => self.set_enabled(id, false, now),
        }
    }

    /// Gives a blocked device the standing back that it had before.
    pub(crate) fn unblock(&mut self, id: &str, now: Timestamp) -> Result<(), StateError> {
        match self.device(id)?.record.standing_before_block() {
            None => Ok(()),
            Some(Standing::Waiting) => self.set_unapproved(id, Unapproved { blocked: false }),
            Some(_) => self.set_enabled(id, true, now),
        }
    }

    /// Makes a device wait for the operator.
    pub(super) fn await_approval(&mut self, id: &str) -> Result<(), StateError> {
        self.device_mut(id)?.record.enabled = false;
        self.set_unapproved(id, Unapproved { blocked: false })
    }

    /// Enables or disables an identity; to enable one that waits is to approve it.
    pub(crate) fn set_enabled(&mut self, id: &str, enabled: bool, now: Timestamp) -> Result<(), StateError> {
        let status_reason = self.device(id)?.record.status_reason.clone();
        let change = DeviceChange { enabled: Some(enabled), status_reason, ..DeviceChange::default() };
        self.change(id, change, now).map(drop)
    }

    fn set_unapproved(&mut self, id: &str, unapproved: Unapproved) -> Result<(), StateError> {
        self.device_mut(id)?.record.unapproved = Some(unapproved);
        self.dirty.insert(StoreKey::Device(id.to_owned()));
        self.emit_device(id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, state};
    use super::*;

    fn standings(state: &State, id: &str) -> (Standing, Option<Standing>) {
        let record = &state.device(id).unwrap().record;
        (record.standing(), record.standing_before_block())
    }

    #[test]
    fn a_blocked_device_gets_its_former_standing_back() {
        let mut state = state();
        state.create("d1", None, true, NOW).unwrap();
        for (provisioned, before) in [(false, Standing::Registered), (true, Standing::Provisioned)] {
            state.device_mut("d1").unwrap().record.provisioned = provisioned;
            state.block("d1", NOW).unwrap();
            assert_eq!(standings(&state, "d1"), (Standing::Blocked, Some(before)));
            state.unblock("d1", NOW).unwrap();
            assert_eq!(standings(&state, "d1"), (before, None));
        }
    }

    #[test]
    fn a_device_that_waits_is_approved_or_blocked_and_waits_again_when_it_is_unblocked() {
        let mut state = state();
        state.create("d1", None, false, NOW).unwrap();
        state.await_approval("d1").unwrap();
        assert_eq!(standings(&state, "d1"), (Standing::Waiting, None));
        state.block("d1", NOW).unwrap();
        assert_eq!(standings(&state, "d1"), (Standing::Blocked, Some(Standing::Waiting)));
        assert_eq!(state.approve("d1", NOW), Err(StateError::Blocked("d1".into())));
        state.unblock("d1", NOW).unwrap();
        assert_eq!(standings(&state, "d1").0, Standing::Waiting);
        state.approve("d1", NOW).unwrap();
        assert_eq!(standings(&state, "d1").0, Standing::Registered);
        state.block("d1", NOW).unwrap();
        assert_eq!(standings(&state, "d1").1, Some(Standing::Registered), "it is approved once and for all");
    }

    #[test]
    fn to_enable_a_waiting_device_by_the_service_is_to_approve_it() {
        let mut state = state();
        state.create("d1", None, false, NOW).unwrap();
        state.await_approval("d1").unwrap();
        state.set_enabled("d1", true, NOW).unwrap();
        assert_eq!(standings(&state, "d1").0, Standing::Registered);
    }
}
