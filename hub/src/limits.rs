//! What clients may ask of a hub: connections, deadlines, sizes and rates, each with its default.
//!
//! Decides no more than the numbers; they are kept where the thing happens. Begin with [`Limits`].

use std::time::Duration;

/// What clients may ask of a hub. The defaults leave a fleet of thousands on one machine alone. None may be zero: such a hub
/// does not start.
///
/// ```
/// let mut limits = device_model_hub::Limits::default();
/// limits.messages_per_second = 100;
/// let builder = device_model_hub::Hub::builder().limits(limits);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Connections of devices at a time, those that have not said CONNECT yet included: 10,000. Whoever comes beyond it
    /// waits for a place.
    pub device_connections: usize,
    /// Of these, from one address: 5,000. Whoever comes beyond it is refused.
    pub device_connections_per_address: usize,
    /// How long a device may take for the TLS handshake and CONNECT together: 10 s.
    pub connect_deadline: Duration,
    /// How long a client may take to read what it is sent: 30 s.
    pub write_deadline: Duration,
    /// Packets of one device a second: 10,000. A faster one is read more slowly, as IoT Hub does it. Of its requests over
    /// HTTPS, it is so many too, but not more than 200; beyond it the answer is 429.
    pub messages_per_second: u32,
    /// Bytes of one device a second: 8 MiB. A faster one is read more slowly.
    pub bytes_per_second: u32,
    /// Connections at a time on each of the two HTTP listeners: 1,000. Whoever comes beyond it waits for a place.
    pub http_connections: usize,
    /// Of these, from one address: 500. Whoever comes beyond it is refused.
    pub http_connections_per_address: usize,
    /// How long an HTTP client may take for the TLS handshake, and for the head of each request: 10 s.
    pub head_deadline: Duration,
    /// The largest head of a request, in bytes: 64 KiB. Not less than 8 KiB.
    pub head_bytes: usize,
    /// How long the body of a request may take, besides a second for each 4 KiB of it: 20 s.
    pub body_deadline: Duration,
    /// The largest body of a request, in bytes: 2 MiB. File uploads have their own limit.
    pub body_bytes: usize,
    /// Requests of the page and of its programs a second, of all together: 2,000. Beyond it the answer is 429.
    pub page_requests_per_second: u32,
    /// Whom the service API answers with 429 and `Retry-After`, and when.
    pub throttling: Throttling,
}

/// When the service API is throttled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Throttling {
    /// Beyond 2,000 requests a second of all kinds together. What devices do over HTTPS, and the content of uploads, are
    /// counted apart, up to as many each.
    #[default]
    Generous,
    /// As an IoT Hub of the S1 tier with one unit is throttled, for each kind of operation on its own.
    S1,
}

impl Limits {
    /// The name of a limit that would let nobody be served.
    pub(crate) fn impossible(&self) -> Option<&'static str> {
        let limits = [
            ("device_connections", self.device_connections == 0),
            ("device_connections_per_address", self.device_connections_per_address == 0),
            ("connect_deadline", self.connect_deadline.is_zero()),
            ("write_deadline", self.write_deadline.is_zero()),
            ("messages_per_second", self.messages_per_second == 0),
            ("bytes_per_second", self.bytes_per_second == 0),
            ("http_connections", self.http_connections == 0),
            ("http_connections_per_address", self.http_connections_per_address == 0),
            ("head_deadline", self.head_deadline.is_zero()),
            ("body_deadline", self.body_deadline.is_zero()),
            ("body_bytes", self.body_bytes == 0),
            ("page_requests_per_second", self.page_requests_per_second == 0),
        ];
        limits.into_iter().find_map(|(name, is_zero)| is_zero.then_some(name))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            device_connections: 10_000,
            device_connections_per_address: 5_000,
            connect_deadline: Duration::from_secs(10),
            write_deadline: Duration::from_secs(30),
            messages_per_second: 10_000,
            bytes_per_second: 8 * 1024 * 1024,
            http_connections: 1_000,
            http_connections_per_address: 500,
            head_deadline: Duration::from_secs(10),
            head_bytes: 64 * 1024,
            body_deadline: Duration::from_secs(20),
            body_bytes: 2 * 1024 * 1024,
            page_requests_per_second: 2_000,
            throttling: Throttling::Generous,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_zero_is_named() {
        assert_eq!(Limits::default().impossible(), None);
        let limits = Limits { head_deadline: Duration::ZERO, ..Limits::default() };
        assert_eq!(limits.impossible(), Some("head_deadline"));
    }
}
