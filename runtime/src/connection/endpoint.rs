//! A host and a port, as users and the provisioning service write them.

use std::fmt;

use crate::error::Error;

/// MQTT over TLS.
const MQTT_PORT: u16 = 8883;

/// A host and a port that a stream is opened to. It prints as `host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub(crate) host: String,
    /// When it was named.
    port: Option<u16>,
}

impl Endpoint {
    /// The host's name or address, without the brackets of an IPv6 address: what TLS verifies.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port: the one that was named, or 8883, MQTT over TLS.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(MQTT_PORT)
    }

    /// As it was written: without the port where none was named.
    pub(crate) fn as_named(&self) -> String {
        let shown = self.to_string();
        match self.port {
            Some(_) => shown,
            None => shown.trim_end_matches(&format!(":{MQTT_PORT}")).to_owned(),
        }
    }

    pub(crate) fn named_port(&self) -> Option<u16> {
        self.port
    }

    /// The same, with this port where none was named.
    pub(crate) fn with_default_port(&self, port: u16) -> Self {
        Self { host: self.host.clone(), port: self.port.or(Some(port)) }
    }

    /// The same host at another port.
    #[cfg(feature = "file-upload")]
    pub(crate) fn at(&self, port: u16) -> Self {
        Self { host: self.host.clone(), port: Some(port) }
    }

    /// Reads `host`, `host:port` or `[ipv6]:port`; `what` names it in errors.
    pub(crate) fn parse(text: &str, what: &str) -> Result<Self, Error> {
        let text = text.trim();
        // A connection string or a password may stand here by mistake, so only what looks like a host is repeated.
        let host = text.split(':').next().unwrap_or_default();
        let is_host = !host.is_empty() && host.len() <= 253;
        let is_host =
            is_host && host.chars().all(|letter| letter.is_ascii_alphanumeric() || "-._".contains(letter));
        let shown = match host.len() {
            _ if !is_host => "what was given".to_owned(),
            length if length == text.len() => format!("{host:?}"),
            _ => format!("{host:?} with what follows it"),
        };
        let problem = || Error::configuration(what, format!("{shown} is not host or host:port"));
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, rest) = rest.split_once(']').ok_or_else(problem)?;
                (host, rest.strip_prefix(':').or(rest.is_empty().then_some("")).ok_or_else(problem)?)
            }
            None => text.split_once(':').unwrap_or((text, "")),
        };
        let port = match port {
            "" if !text.ends_with(':') => None,
            digits => Some(digits.parse().ok().filter(|port| *port != 0).ok_or_else(problem)?),
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
            write!(out, "[{}]:{}", self.host, self.port())
        } else {
            write!(out, "{}:{}", self.host, self.port())
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
        let named = |text: &str| Endpoint::parse(text, "it").unwrap().as_named();
        assert_eq!([named("h"), named("h:8883"), named("[::1]")], ["h", "h:8883", "[::1]"]);
        let websocket = |text: &str| Endpoint::parse(text, "it").unwrap().with_default_port(443).port();
        assert_eq!([websocket("h"), websocket("h:8883")], [443, 8883]);
        for bad in ["", ":1", "h:", "h:0", "h:65536", "h:x", "mqtts://h", "::1", "[::1", "h h"] {
            assert_eq!(shown(bad), None, "{bad}");
        }
    }
}
