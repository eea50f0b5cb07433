//! Whether somebody should look at a device: a verdict by fixed rules.

use std::fmt;
use std::time::Duration;

use crate::state::State;

/// A device that has not been connected for so long is in a degraded state: it may be reconnecting.
const AWAY: Duration = Duration::from_secs(60);
/// One that has not been connected for so long is in a bad one.
const LONG_AWAY: Duration = Duration::from_secs(15 * 60);
/// An outbox that is filled so far, in percent of its messages or bytes, is filling up.
const FILLING: u8 = 80;
/// A message that has waited so long is late, though the device is connected.
const LATE: Duration = Duration::from_secs(5 * 60);
/// How long a parked message is a reason to look.
const PARKED: Duration = Duration::from_secs(60 * 60);

/// Whether a device's session does what it should.
///
/// The rules are fixed: it is bad when the session has ended, when it has not been connected for 15 minutes, or when the
/// outbox is full; degraded when it has not been connected for a minute, when the outbox is filled to 80 %, when the oldest
/// message has waited for 5 minutes, when a message was parked within the last hour, and while the hub throttles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Nothing to look at.
    Good,
    /// It works, or will by itself, but not as it should.
    Degraded {
        /// Why, the gravest first.
        reasons: Vec<HealthReason>,
    },
    /// Data is being lost, or will be, or the device cannot be reached: somebody has to act.
    Bad {
        /// Why, the gravest first; those that would only degrade it are there, too.
        reasons: Vec<HealthReason>,
    },
}

impl Health {
    /// Whether it is [`Health::Good`].
    pub fn is_good(&self) -> bool {
        *self == Self::Good
    }

    /// Why it is not good.
    pub fn reasons(&self) -> &[HealthReason] {
        match self {
            Self::Good => &[],
            Self::Degraded { reasons } | Self::Bad { reasons } => reasons,
        }
    }
}

impl fmt::Display for Health {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Good => "good",
            Self::Degraded { .. } => "degraded: ",
            Self::Bad { .. } => "bad: ",
        })?;
        for (index, reason) in self.reasons().iter().enumerate() {
            write!(out, "{}{reason}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

/// A reason why a session is not in good health.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HealthReason {
    /// The session was closed or has given up.
    Ended,
    /// The device is not connected.
    Disconnected {
        /// How long, since it was last or since the start.
        time: Duration,
        /// The last cause, once there is one.
        cause: Option<String>,
    },
    /// The outbox is filling up.
    Outbox {
        /// Of its messages or bytes, whichever is more.
        percent: u8,
    },
    /// The oldest message has waited for long.
    Late {
        /// Since it was handed in.
        time: Duration,
    },
    /// The hub cut the connection at messages, and one of them was parked within the last hour.
    Parked {
        /// All that were ever parked in this session.
        count: u64,
    },
    /// The hub has asked for a pause.
    Throttled,
}

impl fmt::Display for HealthReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => out.write_str("the session has ended"),
            Self::Disconnected { time, cause } => {
                write!(out, "not connected for {} s", time.as_secs())?;
                cause.as_ref().map_or(Ok(()), |cause| write!(out, " ({cause})"))
            }
            Self::Outbox { percent } => write!(out, "the outbox is {percent} % full"),
            Self::Late { time } => write!(out, "a message has waited for {} s", time.as_secs()),
            Self::Parked { count } => write!(out, "{count} messages were parked"),
            Self::Throttled => out.write_str("the hub throttles"),
        }
    }
}

/// What the verdict is made of.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) state: State,
    /// How long the device has not been connected; `None` while it is.
    pub(crate) away: Option<Duration>,
    /// The outbox, in percent.
    pub(crate) filled: u8,
    pub(crate) oldest_message: Option<Duration>,
    /// Since a message was parked last, and how many were.
    pub(crate) parked: Option<(Duration, u64)>,
    pub(crate) is_throttled: bool,
}

impl Facts {
    pub(crate) fn judge(self) -> Health {
        let (mut bad, mut degraded) = (Vec::new(), Vec::new());
        if self.state.is_final() {
            bad.push(HealthReason::Ended);
        } else if let Some(time) = self.away.filter(|time| *time >= AWAY) {
            let cause = match &self.state {
                State::Retrying { cause, .. } => Some(cause.to_string()),
                _ => None,
            };
            let grave = if time >= LONG_AWAY { &mut bad } else { &mut degraded };
            grave.push(HealthReason::Disconnected { time, cause });
        }
        if self.filled >= FILLING {
            let grave = if self.filled >= 100 { &mut bad } else { &mut degraded };
            grave.push(HealthReason::Outbox { percent: self.filled });
        }
        let late = self.oldest_message.filter(|time| *time >= LATE);
        degraded.extend(late.map(|time| HealthReason::Late { time }));
        let parked = self.parked.filter(|(since, _)| *since < PARKED);
        degraded.extend(parked.map(|(_, count)| HealthReason::Parked { count }));
        degraded.extend(self.is_throttled.then_some(HealthReason::Throttled));
        if !bad.is_empty() {
            bad.append(&mut degraded);
            return Health::Bad { reasons: bad };
        }
        match degraded.is_empty() {
            true => Health::Good,
            false => Health::Degraded { reasons: degraded },
        }
    }
}
