//! Places and directions: GeoJSON's geometries (RFC 7946), and IoT Central's `geopoint` and `vector`.
//!
//! Decides their shape on the wire as the language has it: each field may be missing, none may be added, and a position
//! is an array of doubles of any length. Whether a latitude is one, or a polygon closed, is not checked. Longitude comes
//! first in GeoJSON; [`Geopoint`] names its fields.
//!
//! ```
//! # use device_model_runtime::geo::{LineString, Point};
//! let here = Point::new(8.54, 47.38); // degrees east, degrees north
//! let way = LineString::new([[8.54, 47.38], [8.55, 47.39]]);
//! assert_eq!(here.coordinates(), Some(&way.coordinates().unwrap()[0]));
//! ```

mod central;
mod geometry;
mod geospatial;
mod position;

pub use central::{Geopoint, Vector};
pub use geometry::{LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
pub use geospatial::Geospatial;
pub use position::Position;
