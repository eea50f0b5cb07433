//! Reading a device's history: its rows, by time and kind, in portions.
//!
//! Decides which rows a query is for and where its next portion begins. Begin with [`Shared::rows`].

use std::sync::Arc;

use jiff::Timestamp;

use crate::shared::Shared;
use crate::state::StateError;
use crate::state::history::{Kind, Row};

/// Which rows of a device to read. The default is all of them, the oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowQuery {
    /// Rows at this time ([`Row::at`]) or later.
    pub(crate) from: Option<Timestamp>,
    /// Rows at this time or earlier.
    pub(crate) to: Option<Timestamp>,
    /// Rows of these kinds; none are all.
    pub(crate) kinds: Vec<Kind>,
    /// Whether the rows that came last are wanted first.
    pub(crate) newest_first: bool,
    /// Most rows of a portion; 0 is taken as 1.
    pub(crate) limit: usize,
    /// The [`RowPage::next`] of the portion before.
    pub(crate) after: Option<u64>,
}

/// A portion of a device's rows, in the order they came or the other way round.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowPage {
    pub(crate) rows: Vec<Arc<Row>>,
    /// What to go on with ([`RowQuery::after`]); without it there are no more rows.
    pub(crate) next: Option<u64>,
    /// What could not be read because it is damaged on disk, with its place.
    pub(crate) damage: Vec<String>,
}

impl RowQuery {
    /// Whether the query is for this row.
    fn wants(&self, row: &Row) -> bool {
        let behind = |after: u64| if self.newest_first { row.seq < after } else { row.seq > after };
        self.after.is_none_or(behind)
            && self.from.is_none_or(|from| row.at >= from)
            && self.to.is_none_or(|to| row.at <= to)
            && (self.kinds.is_empty() || self.kinds.contains(&row.kind))
    }
}

impl Shared {
    /// Reads rows of a device's history.
    ///
    /// # Errors
    /// [`StateError::NotFound`] when there is no such device. What is damaged on disk is no error: the page names it.
    pub(crate) async fn rows(&self, device: &str, query: RowQuery) -> Result<RowPage, StateError> {
        let rows: Vec<Arc<Row>> = self
            .with(|state, _| Ok::<_, StateError>(state.device(device)?.history.iter().cloned().collect()))?;
        let mut wanted: Vec<Arc<Row>> = rows.into_iter().filter(|row| query.wants(row)).collect();
        if query.newest_first {
            wanted.reverse();
        }
        let limit = query.limit.max(1);
        let more = wanted.len() > limit;
        wanted.truncate(limit);
        let next = wanted.last().filter(|_| more).map(|row| row.seq);
        Ok(RowPage { rows: wanted, next, damage: Vec::new() })
    }
}
