//! Dates, times and durations as they stand on the wire.
//!
//! Each type holds text whose form has been checked: RFC 3339 for [`Date`], [`Time`] and [`DateTime`] (offset and
//! seconds required, no leap second), ISO 8601 for [`Duration`]. They do not calculate: parse the text with the
//! date library of your choice.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::json::{FromJson, Json, Pointer, ValueError};

/// Text that is not of the form asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {wanted}")]
pub struct ParseTimeError {
    text: String,
    wanted: &'static str,
}

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $wanted:literal, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl FromStr for $name {
            type Err = ParseTimeError;

            fn from_str(text: &str) -> Result<Self, ParseTimeError> {
                match $check(text) {
                    Some(()) => Ok(Self(text.to_owned())),
                    None => Err(ParseTimeError { text: text.chars().take(64).collect(), wanted: $wanted }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl FromJson for $name {
            fn from_json(value: &Json, at: &Pointer<'_>) -> Result<Self, ValueError> {
                let text = String::from_json(value, at)?;
                text.parse().map_err(|error: ParseTimeError| ValueError::new(at, error.to_string()))
            }
        }
    };
}

checked_text! {
    /// A day: `2026-11-24`.
    Date, "a date such as 2026-11-24", date
}
checked_text! {
    /// A time of day with offset: `12:30:00.5Z`, `12:30:00+01:00`.
    Time, "a time with seconds and offset such as 12:30:00Z", time
}
checked_text! {
    /// A moment: `2026-11-24T12:30:00Z`.
    DateTime, "a date and time with seconds and offset such as 2026-11-24T12:30:00Z", date_time
}
checked_text! {
    /// A length of time: `PT1H30M`, `P3W`, `-P1DT0.5S`.
    Duration, "an ISO 8601 duration such as PT1H30M", duration
}

/// `count` digits as a number, and what follows them.
fn digits(text: &str, count: usize) -> Option<(u32, &str)> {
    let (head, rest) = text.split_at_checked(count)?;
    if !head.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((head.parse().ok()?, rest))
}

fn date(text: &str) -> Option<()> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    ((1..=days).contains(&day) && rest.is_empty()).then_some(())
}

fn time(text: &str) -> Option<()> {
    let (hour, rest) = digits(text, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => {
            let rest = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            (rest.len() < fraction.len()).then_some(rest)?
        }
        None => rest,
    };
    (hour < 24 && minute < 60 && second < 60).then_some(())?;
    offset(rest)
}

fn offset(text: &str) -> Option<()> {
    if text.eq_ignore_ascii_case("z") {
        return Some(());
    }
    let (hour, rest) = digits(text.strip_prefix(['+', '-'])?, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    (hour < 24 && minute < 60 && rest.is_empty()).then_some(())
}

fn date_time(text: &str) -> Option<()> {
    let (day, rest) = text.split_at_checked(10)?;
    date(day)?;
    time(rest.strip_prefix(['T', 't'])?)
}

fn duration(text: &str) -> Option<()> {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text).strip_prefix('P')?;
    let (days, clock) = match text.split_once('T') {
        Some((_, "")) => return None,
        Some((days, clock)) => (days, clock),
        None => (text, ""),
    };
    if text.is_empty() || (days.contains('W') && days.contains(['Y', 'M'])) {
        return None;
    }
    let fraction_in_days = parts(days, "YMWD")?;
    let _ = parts(clock, "HMS")?;
    (!fraction_in_days || clock.is_empty()).then_some(())
}

/// Numbers with designators, each designator once and in order; whether the last number has a fraction (only it may).
fn parts(mut text: &str, designators: &str) -> Option<bool> {
    let mut left = designators;
    let mut fraction = false;
    while !text.is_empty() {
        let end = text.find(|letter: char| letter.is_ascii_uppercase())?;
        let (number, rest) = text.split_at(end);
        let designator = rest.chars().next()?;
        left = left.split_once(designator)?.1;
        let (whole, decimals) = number.split_once(['.', ',']).map_or((number, None), |(a, b)| (a, Some(b)));
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if fraction || !is_number(whole) || decimals.is_some_and(|digits| !is_number(digits)) {
            return None;
        }
        fraction = decimals.is_some();
        text = rest.get(1..)?;
    }
    Some(fraction)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_and_times_follow_rfc_3339() {
        for good in ["2024-02-29T23:59:59Z", "2026-11-24t00:00:00.123+05:30", "2026-11-24T00:00:00z"] {
            assert!(good.parse::<DateTime>().is_ok(), "{good}");
        }
        for bad in [
            "2023-02-29T00:00:00Z",
            "2026-11-24T00:00:00",
            "2026-11-24T00:00Z",
            "2026-11-24T23:59:60Z",
            "2026-11-24 00:00:00Z",
            "2026-11-24T00:00:00.Z",
        ] {
            assert!(bad.parse::<DateTime>().is_err(), "{bad}");
        }
        assert!("12:00:00Z".parse::<Time>().is_ok() && "24:00:00Z".parse::<Time>().is_err());
        assert!("2026-13-01".parse::<Date>().is_err());
    }

    #[test]
    fn durations_follow_iso_8601() {
        for good in ["P1Y2M3DT4H5M6.7S", "PT0.5S", "P3W", "P1W2DT1H", "P0.5D", "-PT1M"] {
            assert!(good.parse::<Duration>().is_ok(), "{good}");
        }
        for bad in ["P", "PT", "P1DT", "1D", "P1.5DT1H", "P1.5Y2M", "P1M1Y", "P1Y1W", "PT1D", "P1", "PT.5S"] {
            assert!(bad.parse::<Duration>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in "\\PC{0,24}", near in "[-+P0-9YMWDTHS:.,Zé]{0,24}") {
            for text in [text, near] {
                let _ = (text.parse::<Date>(), text.parse::<Time>(), text.parse::<DateTime>());
                let _ = text.parse::<Duration>();
            }
        }
    }
}
