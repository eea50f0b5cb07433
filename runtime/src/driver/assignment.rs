//! Which hub a device belongs to: what the provisioning service assigned, how sure that is, and what of it outlives the
//! process.
//!
//! What is on disk is only a hint: it is ignored when it was assigned to another registration, and a disk that cannot be
//! read or written never keeps a device from connecting. Begin with [`Known`].

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::connection::{Connection, Reprovision, Target};
use crate::error::Error;
use crate::json::Json;
use crate::kept::Kept;
use crate::provisioning::Assignment;

/// How long a disk may take to read or write a small file.
pub(super) const DISK_LIMIT: Duration = Duration::from_secs(10);

/// What is known of the device's hub.
#[derive(Clone, Debug)]
pub(crate) enum Known {
    /// Nothing was looked up yet, not even on disk.
    Unread,
    /// There is no assignment.
    Nothing,
    /// It is to be used.
    Certain(Assignment),
    /// The provisioning service is to be asked; this one is used when it does not answer.
    Doubted(Assignment),
}

impl Known {
    /// The hub has taken the device.
    pub(crate) fn confirm(&mut self) -> Option<&Assignment> {
        if let Self::Doubted(assignment) = self {
            *self = Self::Certain(assignment.clone());
        }
        match self {
            Self::Certain(assignment) => Some(assignment),
            Self::Unread | Self::Nothing | Self::Doubted(_) => None,
        }
    }

    /// The hub has refused the device, or cannot be reached for long.
    pub(crate) fn doubt(&mut self, policy: Reprovision) {
        if let (Self::Certain(assignment), Reprovision::WhenRefused | Reprovision::AtStart) = (&*self, policy)
        {
            *self = Self::Doubted(assignment.clone());
        }
    }

    /// What a start begins with.
    fn recalled(assignment: Option<Assignment>, policy: Reprovision) -> Self {
        match (assignment, policy) {
            (None, _) => Self::Nothing,
            (Some(assignment), Reprovision::AtStart) => Self::Doubted(assignment),
            (Some(assignment), Reprovision::WhenRefused | Reprovision::Never) => Self::Certain(assignment),
        }
    }
}

/// An assignment on disk, with whom it was made for.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    provisioning: String,
    id_scope: String,
    registration_id: String,
    hub: String,
    device_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payload: Option<Json>,
}

impl Record {
    /// `None` for a device whose hub is named.
    fn new(target: &Target, assignment: &Assignment) -> Option<Self> {
        let Target::Provisioned { endpoint, id_scope, registration_id } = target else {
            return None;
        };
        Some(Self {
            provisioning: endpoint.to_string(),
            id_scope: id_scope.clone(),
            registration_id: registration_id.clone(),
            hub: assignment.endpoint.as_named(),
            device_id: assignment.device_id.clone(),
            payload: assignment.payload.clone(),
        })
    }

    /// The assignment, when it was made for this target.
    fn assignment(&self, target: &Target) -> Option<Assignment> {
        let assignment = Assignment::new(&self.hub, &self.device_id, self.payload.clone()).ok()?;
        (Self::new(target, &assignment).as_ref() == Some(self)).then_some(assignment)
    }
}

/// What a start begins with: the assignment of the last run, if there is one.
pub(super) async fn recall(connection: &Connection) -> Known {
    let policy = connection.options.reprovision;
    let Some(kept) = kept(connection) else {
        return Known::Nothing;
    };
    let record = at_disk("the last assignment cannot be read", move || kept.read::<Record>()).await.flatten();
    Known::recalled(record.and_then(|record| record.assignment(&connection.target)), policy)
}

/// Keeps an assignment for the next run.
pub(super) async fn remember(connection: &Connection, assignment: &Assignment) {
    let (Some(kept), Some(record)) = (kept(connection), Record::new(&connection.target, assignment)) else {
        return;
    };
    at_disk("the assignment is not kept", move || kept.write(&record)).await;
}

/// Works at a disk, for as long as one that works may take; without result, it goes on without.
async fn at_disk<T: Send + 'static>(
    without: &'static str,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Option<T> {
    let problem = match timeout(DISK_LIMIT, spawn_blocking(work)).await {
        Ok(Ok(Ok(result))) => return Some(result),
        Ok(Ok(Err(error))) => error.to_string(),
        Ok(Err(failure)) => failure.to_string(),
        Err(_) => "the disk does not answer".to_owned(),
    };
    tracing::warn!(problem, "{without}");
    None
}

fn kept(connection: &Connection) -> Option<Kept> {
    let folder: &Arc<Path> = connection.options.state_dir.as_ref()?;
    Some(Kept::new(folder, &connection.target.name(), "assignment"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::DeviceKey;

    fn connection(id_scope: &str) -> Connection {
        let key = DeviceKey::from_base64("QUJD").unwrap();
        Connection::provisioned("dps.example", id_scope, "d", key).unwrap()
    }

    fn assignment() -> Assignment {
        Assignment::new("hub.example", "d", Some(Json::from("zone a"))).unwrap()
    }

    #[tokio::test]
    async fn an_assignment_is_recalled_by_the_registration_it_was_made_for() {
        let folder = tempfile::tempdir().unwrap();
        let first = connection("0ne1").with_state_dir(folder.path());
        assert!(matches!(recall(&first).await, Known::Nothing));
        remember(&first, &assignment()).await;
        assert!(matches!(recall(&first).await, Known::Certain(recalled) if recalled == assignment()));
        let moved = connection("0ne2").with_state_dir(folder.path());
        assert!(matches!(recall(&moved).await, Known::Nothing));
        let asking = first.with_reprovisioning(Reprovision::AtStart);
        assert!(matches!(recall(&asking).await, Known::Doubted(_)));
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_used_is_no_reason_not_to_connect() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let connection = connection("0ne1").with_state_dir(&file);
        remember(&connection, &assignment()).await;
        assert!(matches!(recall(&connection).await, Known::Nothing));
    }

    #[test]
    fn a_doubted_assignment_is_certain_again_once_its_hub_serves_and_never_is_never_doubted() {
        let mut known = Known::Certain(assignment());
        known.doubt(Reprovision::Never);
        assert!(matches!(known, Known::Certain(_)));
        known.doubt(Reprovision::WhenRefused);
        assert!(matches!(known, Known::Doubted(_)));
        assert_eq!(known.confirm(), Some(&assignment()));
    }
}
