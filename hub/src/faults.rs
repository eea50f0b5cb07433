//! Ways for the hub to misbehave, for tests of devices (protocol reference, section 6.2, row 7).
//!
//! Decides which fault applies to which device and how often; what a fault does is done where the hub would otherwise
//! do the right thing. Nothing here is on unless [`Hub::inject`](crate::Hub::inject) was called. Begin with [`Fault`].

use std::time::Duration;

/// One way to misbehave. It applies to every device, every time, until the faults are cleared; [`Fault::times`] and
/// [`Fault::of`] narrow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// CONNECT is answered with this code, 1 to 5 (5 otherwise), and the connection is closed.
    RefuseConnection {
        /// MQTT's return code: 5 is what IoT Hub says to nearly everything, 3 is seen in the wild.
        code: u8,
    },
    /// A registration is answered with this status, for example 429.
    RefuseRegistration {
        /// Of the HTTP kind.
        status: u16,
        /// The `retry-after` that goes with it, in seconds.
        retry_after: Option<u32>,
    },
    /// Tokens of devices are checked against a clock that is this many seconds ahead (behind when negative).
    ClockAhead {
        /// In seconds.
        seconds: i64,
    },
    /// A message is taken and never acknowledged.
    WithholdAcknowledgement,
    /// A message's acknowledgement comes this much later.
    DelayAcknowledgement {
        /// How much later.
        by: Duration,
    },
    /// The connection is cut when a message comes, which is not taken.
    CutAtMessage,
    /// A twin request is answered with this status.
    RefuseTwin {
        /// Of the HTTP kind.
        status: u16,
    },
    /// A twin request is not answered.
    IgnoreTwin,
    /// A method request is sent twice, with the same `$rid`.
    RepeatMethod,
    /// A patch of the desired properties is not sent to the device, though its version counts.
    LosePatch,
    /// A patch of the desired properties is sent twice.
    RepeatPatch,
    /// A ping is not answered.
    IgnorePing,
}

impl Fault {
    /// The fault, `times` times.
    #[must_use]
    pub fn times(self, times: u32) -> Injection {
        Injection { fault: self, device: None, left: Some(times) }
    }

    /// The fault, for one device or registration id only.
    #[must_use]
    pub fn of(self, device: &str) -> Injection {
        Injection::from(self).of(device)
    }
}

/// A fault with its bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Injection {
    fault: Fault,
    device: Option<String>,
    /// How often it still applies; `None` is without end.
    left: Option<u32>,
}

impl Injection {
    /// For one device or registration id only.
    #[must_use]
    pub fn of(self, device: &str) -> Self {
        Self { device: Some(device.to_owned()), ..self }
    }
}

impl From<Fault> for Injection {
    fn from(fault: Fault) -> Self {
        Self { fault, device: None, left: None }
    }
}

/// The faults in force.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    injected: Vec<Injection>,
}

impl Faults {
    pub(crate) fn inject(&mut self, injection: Injection) {
        self.injected.push(injection);
    }

    pub(crate) fn clear(&mut self) {
        self.injected.clear();
    }

    /// What the oldest fault that `pick` knows says about this device; it counts as one time.
    pub(crate) fn take<T>(&mut self, device: &str, pick: impl Fn(Fault) -> Option<T>) -> Option<T> {
        let found = self.injected.iter_mut().enumerate().find_map(|(index, one)| {
            let concerned = one.left != Some(0) && one.device.as_deref().is_none_or(|of| of == device);
            let picked = concerned.then(|| pick(one.fault)).flatten()?;
            one.left = one.left.map(|left| left - 1);
            Some((index, picked))
        });
        let (index, picked) = found?;
        if self.injected.get(index).is_some_and(|one| one.left == Some(0)) {
            self.injected.remove(index);
        }
        Some(picked)
    }

    /// Whether this fault applies to this device now; it counts as one time.
    pub(crate) fn strikes(&mut self, device: &str, fault: Fault) -> bool {
        self.take(device, |one| (one == fault).then_some(())).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_whom_it_is_meant_for_as_often_as_it_is_meant_to() {
        let mut faults = Faults::default();
        faults.inject(Fault::IgnorePing.times(2).of("d1"));
        let mut strikes = |device| faults.strikes(device, Fault::IgnorePing);
        assert_eq!([strikes("d2"), strikes("d1"), strikes("d1"), strikes("d1")], [false, true, true, false]);
        assert!(faults.injected.is_empty());
    }

    #[test]
    fn a_fault_without_bounds_goes_on_until_faults_are_cleared() {
        let mut faults = Faults::default();
        faults.inject(Fault::RefuseTwin { status: 500 }.into());
        let status = |fault| match fault {
            Fault::RefuseTwin { status } => Some(status),
            _ => None,
        };
        for device in ["d1", "d2", "d1"] {
            assert_eq!(faults.take(device, status), Some(500));
        }
        faults.clear();
        assert_eq!(faults.take("d1", status), None);
    }
}
