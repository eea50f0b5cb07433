//! A bridge that republishes what devices send to another MQTT broker.
//!
//! [`Bridge`] says where to; [`session`] decides what is published, acknowledged and published again, [`patience`] how long
//! the broker may keep it waiting; [`task`] has the socket. The hub's stream for other programs ([`crate::feed`]) is its queue: what a broker that is away misses there, it
//! has missed. Begin with [`Bridge::parse`].

mod patience;
mod session;
pub(crate) mod task;

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use serde::Serialize;

use crate::HubError;

/// The longest prefix, in bytes: a topic holds it and much else.
const PREFIX_LIMIT: usize = 1024;
/// The ports of MQTT without and with TLS.
const PORTS: [u16; 2] = [1883, 8883];

/// A broker to republish to, and under which topics.
///
/// ```
/// # fn main() -> Result<(), device_model_hub::HubError> {
/// let bridge = device_model_hub::Bridge::parse("mqtt://localhost:1883/factory")?;
/// let builder = device_model_hub::Hub::builder().bridge(bridge);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Bridge {
    pub(crate) tls: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) login: Option<(String, String)>,
    pub(crate) prefix: String,
    pub(crate) ca_file: Option<PathBuf>,
}

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bridge({self})")
    }
}

/// Without user name and password.
impl fmt::Display for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "mqtts" } else { "mqtt" };
        write!(f, "{scheme}://{}:{}/{}", self.host, self.port, self.prefix)
    }
}

impl Bridge {
    /// Reads `mqtt://[user:password@]host[:port]/prefix`, or `mqtts://` for TLS. Without a port it is 1883, or 8883 for
    /// TLS; the prefix may have several parts, or be missing.
    ///
    /// # Errors
    /// [`HubError::Bridge`] says what is wrong, without the password.
    pub fn parse(url: &str) -> Result<Self, HubError> {
        let wrong = |reason: &str| HubError::Bridge(format!("{reason}: mqtt://host:1883/prefix is one"));
        let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("it has no scheme"))?;
        let tls = match scheme {
            "mqtt" => false,
            "mqtts" => true,
            _ => return Err(wrong("its scheme is neither mqtt nor mqtts")),
        };
        let (authority, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, address) = match authority.rsplit_once('@') {
            Some((login, address)) => (Some(login), address),
            None => (None, authority),
        };
        let decode = |text: &str| percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned);
        let login = login.map(|login| {
            let (user, password) = login.split_once(':').unwrap_or((login, ""));
            Some((decode(user)?, decode(password)?))
        });
        let login = match login {
            Some(None) => return Err(wrong("its user name or password is not percent-encoded UTF-8")),
            Some(some) => some,
            None => None,
        };
        let (host, port) = split_address(address, PORTS[usize::from(tls)])
            .ok_or_else(|| wrong("its host or port is none"))?;
        let prefix = prefix.trim_matches('/').to_owned();
        if prefix.contains(['+', '#', '\0', '?']) {
            return Err(wrong("its prefix has characters that topics do not have"));
        }
        if prefix.len() > PREFIX_LIMIT {
            return Err(wrong("its prefix is longer than 1024 bytes"));
        }
        Ok(Self { tls, host, port, login, prefix, ca_file: None })
    }

    /// The certificates to trust with `mqtts`, a PEM file, instead of the system's.
    #[must_use]
    pub fn with_ca_file(self, path: impl AsRef<Path>) -> Self {
        Self { ca_file: Some(path.as_ref().to_owned()), ..self }
    }
}

/// `host`, `host:port` or `[v6]:port`.
fn split_address(address: &str, port: u16) -> Option<(String, u16)> {
    let (host, port) = match address.rsplit_once(':') {
        Some((host, digits)) if !digits.contains(']') => (host, digits.parse().ok()?),
        _ => (address, port),
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    (!host.is_empty() && !host.contains(['/', ' '])).then(|| (host.to_owned(), port))
}

/// How a bridge is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BridgeStatus {
    /// Where it republishes to.
    pub to: String,
    /// Whether the broker has taken the connection.
    pub connected: bool,
    /// Messages that the broker has acknowledged.
    pub published: u64,
    /// Messages that were forgotten before the broker could be reached.
    pub missed: u64,
    /// Messages that were left out, as the broker closed the connection again and again when they came.
    pub refused: u64,
    /// Connections that were lost or could not be made.
    pub failures: u64,
    /// Why the last one was.
    pub last_failure: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_is_read_and_shown_without_its_secrets() {
        let bridge = Bridge::parse("mqtts://me:s%40cret@broker.local/a/b/").unwrap();
        assert_eq!(bridge.login, Some(("me".to_owned(), "s@cret".to_owned())));
        assert_eq!((bridge.port, bridge.tls, bridge.prefix.as_str()), (8883, true, "a/b"));
        assert_eq!(format!("{bridge:?}"), "Bridge(mqtts://broker.local:8883/a/b)");
        let bridge = Bridge::parse("mqtt://[::1]:1884").unwrap();
        assert_eq!((bridge.host.as_str(), bridge.port, bridge.prefix.as_str()), ("::1", 1884, ""));
        assert_eq!(Bridge::parse("mqtt://localhost").unwrap().port, 1883);
        for wrong in
            ["", "localhost", "http://x/y", "mqtt:///x", "mqtt://x:port/y", "mqtt://x/a/#", "mqtt://%ff@x"]
        {
            assert!(Bridge::parse(wrong).is_err(), "{wrong}");
        }
        let error = Bridge::parse("amqp://u:secret@x/y").unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in "(mqtts?://)?[\\PC]{0,30}") {
            let _ = Bridge::parse(&text);
        }
    }
}
