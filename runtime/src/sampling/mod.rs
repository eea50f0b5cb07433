//! Which of a device's readings are worth sending.
//!
//! Decides when to read, and which telemetry of a reading is sent: all of it, what has changed, or what has left a
//! deadband. It reads and sends nothing, and holds no clock. Users describe it as a [`Sampling`]; [`Sampler`] carries it out.

mod sampler;

use std::collections::BTreeMap;
use std::time::Duration;

pub(crate) use sampler::Sampler;

use crate::error::Error;

/// The shortest interval.
const SHORTEST: Duration = Duration::from_millis(1);

/// When telemetry is worth sending beside its first time.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    /// When it differs from what was sent last.
    Change,
    /// When it differs by more than this from what was sent last.
    Beyond(f64),
}

/// How readings are taken and which of them are sent. Telemetry without a rule of its own is sent with every reading.
///
/// ```
/// # use std::time::Duration;
/// # use device_model_runtime::Sampling;
/// // Reads once a second. Sends `humid` every time, `temp` when it is more than half a degree away from what was sent
/// // last, `door` when it changes; and either of these at least every ten minutes.
/// let sampling = Sampling::every(Duration::from_secs(1))
///     .beyond("temp", 0.5)
///     .on_change("door")
///     .at_least_every(Duration::from_secs(600));
/// ```
#[derive(Clone, Debug)]
#[must_use = "hand it to `sample`"]
pub struct Sampling {
    interval: Duration,
    /// By telemetry name.
    rules: BTreeMap<String, Rule>,
    heartbeat: Option<Duration>,
    /// The first name with a rule that makes no sense.
    problem: Option<(String, &'static str)>,
}

impl Sampling {
    /// Reads at this interval, at least 1 ms. A reading that is due while another is still being taken or waits for room in the
    /// outbox is left out: readings are never made up for in bursts.
    pub fn every(interval: Duration) -> Self {
        let interval = crate::connection::bounded(interval.max(SHORTEST));
        Self { interval, rules: BTreeMap::new(), heartbeat: None, problem: None }
    }

    /// Sends this telemetry only when it differs from what was sent last. `name` is its name in the model.
    pub fn on_change(self, name: &str) -> Self {
        self.rule(name, Rule::Change)
    }

    /// Sends this telemetry only when it is further than `deadband` away from what was sent last, in the telemetry's own unit.
    /// What is no number is sent when it changes. `name` is its name in the model.
    pub fn beyond(self, name: &str, deadband: f64) -> Self {
        self.rule(name, Rule::Beyond(deadband))
    }

    /// Sends telemetry that has a rule at least this often, changed or not: so the cloud can tell a steady value from a silent
    /// device. Default: never.
    pub fn at_least_every(mut self, heartbeat: Duration) -> Self {
        self.heartbeat = Some(heartbeat);
        self
    }

    fn rule(mut self, name: &str, rule: Rule) -> Self {
        let nonsense = matches!(rule, Rule::Beyond(deadband) if !(deadband.is_finite() && deadband >= 0.0));
        let problem = if nonsense {
            Some("its deadband is a finite number, 0 or more")
        } else if self.rules.insert(name.to_owned(), rule).is_some() {
            Some("it has two rules")
        } else {
            None
        };
        let told = problem.map(|problem| (name.to_owned(), problem));
        self.problem = self.problem.or(told);
        self
    }

    /// Checks it against the names of the model's telemetry.
    pub(crate) fn check(&self, telemetry: &[&str]) -> Result<(), Error> {
        let error =
            |name: &str, problem: String| Err(Error::configuration(format!("sampling of {name:?}"), problem));
        if let Some((name, problem)) = &self.problem {
            return error(name, (*problem).to_owned());
        }
        match self.rules.keys().find(|name| !telemetry.contains(&name.as_str())) {
            Some(name) => {
                error(name, format!("the model has no such telemetry, but {}", telemetry.join(", ")))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
