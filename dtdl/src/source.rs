//! The texts that are read and places in them.
//!
//! Inside, a place is a byte range of a file ([`Location`]); people get a [`Position`] with line and column. A
//! byte-order mark is taken off when a text is added: many published models begin with one, and JSON allows none.

use std::fmt;
use std::ops::Range;

/// The named texts of one reading.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

#[derive(Clone, Debug)]
struct Source {
    name: String,
    text: String,
    line_starts: Vec<usize>,
}

/// The number of a file in its [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(usize);

/// A range of bytes in one of the [`Sources`]; ordered by file, then by place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    file: FileId,
    start: usize,
    end: usize,
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
    pub fn add(&mut self, name: impl Into<String>, text: &str) -> FileId {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        self.files.push(Source { name: name.into(), text, line_starts });
        FileId(self.files.len() - 1)
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

    fn place(&self, file: FileId, byte: usize) -> Position<'_> {
        let source = &self.files[file.0];
        let line = source.line_starts.partition_point(|&start| start <= byte);
        let line_start = source.line_starts[line - 1];
        let column = source.text[line_start..byte].chars().count() + 1;
        Position { file: &source.name, line, column }
    }

    /// The lines that `location` covers.
    ///
    /// # Panics
    /// When `location` belongs to other sources.
    pub fn lines(&self, location: Location) -> Lines<'_> {
        let source = &self.files[location.file.0];
        let line = |byte: usize| source.line_starts.partition_point(|&start| start <= byte);
        let last = location.end.saturating_sub(1).max(location.start);
        Lines { file: &source.name, first: line(location.start), last: line(last) }
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len()).map(FileId)
    }

    pub(crate) fn name(&self, file: FileId) -> &str {
        &self.files[file.0].name
    }

    pub(crate) fn text(&self, file: FileId) -> &str {
        &self.files[file.0].text
    }
}

impl Location {
    pub(crate) fn new(file: FileId, range: Range<usize>) -> Self {
        Self { file, start: range.start, end: range.end }
    }

    pub(crate) fn file(self) -> FileId {
        self.file
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start..self.end
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
