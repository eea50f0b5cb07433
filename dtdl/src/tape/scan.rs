//! Text to tape, in one pass. `serde_json` judges first whether the text is JSON (asked to ignore what it reads, it
//! does not recurse), so the pass after it trusts the text and only looks for where values begin and end.

use std::ops::Range;

use serde_core::de::IgnoredAny;

use super::{Cell, Tape};

/// Why a text is no JSON, and the character where that shows (nothing wide, at the end of the text).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) message: String,
    pub(crate) at: Range<usize>,
}

/// The link of a container that no other contains.
const OUTSIDE: u32 = u32::MAX;

/// The values of a JSON text.
pub(crate) fn scan(text: &str) -> Result<Tape, Malformed> {
    if u32::try_from(text.len()).is_err() {
        return Err(malformed(text, 0, "a text of 4 GiB or more is not read"));
    }
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        return Err(malformed(text, offset(text, &error), &error.to_string()));
    }
    let bytes = text.as_bytes();
    // in models, a value or a name takes this many bytes or more
    let cells = Vec::with_capacity(text.len() / 10);
    let mut scanner = Scanner { text, cells, open: OUTSIDE };
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' => at + 1,
            b'{' | b'[' => scanner.open(at),
            b'}' | b']' => scanner.close(at),
            b'"' => scanner.string(at)?,
            _ => scanner.literal(at),
        };
    }
    Ok(Tape { cells: scanner.cells })
}

struct Scanner<'t> {
    text: &'t str,
    cells: Vec<Cell>,
    /// The innermost container that is open. While it is, its `next` holds the one around it.
    open: u32,
}

impl Scanner<'_> {
    fn index(&self) -> u32 {
        narrow(self.cells.len())
    }

    fn open(&mut self, at: usize) -> usize {
        let index = self.index();
        self.cells.push(Cell { start: narrow(at), end: narrow(at), next: self.open });
        self.open = index;
        at + 1
    }

    fn close(&mut self, at: usize) -> usize {
        let next = self.index();
        if let Some(cell) = self.cells.get_mut(self.open as usize) {
            self.open = std::mem::replace(&mut cell.next, next);
            cell.end = narrow(at + 1);
        }
        at + 1
    }

    fn value(&mut self, range: Range<usize>) -> usize {
        let next = self.index() + 1;
        self.cells.push(Cell { start: narrow(range.start), end: narrow(range.end), next });
        range.end
    }

    fn literal(&mut self, at: usize) -> usize {
        let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r');
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        self.value(at..at + rest.iter().position(ends).unwrap_or(rest.len()))
    }

    /// Halves of surrogate pairs are the one thing in a string that the gate lets through.
    fn string(&mut self, at: usize) -> Result<usize, Malformed> {
        let bytes = self.text.as_bytes();
        let mut end = at + 1;
        let mut doubtful = false;
        loop {
            match bytes.get(end) {
                Some(b'\\') => {
                    doubtful |= bytes.get(end + 1) == Some(&b'u');
                    end += 2;
                }
                Some(b'"') | None => break,
                Some(_) => end += 1,
            }
        }
        end = (end + 1).min(bytes.len());
        if doubtful && let Err(error) = serde_json::from_str::<String>(&self.text[at..end]) {
            return Err(malformed(self.text, at + error.column().saturating_sub(1), &error.to_string()));
        }
        Ok(self.value(at..end))
    }
}

/// An offset, or a count of cells, of which there are no more than bytes.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("a text is refused when its length is no u32")
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
