//! The rule of each primitive schema that is a single JSON value. Numbers are judged by how they are written: `1.0` and
//! `1e0` are no integers, and a 64-bit integer is never rounded through a double.

use super::text;
use super::walk::{Wrong, expect, shown};
use crate::language::Primitive;
use crate::tape::{Kind, Node};

/// What a value must be.
enum Rule {
    Boolean,
    /// From, to, both included.
    Integer(i128, i128),
    /// A number that is finite as a float of so many bits.
    Float(u8),
    /// A string that the grammar takes, and what that is called.
    Text(fn(&str) -> bool, &'static str),
    /// Any string.
    AnyText,
    /// Not a single value; `standard` has its shape.
    Elsewhere,
}

fn rule(primitive: Primitive) -> Rule {
    match primitive {
        Primitive::Boolean => Rule::Boolean,
        Primitive::Byte => Rule::Integer(i8::MIN.into(), i8::MAX.into()),
        Primitive::Short => Rule::Integer(i16::MIN.into(), i16::MAX.into()),
        Primitive::Integer => Rule::Integer(i32::MIN.into(), i32::MAX.into()),
        Primitive::Long => Rule::Integer(i64::MIN.into(), i64::MAX.into()),
        Primitive::UnsignedByte => Rule::Integer(0, u8::MAX.into()),
        Primitive::UnsignedShort => Rule::Integer(0, u16::MAX.into()),
        Primitive::UnsignedInteger => Rule::Integer(0, u32::MAX.into()),
        Primitive::UnsignedLong => Rule::Integer(0, u64::MAX.into()),
        Primitive::Float => Rule::Float(32),
        Primitive::Double => Rule::Float(64),
        Primitive::String => Rule::AnyText,
        Primitive::Date => Rule::Text(text::is_date, "a date of RFC 3339, such as 2026-01-31"),
        Primitive::Time => Rule::Text(text::is_time, "a time of RFC 3339 with its offset, such as 13:00:00Z"),
        Primitive::DateTime => Rule::Text(
            text::is_date_time,
            "a date-time of RFC 3339 with its offset, such as 2026-01-31T13:00:00Z",
        ),
        Primitive::Duration => Rule::Text(text::is_duration, "a duration of ISO 8601, such as PT1H30M"),
        Primitive::Bytes => Rule::Text(text::is_base64, "base64 with its padding"),
        Primitive::Decimal => Rule::Text(text::is_decimal, "a decimal number, such as -12.50"),
        Primitive::Uuid => Rule::Text(text::is_uuid, "a UUID of 8-4-4-4-12 hexadecimal digits"),
        Primitive::Geospatial
        | Primitive::Point
        | Primitive::MultiPoint
        | Primitive::LineString
        | Primitive::MultiLineString
        | Primitive::Polygon
        | Primitive::MultiPolygon
        | Primitive::ScaledDecimal
        | Primitive::Vector
        | Primitive::Geopoint => Rule::Elsewhere,
    }
}

/// That the value is one of the primitive.
pub(super) fn check(primitive: Primitive, node: Node<'_>) -> Result<(), Wrong> {
    match rule(primitive) {
        Rule::Boolean => expect(node, Kind::Boolean),
        Rule::Integer(from, to) => integer(node, from, to),
        Rule::Float(bits) => float(node, bits),
        Rule::AnyText => expect(node, Kind::String),
        Rule::Text(grammar, called) => {
            expect(node, Kind::String)?;
            let taken = node.as_str().is_some_and(|text| grammar(&text));
            if taken {
                Ok(())
            } else {
                Err(("badFormat", format!("expected {called}, found {}", shown(node))))
            }
        }
        Rule::Elsewhere => Ok(()),
    }
}

fn integer(node: Node<'_>, from: i128, to: i128) -> Result<(), Wrong> {
    expect(node, Kind::Number)?;
    let raw = node.raw();
    if raw.contains(['.', 'e', 'E']) {
        let message = format!("expected an integer, without fraction or exponent, found {}", shown(node));
        return Err(("notInteger", message));
    }
    // An unsigned type has no `-0` either.
    let unsigned = from == 0;
    match raw.parse::<i128>() {
        Ok(number) if (from..=to).contains(&number) && !(unsigned && raw.starts_with('-')) => Ok(()),
        _ => Err(("outOfRange", format!("expected an integer from {from} to {to}, found {}", shown(node)))),
    }
}

fn float(node: Node<'_>, bits: u8) -> Result<(), Wrong> {
    expect(node, Kind::Number)?;
    let raw = node.raw();
    let finite = match bits {
        32 => raw.parse::<f32>().is_ok_and(f32::is_finite),
        _ => raw.parse::<f64>().is_ok_and(f64::is_finite),
    };
    if finite {
        Ok(())
    } else {
        Err(("outOfRange", format!("{} is no finite number of {bits} bits", shown(node))))
    }
}
