//! Durations of ISO 8601: their form, and how long those are that have a fixed length.

use std::time::Duration as Span;

use super::{ConversionError, Duration};

/// One number of a duration: 1.5 hours are `{ whole: "1", fraction: "5", unit: Hour }`.
struct Part<'a> {
    whole: &'a str,
    fraction: &'a str,
    unit: &'static Unit,
}

/// A designator: its letter, its side of the `T`, and its length in seconds if it has one.
#[derive(PartialEq)]
struct Unit {
    letter: char,
    of_clock: bool,
    seconds: Option<u128>,
}

const fn unit(letter: char, of_clock: bool, seconds: Option<u128>) -> Unit {
    Unit { letter, of_clock, seconds }
}

/// In the order in which they may follow one another.
static UNITS: [Unit; 7] = [
    unit('Y', false, None),
    unit('M', false, None),
    unit('W', false, Some(604_800)),
    unit('D', false, Some(86_400)),
    unit('H', true, Some(3600)),
    unit('M', true, Some(60)),
    unit('S', true, Some(1)),
];

pub(super) fn is_duration(text: &str) -> bool {
    parts(text).is_some()
}

/// The numbers of a duration, or none if the text is no duration.
fn parts(text: &str) -> Option<Vec<Part<'_>>> {
    let text = text.strip_prefix('P')?;
    let (days, clock) = text.split_once('T').map_or((text, None), |(days, clock)| (days, Some(clock)));
    let mut parts = Vec::new();
    side(days, false, &mut parts)?;
    let of_days = parts.len();
    side(clock.unwrap_or_default(), true, &mut parts)?;
    // Something must follow the `P`, and the `T` where there is one.
    let ends = parts.len() > if clock.is_some() { of_days } else { 0 };
    let has = |letters: &[char]| parts.iter().take(of_days).any(|part| letters.contains(&part.unit.letter));
    let weeks_mixed = has(&['W']) && has(&['Y', 'M']);
    let last = parts.len().saturating_sub(1);
    let fraction_inside = parts.iter().take(last).any(|part| !part.fraction.is_empty());
    (ends && !weeks_mixed && !fraction_inside).then_some(parts)
}

/// The numbers on one side of the `T`: each designator at most once, and in order.
fn side<'a>(mut text: &'a str, of_clock: bool, parts: &mut Vec<Part<'a>>) -> Option<()> {
    let mut left = UNITS.iter().filter(|unit| unit.of_clock == of_clock);
    while !text.is_empty() {
        let (number, rest) = text.split_at(text.find(|letter: char| letter.is_ascii_uppercase())?);
        let letter = rest.chars().next()?;
        let unit = left.find(|unit| unit.letter == letter)?;
        let (whole, fraction) = match number.split_once('.') {
            Some((_, "")) => return None,
            Some(both) => both,
            None => (number, ""),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        parts.push(Part { whole, fraction, unit });
        text = rest.get(1..)?;
    }
    Some(())
}

impl Part<'_> {
    /// Its length in nanoseconds.
    fn nanoseconds(&self) -> Result<u128, &'static str> {
        const TOO_LONG: &str = "is longer than a standard duration can be";
        const TOO_FINE: &str = "is no whole number of nanoseconds";
        let whole: u128 = self.whole.parse().map_err(|_| TOO_LONG)?;
        let fraction = self.fraction.trim_end_matches('0');
        let Some(seconds) = self.unit.seconds else {
            let none = whole == 0 && fraction.is_empty();
            return if none { Ok(0) } else { Err("has years or months, which are of no fixed length") };
        };
        let unit = seconds * 1_000_000_000;
        // No part of a week that is whole nanoseconds has more decimals than 16: 604800 seconds are 2^16 * odd ns.
        let decimals = u32::try_from(fraction.len()).ok().filter(|count| *count <= 16).ok_or(TOO_FINE)?;
        let numerator = format!("0{fraction}").parse::<u128>().map_err(|_| TOO_FINE)? * unit;
        let denominator = 10_u128.pow(decimals);
        if !numerator.is_multiple_of(denominator) {
            return Err(TOO_FINE);
        }
        whole.checked_mul(unit).and_then(|length| length.checked_add(numerator / denominator)).ok_or(TOO_LONG)
    }
}

/// The length, if it is fixed and a whole number of nanoseconds: there are no years and no months in it (0 of them are
/// let pass). A day is 24 hours.
impl TryFrom<&Duration> for Span {
    type Error = ConversionError;

    fn try_from(duration: &Duration) -> Result<Self, ConversionError> {
        let text = duration.as_ref();
        let mut total: u128 = 0;
        for part in parts(text).unwrap_or_default() {
            let length = part.nanoseconds().map_err(|problem| ConversionError::new(text, problem))?;
            total = total.saturating_add(length);
        }
        let seconds = u64::try_from(total / 1_000_000_000)
            .map_err(|_| ConversionError::new(text, "is longer than a standard duration can be"))?;
        Ok(Self::from_secs(seconds) + Self::from_nanos((total % 1_000_000_000) as u64))
    }
}

/// In hours, minutes and seconds: 90 minutes are `PT1H30M`, nothing is `PT0S`.
impl From<Span> for Duration {
    fn from(span: Span) -> Self {
        let seconds = span.as_secs();
        let fraction = format!("{}.{:09}", seconds % 60, span.subsec_nanos());
        let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
        let part =
            |number: u64, letter| if number == 0 { String::new() } else { format!("{number}{letter}") };
        let (hours, minutes) = (part(seconds / 3600, 'H'), part(seconds / 60 % 60, 'M'));
        let rest = match fraction {
            "0" if seconds > 0 => String::new(),
            fraction => format!("{fraction}S"),
        };
        Self(format!("PT{hours}{minutes}{rest}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_follow_iso_8601() {
        for good in
            ["P1Y2M3DT4H5M6.7S", "PT0.5S", "P3W", "P1W2DT1H", "P0.5D", "PT1M", "P0Y", "P1YT1.25H", "P1.5W"]
        {
            assert!(is_duration(good), "{good}");
        }
        for bad in [
            "", "P", "PT", "P1DT", "1D", "P1.5DT1H", "P1.5Y2M", "P1M1Y", "P1Y1W", "P1W1M", "PT1D", "P1",
            "PT.5S", "-PT1M", "+PT1M", "PT1,5S", "PT1.S", "PT1M1M", "pt1m", "PT1HT1M", "P-1D", "PT1.5.5S",
            "P1D ", "PTS",
        ] {
            assert!(!is_duration(bad), "{bad}");
        }
    }

    #[test]
    fn a_fixed_length_is_converted_exactly_or_not_at_all() {
        let span = |text: &str| Span::try_from(&text.parse::<Duration>().unwrap());
        assert_eq!(span("PT1H30M"), Ok(Span::from_mins(90)));
        assert_eq!(span("P1W1DT0.000000001S"), Ok(Span::new(8 * 86_400, 1)));
        assert_eq!(span("P0Y0MT1S"), Ok(Span::from_secs(1)));
        assert_eq!(span("P0.5D"), Ok(Span::from_hours(12)));
        assert_eq!(span("P0.0000000000000001W").unwrap_err().problem, "is no whole number of nanoseconds");
        assert_eq!(span("P0.0000152587890625W"), Ok(Span::from_nanos(9_228_515_625)));
        assert_eq!(span("PT18446744073709551615S"), Ok(Span::from_secs(u64::MAX)));
        for (text, problem) in [
            ("P1Y", "has years or months, which are of no fixed length"),
            ("P0.5M", "has years or months, which are of no fixed length"),
            ("PT0.1234567891S", "is no whole number of nanoseconds"),
            ("PT18446744073709551616S", "is longer than a standard duration can be"),
            ("P99999999999999999999999999999999999999999D", "is longer than a standard duration can be"),
            ("P340282366920938463463374607431768211455W", "is longer than a standard duration can be"),
        ] {
            assert_eq!(span(text).unwrap_err().to_string(), format!("{text} {problem}"));
        }
    }

    #[test]
    fn a_length_is_written_in_hours_minutes_and_seconds() {
        let text = |span: Span| Duration::from(span).to_string();
        assert_eq!(text(Span::ZERO), "PT0S");
        assert_eq!(text(Span::from_mins(90)), "PT1H30M");
        assert_eq!(text(Span::from_millis(1500)), "PT1.5S");
        assert_eq!(text(Span::from_millis(60_010)), "PT1M0.01S");
    }

    proptest! {
        #[test]
        fn every_length_there_and_back_is_the_same(seconds: u64, nanoseconds in 0..1_000_000_000_u32) {
            let span = Span::new(seconds, nanoseconds);
            let text = Duration::from(span);
            prop_assert!(is_duration(text.as_ref()), "{}", text);
            prop_assert_eq!(Span::try_from(&text), Ok(span));
        }
    }
}
