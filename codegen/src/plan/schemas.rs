//! The language's own schemas and the Rust types they become.

use dtdl::Primitive;

use super::TypeRef;

/// The Rust type of a primitive; `None` for one that this generator does not know yet.
pub(super) fn primitive(primitive: Primitive) -> Option<TypeRef> {
    TABLE.iter().find(|(known, _)| *known == primitive).map(|(_, ty)| ty.clone())
}

/// Whether a type is a number that a unit can stand with.
pub(super) fn is_number(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Primitive(name) if *name != "bool")
}

const TABLE: &[(Primitive, TypeRef)] = &[
    (Primitive::Boolean, TypeRef::Primitive("bool")),
    (Primitive::Byte, TypeRef::Primitive("i8")),
    (Primitive::Short, TypeRef::Primitive("i16")),
    (Primitive::Integer, TypeRef::Primitive("i32")),
    (Primitive::Long, TypeRef::Primitive("i64")),
    (Primitive::UnsignedByte, TypeRef::Primitive("u8")),
    (Primitive::UnsignedShort, TypeRef::Primitive("u16")),
    (Primitive::UnsignedInteger, TypeRef::Primitive("u32")),
    (Primitive::UnsignedLong, TypeRef::Primitive("u64")),
    (Primitive::Float, TypeRef::Primitive("f32")),
    (Primitive::Double, TypeRef::Primitive("f64")),
    (Primitive::String, TypeRef::String),
    (Primitive::Date, TypeRef::Runtime("time", "Date")),
    (Primitive::DateTime, TypeRef::Runtime("time", "DateTime")),
    (Primitive::Time, TypeRef::Runtime("time", "Time")),
    (Primitive::Duration, TypeRef::Runtime("time", "Duration")),
    (Primitive::Bytes, TypeRef::Runtime("value", "Bytes")),
    (Primitive::Decimal, TypeRef::Runtime("value", "Decimal")),
    (Primitive::Uuid, TypeRef::Runtime("value", "Uuid")),
    (Primitive::ScaledDecimal, TypeRef::Runtime("value", "ScaledDecimal")),
    (Primitive::Geospatial, TypeRef::Runtime("geo", "Geospatial")),
    (Primitive::Point, TypeRef::Runtime("geo", "Point")),
    (Primitive::MultiPoint, TypeRef::Runtime("geo", "MultiPoint")),
    (Primitive::LineString, TypeRef::Runtime("geo", "LineString")),
    (Primitive::MultiLineString, TypeRef::Runtime("geo", "MultiLineString")),
    (Primitive::Polygon, TypeRef::Runtime("geo", "Polygon")),
    (Primitive::MultiPolygon, TypeRef::Runtime("geo", "MultiPolygon")),
    (Primitive::Vector, TypeRef::Runtime("geo", "Vector")),
    (Primitive::Geopoint, TypeRef::Runtime("geo", "Geopoint")),
];
