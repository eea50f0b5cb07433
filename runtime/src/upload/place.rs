//! The hub's side of an upload: paths, bodies, and the place it gives out.
//!
//! What the hub sends becomes part of a request to another host, so it is checked here.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use crate::connection::Endpoint;
use crate::convention::login::HUB_VERSION;
use crate::convention::percent_encode;
use crate::error::Error;

/// HTTPS.
pub(crate) const HTTPS_PORT: u16 = 443;
/// The longest name of a blob that the storage service takes.
const LONGEST_NAME: usize = 1024;

/// The paths of the two requests to the hub: to begin, and to tell the end.
pub(crate) fn paths(device_id: &str) -> [String; 2] {
    let files = format!("/devices/{}/files", percent_encode(device_id));
    ["", "/notifications"].map(|rest| format!("{files}{rest}?api-version={HUB_VERSION}"))
}

/// The body that asks for a place. The hub puts the device's id in front of the name.
pub(crate) fn begin(name: &str) -> Result<String, Error> {
    let dull = name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if !dull || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        let problem = format!(
            "{name:?} cannot be one: 1 to {LONGEST_NAME} bytes without control characters; `/` makes folders, which \
             may not be empty, `.` or `..`"
        );
        return Err(Error::configuration("the name of the upload", problem));
    }
    Ok(json!({ "blobName": name }).to_string())
}

/// The body that tells how it went.
pub(crate) fn finished(correlation_id: &str, outcome: Result<(), (u16, &str)>) -> String {
    let (status, text) = match outcome {
        Ok(()) => (200, "OK"),
        Err(failure) => failure,
    };
    json!({
        "correlationId": correlation_id,
        "isSuccess": outcome.is_ok(),
        "statusCode": status,
        "statusDescription": text,
    })
    .to_string()
}

/// Where the content goes. The path holds a token.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) correlation_id: String,
    pub(crate) endpoint: Endpoint,
    pub(crate) path: SecretString,
}

/// The hub's answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    correlation_id: String,
    host_name: String,
    container_name: String,
    blob_name: String,
    sas_token: SecretText,
}

/// A text that is wiped at its end.
#[derive(Deserialize)]
#[serde(from = "String")]
struct SecretText(SecretString);

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

impl Place {
    /// Reads the hub's answer.
    pub(crate) fn read(answer: &[u8]) -> Result<Self, Error> {
        // What is wrong is not quoted: a token may be part of it.
        let broken = |what: &str| Error::Protocol { what: format!("a place for an upload {what}") };
        let answer: Answer = serde_json::from_slice(answer)
            .map_err(|_| broken("without host, container, name, token or correlation id"))?;
        let endpoint = Endpoint::parse(&answer.host_name, "the storage host")
            .map_err(|_| broken("whose host is none"))?
            .with_default_port(HTTPS_PORT);
        let SecretText(token) = answer.sas_token;
        let token = token.expose_secret();
        let token = token.strip_prefix('?').unwrap_or(token);
        if token.bytes().any(|byte| !byte.is_ascii_graphic() || byte == b'#') {
            return Err(broken("whose token cannot be part of a request"));
        }
        let name: Vec<String> = answer.blob_name.split('/').map(percent_encode).collect();
        let container = percent_encode(&answer.container_name);
        let path = SecretString::from(format!("/{container}/{}?{token}", name.join("/")));
        Ok(Self { correlation_id: answer.correlation_id, endpoint, path })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn requests_are_the_documented_ones() {
        assert_eq!(
            paths("d 1"),
            [
                "/devices/d%201/files?api-version=2021-04-12",
                "/devices/d%201/files/notifications?api-version=2021-04-12"
            ]
        );
        assert_eq!(begin("logs/a.log").unwrap(), r#"{"blobName":"logs/a.log"}"#);
        let sent: serde_json::Value = serde_json::from_str(&finished("c1", Ok(()))).unwrap();
        let documented =
            json!({ "correlationId": "c1", "isSuccess": true, "statusCode": 200, "statusDescription": "OK" });
        assert_eq!(sent, documented);
        let sent: serde_json::Value = serde_json::from_str(&finished("c1", Err((403, "no")))).unwrap();
        assert_eq!((&sent["isSuccess"], &sent["statusCode"]), (&json!(false), &json!(403)));
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["", "/a", "a/", "a//b", "../a", "a/./b", "a\nb", &"x".repeat(1025)] {
            assert!(begin(name).is_err(), "{name}");
        }
    }

    fn answer(host: &str, name: &str, token: &str) -> String {
        let answer = json!({
            "correlationId": "c1", "hostName": host, "containerName": "uploads", "blobName": name, "sasToken": token,
        });
        answer.to_string()
    }

    #[test]
    fn a_place_is_read_and_its_token_does_not_print() {
        let text = answer("s.blob.core.windows.net", "d/a b.log", "?sv=2021&sig=c2VjcmV0%3D");
        let place = Place::read(text.as_bytes()).unwrap();
        assert_eq!(place.endpoint.to_string(), "s.blob.core.windows.net:443");
        assert_eq!(place.path.expose_secret(), "/uploads/d/a%20b.log?sv=2021&sig=c2VjcmV0%3D");
        assert!(!format!("{place:?}").contains("c2VjcmV0"));
    }

    #[test]
    fn a_place_that_is_none_is_refused_without_showing_the_token() {
        for text in [
            "{}".to_owned(),
            answer("a b", "n", "?sig=c2VjcmV0"),
            answer("h", "n", "?sig=c2VjcmV0 HTTP/1.1\r\nX: y"),
        ] {
            let error = Place::read(text.as_bytes()).unwrap_err().to_string();
            assert!(!error.contains("c2VjcmV0"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_reading_panic_or_breaks_out_of_the_request_line(
            name in "\\PC{0,20}", token in "\\PC{0,20}", junk: Vec<u8>,
        ) {
            let _ = Place::read(&junk);
            if let Ok(place) = Place::read(answer("h", &name, &token).as_bytes()) {
                prop_assert!(place.path.expose_secret().bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}
