//! The changes of one step as a frame of the journal: records put and removed, and rows added.
//!
//! Begin with [`all`] and [`read_entries`].

use super::row::{RowRef, put_row};
use super::wire::{Malformed, Reader, put_bytes, put_number};
use crate::state::{Changes, NewRow, StoreKey};

const PUT: u8 = 1;
const REMOVE: u8 = 2;
const ROW: u8 = 3;

/// One change as the journal has it. A record's kind may be one that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry<'a> {
    Record {
        kind: u8,
        id: &'a str,
        number: u64,
        bytes: Option<&'a [u8]>,
    },
    /// A row, and where in the frame it begins.
    Row {
        device: u64,
        at: usize,
        row: RowRef<'a>,
    },
}

/// Writes each change in its turn.
pub(super) fn all(changes: &Changes) -> impl Iterator<Item = impl Fn(&mut Vec<u8>)> {
    let records = changes.records.iter().map(|(key, bytes)| Put::Record(key, bytes.as_deref()));
    let rows = changes.rows.iter().map(Put::Row);
    records.chain(rows).map(|put| move |out: &mut Vec<u8>| put.put(out))
}

/// A change on its way into the journal.
#[derive(Clone, Copy)]
enum Put<'a> {
    Record(&'a StoreKey, Option<&'a [u8]>),
    Row(&'a NewRow),
}

impl Put<'_> {
    fn put(self, out: &mut Vec<u8>) {
        match self {
            Self::Record(key, bytes) => put_record(out, key, bytes),
            Self::Row(NewRow { device, row }) => {
                out.push(ROW);
                put_number(out, *device);
                put_row(out, row);
            }
        }
    }
}

fn put_record(out: &mut Vec<u8>, key: &StoreKey, bytes: Option<&[u8]>) {
    let (kind, id, number) = key.parts();
    out.extend_from_slice(&[if bytes.is_some() { PUT } else { REMOVE }, kind]);
    put_bytes(out, id.as_bytes());
    put_number(out, number);
    if let Some(bytes) = bytes {
        put_bytes(out, bytes);
    }
}

/// Reads what [`all`] wrote, and hands each change to `take` in its turn, up to what cannot be read.
pub(super) fn read_entries<'a>(bytes: &'a [u8], mut take: impl FnMut(Entry<'a>)) -> Result<(), Malformed> {
    let mut reader = Reader::new(bytes);
    while !reader.is_empty() {
        take(match reader.byte()? {
            tag @ (PUT | REMOVE) => {
                let (kind, id, number) = (reader.byte()?, reader.text()?, reader.number()?);
                let bytes = if tag == PUT { Some(reader.bytes()?) } else { None };
                Entry::Record { kind, id, number, bytes }
            }
            ROW => {
                let device = reader.number()?;
                let at = bytes.len() - reader.left();
                Entry::Row { device, at, row: RowRef::read(&mut reader)? }
            }
            _ => return Err(Malformed("a change of an unknown sort")),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::keep::row::tests::any_row;

    proptest! {
        #[test]
        fn changes_come_back(
            id in any::<String>(), number in any::<u64>(), bytes in any::<Option<Vec<u8>>>(), row in any_row(),
        ) {
            let records = vec![
                (StoreKey::Device(id.clone()), bytes.clone()),
                (StoreKey::Command(id.clone(), number), None),
            ];
            let rows = vec![NewRow { device: number, row: Arc::new(row.clone()) }];
            let mut out = Vec::new();
            all(&Changes { records: records.clone(), rows }).for_each(|put| put(&mut out));
            let mut expected: Vec<Entry<'_>> = records.iter().map(|(key, bytes)| {
                let (kind, id, number) = key.parts();
                Entry::Record { kind, id, number, bytes: bytes.as_deref() }
            }).collect();
            let mut row_bytes = Vec::new();
            put_row(&mut row_bytes, &row);
            let at = out.len() - row_bytes.len();
            expected.push(Entry::Row { device: number, at, row: RowRef::from(&row) });
            let mut read = Vec::new();
            prop_assert_eq!(read_entries(&out, |entry| read.push(entry)), Ok(()));
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_entries(&bytes, drop);
        }
    }
}
