//! How one message is sent: its priority, its life time, the properties around it.

use std::time::{Duration, SystemTime};

use crate::convention::property;
use crate::error::Error;
use crate::outbox::{LARGEST_BAG, Priority};

/// How a telemetry message is sent, beyond its values.
///
/// ```
/// # use std::time::Duration;
/// # use device_model_runtime::{Priority, SendOptions};
/// let alarm = SendOptions::new()
///     .priority(Priority::High)
///     .time_to_live(Duration::from_secs(600))
///     .property("alarm", "smoke");
/// ```
#[derive(Clone, Debug, Default)]
pub struct SendOptions {
    pub(crate) priority: Priority,
    pub(crate) time_to_live: Option<Duration>,
    pub(crate) created_at: Option<SystemTime>,
    /// `&name=value`, encoded, one after the other.
    properties: String,
    /// The first property that cannot be sent.
    problem: Option<(String, &'static str)>,
}

impl SendOptions {
    /// Normal priority, the connection's time to live, no properties.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How urgent it is. Default [`Priority::Normal`].
    #[must_use]
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// How long it may wait for being sent, before it ends with [`Error::Expired`]. Default: what
    /// [`Connection::with_telemetry_time_to_live`](crate::Connection::with_telemetry_time_to_live) says.
    #[must_use]
    pub fn time_to_live(mut self, time: Duration) -> Self {
        self.time_to_live = Some(time);
        self
    }

    /// An application property, for routing and for whoever reads the message; it is not part of the model. Name and value
    /// may be any text: they are percent-encoded on the wire.
    ///
    /// Sending fails with [`Error::Property`] when the name is empty, was given before, or belongs to IoT Hub (begins
    /// with `$` or `iothub-`), or when all properties are larger than an MQTT topic (about 64 000 bytes, encoded).
    #[must_use]
    pub fn property(mut self, name: &str, value: &str) -> Self {
        let pair = property(name, value);
        let begin = &pair[..=pair.find('=').unwrap_or_default()];
        let problem = if name.is_empty() {
            Some("a property needs a name")
        } else if name.starts_with('$') || name.starts_with("iothub-") {
            Some("names that begin with $ or iothub- belong to the hub")
        } else if self.properties.split_inclusive('=').any(|before| before.ends_with(begin)) {
            Some("it is given twice")
        } else if self.properties.len() + pair.len() > LARGEST_BAG {
            Some("the properties are too large together for an MQTT topic (64 000 bytes)")
        } else {
            None
        };
        match problem {
            Some(problem) => self.problem = self.problem.or_else(|| Some((name.to_owned(), problem))),
            None => self.properties.push_str(&pair),
        }
        self
    }

    /// When its values were measured, if that is not now. The hub is told (`iothub-creation-time-utc`, to the millisecond).
    ///
    /// Without this the hub is told when the message was handed in, but only if it does not get it at once (within a second)
    /// or gets it again: what arrives at once has the hub's own `iothub-enqueuedtime`, and 55 bytes less.
    #[must_use]
    pub fn created_at(mut self, moment: SystemTime) -> Self {
        self.created_at = Some(moment);
        self
    }

    /// The properties as they stand in the bag.
    pub(crate) fn properties(&self) -> Result<&str, Error> {
        match &self.problem {
            Some((name, problem)) => Err(Error::Property { name: name.clone(), problem }),
            None => Ok(&self.properties),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_encoded_in_the_order_given() {
        let options = SendOptions::new().property("b c", "1=2").property("c", "").property("b", "ü");
        assert_eq!(options.properties().unwrap(), "&b%20c=1%3D2&c=&b=%C3%BC");
    }

    #[test]
    fn a_property_that_cannot_be_sent_is_named() {
        for (name, options) in [
            ("", SendOptions::new().property("", "x")),
            ("$.ct", SendOptions::new().property("$.ct", "text/plain")),
            ("iothub-creation-time-utc", SendOptions::new().property("iothub-creation-time-utc", "now")),
            ("a", SendOptions::new().property("a", "1").property("aa", "3").property("a", "2")),
            ("large", SendOptions::new().property("large", &"ü".repeat(11_000))),
        ] {
            let error = options.property("fine", "1").properties().unwrap_err();
            assert!(matches!(&error, Error::Property { name: told, .. } if told == name), "{error}");
        }
    }
}
