//! The bounds of an outbox.

/// The largest message a hub takes, properties included: 256 KiB (protocol 2.7), less what the fixed part of the topic
/// and a creation time may need.
pub(crate) const LARGEST: usize = 256 * 1024 - 512;
/// The largest property bag: an MQTT topic has at most 65 535 bytes, and the bag is its end.
pub(crate) const LARGEST_BAG: usize = 65_535 - 512;

/// What happens to a new message when the outbox is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// Sending fails with `Error::OutboxFull`.
    Refuse,
    /// Sending waits until there is room. Those who wait get it in their order.
    Wait,
    /// The oldest message of the lowest priority that is not in flight ends with `Error::Dropped`. A message is never
    /// dropped for a less urgent one: that one fails with `Error::OutboxFull`. Sending waits only while
    /// everything is in flight.
    DropOldest,
}

/// The bounds of an outbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
    pub(crate) when_full: WhenFull,
    /// How many messages are unacknowledged on the wire at once.
    pub(crate) in_flight: usize,
    /// How many connections in a row may be cut by the hub at one message before it is parked.
    pub(crate) cuts: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            messages: 10_000,
            bytes: 16 * 1024 * 1024,
            when_full: WhenFull::Wait,
            in_flight: 100,
            cuts: 10,
        }
    }
}
