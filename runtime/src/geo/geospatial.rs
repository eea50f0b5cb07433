//! v1-preview's `geospatial`: GeoJSON of any kind.

use serde::Serialize;

use crate::json::{FromJson, Json, Pointer, ValueError};

/// A GeoJSON object of any kind, DTDL v1-preview's `geospatial`: it has a `type`, and is otherwise as it was given.
///
/// A geometry becomes one with `Geospatial::try_from(..)` of its JSON; anything may stand in it but a null, which a
/// device cannot send.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Geospatial(Json);

impl Geospatial {
    /// The `type`, such as `Point` or `FeatureCollection`.
    pub fn kind(&self) -> &str {
        self.0.get("type").and_then(Json::as_str).unwrap_or_default()
    }

    /// The object.
    pub fn as_json(&self) -> &Json {
        &self.0
    }

    /// The object.
    pub fn into_json(self) -> Json {
        self.0
    }
}

/// # Errors
/// When it is not an object with a `type` that is a string.
impl TryFrom<Json> for Geospatial {
    type Error = ValueError;

    fn try_from(value: Json) -> Result<Self, ValueError> {
        match value.get("type") {
            Some(Json::String(_)) => Ok(Self(value)),
            _ => Err(ValueError::expected(&Pointer::root(), WANTED, &value)),
        }
    }
}

const WANTED: &str = "a GeoJSON object with its type";

impl FromJson for Geospatial {
    fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
        match value.get("type") {
            Some(Json::String(_)) => Ok(Self(value.clone())),
            _ => Err(ValueError::expected(at, WANTED, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn any_object_with_a_type_is_kept_as_it_is() {
        let value = json!({"type": "Feature", "geometry": {"type": "Point"}, "bbox": [1, 2.5]});
        let feature = Geospatial::from_json(&value, &Pointer::root()).unwrap();
        assert_eq!((feature.kind(), serde_json::to_value(&feature).unwrap()), ("Feature", value));
        for bad in [json!({}), json!({"type": 1}), json!("Point"), json!([{"type": "Point"}])] {
            assert!(Geospatial::from_json(&bad, &Pointer::root()).is_err(), "{bad}");
            assert!(Geospatial::try_from(bad).is_err());
        }
    }
}
