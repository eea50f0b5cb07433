//! Ways for the hub to misbehave, for tests of devices (protocol reference, section 6.2, row 7).
//!
//! Decides which fault applies to which device, how often, how long and how probably; what a fault does is done where the
//! hub would otherwise do the right thing. Nothing here is on unless [`Hub::inject`](crate::Hub::inject) was called, or the
//! page's `POST /api/faults`. Begin with [`Fault`].

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Most faults in force at a time; they are looked at with every packet.
const LIMIT: usize = 100;

/// One way to misbehave. It applies to every device, every time, until the faults are cleared; [`Fault::times`],
/// [`Fault::of`] and the methods of [`Injection`] narrow it.
///
/// As JSON, which the page's API takes, it is an object with a `kind` and what the kind needs:
/// `{"kind": "refuseConnection", "code": 3}`; durations are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
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
        #[serde(default)]
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
        #[serde(rename = "milliseconds", with = "milliseconds")]
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
    /// The connection is cut so long after CONNECT, as if the device's token had expired then.
    ExpireToken {
        /// How long after CONNECT.
        #[serde(rename = "milliseconds", with = "milliseconds")]
        after: Duration,
    },
}

/// Durations as whole milliseconds.
mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

impl Fault {
    /// The fault, `times` times.
    #[must_use]
    pub fn times(self, times: u32) -> Injection {
        Injection::from(self).times(times)
    }

    /// The fault, for one device or registration id only.
    #[must_use]
    pub fn of(self, device: &str) -> Injection {
        Injection::from(self).of(device)
    }

    /// The fault, for so long from now on.
    #[must_use]
    pub fn lasting(self, time: Duration) -> Injection {
        Injection::from(self).lasting(time)
    }
}

/// A fault with its bounds. As JSON it is the fault's object with any of `device`, `times`, `forSeconds` and `probability`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "Map<String, Value>")]
pub struct Injection {
    #[serde(flatten)]
    fault: Fault,
    device: Option<String>,
    /// How often it still applies; `None` is without end.
    #[serde(rename = "times")]
    left: Option<u32>,
    /// How long it applies, in seconds; `None` is without end.
    #[serde(rename = "forSeconds")]
    lasting: Option<u64>,
    /// How probably it applies each time, 0 to 1.
    probability: f64,
}

/// The bounds of an injection as JSON has them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounds {
    device: Option<String>,
    times: Option<u32>,
    for_seconds: Option<u64>,
    #[serde(default = "always")]
    probability: f64,
}

const BOUNDS: [&str; 4] = ["device", "times", "forSeconds", "probability"];

impl TryFrom<Map<String, Value>> for Injection {
    type Error = String;

    /// A key that means nothing is an error: the fault would not be the one that was meant.
    fn try_from(mut given: Map<String, Value>) -> Result<Self, String> {
        let bounds: Map<String, Value> = BOUNDS.iter().filter_map(|key| given.remove_entry(*key)).collect();
        let text = |error: serde_json::Error| error.to_string();
        let Bounds { device, times: left, for_seconds: lasting, probability } =
            serde_json::from_value(Value::Object(bounds)).map_err(text)?;
        let fault: Fault = serde_json::from_value(Value::Object(given.clone())).map_err(text)?;
        let known = serde_json::to_value(fault).map_err(text)?;
        if let Some(stray) = given.keys().find(|key| known.get(key.as_str()).is_none()) {
            return Err(format!("{stray:?} is nothing that this kind of fault has, nor one of {BOUNDS:?}"));
        }
        Ok(Self { fault, device, left, lasting, probability })
    }
}

fn always() -> f64 {
    1.0
}

impl Injection {
    /// So many times.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { left: Some(times), ..self }
    }

    /// For one device or registration id only.
    #[must_use]
    pub fn of(self, device: &str) -> Self {
        Self { device: Some(device.to_owned()), ..self }
    }

    /// For so long from now on, in whole seconds.
    #[must_use]
    pub fn lasting(self, time: Duration) -> Self {
        Self { lasting: Some(time.as_secs()), ..self }
    }

    /// Each time only with this probability, from 0 (never) to 1 (always).
    #[must_use]
    pub fn with_probability(self, probability: f64) -> Self {
        Self { probability, ..self }
    }
}

impl From<Fault> for Injection {
    fn from(fault: Fault) -> Self {
        Self { fault, device: None, left: None, lasting: None, probability: always() }
    }
}

/// A fault in force.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Active {
    pub(crate) id: u64,
    #[serde(flatten)]
    injection: Injection,
    since: Timestamp,
    /// When it ends by itself.
    until: Option<Timestamp>,
    /// How often it has applied.
    hits: u64,
}

/// The faults in force.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    active: Vec<Active>,
    last: u64,
    now: Timestamp,
}

/// Why a fault is not injected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FaultError {
    #[error("{LIMIT} faults are in force already: clear some")]
    TooMany,
    #[error("a probability is a number from 0 to 1")]
    Probability,
}

impl Faults {
    /// Takes note of the time, at which some end.
    pub(crate) fn tick(&mut self, now: Timestamp) {
        self.now = now;
        if !self.active.is_empty() {
            self.active.retain(|one| one.until.is_none_or(|until| now < until));
        }
    }

    /// Puts a fault in force.
    pub(crate) fn inject(&mut self, injection: Injection) -> Result<&Active, FaultError> {
        if self.active.len() >= LIMIT {
            return Err(FaultError::TooMany);
        }
        if !(0.0..=1.0).contains(&injection.probability) {
            return Err(FaultError::Probability);
        }
        self.last += 1;
        let end =
            |seconds| self.now.checked_add(SignedDuration::from_secs(i64::try_from(seconds).ok()?)).ok();
        let until = injection.lasting.and_then(end);
        let place = self.active.len();
        self.active.push(Active { id: self.last, injection, since: self.now, until, hits: 0 });
        Ok(&self.active[place])
    }

    /// Those in force, oldest first.
    pub(crate) fn active(&self) -> &[Active] {
        &self.active
    }

    /// Ends one; answers whether there was one of this id.
    pub(crate) fn end(&mut self, id: u64) -> bool {
        let before = self.active.len();
        self.active.retain(|one| one.id != id);
        self.active.len() < before
    }

    /// Ends all.
    pub(crate) fn clear(&mut self) {
        self.active.clear();
    }

    /// What the oldest fault that `pick` knows says about this device; it counts as one time.
    pub(crate) fn take<T>(&mut self, device: &str, pick: impl Fn(Fault) -> Option<T>) -> Option<T> {
        let found = self.active.iter_mut().enumerate().find_map(|(index, one)| {
            let Injection { fault, device: of, left, probability, .. } = &mut one.injection;
            let concerned = *left != Some(0) && of.as_deref().is_none_or(|of| of == device);
            let picked = concerned.then(|| pick(*fault)).flatten()?;
            if *probability < always() && fastrand::f64() >= *probability {
                return None;
            }
            *left = left.map(|left| left - 1);
            one.hits += 1;
            Some((index, picked))
        });
        let (index, picked) = found?;
        if self.active.get(index).is_some_and(|one| one.injection.left == Some(0)) {
            self.active.remove(index);
        }
        Some(picked)
    }

    /// The clock by which a device's credentials are checked; what is written down has the true time.
    pub(crate) fn skewed(&mut self, device: &str, now: Timestamp) -> Timestamp {
        let ahead = self.take(device, |fault| match fault {
            Fault::ClockAhead { seconds } => Some(seconds),
            _ => None,
        });
        now.checked_add(SignedDuration::from_secs(ahead.unwrap_or(0))).unwrap_or(now)
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
        faults.inject(Fault::IgnorePing.times(2).of("d1")).unwrap();
        let mut strikes = |device| faults.strikes(device, Fault::IgnorePing);
        assert_eq!([strikes("d2"), strikes("d1"), strikes("d1"), strikes("d1")], [false, true, true, false]);
        assert!(faults.active().is_empty());
    }

    #[test]
    fn a_fault_without_bounds_goes_on_until_faults_are_cleared() {
        let mut faults = Faults::default();
        faults.inject(Fault::RefuseTwin { status: 500 }.into()).unwrap();
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

    #[test]
    fn a_fault_ends_by_itself_or_when_it_is_told_to() {
        let mut faults = Faults::default();
        faults.tick(Timestamp::UNIX_EPOCH);
        faults.inject(Fault::IgnorePing.lasting(Duration::from_secs(60))).unwrap();
        let other = faults.inject(Fault::IgnoreTwin.into()).unwrap().id;
        faults.tick(Timestamp::from_second(59).unwrap());
        assert!(faults.strikes("d1", Fault::IgnorePing));
        faults.tick(Timestamp::from_second(60).unwrap());
        assert!(!faults.strikes("d1", Fault::IgnorePing));
        assert_eq!(faults.active().len(), 1);
        assert!(faults.end(other) && !faults.end(other));
    }

    #[test]
    fn an_improbable_fault_strikes_sometimes() {
        let mut faults = Faults::default();
        faults.inject(Injection::from(Fault::IgnorePing).with_probability(0.5)).unwrap();
        let hits = (0..1000).filter(|_| faults.strikes("d1", Fault::IgnorePing)).count();
        assert!((300..700).contains(&hits), "{hits}");
        let refused = faults.inject(Injection::from(Fault::IgnorePing).with_probability(1.5));
        assert_eq!(refused.unwrap_err(), FaultError::Probability);
    }

    #[test]
    fn more_faults_than_can_be_looked_at_are_refused() {
        let mut faults = Faults::default();
        (0..LIMIT).for_each(|_| assert!(faults.inject(Fault::IgnorePing.into()).is_ok()));
        assert_eq!(faults.inject(Fault::IgnorePing.into()).unwrap_err(), FaultError::TooMany);
    }

    #[test]
    fn faults_are_read_from_json_and_written_as_it() {
        let text =
            r#"{"kind":"delayAcknowledgement","milliseconds":250,"device":"d1","times":2,"probability":0.5}"#;
        let read: Injection = serde_json::from_str(text).unwrap();
        let meant = Fault::DelayAcknowledgement { by: Duration::from_millis(250) }.times(2).of("d1");
        assert_eq!(read, meant.with_probability(0.5));
        for fault in [
            Fault::RefuseConnection { code: 3 },
            Fault::RefuseRegistration { status: 429, retry_after: Some(5) },
            Fault::ExpireToken { after: Duration::from_secs(1) },
            Fault::ClockAhead { seconds: -60 },
            Fault::LosePatch,
        ] {
            let injection = fault.times(1);
            let json = serde_json::to_string(&injection).unwrap();
            assert_eq!(serde_json::from_str::<Injection>(&json).unwrap(), injection, "{json}");
        }
        for wrong in [
            r#"{"kind":"nothing"}"#,
            r#"{"kind":"ignorePing","tims":1}"#,
            r#"{"kind":"ignorePing","status":1}"#,
            r#"{"kind":"refuseTwin"}"#,
        ] {
            assert!(serde_json::from_str::<Injection>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_page_knows_every_fault_with_what_it_needs() {
        let texts = include_str!("page/assets/texts/faults.js");
        let after = Duration::from_secs(1);
        for fault in [
            Fault::RefuseConnection { code: 5 },
            Fault::RefuseRegistration { status: 429, retry_after: None },
            Fault::ClockAhead { seconds: 1 },
            Fault::WithholdAcknowledgement,
            Fault::DelayAcknowledgement { by: after },
            Fault::CutAtMessage,
            Fault::RefuseTwin { status: 500 },
            Fault::IgnoreTwin,
            Fault::RepeatMethod,
            Fault::LosePatch,
            Fault::RepeatPatch,
            Fault::IgnorePing,
            Fault::ExpireToken { after },
        ] {
            let json = serde_json::to_value(fault).unwrap();
            let kind = json["kind"].as_str().unwrap();
            let line = texts.lines().find(|line| line.trim().starts_with(&format!("{kind}: {{")));
            let line = line.unwrap_or_else(|| panic!("{kind} is not on the page"));
            for parameter in json.as_object().unwrap().keys().filter(|key| *key != "kind") {
                assert!(line.contains(&format!("{parameter}: ")), "{kind} needs {parameter}");
            }
        }
    }
}
