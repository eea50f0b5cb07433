//! Rows that are still as the journal has them: a start checks and counts them, and takes none apart.
//!
//! Decides which rows of a segment stay together: those of one device, as many as a group has. Begin with [`Packer`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::row::RowRef;
use super::wire::Reader;
use crate::state::history::{GROUP_BYTES, GROUP_ROWS};

/// Some rows of one device in a segment's bytes, in the order they came.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
    segment: Arc<Vec<u8>>,
    places: Vec<usize>,
}

impl Packed {
    /// The rows, read anew.
    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = RowRef<'_>> {
        // each place was read before it was taken: there is a row
        let read = |at: &usize| RowRef::read(&mut Reader::new(self.segment.get(*at..)?)).ok();
        self.places.iter().filter_map(read)
    }
}

/// Sorts the rows of segments by device.
#[derive(Debug, Default)]
pub(super) struct Packer {
    open: BTreeMap<u64, Open>,
    groups: BTreeMap<u64, Vec<Packed>>,
}

/// A group that may get more rows.
#[derive(Debug)]
struct Open {
    packed: Packed,
    bytes: usize,
}

impl Packer {
    /// Takes a row that was read at a place of `segment`.
    pub(super) fn take(&mut self, segment: &Arc<Vec<u8>>, device: u64, row: &RowRef<'_>, at: usize) {
        let new = || Open { packed: Packed { segment: Arc::clone(segment), places: Vec::new() }, bytes: 0 };
        let open = self.open.entry(device).or_insert_with(new);
        let is_full = open.packed.places.len() >= GROUP_ROWS || open.bytes >= GROUP_BYTES;
        if is_full || !Arc::ptr_eq(&open.packed.segment, segment) {
            let full = std::mem::replace(open, new());
            self.groups.entry(device).or_default().push(full.packed);
        }
        open.packed.places.push(at);
        open.bytes += row.text_bytes();
    }

    /// The rows of each device by its number, in the order they came.
    pub(super) fn finish(mut self) -> BTreeMap<u64, Vec<Packed>> {
        for (device, open) in self.open {
            self.groups.entry(device).or_default().push(open.packed);
        }
        self.groups
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::keep::row::put_row;
    use crate::keep::row::tests::any_row;
    use crate::state::history::Row;

    proptest! {
        #[test]
        fn the_rows_of_each_device_come_back_in_order(
            segments in proptest::collection::vec(proptest::collection::vec((0u64..3, any_row()), 0..8), 0..4),
        ) {
            let mut packer = Packer::default();
            for rows in &segments {
                let (mut bytes, mut places) = (Vec::new(), Vec::new());
                for (_, row) in rows {
                    places.push(bytes.len());
                    put_row(&mut bytes, row);
                }
                let segment = Arc::new(bytes);
                for ((device, row), at) in rows.iter().zip(places) {
                    packer.take(&segment, *device, &RowRef::from(row), at);
                }
            }
            let packed = packer.finish();
            for device in 0..3 {
                let rows: Vec<Row> = packed.get(&device).into_iter().flatten()
                    .flat_map(|group| group.rows().map(RowRef::to_row).collect::<Vec<_>>()).collect();
                let all = segments.iter().flatten().filter(|(of, _)| *of == device);
                prop_assert_eq!(rows, all.map(|(_, row)| row.clone()).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_group_has_no_more_rows_than_one_of_new_rows() {
        let row =
            Row { body: "x".repeat(GROUP_BYTES / 2), ..crate::columns::tests::row(1, "").as_ref().clone() };
        let mut segment = Vec::new();
        put_row(&mut segment, &row);
        let (segment, mut packer) = (Arc::new(segment), Packer::default());
        (0..5).for_each(|_| packer.take(&segment, 1, &RowRef::from(&row), 0));
        let small = Row { body: String::new(), ..row };
        (0..=GROUP_ROWS).for_each(|_| packer.take(&segment, 2, &RowRef::from(&small), 0));
        let groups = packer.finish();
        let lengths = |device| groups[&device].iter().map(|group| group.places.len()).collect::<Vec<_>>();
        assert_eq!((lengths(1), lengths(2)), (vec![2, 2, 1], vec![GROUP_ROWS, 1]));
    }
}
