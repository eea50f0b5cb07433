//! Messages as HTTP has them: properties in headers.
//!
//! Decides which header is which property on the wire. Begin with [`properties`] and [`headers`]. Source: IoT Hub's REST
//! reference of the device's side and the official clients.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::RestError;

/// Headers and properties; where two headers are one property, the first is the one that is written.
const NAMES: [(&str, &str); 10] = [
    ("iothub-messageid", "$.mid"),
    ("iothub-correlationid", "$.cid"),
    ("iothub-userid", "$.uid"),
    ("iothub-contenttype", "$.ct"),
    ("iothub-contentencoding", "$.ce"),
    ("iothub-creationtimeutc", "$.ctime"),
    ("iothub-interface-id", "$.ifid"),
    ("dt-subject", "$.sub"),
    ("iothub-ack", "iothub-ack"),
    ("iothub-expiry", "$.exp"),
];
/// Begins the headers of the sender's own properties.
const OWN: &str = "iothub-app-";

/// The property that a header is, if it is one.
pub(super) fn property(header: &str) -> Option<&str> {
    let known =
        NAMES.iter().find(|(name, _)| header.eq_ignore_ascii_case(name)).map(|(_, property)| *property);
    known.or_else(|| {
        let begin = header.get(..OWN.len())?;
        begin.eq_ignore_ascii_case(OWN).then(|| &header[OWN.len()..]).filter(|own| !own.is_empty())
    })
}

/// The properties of a message that came in a request.
pub(super) fn properties(headers: &HeaderMap) -> Result<BTreeMap<String, String>, RestError> {
    let mut found = BTreeMap::new();
    for (name, value) in headers {
        if let Some(property) = property(name.as_str()) {
            let text = std::str::from_utf8(value.as_bytes())
                .map_err(|_| RestError::bad_request(format!("the header {name} is not UTF-8 text")))?;
            found.insert(property.to_owned(), text.to_owned());
        }
    }
    Ok(found)
}

/// The headers of a message that goes out; what HTTP cannot carry is left out.
pub(super) fn headers(properties: &BTreeMap<String, String>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (property, value) in properties {
        let known = NAMES.iter().find(|(_, known)| known == property);
        let name = known.map_or_else(|| format!("{OWN}{property}"), |(name, _)| (*name).to_owned());
        let name = HeaderName::try_from(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            headers.insert(name, value);
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_come_back_from_headers() {
        let properties: BTreeMap<String, String> =
            [("$.mid", "m1"), ("$.ct", "application/json"), ("level", "hoch ü"), ("no header", "x")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into();
        let headers = headers(&properties);
        assert_eq!(headers["iothub-app-level"].as_bytes(), "hoch ü".as_bytes());
        let mut wanted = properties;
        wanted.remove("no header");
        assert_eq!(super::properties(&headers).unwrap(), wanted);
        assert_eq!(property("IoTHub-App-X"), Some("X"));
        assert_eq!(property("iothub-app-"), None);
        assert_eq!(property("content-type"), None);
    }
}
