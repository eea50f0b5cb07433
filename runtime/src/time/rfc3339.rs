//! RFC 3339 with a real calendar: what is a date, a time or both, and the moment that both name.

use std::time::{Duration as Span, SystemTime, UNIX_EPOCH};

use super::{ConversionError, DateTime};

/// A time of day: the seconds since midnight UTC, which its offset may put on another day, and the nanoseconds.
struct Clock {
    seconds: i64,
    nanoseconds: u32,
}

pub(super) fn is_date(text: &str) -> bool {
    date(text).is_some()
}

pub(super) fn is_time(text: &str) -> bool {
    time(text).is_some()
}

pub(super) fn is_date_time(text: &str) -> bool {
    date_time(text).is_some()
}

/// The two digits that come first, if they are no more than `most`, and what follows them.
fn pair(text: &str, most: u8) -> Option<(i64, &str)> {
    let (head, rest) = text.split_at_checked(2)?;
    let number = head.bytes().all(|byte| byte.is_ascii_digit()).then(|| head.parse::<u8>().ok())??;
    (number <= most).then_some((number.into(), rest))
}

/// Days since 1970-01-01.
fn date(text: &str) -> Option<i64> {
    let (century, rest) = pair(text, 99)?;
    let (year, rest) = pair(rest, 99)?;
    let (month, rest) = pair(rest.strip_prefix('-')?, 12)?;
    let (day, rest) = pair(rest.strip_prefix('-')?, 31)?;
    let year = century * 100 + year;
    let days = days_since_epoch(year, month, day);
    // A day that its month does not have is another day, and so is a month or a day 0.
    (rest.is_empty() && civil(days) == (year, month, day)).then_some(days)
}

fn time(text: &str) -> Option<Clock> {
    let (hour, rest) = pair(text, 23)?;
    let (minute, rest) = pair(rest.strip_prefix(':')?, 59)?;
    let (second, rest) = pair(rest.strip_prefix(':')?, 59)?;
    let (nanoseconds, rest) = match rest.strip_prefix('.') {
        Some(fraction) => {
            let rest = fraction.trim_start_matches(|letter: char| letter.is_ascii_digit());
            let digits = fraction.strip_suffix(rest).filter(|digits| !digits.is_empty())?;
            (format!("{digits:0<9.9}").parse().ok()?, rest)
        }
        None => (0, rest),
    };
    Some(Clock { seconds: hour * 3600 + minute * 60 + second - offset(rest)?, nanoseconds })
}

/// Seconds east of UTC.
fn offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let (hour, rest) = pair(text.strip_prefix(['+', '-'])?, 23)?;
    let (minute, rest) = pair(rest.strip_prefix(':')?, 59)?;
    let seconds = hour * 3600 + minute * 60;
    rest.is_empty().then_some(if text.starts_with('-') { -seconds } else { seconds })
}

/// Seconds since 1970-01-01T00:00:00Z, and the nanoseconds after them.
fn date_time(text: &str) -> Option<(i64, u32)> {
    let (day, clock) = text.split_once('T')?;
    let (day, clock) = (date(day)?, time(clock)?);
    Some((day * DAY + clock.seconds, clock.nanoseconds))
}

const DAY: i64 = 86_400;
/// The years of RFC 3339 as seconds since 1970.
const FIRST: i64 = -62_167_219_200;
const LAST: i64 = 253_402_300_799;

/// Howard Hinnant's `days_from_civil`: years begin in March, so that the leap day is their last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

/// Howard Hinnant's `civil_from_days`: year, month and day.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let year = days.div_euclid(146_097) * 400 + year_of_era + i64::from(month >= 10);
    (year, (month + 2) % 12 + 1, day_of_year - (153 * month + 2) / 5 + 1)
}

/// The moment in UTC, to the nanosecond. A clock outside the years 0000 to 9999, which RFC 3339 cannot write, becomes the
/// first or the last moment of them.
impl From<SystemTime> for DateTime {
    fn from(moment: SystemTime) -> Self {
        let (seconds, nanoseconds) = match moment.duration_since(UNIX_EPOCH) {
            Ok(after) => (i64::try_from(after.as_secs()).unwrap_or(i64::MAX), after.subsec_nanos()),
            Err(error) => {
                let before = error.duration();
                let borrowed = u32::from(before.subsec_nanos() > 0);
                let seconds = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
                (-seconds - i64::from(borrowed), borrowed * 1_000_000_000 - before.subsec_nanos())
            }
        };
        let (seconds, nanoseconds) = match seconds {
            ..FIRST => (FIRST, 0),
            FIRST..=LAST => (seconds, nanoseconds),
            _ => (LAST, 999_999_999),
        };
        let (year, month, day) = civil(seconds.div_euclid(DAY));
        let clock = seconds.rem_euclid(DAY);
        let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
        let fraction = format!(".{nanoseconds:09}");
        let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
        Self(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z"))
    }
}

/// The moment, its offset applied. What is finer than the system's clock (a nanosecond, or on Windows 100) is cut off.
impl TryFrom<&DateTime> for SystemTime {
    type Error = ConversionError;

    fn try_from(moment: &DateTime) -> Result<Self, ConversionError> {
        let text = moment.as_ref();
        let found = date_time(text).and_then(|(seconds, nanoseconds)| {
            let span = Span::from_secs(seconds.unsigned_abs());
            let whole = if seconds < 0 { UNIX_EPOCH.checked_sub(span) } else { UNIX_EPOCH.checked_add(span) };
            whole?.checked_add(Span::from_nanos(nanoseconds.into()))
        });
        found.ok_or_else(|| ConversionError::new(text, "is no moment that this system's clock can show"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_and_times_follow_rfc_3339() {
        for good in ["2024-02-29T23:59:59Z", "2026-11-24T00:00:00.123+05:30", "0000-01-01T00:00:00-23:59"] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "2023-02-29T00:00:00Z",
            "2026-11-24T00:00:00",
            "2026-11-24T00:00Z",
            "2026-11-24T23:59:60Z",
            "2026-11-24 00:00:00Z",
            "2026-11-24t00:00:00Z",
            "2026-11-24T00:00:00z",
            "2026-11-24T00:00:00.Z",
            "2026-11-24T00:00:00+1:00",
            "2026-11-24T00:00:00Z ",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
        assert!(is_time("12:00:00Z") && !is_time("24:00:00Z") && !is_time("+1:00:00Z"));
        for bad in
            ["2026-13-01", "2026-00-01", "2026-01-00", "2026-04-31", "1900-02-29", "2026-01-1", "é026-01-01"]
        {
            assert!(!is_date(bad), "{bad}");
        }
    }

    #[test]
    fn a_month_has_the_days_of_its_calendar() {
        for year in [1, 4, 100, 400, 1900, 2000, 2024, 2100, 9999] {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let february = if leap { 29 } else { 28 };
            let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            for (month, length) in (1..).zip(lengths) {
                let days = (0..=40).filter(|day| is_date(&format!("{year:04}-{month:02}-{day:02}")));
                assert_eq!(days.collect::<Vec<_>>(), (1..=length).collect::<Vec<_>>(), "{year}-{month}");
            }
        }
    }

    #[test]
    fn a_moment_is_converted_with_its_offset() {
        let at = |text: &str| SystemTime::try_from(&text.parse::<DateTime>().unwrap());
        let after = |millis| Ok(UNIX_EPOCH + Span::from_millis(millis));
        assert_eq!(at("1970-01-01T01:00:00.5+01:00"), after(500));
        assert_eq!(at("2026-11-24T12:30:00Z"), after(1_795_523_400_000));
        assert_eq!(at("2026-11-24T00:00:00-12:30"), after(1_795_523_400_000));
        assert_eq!(at("1969-12-31T23:59:59.75Z"), Ok(UNIX_EPOCH - Span::from_millis(250)));
        assert_eq!(DateTime::from(UNIX_EPOCH - Span::from_millis(250)).as_ref(), "1969-12-31T23:59:59.75Z");
        assert_eq!(DateTime::from(UNIX_EPOCH - Span::from_secs(1)).as_ref(), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn a_clock_that_has_no_text_is_shown_as_the_nearest_that_has() {
        let years = Span::from_secs(20_000 * 365 * 86_400);
        assert_eq!(DateTime::from(UNIX_EPOCH + years).as_ref(), "9999-12-31T23:59:59.999999999Z");
        if let Some(before) = UNIX_EPOCH.checked_sub(years) {
            assert_eq!(DateTime::from(before).as_ref(), "0000-01-01T00:00:00Z");
        }
    }

    proptest! {
        #[test]
        fn every_moment_there_and_back_is_the_same(seconds in 0..LAST.unsigned_abs(), nanoseconds in 0..1_000_000_000_u32, before: bool) {
            let span = Span::new(seconds, nanoseconds);
            let moment = if before { UNIX_EPOCH - span / 5 } else { UNIX_EPOCH + span };
            let text = DateTime::from(moment);
            prop_assert!(is_date_time(text.as_ref()), "{}", text);
            prop_assert_eq!(SystemTime::try_from(&text), Ok(moment));
        }
    }
}
