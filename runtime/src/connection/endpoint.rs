//! A host and a port, as users and the provisioning service write them.

use std::fmt;

use crate::error::Error;

/// MQTT over TLS.
const MQTT_PORT: u16 = 8883;

/// A host and a port that a stream is opened to. It prints as `host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Endpoint {
    /// The host's name or address, without the brackets of an IPv6 address: what TLS verifies.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port: the one that was named, or 8883, MQTT over TLS.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Reads `host`, `host:port` or `[ipv6]:port`; `what` names it in errors.
    pub(crate) fn parse(text: &str, what: &str) -> Result<Self, Error> {
        let text = text.trim();
        let problem = || Error::configuration(what, format!("{text:?} is not host or host:port"));
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, rest) = rest.split_once(']').ok_or_else(problem)?;
                (host, rest.strip_prefix(':').or(rest.is_empty().then_some("")).ok_or_else(problem)?)
            }
            None => text.split_once(':').unwrap_or((text, "")),
        };
        let port = match port {
            "" if !text.ends_with(':') => MQTT_PORT,
            digits => digits.parse().ok().filter(|port| *port != 0).ok_or_else(problem)?,
        };
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-._:".contains(letter);
        if host.is_empty() || !host.chars().all(plain) {
            return Err(problem());
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(out, "[{}]:{}", self.host, self.port)
        } else {
            write!(out, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_come_with_and_without_a_port() {
        let shown = |text: &str| Endpoint::parse(text, "it").map(|endpoint| endpoint.to_string()).ok();
        assert_eq!(shown("localhost:18883").as_deref(), Some("localhost:18883"));
        assert_eq!(shown("h.azure-devices.net").as_deref(), Some("h.azure-devices.net:8883"));
        assert_eq!(shown("[::1]:1").as_deref(), Some("[::1]:1"));
        for bad in ["", ":1", "h:", "h:0", "h:65536", "h:x", "mqtts://h", "::1", "[::1", "h h"] {
            assert_eq!(shown(bad), None, "{bad}");
        }
    }
}
