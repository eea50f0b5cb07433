//! The schemas of the language that are objects: GeoJSON's geometries, `scaledDecimal`, and IoT Central's two.
//!
//! Their definitions are Objects like any other, so their fields may be missing and none may be added; only
//! v1-preview's `geospatial` is not defined further than "GeoJSON".

use crate::language::Primitive;

/// The shape of a part of such a value.
#[derive(Debug)]
pub(super) enum Standard {
    Primitive(Primitive),
    /// This very string.
    Word(&'static str),
    Array(&'static Standard),
    Object(Fields),
    /// Any object with a `type`, which is a string.
    GeoJson,
}

/// Names and shapes of fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields(&'static [(&'static str, Standard)]);

impl Fields {
    pub(super) fn get(self, name: &str) -> Option<&'static Standard> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, shape)| shape)
    }
}

/// The shape of a schema that is an object.
pub(super) fn of(primitive: Primitive) -> Option<&'static Standard> {
    TABLE.iter().find(|(known, _)| *known == primitive).map(|(_, shape)| shape)
}

const DOUBLE: Standard = Standard::Primitive(Primitive::Double);

static POSITION: Standard = Standard::Array(&DOUBLE);
static POSITIONS: Standard = Standard::Array(&POSITION);
static LINES: Standard = Standard::Array(&POSITIONS);

macro_rules! object {
    ($($name:literal: $shape:expr),*) => { Standard::Object(Fields(&[$(($name, $shape)),*])) };
}

static TABLE: &[(Primitive, Standard)] = &[
    (Primitive::Point, object! { "type": Standard::Word("Point"), "coordinates": Standard::Array(&DOUBLE) }),
    (
        Primitive::MultiPoint,
        object! { "type": Standard::Word("MultiPoint"), "coordinates": Standard::Array(&POSITION) },
    ),
    (
        Primitive::LineString,
        object! { "type": Standard::Word("LineString"), "coordinates": Standard::Array(&POSITION) },
    ),
    (
        Primitive::MultiLineString,
        object! { "type": Standard::Word("MultiLineString"), "coordinates": Standard::Array(&POSITIONS) },
    ),
    (
        Primitive::Polygon,
        object! { "type": Standard::Word("Polygon"), "coordinates": Standard::Array(&POSITIONS) },
    ),
    (
        Primitive::MultiPolygon,
        object! { "type": Standard::Word("MultiPolygon"), "coordinates": Standard::Array(&LINES) },
    ),
    (Primitive::Geospatial, Standard::GeoJson),
    (
        Primitive::ScaledDecimal,
        object! {
            "value": Standard::Primitive(Primitive::Decimal),
            "scale": Standard::Primitive(Primitive::Short)
        },
    ),
    (Primitive::Vector, object! { "x": DOUBLE, "y": DOUBLE, "z": DOUBLE }),
    (Primitive::Geopoint, object! { "lat": DOUBLE, "lon": DOUBLE, "alt": DOUBLE }),
];
