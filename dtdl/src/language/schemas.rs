//! The primitive schemas and the versions that have them.

use super::Versions;

macro_rules! primitives {
    ($($variant:ident = $name:literal, $versions:expr, $doc:literal;)*) => {
        /// A schema of the language's own, such as `double`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Primitive {
            $(#[doc = $doc] $variant,)*
        }

        /// Name, schema, and the versions of the language that have it.
        const TABLE: &[(&str, Primitive, Versions)] = &[$(($name, Primitive::$variant, $versions),)*];
    };
}

primitives! {
    Boolean = "boolean", Versions::ALL, "`true` or `false`.";
    Integer = "integer", Versions::ALL, "A signed 32-bit integer.";
    Long = "long", Versions::ALL, "A signed 64-bit integer.";
    Float = "float", Versions::ALL, "An IEEE 754 number of 32 bits, finite.";
    Double = "double", Versions::ALL, "An IEEE 754 number of 64 bits, finite.";
    String = "string", Versions::ALL, "UTF-8 text.";
    Date = "date", Versions::ALL, "A full-date of RFC 3339.";
    DateTime = "dateTime", Versions::ALL, "A date-time of RFC 3339.";
    Time = "time", Versions::ALL, "A full-time of RFC 3339.";
    Duration = "duration", Versions::ALL, "A duration of ISO 8601.";
    Geospatial = "geospatial", Versions::PREVIEW, "A GeoJSON object of any kind.";
    Point = "point", Versions::SINCE_V2, "A GeoJSON point.";
    MultiPoint = "multiPoint", Versions::SINCE_V2, "A GeoJSON multi-point.";
    LineString = "lineString", Versions::SINCE_V2, "A GeoJSON line.";
    MultiLineString = "multiLineString", Versions::SINCE_V2, "GeoJSON lines.";
    Polygon = "polygon", Versions::SINCE_V2, "A GeoJSON polygon.";
    MultiPolygon = "multiPolygon", Versions::SINCE_V2, "GeoJSON polygons.";
    Byte = "byte", Versions::V4, "A signed 8-bit integer.";
    Short = "short", Versions::V4, "A signed 16-bit integer.";
    UnsignedByte = "unsignedByte", Versions::V4, "An unsigned 8-bit integer.";
    UnsignedShort = "unsignedShort", Versions::V4, "An unsigned 16-bit integer.";
    UnsignedInteger = "unsignedInteger", Versions::V4, "An unsigned 32-bit integer.";
    UnsignedLong = "unsignedLong", Versions::V4, "An unsigned 64-bit integer.";
    Bytes = "bytes", Versions::V4, "Binary data in base64.";
    Decimal = "decimal", Versions::V4, "A decimal number of any size, as a string.";
    Uuid = "uuid", Versions::V4, "A UUID, as a string.";
    ScaledDecimal = "scaledDecimal", Versions::V4, "A decimal number and the power of ten it is multiplied by.";
    Vector = "vector", Versions::NONE, "IoT Central's context: `x`, `y` and `z`.";
    Geopoint = "geopoint", Versions::NONE, "IoT Central's context: `lat`, `lon` and `alt`.";
}

impl Primitive {
    /// The schema's name in models.
    pub fn name(self) -> &'static str {
        TABLE.iter().find(|(_, primitive, _)| *primitive == self).map_or("", |(name, ..)| name)
    }

    /// The schema of that name.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|(known, ..)| *known == name).map(|(_, primitive, _)| *primitive)
    }
}
