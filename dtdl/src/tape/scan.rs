//! Text to tape, in one pass, which also judges whether the text is JSON. Where it is not, `serde_json` is asked to say
//! why (asked to ignore what it reads, it does not recurse).

use std::ops::Range;

use serde_core::de::IgnoredAny;

use super::strings::{self, Quoted};
use super::{Cell, Tape};

/// Why a text is no JSON, and the character where that shows (nothing wide, at the end of the text).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) message: String,
    pub(crate) at: Range<usize>,
}

/// The link of a container that no other contains.
const OUTSIDE: u32 = Cell::NEXT;

/// The values of a JSON text.
pub(crate) fn scan(text: &str) -> Result<Tape<'_>, Malformed> {
    if u32::try_from(text.len()).is_err() {
        return Err(malformed(text, 0, "a text of 4 GiB or more is not read"));
    }
    // in models, a value or a name takes this many bytes or more
    let cells = Vec::with_capacity(text.len() / 10);
    let mut scanner = Scanner::new(text, cells);
    match scanner.document() {
        Some(()) => Ok(scanner.into_tape()),
        None => Err(reason(text, scanner.at)),
    }
}

/// The items of an array one after the other, each on a tape of its own: of a long text not all values at once.
pub(crate) struct Parts<'t> {
    text: &'t str,
    /// Behind the item before, or the array's bracket.
    at: usize,
}

impl<'t> Parts<'t> {
    /// Those of the array in a text of which that is known to be JSON.
    pub(super) fn new(text: &'t str, array: usize) -> Self {
        Self { text, at: array + 1 }
    }
}

impl<'t> Iterator for Parts<'t> {
    type Item = Tape<'t>;

    fn next(&mut self) -> Option<Tape<'t>> {
        let mut scanner = Scanner { at: self.at, ..Scanner::new(self.text, Vec::new()) };
        if scanner.token()? == b',' {
            scanner.at += 1;
        }
        scanner.whole()?;
        self.at = scanner.at;
        Some(scanner.into_tape())
    }
}

/// Every step of it is `None` where the text is no JSON.
struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    cells: Vec<Cell>,
    /// The innermost container that is open. While it is, its `next` holds the one around it.
    open: u32,
    /// Whether that container has nothing in it yet.
    fresh: bool,
    objects: usize,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str, cells: Vec<Cell>) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, cells, open: OUTSIDE, fresh: false, objects: 0 }
    }

    fn into_tape(self) -> Tape<'t> {
        Tape { text: self.text, cells: self.cells, objects: self.objects }
    }

    /// A value and all it contains.
    #[inline]
    fn whole(&mut self) -> Option<()> {
        self.value()?;
        while self.open != OUTSIDE {
            self.step()?;
        }
        Some(())
    }

    fn document(&mut self) -> Option<()> {
        self.whole()?;
        match self.token() {
            None => Some(()),
            Some(_) => None,
        }
    }

    /// The next item or member of the container that is open, or its end.
    fn step(&mut self) -> Option<()> {
        let open = self.cells.get(self.open as usize)?.start as usize;
        let object = self.bytes.get(open) == Some(&b'{');
        let mut byte = self.token()?;
        if byte == if object { b'}' } else { b']' } {
            return self.close();
        }
        if !self.fresh {
            if byte != b',' {
                return None;
            }
            self.at += 1;
            byte = self.token()?;
        }
        self.fresh = false;
        if object {
            if byte != b'"' {
                return None;
            }
            self.string()?;
            if self.token()? != b':' {
                return None;
            }
            self.at += 1;
        }
        self.value()
    }

    fn value(&mut self) -> Option<()> {
        match self.token()? {
            b'"' => self.string(),
            byte @ (b'{' | b'[') => {
                self.objects += usize::from(byte == b'{');
                let index = self.index();
                self.cells.push(Cell { start: narrow(self.at), end: narrow(self.at), next: self.open });
                self.open = index;
                self.fresh = true;
                self.at += 1;
                Some(())
            }
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
    }

    fn close(&mut self) -> Option<()> {
        self.at += 1;
        let next = self.index();
        let cell = self.cells.get_mut(self.open as usize)?;
        self.open = std::mem::replace(&mut cell.next, next);
        cell.end = narrow(self.at);
        self.fresh = false;
        Some(())
    }

    /// The byte that is not space.
    #[inline]
    fn token(&mut self) -> Option<u8> {
        loop {
            self.at += match *self.bytes.get(self.at)? {
                b' ' => strings::spaces(self.bytes, self.at),
                b'\t' | b'\n' | b'\r' => 1,
                byte => return Some(byte),
            }
        }
    }

    fn string(&mut self) -> Option<()> {
        let Quoted { end, escaped, surrogates } = strings::quoted(self.bytes, self.at)?;
        if surrogates && serde_json::from_str::<String>(self.text.get(self.at..end)?).is_err() {
            return None;
        }
        self.leaf(end, if escaped { Cell::ESCAPED } else { 0 })
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let end = self.at + word.len();
        if self.bytes.get(self.at..end)? == word.as_bytes() { self.leaf(end, 0) } else { None }
    }

    fn number(&mut self) -> Option<()> {
        let byte = |at: usize| self.bytes.get(at).copied().unwrap_or_default();
        let digits = |from: usize| {
            let rest = self.bytes.get(from..).unwrap_or_default();
            let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            (count > 0).then_some(from + count)
        };
        let first = self.at + usize::from(byte(self.at) == b'-');
        let mut end = if byte(first) == b'0' { first + 1 } else { digits(first)? };
        if byte(end) == b'.' {
            end = digits(end + 1)?;
        }
        if matches!(byte(end), b'e' | b'E') {
            let signed = matches!(byte(end + 1), b'+' | b'-');
            end = digits(end + 1 + usize::from(signed))?;
        }
        self.leaf(end, 0)
    }

    /// A value from here to `end` that contains no others.
    fn leaf(&mut self, end: usize, flag: u32) -> Option<()> {
        let next = (self.index() + 1) | flag;
        self.cells.push(Cell { start: narrow(self.at), end: narrow(end), next });
        self.at = end;
        Some(())
    }

    fn index(&self) -> u32 {
        narrow(self.cells.len())
    }
}

/// An offset, or a count of cells, of which there are no more than bytes.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("a text is refused when its length is no u32")
}

/// Why a text is no JSON. Halves of surrogate pairs, at which `serde_json` does not look as it ignores a string, come
/// after all other faults.
fn reason(text: &str, at: usize) -> Malformed {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        return malformed(text, offset(text, &error), &error.to_string());
    }
    let end = strings::quoted(text.as_bytes(), at).map_or(text.len(), |quoted| quoted.end);
    match serde_json::from_str::<String>(text.get(at..end).unwrap_or_default()) {
        Err(error) => malformed(text, at + error.column().saturating_sub(1), &error.to_string()),
        Ok(_) => malformed(text, at, "expected value"),
    }
}

/// What `serde_json` says, without its own place, at the character that `at` falls into.
fn malformed(text: &str, at: usize, message: &str) -> Malformed {
    let start = text.floor_char_boundary(at.min(text.len()));
    let width = text[start..].chars().next().map_or(0, char::len_utf8);
    let message = message.split(" at line ").next().unwrap_or(message).to_owned();
    Malformed { message, at: start..start + width }
}

/// `serde_json` counts columns in bytes and puts the end of a line at its column 0 of the next.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    before + error.column().saturating_sub(1)
}
