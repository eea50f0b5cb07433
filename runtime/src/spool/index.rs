//! Where every message that has not ended lies on disk.
//!
//! The only part of the log that grows in memory with what waits: some 60 bytes a message. It knows no file. Begin
//! with [`Index`].

use std::collections::BTreeMap;

use super::frame::Range;

/// How many ranks there are; a message of a higher one counts as one of the last.
pub(crate) const RANKS: usize = 3;

/// Where a message's record lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) segment: u64,
    pub(super) offset: u32,
    pub(super) length: u32,
    /// Milliseconds since 1970.
    pub(super) expires: u64,
}

/// What a segment holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// Bytes of the file.
    pub(super) length: u64,
    /// Messages in it that have not ended, and their bytes.
    pub(super) live: u64,
    pub(super) live_bytes: u64,
}

/// The messages that have not ended, by rank and in order, and the segments.
#[derive(Debug, Default)]
pub(super) struct Index {
    ranks: [BTreeMap<u64, Place>; RANKS],
    segments: BTreeMap<u64, Extent>,
    live_bytes: u64,
    total: u64,
}

impl Index {
    /// Messages that have not ended.
    pub(super) fn len(&self) -> usize {
        self.ranks.iter().map(BTreeMap::len).sum()
    }

    /// Their bytes.
    pub(super) fn live_bytes(&self) -> u64 {
        self.live_bytes
    }

    /// Bytes of all segments.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn segments(&self) -> usize {
        self.segments.len()
    }

    /// The segment that was begun first.
    pub(super) fn oldest(&self) -> Option<(u64, Extent)> {
        self.segments.first_key_value().map(|(number, extent)| (*number, *extent))
    }

    /// Notes that a segment has grown.
    pub(super) fn grow(&mut self, segment: u64, bytes: u64) {
        self.segments.entry(segment).or_default().length += bytes;
        self.total += bytes;
    }

    /// Notes that a segment is gone; nothing in it may be live.
    pub(super) fn forget_segment(&mut self, segment: u64) {
        if let Some(extent) = self.segments.remove(&segment) {
            self.total -= extent.length;
        }
    }

    /// Notes where a message lies; a place it had before counts no more.
    pub(super) fn insert(&mut self, rank: u8, sequence: u64, place: Place) {
        let rank = usize::from(rank).min(RANKS - 1);
        if let Some(previous) = self.ranks[rank].insert(sequence, place) {
            self.leave(previous);
        }
        let extent = self.segments.entry(place.segment).or_default();
        extent.live += 1;
        extent.live_bytes += u64::from(place.length);
        self.live_bytes += u64::from(place.length);
    }

    /// Forgets a message; tells its rank and where it lay.
    pub(super) fn remove(&mut self, sequence: u64) -> Option<(usize, Place)> {
        let found = self.ranks.iter_mut().map(|rank| rank.remove(&sequence)).enumerate();
        let (rank, place) = found.into_iter().find_map(|(rank, place)| place.map(|place| (rank, place)))?;
        self.leave(place);
        Some((rank, place))
    }

    /// Forgets all messages of a range, which may be longer than there are messages.
    pub(super) fn remove_range(&mut self, Range { first, count }: Range) {
        let Some(more) = count.checked_sub(1) else {
            return;
        };
        let range = first..=first.saturating_add(more);
        let within = |rank: &BTreeMap<u64, Place>| rank.range(range.clone()).map(|(key, _)| *key).collect();
        let found: Vec<Vec<u64>> = self.ranks.iter().map(within).collect();
        for sequence in found.into_iter().flatten() {
            self.remove(sequence);
        }
    }

    pub(super) fn get(&self, rank: u8, sequence: u64) -> Option<Place> {
        self.ranks[usize::from(rank).min(RANKS - 1)].get(&sequence).copied()
    }

    /// The first message of a rank from a sequence on.
    pub(super) fn from(&self, rank: usize, sequence: u64) -> Option<(u64, Place)> {
        self.ranks[rank].range(sequence..).next().map(|(sequence, place)| (*sequence, *place))
    }

    /// The messages of a rank from a sequence on.
    pub(super) fn all_from(&self, rank: usize, sequence: u64) -> impl Iterator<Item = (u64, Place)> {
        self.ranks[rank].range(sequence..).map(|(sequence, place)| (*sequence, *place))
    }

    /// All messages of a segment. Looks at every message there is.
    pub(super) fn within(&self, segment: u64) -> Vec<u64> {
        let places = self.ranks.iter().flatten();
        places.filter(|(_, place)| place.segment == segment).map(|(sequence, _)| *sequence).collect()
    }

    fn leave(&mut self, place: Place) {
        self.live_bytes -= u64::from(place.length);
        if let Some(extent) = self.segments.get_mut(&place.segment) {
            extent.live -= 1;
            extent.live_bytes -= u64::from(place.length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(segment: u64, length: u32) -> Place {
        Place { segment, offset: 24, length, expires: u64::MAX }
    }

    #[test]
    fn a_message_that_has_moved_counts_where_it_lies() {
        let mut index = Index::default();
        index.grow(1, 100);
        index.grow(2, 50);
        index.insert(0, 7, place(1, 40));
        index.insert(0, 7, place(2, 40));
        assert_eq!(index.oldest(), Some((1, Extent { length: 100, live: 0, live_bytes: 0 })));
        index.forget_segment(1);
        assert_eq!((index.total(), index.live_bytes(), index.len()), (50, 40, 1));
        assert_eq!(index.remove(7), Some((0, place(2, 40))));
        assert_eq!(index.live_bytes(), 0);
    }

    #[test]
    fn a_range_that_is_longer_than_the_log_ends_what_there_is() {
        let mut index = Index::default();
        for sequence in 0..10 {
            index.insert((sequence % 4) as u8, sequence, place(1, 1));
        }
        index.remove_range(Range { first: 3, count: u64::MAX });
        index.remove_range(Range { first: 0, count: 0 });
        assert_eq!(index.within(1).len(), 3);
    }
}
