//! Columns as bytes: times as second differences, values as they are, so that one column is read without the others.
//!
//! Begin with [`put_columns`] and [`read_columns`].

use super::wire::{Malformed, Reader, put_bytes, put_number, put_optional_text, put_signed};
use crate::columns::{Column, Columns, Values};

const NUMBERS: u8 = 0;
const STATES: u8 = 1;
const NULLS: u8 = 2;
const CONNECTIONS: u8 = 3;
const LONGS: u8 = 4;

pub(super) fn put_columns(out: &mut Vec<u8>, columns: &Columns) {
    put_number(out, columns.times.len() as u64);
    let (mut last, mut step) = (0i64, 0i64);
    for time in &columns.times {
        let difference = time.wrapping_sub(last);
        put_signed(out, difference.wrapping_sub(step));
        (last, step) = (*time, difference);
    }
    put_number(out, columns.columns.len() as u64);
    let mut content = Vec::new();
    for column in &columns.columns {
        put_optional_text(out, column.component.as_deref());
        put_bytes(out, column.path.as_bytes());
        content.clear();
        put_content(&mut content, column, columns.times.len());
        put_bytes(out, &content);
    }
}

fn put_content(out: &mut Vec<u8>, column: &Column, times: usize) {
    put_number(out, column.rows.len() as u64);
    // a value in each row needs no list of them
    if column.rows.len() != times {
        let mut next = 0;
        for row in &column.rows {
            put_number(out, u64::from(*row - next));
            next = row + 1;
        }
    }
    match &column.values {
        Values::Numbers(numbers) => {
            out.push(NUMBERS);
            numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
        }
        Values::Longs(numbers) => {
            out.push(LONGS);
            numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
        }
        Values::States { names, values } => {
            out.push(STATES);
            put_number(out, names.len() as u64);
            names.iter().for_each(|name| put_bytes(out, name.as_bytes()));
            values.iter().for_each(|value| put_number(out, u64::from(*value)));
        }
        Values::Nulls => out.push(NULLS),
        Values::Connections(values) => {
            out.push(CONNECTIONS);
            out.extend(values.iter().map(|value| u8::from(*value)));
        }
    }
}

/// Reads the columns that are wanted by component and path.
pub(super) fn read_columns(
    bytes: &[u8],
    wanted: impl Fn(Option<&str>, &str) -> bool,
) -> Result<Columns, Malformed> {
    let mut reader = Reader::new(bytes);
    let mut columns = Columns::default();
    let count = reader.count()?;
    columns.times.reserve(count);
    let (mut last, mut step) = (0i64, 0i64);
    for _ in 0..count {
        step = step.wrapping_add(reader.signed()?);
        last = last.wrapping_add(step);
        columns.times.push(last);
    }
    for _ in 0..reader.count()? {
        let component = reader.optional_text()?.map(str::to_owned);
        let (path, content) = (reader.text()?, reader.bytes()?);
        if wanted(component.as_deref(), path) {
            let (rows, values) = read_content(&mut Reader::new(content), count)?;
            columns.columns.push(Column { component, path: path.to_owned(), rows, values });
        }
    }
    Ok(columns)
}

fn read_content(reader: &mut Reader<'_>, times: usize) -> Result<(Vec<u32>, Values), Malformed> {
    let count = usize::try_from(reader.number()?).unwrap_or(usize::MAX);
    if count > times {
        return Err(Malformed("a column is longer than its times"));
    }
    let rows = read_places(reader, count, times)?;
    let values = match reader.byte()? {
        NUMBERS => {
            let numbers = (0..count).map(|_| Ok(f64::from_le_bytes(reader.array()?)));
            Values::Numbers(numbers.collect::<Result<_, _>>()?)
        }
        LONGS => {
            let numbers = (0..count).map(|_| Ok(i128::from_le_bytes(reader.array()?)));
            Values::Longs(numbers.collect::<Result<_, _>>()?)
        }
        STATES => {
            let names = (0..reader.count()?).map(|_| Ok(reader.text()?.to_owned()));
            let names = names.collect::<Result<Vec<String>, _>>()?;
            let value = |reader: &mut Reader<'_>| {
                let value = u32::try_from(reader.number()?).unwrap_or(u32::MAX);
                let is_named = (value as usize) < names.len();
                is_named.then_some(value).ok_or(Malformed("a state without a name"))
            };
            let values = (0..count).map(|_| value(reader)).collect::<Result<_, _>>()?;
            Values::States { names, values }
        }
        NULLS => Values::Nulls,
        CONNECTIONS => Values::Connections(reader.take(count)?.iter().map(|value| *value != 0).collect()),
        _ => return Err(Malformed("a column of an unknown sort")),
    };
    Ok((rows, values))
}

fn read_places(reader: &mut Reader<'_>, count: usize, times: usize) -> Result<Vec<u32>, Malformed> {
    let limit = u32::try_from(times).map_err(|_| Malformed("too many times"))?;
    if count == times {
        return Ok((0..limit).collect());
    }
    let mut next = 0u64;
    let place = |_| {
        let place = next.saturating_add(reader.number()?);
        next = place.saturating_add(1);
        let place = u32::try_from(place).ok().filter(|place| *place < limit);
        place.ok_or(Malformed("a value without a time"))
    };
    (0..count).map(place).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::columns::tests::row;

    fn some_body() -> impl Strategy<Value = String> {
        let value = prop_oneof![
            any::<i32>().prop_map(|number| number.to_string()),
            any::<i64>().prop_map(|number| number.to_string()),
            any::<f32>()
                .prop_filter("JSON has no others", |number| number.is_finite())
                .prop_map(|n| n.to_string()),
            any::<bool>().prop_map(|value| value.to_string()),
            "\"[a-c]\"",
            Just("null".to_owned()),
            Just(r#"{"x":1,"y":"on"}"#.to_owned()),
        ];
        let member = ("[a-d]", value).prop_map(|(name, value)| format!("\"{name}\":{value}"));
        proptest::collection::vec(member, 0..4).prop_map(|members| format!("{{{}}}", members.join(",")))
    }

    proptest! {
        #[test]
        fn columns_come_back_whole_or_one_by_one(
            bodies in proptest::collection::vec((0i64..4_000_000, some_body()), 0..40),
        ) {
            let rows: Vec<_> = bodies.iter().map(|(second, body)| row(*second, body)).collect();
            let columns = Columns::of(&rows);
            let mut bytes = Vec::new();
            put_columns(&mut bytes, &columns);
            let all = read_columns(&bytes, |_, _| true).unwrap();
            prop_assert_eq!(&all, &columns);
            let one = read_columns(&bytes, |component, path| component.is_none() && path == "a").unwrap();
            let expected: Vec<_> = columns.columns.into_iter().filter(|column| column.path == "a").collect();
            prop_assert_eq!(one.columns, expected);
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_columns(&bytes, |_, _| true);
        }
    }
}
