//! How a row is written as bytes, in the journal and in the history's files.
//!
//! Decides what of a row stays on disk; times are kept to the microsecond. A row is read where it stands, its texts are
//! not copied until somebody needs a [`Row`]. Begin with [`put_row`] and [`RowRef::read`].

use std::sync::Arc;

use jiff::Timestamp;

use super::wire::{Malformed, Reader, put_bytes, put_number, put_optional_text, put_signed};
use crate::state::history::{Kind, Row};

/// The numbers of the kinds on disk: they are not to be given to other kinds.
const KINDS: [(u8, Kind); 4] =
    [(1, Kind::Telemetry), (2, Kind::Connection), (3, Kind::Property), (4, Kind::Command)];

/// Marks the kind of a row that has properties.
const HAS_PROPERTIES: u8 = 0x80;

/// A kind's bit in a set of kinds.
pub(super) fn kind_bit(kind: Kind) -> u8 {
    KINDS.iter().find(|(_, one)| *one == kind).map_or(0, |(number, _)| 1 << number)
}

/// Writes a row.
pub(super) fn put_row(out: &mut Vec<u8>, row: &Row) {
    let kind = KINDS.iter().find(|(_, kind)| *kind == row.kind).map_or(0, |(number, _)| *number);
    let received = row.received.as_microsecond();
    out.push(kind | if row.properties.is_some() { HAS_PROPERTIES } else { 0 });
    put_number(out, row.seq);
    put_signed(out, received);
    put_signed(out, row.at.as_microsecond().wrapping_sub(received));
    put_number(out, u64::from(row.size));
    put_optional_text(out, row.component.as_deref());
    put_optional_text(out, row.problem.as_deref());
    put_bytes(out, row.body.as_bytes());
    if let Some(properties) = &row.properties {
        put_bytes(out, properties.as_bytes());
    }
}

/// A row whose texts are where it was read from. Its fields are [`Row`]'s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowRef<'a> {
    pub(crate) seq: u64,
    pub(crate) at: Timestamp,
    pub(crate) received: Timestamp,
    pub(crate) kind: Kind,
    pub(crate) size: u32,
    pub(crate) component: Option<&'a str>,
    pub(crate) problem: Option<&'a str>,
    pub(crate) body: &'a str,
    pub(crate) properties: Option<&'a str>,
}

impl<'a> RowRef<'a> {
    /// Reads what [`put_row`] wrote.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let number = reader.byte()?;
        let kind = KINDS.iter().find(|(one, _)| *one == number & !HAS_PROPERTIES);
        let (_, kind) = kind.ok_or(Malformed("a row of an unknown kind"))?;
        let seq = reader.number()?;
        let received = reader.signed()?;
        let at = received.wrapping_add(reader.signed()?);
        let time = |at| Timestamp::from_microsecond(at).map_err(|_| Malformed("a time beyond all years"));
        Ok(Self {
            seq,
            at: time(at)?,
            received: time(received)?,
            kind: *kind,
            size: u32::try_from(reader.number()?).map_err(|_| Malformed("a size beyond 4 GiB"))?,
            component: reader.optional_text()?,
            problem: reader.optional_text()?,
            body: reader.text()?,
            properties: if number & HAS_PROPERTIES == 0 { None } else { Some(reader.text()?) },
        })
    }

    /// The row with texts of its own.
    pub(crate) fn to_row(self) -> Row {
        Row {
            seq: self.seq,
            at: self.at,
            received: self.received,
            kind: self.kind,
            size: self.size,
            component: self.component.map(str::to_owned),
            problem: self.problem.map(str::to_owned),
            body: self.body.to_owned(),
            properties: self.properties.map(Arc::from),
        }
    }

    /// What its texts take, in bytes.
    pub(super) fn text_bytes(&self) -> usize {
        let optional = [self.component, self.problem, self.properties];
        self.body.len() + optional.into_iter().flatten().map(str::len).sum::<usize>()
    }
}

/// Rows with texts of their own; those that follow one another share their properties.
pub(crate) fn to_rows<'a>(rows: impl Iterator<Item = RowRef<'a>>) -> Vec<Arc<Row>> {
    let mut made: Vec<Arc<Row>> = Vec::new();
    for row in rows {
        let before = made.last().and_then(|before| before.properties.clone());
        let shared = before.filter(|before| Some(&**before) == row.properties);
        let properties = shared.or_else(|| row.properties.map(Arc::from));
        made.push(Arc::new(Row { properties, ..RowRef { properties: None, ..row }.to_row() }));
    }
    made
}

impl<'a> From<&'a Row> for RowRef<'a> {
    fn from(row: &'a Row) -> Self {
        Self {
            seq: row.seq,
            at: row.at,
            received: row.received,
            kind: row.kind,
            size: row.size,
            component: row.component.as_deref(),
            problem: row.problem.as_deref(),
            body: &row.body,
            properties: row.properties.as_deref(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Any row the hub could have.
    pub(crate) fn any_row() -> impl Strategy<Value = Row> {
        let times = (any::<i32>(), any::<i32>());
        let optional = any::<Option<String>>;
        let texts = (optional(), optional(), optional(), any::<String>());
        (any::<u64>(), times, 0..KINDS.len(), any::<u32>(), texts).prop_map(
            |(seq, (at, received), kind, size, (component, problem, properties, body))| Row {
                seq,
                at: Timestamp::from_microsecond(i64::from(at) * 1_000_003).unwrap(),
                received: Timestamp::from_microsecond(i64::from(received) * 1_000_003).unwrap(),
                kind: KINDS[kind].1,
                component,
                body,
                size,
                problem,
                properties: properties.map(Arc::from),
            },
        )
    }

    proptest! {
        #[test]
        fn rows_come_back(row in any_row()) {
            let mut bytes = Vec::new();
            put_row(&mut bytes, &row);
            let mut reader = Reader::new(&bytes);
            let read = RowRef::read(&mut reader).unwrap();
            prop_assert_eq!(read, RowRef::from(&row));
            prop_assert_eq!(read.text_bytes(), row.text_bytes());
            prop_assert_eq!(read.to_row(), row);
            prop_assert!(reader.is_empty());
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = RowRef::read(&mut Reader::new(&bytes));
        }
    }
}
