//! What devices send and what happens to them, in one numbered stream for other programs.
//!
//! Decides what is kept for readers that come back and what one has missed. It is kept in memory, bounded by count and
//! bytes, from the moment on when somebody first wants it. Numbers begin with the hub's start in microseconds, so that they
//! rise across its lives. Begin with [`Feed`]; one thing in it is an [`Item`], whose JSON is [`Item::json`].

mod item;

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

pub(crate) use item::{Item, News, Source, system_name};

/// Items kept for readers.
const COUNT_LIMIT: usize = 100_000;
/// Most memory they take, in bytes.
const BYTE_LIMIT: usize = 32 * 1024 * 1024;
/// Most items, and about the most bytes, that a reader gets at once.
const BATCH: usize = 256;
const BATCH_BYTES: usize = 1024 * 1024;

/// Where a reader begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// With what comes from now on.
    Latest,
    /// With the oldest item that is kept.
    Earliest,
    /// With this number.
    Number(u64),
}

/// What a reader gets.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Batch {
    /// The first and last number that are not kept any more, or never were: the hub was started anew.
    pub(crate) missed: Option<(u64, u64)>,
    pub(crate) items: Vec<Arc<Item>>,
    /// The number to read from next.
    pub(crate) next: u64,
}

/// The stream.
#[derive(Debug)]
pub(crate) struct Feed {
    kept: VecDeque<Arc<Item>>,
    bytes: usize,
    next: u64,
}

impl Feed {
    /// An empty stream that begins at `now`.
    pub(crate) fn new(now: Timestamp) -> Self {
        let next = u64::try_from(now.as_microsecond()).unwrap_or(0);
        Self { kept: VecDeque::new(), bytes: 0, next }
    }

    /// Numbers and keeps an item; answers the number that comes next.
    pub(crate) fn push(&mut self, news: News, at: Timestamp) -> u64 {
        let item = Item { sequence: self.next, at, news };
        self.next += 1;
        self.bytes += item.memory();
        self.kept.push_back(Arc::new(item));
        while self.kept.len() > COUNT_LIMIT || self.bytes > BYTE_LIMIT {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.bytes -= oldest.memory();
        }
        self.next
    }

    /// So many items could not be kept: every reader is told that it has missed them, and those before. Answers the number
    /// that comes next.
    pub(crate) fn lose(&mut self, count: u64) -> u64 {
        self.kept.clear();
        self.bytes = 0;
        self.next += count;
        self.next
    }

    /// The number a reader begins with.
    pub(crate) fn position(&self, from: From) -> u64 {
        match from {
            From::Latest => self.next,
            From::Earliest => self.oldest(),
            // what is not there yet will not come under this number when the clock was set back
            From::Number(number) => number.min(self.next),
        }
    }

    fn oldest(&self) -> u64 {
        self.kept.front().map_or(self.next, |oldest| oldest.sequence)
    }

    /// What there is from this number on.
    pub(crate) fn read(&self, from: u64) -> Batch {
        let oldest = self.oldest();
        let missed = (from < oldest).then(|| (from, oldest - 1));
        let skipped = usize::try_from(from.saturating_sub(oldest)).unwrap_or(usize::MAX);
        let mut bytes = 0;
        let fits = |item: &&Arc<Item>| {
            let first = bytes == 0;
            bytes += item.memory();
            first || bytes <= BATCH_BYTES
        };
        let items: Vec<_> = self.kept.iter().skip(skipped).take(BATCH).take_while(fits).cloned().collect();
        let next = items.last().map_or(from.max(oldest), |last| last.sequence + 1);
        Batch { missed, items, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(body: usize) -> News {
        News { body: vec![b'x'; body], ..News::of(Source::Telemetry, "d1") }
    }

    fn feed(count: usize, body: usize) -> Feed {
        let mut feed = Feed::new(Timestamp::from_microsecond(1_000).unwrap());
        for _ in 0..count {
            feed.push(news(body), Timestamp::UNIX_EPOCH);
        }
        feed
    }

    #[test]
    fn a_reader_that_comes_back_goes_on_where_it_was() {
        let feed = feed(3, 1);
        let batch = feed.read(feed.position(From::Number(1_001)));
        assert_eq!(batch.items.iter().map(|item| item.sequence).collect::<Vec<_>>(), [1_001, 1_002]);
        assert_eq!((batch.missed, batch.next), (None, 1_003));
        assert_eq!(feed.read(batch.next), Batch { missed: None, items: Vec::new(), next: 1_003 });
        assert_eq!(feed.position(From::Earliest), 1_000);
        assert_eq!(feed.position(From::Latest), 1_003);
        assert_eq!(feed.position(From::Number(9_999)), 1_003);
    }

    #[test]
    fn what_was_lost_is_told_as_missed() {
        let mut feed = feed(3, 1);
        assert_eq!(feed.lose(2), 1_005);
        feed.push(news(1), Timestamp::UNIX_EPOCH);
        let batch = feed.read(1_001);
        assert_eq!((batch.missed, batch.items[0].sequence, batch.next), (Some((1_001, 1_004)), 1_005, 1_006));
    }

    #[test]
    fn what_is_not_kept_is_told_as_missed() {
        let feed = feed(40, BYTE_LIMIT / 32);
        let oldest = feed.position(From::Earliest);
        assert!(oldest > 1_000);
        let batch = feed.read(7);
        assert_eq!(batch.missed, Some((7, oldest - 1)));
        assert_eq!(batch.items[0].sequence, oldest);
        assert_eq!(batch.items.len(), 1, "large ones come one at a time");
    }
}
