//! Whether the time of day has jumped: the device slept, or its clock was set.
//!
//! A token's expiry is told by the wall clock, and everything else by the monotonic one, which stands still while most
//! systems sleep. Both are compared at every wake-up; when one has gone far ahead of the other since the last one, nothing
//! is known of the token in use any more. Both times are arguments. Begin with [`ClockWatch::observe`].
//!
//! Small differences are a clock that is being corrected in small steps, which no token minds: a hub tolerates minutes
//! (protocol, section 2.2).

use std::time::{Duration, Instant, SystemTime};

/// The difference between two wake-ups from which on it is a jump.
const TOLERANCE: Duration = Duration::from_secs(30);

/// Both clocks, read at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    pub(crate) monotonic: Instant,
    pub(crate) wall: SystemTime,
}

/// How the wall clock went against the monotonic one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jump {
    /// It is this much later than it should be: the device slept, or its clock was set forth.
    Forth(Duration),
    /// It is this much earlier: its clock was set back.
    Back(Duration),
}

impl Jump {
    /// What it means, for the log.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Forth(_) => "the device slept or its clock was set forth: the token may have expired",
            Self::Back(_) => "the device's clock was set back: the token's expiry was told by the wrong time",
        }
    }
}

/// The memory of the last wake-up.
#[derive(Debug, Default)]
pub(crate) struct ClockWatch {
    last: Option<Clocks>,
}

impl ClockWatch {
    /// A wake-up; tells of a jump since the last one.
    pub(crate) fn observe(&mut self, clocks: Clocks) -> Option<Jump> {
        let last = self.last.replace(clocks)?;
        let expected = last.wall.checked_add(clocks.monotonic.saturating_duration_since(last.monotonic))?;
        let jump = match clocks.wall.duration_since(expected) {
            Ok(ahead) => Jump::Forth(ahead),
            Err(behind) => Jump::Back(behind.duration()),
        };
        let (Jump::Forth(by) | Jump::Back(by)) = jump;
        (by > TOLERANCE).then_some(jump)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);
    const MINUTE: Duration = Duration::from_secs(60);

    /// What is seen after the monotonic clock went on by `monotonic`, and the wall clock went from `wall.0` to `wall.1`.
    fn seen(monotonic: Duration, wall: (Duration, Duration)) -> Option<Jump> {
        let (start, dawn) = (Instant::now(), SystemTime::UNIX_EPOCH + 1000 * HOUR);
        let mut watch = ClockWatch::default();
        assert_eq!(watch.observe(Clocks { monotonic: start, wall: dawn + wall.0 }), None);
        watch.observe(Clocks { monotonic: start + monotonic, wall: dawn + wall.1 })
    }

    /// azure-iot-sdk-python#700: after a laptop's sleep the SAS is expired, and nothing reconnects.
    #[test]
    fn a_laptop_that_slept_three_hours_is_noticed() {
        assert_eq!(seen(MINUTE, (HOUR, 4 * HOUR + MINUTE)), Some(Jump::Forth(3 * HOUR)));
    }

    #[test]
    fn a_clock_that_is_set_is_noticed_in_both_directions() {
        assert_eq!(seen(MINUTE, (5 * HOUR, 8 * HOUR)), Some(Jump::Forth(3 * HOUR - MINUTE)));
        assert_eq!(seen(MINUTE, (5 * HOUR, 2 * HOUR)), Some(Jump::Back(3 * HOUR + MINUTE)));
    }

    #[test]
    fn clocks_that_go_alike_or_nearly_so_say_nothing() {
        assert_eq!(seen(HOUR, (HOUR, 2 * HOUR)), None);
        assert_eq!(seen(HOUR, (HOUR, 2 * HOUR + TOLERANCE)), None);
        assert_eq!(seen(HOUR, (HOUR, 2 * HOUR - TOLERANCE)), None);
    }

    #[test]
    fn a_jump_is_told_once() {
        let (start, dawn) = (Instant::now(), SystemTime::UNIX_EPOCH + HOUR);
        let mut watch = ClockWatch::default();
        watch.observe(Clocks { monotonic: start, wall: dawn });
        assert!(watch.observe(Clocks { monotonic: start, wall: dawn + HOUR }).is_some());
        assert_eq!(watch.observe(Clocks { monotonic: start + MINUTE, wall: dawn + HOUR + MINUTE }), None);
    }
}
