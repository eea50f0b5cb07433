//! IoT Central's two schemas: objects of doubles, each of which may be missing.

use serde::Serialize;

use crate::json::{FromJson, Json, ObjectReader, Pointer, ValueError};

macro_rules! doubles {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
        pub struct $name {
            $($(#[$field_doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<f64>,)*
        }

        impl FromJson for $name {
            fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
                let fields = ObjectReader::new(value, at, &[$(stringify!($field)),*])?;
                Ok(Self { $($field: fields.optional(stringify!($field))?),* })
            }
        }
    };
}

doubles! {
    /// A place, IoT Central's `geopoint`.
    Geopoint {
        /// Degrees north, -90 to 90.
        lat,
        /// Degrees east, -180 to 180.
        lon,
        /// Metres above the ellipsoid.
        alt,
    }
}

doubles! {
    /// A direction and a length in space, IoT Central's `vector`; the model's unit is that of each number.
    Vector {
        /// Along the first axis.
        x,
        /// Along the second axis.
        y,
        /// Along the third axis.
        z,
    }
}

impl Geopoint {
    /// A place by its latitude and longitude in degrees, without altitude.
    pub const fn new(lat: f64, lon: f64) -> Self {
        Self { lat: Some(lat), lon: Some(lon), alt: None }
    }
}

impl Vector {
    /// A vector by its three parts.
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x: Some(x), y: Some(y), z: Some(z) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_may_be_missing_but_not_null_nor_unknown() {
        let at = Pointer::root();
        assert_eq!(Geopoint::from_json(&json!({"lat": 47, "lon": 8.5}), &at), Ok(Geopoint::new(47.0, 8.5)));
        assert_eq!(serde_json::to_value(Geopoint::new(47.0, 8.5)).unwrap(), json!({"lat": 47.0, "lon": 8.5}));
        assert_eq!(Vector::from_json(&json!({}), &at), Ok(Vector::default()));
        assert_eq!(Vector::from_json(&json!({"x": 1, "y": 2, "z": 3}), &at), Ok(Vector::new(1.0, 2.0, 3.0)));
        for bad in [json!({"x": null}), json!({"w": 1}), json!([1, 2, 3]), json!({"z": "0"})] {
            assert!(Vector::from_json(&bad, &at).is_err(), "{bad}");
        }
    }
}
