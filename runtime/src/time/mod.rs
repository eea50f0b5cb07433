//! Dates, times and durations as they stand on the wire.
//!
//! Each type holds text whose form has been checked, and keeps it as it was given. [`Date`], [`Time`] and [`DateTime`]
//! follow RFC 3339 with a real calendar (seconds and offset required, `T` and `Z` capitals, no leap second), and
//! [`Duration`] follows ISO 8601 (no sign; a fraction after a point and only at the end; weeks not with years or months).
//!
//! They compare as texts and do not calculate. [`DateTime`] converts from and to [`std::time::SystemTime`], [`Duration`]
//! from and to [`std::time::Duration`]; for anything else parse the text with the date library of your choice.
//!
//! ```
//! # use device_model_runtime::time::{DateTime, Duration};
//! let restart: Duration = "PT1H30M".parse()?;
//! assert_eq!(std::time::Duration::try_from(&restart)?.as_secs(), 5400);
//! assert_eq!(DateTime::from(std::time::UNIX_EPOCH).to_string(), "1970-01-01T00:00:00Z");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod iso8601;
mod rfc3339;

pub use crate::text::ParseError;
use crate::text::checked_text;

checked_text! {
    /// A day: `2026-11-24`. The years are 0000 to 9999.
    Date, "a date such as 2026-11-24", rfc3339::is_date
}
checked_text! {
    /// A time of day with its offset from UTC: `12:30:00.5Z`, `12:30:00+01:00`.
    Time, "a time with seconds and offset such as 12:30:00Z", rfc3339::is_time
}
checked_text! {
    /// A moment: `2026-11-24T12:30:00Z`, `2026-11-24T13:30:00.25+01:00`.
    DateTime, "a date and time with seconds and offset such as 2026-11-24T12:30:00Z", rfc3339::is_date_time
}
checked_text! {
    /// A length of time: `PT1H30M`, `P3W`, `P1Y2M3DT4H5M6.7S`.
    Duration, "an ISO 8601 duration such as PT1H30M", iso8601::is_duration
}

/// A moment or a length of time that the other type cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text} {problem}")]
pub struct ConversionError {
    text: String,
    problem: &'static str,
}

impl ConversionError {
    fn new(text: &str, problem: &'static str) -> Self {
        Self { text: text.to_owned(), problem }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::{FromJson, Pointer};

    #[test]
    fn a_value_is_kept_as_it_was_given() {
        let text = "2026-11-24T13:30:00.250+01:00";
        let moment: DateTime = text.parse().unwrap();
        assert_eq!((moment.to_string(), moment.as_ref()), (text.to_owned(), text));
        assert_eq!(serde_json::to_value(&moment).unwrap(), text);
        assert_eq!(DateTime::from_json(&text.into(), &Pointer::root()), Ok(moment));
    }

    #[test]
    fn an_error_says_what_was_wanted() {
        let error = "tomorrow".parse::<Date>().unwrap_err();
        assert_eq!(error.to_string(), "\"tomorrow\" is not a date such as 2026-11-24");
        let error = Duration::from_json(&5.into(), &Pointer::root()).unwrap_err();
        assert_eq!(error.message(), "expected an ISO 8601 duration such as PT1H30M, found 5");
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in "\\PC{0,24}", near in "[-+P0-9YMWDTHS:.,Zé]{0,24}") {
            for text in [text, near] {
                let _ = (text.parse::<Date>(), text.parse::<Time>());
                let _ = text.parse::<DateTime>().map(|moment| std::time::SystemTime::try_from(&moment));
                let _ = text.parse::<Duration>().map(|length| std::time::Duration::try_from(&length));
            }
        }
    }
}
