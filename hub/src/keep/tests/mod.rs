//! Tests of the data folder as a whole: what is found again after any end, and what is said of damage.

mod again;
mod damage;
mod queries;
mod repair;
mod trouble;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::checkpoint::Task;
use super::{Retention, RowQuery};
use crate::HubError;
use crate::settings::Settings;
use crate::shared::Shared;
use crate::state::history::Row;
use crate::state::tests::state;
use crate::topics::Bag;

/// A hub without listeners. Dropping it is what a kill is to its files: nothing is written at the end.
struct Hub {
    shared: Arc<Shared>,
    task: Task,
}

impl Hub {
    fn open(dir: &Path) -> Result<Self, HubError> {
        Self::open_with(dir, Retention::default())
    }

    fn open_with(dir: &Path, retention: Retention) -> Result<Self, HubError> {
        Ok(Self::load(dir, retention, false)?.0)
    }

    /// A hub that repairs its journal, and what it says is lost.
    fn repair(dir: &Path) -> (Self, Vec<String>) {
        Self::load(dir, Retention::default(), true).unwrap()
    }

    fn load(dir: &Path, retention: Retention, repair: bool) -> Result<(Self, Vec<String>), HubError> {
        let mut state = state();
        let keep = super::open(dir)?.load(retention, repair, &mut state)?;
        let settings = Settings::load(dir, Timestamp::now())?;
        let shared = Shared::new(state, settings, 8443, 8883, None);
        let shared = Arc::new(shared.keeping(keep.ledger, keep.library));
        let task = Task::new(Arc::new(keep.keeper), Arc::clone(&shared));
        Ok((Self { shared, task }, keep.lost))
    }

    fn create(&self, id: &str) {
        self.shared.with(|state, now| state.create(id, None, true, now).map(drop)).unwrap();
    }

    fn say(&self, id: &str, body: &str) {
        self.shared.with(|state, now| state.telemetry(id, &Bag::default(), body.as_bytes(), now));
    }

    /// Telemetry with the device's time, in seconds since 1970.
    fn say_at(&self, id: &str, second: i64, body: &str) {
        let at = Timestamp::from_second(second).unwrap();
        let mut bag = Bag::default();
        bag.insert("iothub-creation-time-utc", &at.to_string());
        self.shared.with(|state, now| state.telemetry(id, &bag, body.as_bytes(), now));
    }

    async fn checkpoint(&mut self) {
        self.task.checkpoint(0).await.unwrap();
    }

    /// All rows of a device, the oldest first.
    async fn rows(&self, id: &str) -> Vec<Arc<Row>> {
        let query = RowQuery { limit: usize::MAX, ..RowQuery::default() };
        let page = self.shared.rows(id, query).await.unwrap();
        assert_eq!((page.next, page.damage), (None, vec![]));
        page.rows
    }

    /// Everything that is known, as text.
    async fn picture(&self) -> String {
        let mut picture = self.shared.with(|state, _| {
            let devices = state.devices().map(|device| {
                (device.record.clone(), (*device.latest).clone(), device.inbox.len(), device.history.next())
            });
            devices.map(|device| format!("{device:#?}\n")).collect::<String>()
        });
        let ids: Vec<String> =
            self.shared.with(|state, _| state.devices().map(|one| one.record.id.clone()).collect());
        for id in ids {
            picture += &format!("{:#?}\n", self.rows(&id).await);
        }
        picture
    }
}
