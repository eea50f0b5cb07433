//! The texts that are read and places in them.
//!
//! Inside, a place is a byte range of a file ([`Location`]); people get a [`Position`] with line and column. A
//! byte-order mark is taken off when a text is added: many published models begin with one, and JSON allows none.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// The named texts of one reading.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

#[derive(Clone, Debug)]
struct Source {
    name: String,
    text: Arc<str>,
    /// Found when first asked for: a text without faults never is.
    line_starts: OnceLock<Vec<u32>>,
}

/// The number of a file in its [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A range of bytes in one of the [`Sources`]; ordered by file, then by place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    // every member of a model has some, and texts of 4 GiB are refused: 32 bits do
    file: FileId,
    start: u32,
    end: u32,
}

/// A place for people: file, line and column, both counted from 1, the column in characters.
///
/// Displayed as `models/lamp.json:3:14`, which terminals and editors turn into a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position<'a> {
    /// The name that the file was added under.
    pub file: &'a str,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

/// The lines of a file that something covers, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines<'a> {
    /// The name that the file was added under.
    pub file: &'a str,
    /// The first line.
    pub first: usize,
    /// The last line.
    pub last: usize,
}

impl Sources {
    /// Adds a text under the name that messages will show (usually a relative path).
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).into();
        let id = FileId(narrow(self.files.len()));
        self.files.push(Source { name: name.into(), text, line_starts: OnceLock::new() });
        id
    }

    /// The line and column where `location` begins.
    ///
    /// # Panics
    /// When `location` belongs to other sources.
    pub fn position(&self, location: Location) -> Position<'_> {
        self.place(location.file, location.start)
    }

    /// The line and column just after the end of `location`.
    ///
    /// # Panics
    /// When `location` belongs to other sources.
    pub fn end(&self, location: Location) -> Position<'_> {
        self.place(location.file, location.end)
    }

    fn place(&self, file: FileId, byte: u32) -> Position<'_> {
        let source = self.source(file);
        let line = source.line(byte);
        let line_start = source.line_starts()[line - 1] as usize;
        let column = source.text[line_start..byte as usize].chars().count() + 1;
        Position { file: &source.name, line, column }
    }

    /// The lines that `location` covers.
    ///
    /// # Panics
    /// When `location` belongs to other sources.
    pub fn lines(&self, location: Location) -> Lines<'_> {
        let source = self.source(location.file);
        let last = location.end.saturating_sub(1).max(location.start);
        Lines { file: &source.name, first: source.line(location.start), last: source.line(last) }
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..narrow(self.files.len())).map(FileId)
    }

    pub(crate) fn name(&self, file: FileId) -> &str {
        &self.source(file).name
    }

    pub(crate) fn text(&self, file: FileId) -> &str {
        &self.source(file).text
    }

    /// A text for whoever keeps it beside the sources.
    pub(crate) fn shared_text(&self, file: FileId) -> Arc<str> {
        Arc::clone(&self.source(file).text)
    }

    fn source(&self, file: FileId) -> &Source {
        &self.files[file.0 as usize]
    }
}

impl Source {
    /// The line of a byte, from 1.
    fn line(&self, byte: u32) -> usize {
        self.line_starts().partition_point(|&start| start <= byte)
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let ends = self.text.match_indices('\n').map(|(at, _)| narrow(at + 1));
            std::iter::once(0).chain(ends).collect()
        })
    }
}

/// The count of a reading's files, or a byte of one; what lies beyond the measure is not read, and shown at its end.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl FileId {
    pub(crate) fn number(self) -> usize {
        self.0 as usize
    }
}

impl Location {
    pub(crate) fn new(file: FileId, range: Range<usize>) -> Self {
        Self { file, start: narrow(range.start), end: narrow(range.end) }
    }

    /// Where it begins and ends in its file.
    pub(crate) fn bounds(self) -> (u32, u32) {
        (self.start, self.end)
    }

    /// Other bounds in the same file.
    pub(crate) fn at(self, (start, end): (u32, u32)) -> Self {
        Self { start, end, ..self }
    }

    pub(crate) fn file(self) -> FileId {
        self.file
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The first byte alone: the brace of an object that is too long to underline.
    pub(crate) fn head(self) -> Self {
        Self { end: (self.start + 1).min(self.end), ..self }
    }
}

impl fmt::Display for Position<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_does_not_shift_positions() {
        let mut sources = Sources::default();
        sources.add("a.json", "\u{feff}{\n  \"é\": 1 }");
        let file = FileId(0);
        assert_eq!(sources.text(file).chars().next(), Some('{'));
        let at = sources.text(file).find('1').unwrap();
        let position = sources.position(Location::new(file, at..at + 1));
        assert_eq!(position.to_string(), "a.json:2:8");
    }
}
