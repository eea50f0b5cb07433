//! The grammars of strings: RFC 3339 dates and times with a real calendar, ISO 8601 durations, base64, decimals, UUIDs.
//!
//! The language's own instance patterns decide where the standards leave room: `T` and `Z` are capitals, a duration
//! has no sign, its fraction is written with a point and only in its last part, and weeks exclude years and months.

/// What is left of a text while it is being read from its beginning.
#[derive(Clone, Copy)]
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// All digits that come next.
    fn digits(&mut self) -> &'a [u8] {
        let count = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        digits
    }

    /// The number that exactly `count` digits are.
    fn number(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        digits
            .iter()
            .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
    }

    /// Two digits that are no more than `most`.
    fn pair(&mut self, most: u32) -> Option<()> {
        self.number(2).filter(|number| *number <= most).map(|_| ())
    }

    fn byte(&mut self, byte: u8) -> Option<()> {
        self.take(byte).then_some(())
    }

    /// `2026-01-31`.
    fn date(&mut self) -> Option<()> {
        let year = self.number(4)?;
        self.byte(b'-')?;
        let month = self.number(2)?;
        self.byte(b'-')?;
        let day = self.number(2)?;
        (1..=days(year, month)).contains(&day).then_some(())
    }

    /// `13:00:59.5+01:00`. A leap second is no time: most clocks cannot tell one.
    fn time(&mut self) -> Option<()> {
        self.pair(23)?;
        self.byte(b':')?;
        self.pair(59)?;
        self.byte(b':')?;
        self.pair(59)?;
        if self.take(b'.') && self.digits().is_empty() {
            return None;
        }
        if self.take(b'Z') {
            return Some(());
        }
        if !self.take(b'+') {
            self.byte(b'-')?;
        }
        self.pair(23)?;
        self.byte(b':')?;
        self.pair(59)
    }

    fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// The days of a month; a month that is none has none.
fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    }
}

fn whole<'a>(text: &'a str, grammar: impl FnOnce(&mut Cursor<'a>) -> Option<()>) -> bool {
    let mut cursor = Cursor(text.as_bytes());
    grammar(&mut cursor).and_then(|()| cursor.end()).is_some()
}

pub(super) fn is_date(text: &str) -> bool {
    whole(text, Cursor::date)
}

pub(super) fn is_time(text: &str) -> bool {
    whole(text, Cursor::time)
}

pub(super) fn is_date_time(text: &str) -> bool {
    whole(text, |cursor| {
        cursor.date()?;
        cursor.byte(b'T')?;
        cursor.time()
    })
}

/// The designators in their order, before and after the `T`.
const DATE_UNITS: &[u8] = b"YMWD";
const TIME_UNITS: &[u8] = b"HMS";

pub(crate) fn is_duration(text: &str) -> bool {
    whole(text, |cursor| {
        cursor.byte(b'P')?;
        let date = units(cursor, DATE_UNITS)?;
        let weeks_mixed = date.contains(&b'W') && date.iter().any(|unit| matches!(unit, b'Y' | b'M'));
        if weeks_mixed {
            return None;
        }
        let time = if cursor.take(b'T') { Some(units(cursor, TIME_UNITS)?) } else { None };
        // Something must follow the `P`, and the `T` where there is one.
        if time.map_or(date.is_empty(), |time| time.is_empty()) { None } else { Some(()) }
    })
}

/// Numbers with designators, each at most once and in order; a fraction must be the end of the text.
fn units(cursor: &mut Cursor<'_>, designators: &[u8]) -> Option<Vec<u8>> {
    let mut found = Vec::new();
    let mut left = designators;
    while cursor.0.first().is_some_and(u8::is_ascii_digit) {
        cursor.digits();
        let fraction = cursor.take(b'.');
        if fraction && cursor.digits().is_empty() {
            return None;
        }
        let place = left.iter().position(|designator| cursor.0.first() == Some(designator))?;
        found.push(*left.get(place)?);
        cursor.0 = cursor.0.get(1..)?;
        left = left.get(place + 1..)?;
        if fraction && !cursor.0.is_empty() {
            return None;
        }
    }
    Some(found)
}

/// Padded, of the standard alphabet, without line breaks (RFC 4648).
pub(super) fn is_base64(text: &str) -> bool {
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    text.len().is_multiple_of(4)
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// A sign, an integer without leading zeros, and a fraction, which may be a point alone.
pub(super) fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (integer, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !integer.is_empty()
        && digits(integer)
        && digits(fraction)
        && (integer == "0" || !integer.starts_with('0'))
}

/// Hexadecimal digits of either case.
pub(super) fn is_uuid(text: &str) -> bool {
    let mut lengths = [8, 4, 4, 4, 12].into_iter();
    let hexadecimal = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split('-').all(|part| lengths.next() == Some(part.len()) && hexadecimal(part))
        && lengths.next().is_none()
}
