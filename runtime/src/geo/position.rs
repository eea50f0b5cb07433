//! A position of GeoJSON: degrees east, degrees north, and perhaps metres above the ellipsoid.

use serde::Serialize;

use crate::json::{FromJson, Json, Pointer, ValueError};

/// Longitude and latitude in degrees (WGS 84), then altitude in metres if there is a third number. What was read may be of
/// any length.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Position(Vec<f64>);

impl Position {
    /// Degrees east, -180 to 180.
    pub fn longitude(&self) -> Option<f64> {
        self.0.first().copied()
    }

    /// Degrees north, -90 to 90.
    pub fn latitude(&self) -> Option<f64> {
        self.0.get(1).copied()
    }

    /// Metres above the ellipsoid of WGS 84.
    pub fn altitude(&self) -> Option<f64> {
        self.0.get(2).copied()
    }
}

impl AsRef<[f64]> for Position {
    fn as_ref(&self) -> &[f64] {
        &self.0
    }
}

impl From<Vec<f64>> for Position {
    fn from(numbers: Vec<f64>) -> Self {
        Self(numbers)
    }
}

/// Longitude and latitude.
impl From<[f64; 2]> for Position {
    fn from(numbers: [f64; 2]) -> Self {
        Self(numbers.to_vec())
    }
}

/// Longitude, latitude and altitude.
impl From<[f64; 3]> for Position {
    fn from(numbers: [f64; 3]) -> Self {
        Self(numbers.to_vec())
    }
}

impl FromJson for Position {
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        Vec::from_json(value, at).map(Self)
    }
}
