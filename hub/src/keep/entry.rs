//! The changes of one step as a frame of the journal: records put and removed, and rows added.
//!
//! Begin with [`all`] and [`read_entries`].

use super::wire::{Malformed, Reader, put_bytes, put_number, put_row, read_row};
use crate::state::history::Row;
use crate::state::{Changes, NewRow, StoreKey};

const PUT: u8 = 1;
const REMOVE: u8 = 2;
const ROW: u8 = 3;

/// One change as the journal has it. A record's kind may be one that this version does not know.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry<'a> {
    Record { kind: u8, id: &'a str, number: u64, bytes: Option<&'a [u8]> },
    Row { device: u64, row: Row },
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

/// Reads what [`all`] wrote.
pub(super) fn read_entries(bytes: &[u8]) -> Result<Vec<Entry<'_>>, Malformed> {
    let (mut reader, mut entries) = (Reader::new(bytes), Vec::new());
    while !reader.is_empty() {
        entries.push(match reader.byte()? {
            tag @ (PUT | REMOVE) => {
                let (kind, id, number) = (reader.byte()?, reader.text()?, reader.number()?);
                let bytes = if tag == PUT { Some(reader.bytes()?) } else { None };
                Entry::Record { kind, id, number, bytes }
            }
            ROW => Entry::Row { device: reader.number()?, row: read_row(&mut reader)? },
            _ => return Err(Malformed("a change of an unknown sort")),
        });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::keep::wire::tests::any_row;

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
            expected.push(Entry::Row { device: number, row });
            prop_assert_eq!(read_entries(&out), Ok(expected));
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_entries(&bytes);
        }
    }
}
