//! The six geometries that are schemas: an object with its `type` and its `coordinates`, each of which may be missing.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Position;
use crate::json::{FromJson, Json, ObjectReader, Pointer, ValueError};

/// What all geometries are, with coordinates of one shape or another.
#[derive(Clone, Debug, PartialEq)]
struct Geometry<C> {
    /// Whether the object names its type, as it should.
    typed: bool,
    coordinates: Option<C>,
}

impl<C: FromJson> Geometry<C> {
    fn read(name: &str, value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        let fields = ObjectReader::new(value, at, &["type", "coordinates"])?;
        let found: Option<Json> = fields.optional("type")?;
        if let Some(found) = found.as_ref().filter(|found| found.as_str() != Some(name)) {
            return Err(ValueError::expected(&at.field("type"), &format!("{name:?}"), found));
        }
        Ok(Self { typed: found.is_some(), coordinates: fields.optional("coordinates")? })
    }
}

impl<C: Serialize> Geometry<C> {
    fn write<S: Serializer>(&self, name: &str, serializer: S) -> Result<S::Ok, S::Error> {
        let count = usize::from(self.typed) + usize::from(self.coordinates.is_some());
        let mut fields = serializer.serialize_map(Some(count))?;
        if self.typed {
            fields.serialize_entry("type", name)?;
        }
        if let Some(coordinates) = &self.coordinates {
            fields.serialize_entry("coordinates", coordinates)?;
        }
        fields.end()
    }
}

macro_rules! geometries {
    ($($(#[$doc:meta])* $name:ident($shape:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name(Geometry<$shape>);

        impl $name {
            /// The coordinates, unless what was read has none.
            pub fn coordinates(&self) -> Option<&$shape> {
                self.0.coordinates.as_ref()
            }

            fn of(coordinates: $shape) -> Self {
                Self(Geometry { typed: true, coordinates: Some(coordinates) })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.write(stringify!($name), serializer)
            }
        }

        impl FromJson for $name {
            fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
                Geometry::read(stringify!($name), value, at).map(Self)
            }
        }
    )*};
}

geometries! {
    /// A place.
    Point(Position);
    /// Several places.
    MultiPoint(Vec<Position>);
    /// A way from position to position, two at least.
    LineString(Vec<Position>);
    /// Several ways.
    MultiLineString(Vec<Vec<Position>>);
    /// An area: its outer ring, then its holes. The last position of a ring is the first again.
    Polygon(Vec<Vec<Position>>);
    /// Several areas.
    MultiPolygon(Vec<Vec<Vec<Position>>>);
}

/// A list of positions, such as `[[8.54, 47.38], [8.55, 47.39]]`.
fn line<L>(positions: L) -> Vec<Position>
where
    L: IntoIterator<Item: Into<Position>>,
{
    positions.into_iter().map(Into::into).collect()
}

fn lines<L>(lines: L) -> Vec<Vec<Position>>
where
    L: IntoIterator<Item: IntoIterator<Item: Into<Position>>>,
{
    lines.into_iter().map(line).collect()
}

impl Point {
    /// A place by its longitude and latitude in degrees.
    pub fn new(longitude: f64, latitude: f64) -> Self {
        Self::of([longitude, latitude].into())
    }

    /// A place by its longitude and latitude in degrees and its altitude in metres.
    pub fn with_altitude(longitude: f64, latitude: f64, altitude: f64) -> Self {
        Self::of([longitude, latitude, altitude].into())
    }
}

impl MultiPoint {
    /// The places: `[[longitude, latitude], ..]`, in degrees.
    pub fn new<L>(positions: L) -> Self
    where
        L: IntoIterator<Item: Into<Position>>,
    {
        Self::of(line(positions))
    }
}

impl LineString {
    /// The way along these: `[[longitude, latitude], ..]`, in degrees.
    pub fn new<L>(positions: L) -> Self
    where
        L: IntoIterator<Item: Into<Position>>,
    {
        Self::of(line(positions))
    }
}

impl MultiLineString {
    /// The ways, each along its `[[longitude, latitude], ..]`, in degrees.
    pub fn new<L>(ways: L) -> Self
    where
        L: IntoIterator<Item: IntoIterator<Item: Into<Position>>>,
    {
        Self::of(lines(ways))
    }
}

impl Polygon {
    /// The area inside the first ring and outside the others, each a `[[longitude, latitude], ..]` in degrees.
    pub fn new<L>(rings: L) -> Self
    where
        L: IntoIterator<Item: IntoIterator<Item: Into<Position>>>,
    {
        Self::of(lines(rings))
    }
}

impl MultiPolygon {
    /// The areas, each with its rings as [`Polygon::new`] takes them.
    pub fn new<L>(areas: L) -> Self
    where
        L: IntoIterator<Item: IntoIterator<Item: IntoIterator<Item: Into<Position>>>>,
    {
        Self::of(areas.into_iter().map(lines).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept<T: FromJson + Serialize>(value: &Json) {
        let read = T::from_json(value, &Pointer::root()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), *value);
    }

    #[test]
    fn geometries_are_written_as_geojson() {
        let ring = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]];
        let ring_json = json!([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]);
        for (written, name, coordinates) in [
            (
                serde_json::to_value(Point::with_altitude(8.5, 47.5, 400.0)),
                "Point",
                json!([8.5, 47.5, 400.0]),
            ),
            (serde_json::to_value(MultiPoint::new([[8.5, 47.5]])), "MultiPoint", json!([[8.5, 47.5]])),
            (serde_json::to_value(LineString::new(ring)), "LineString", ring_json.clone()),
            (serde_json::to_value(MultiLineString::new([ring])), "MultiLineString", json!([ring_json])),
            (serde_json::to_value(Polygon::new([ring])), "Polygon", json!([ring_json])),
            (serde_json::to_value(MultiPolygon::new([[ring]])), "MultiPolygon", json!([[ring_json]])),
        ] {
            assert_eq!(written.unwrap(), json!({"type": name, "coordinates": coordinates}));
        }
    }

    #[test]
    fn what_is_missing_stays_missing() {
        kept::<Point>(&json!({}));
        kept::<Point>(&json!({"type": "Point"}));
        kept::<Point>(&json!({"coordinates": []}));
        kept::<MultiPolygon>(&json!({"coordinates": [[[[1.5]]]]}));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let error = |value| Polygon::from_json(&value, &Pointer::root()).unwrap_err();
        let found = error(json!({"type": "Point"}));
        assert_eq!((found.at(), found.message()), ("/type", "expected \"Polygon\", found \"Point\""));
        assert_eq!(error(json!({"coordinates": [[[1, "2"]]]})).at(), "/coordinates/0/0/1");
        assert_eq!(error(json!({"bbox": []})).at(), "/bbox");
        assert_eq!(error(json!({"type": null})).at(), "/type");
        assert_eq!(error(json!({"coordinates": null})).at(), "/coordinates");
    }
}
