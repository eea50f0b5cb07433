//! A file's text, or why it has none.

use std::io;
use std::path::Path;
use std::{fs, str};

/// Why a file could not be read as a text.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// The system says no.
    Io(io::Error),
    /// From some place on it is not UTF-8.
    NotUtf8(NotUtf8),
}

/// Where a file stops to be UTF-8.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotUtf8 {
    /// The byte, from 0.
    pub(crate) offset: usize,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The character in the line, from 1.
    pub(crate) column: usize,
    /// Whether the file says of itself that it is UTF-16.
    pub(crate) is_utf16: bool,
}

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<String, Unreadable> {
    let bytes = fs::read(path).map_err(Unreadable::Io)?;
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        Unreadable::NotUtf8(NotUtf8::at(offset, error.as_bytes()))
    })
}

impl NotUtf8 {
    fn at(offset: usize, bytes: &[u8]) -> Self {
        let before = bytes.get(..offset).and_then(|before| str::from_utf8(before).ok()).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            offset,
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
            is_utf16: bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]),
        }
    }

    /// What to do about it.
    pub(crate) fn help(&self) -> &'static str {
        if self.is_utf16 {
            "it begins as UTF-16 does: save it as UTF-8"
        } else {
            "save it as UTF-8; it may be in the encoding of an older editor"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NotUtf8;

    #[test]
    fn the_first_byte_that_is_not_utf8_has_a_line_and_a_column() {
        let bytes = "{\n \"é\": \"".bytes().chain([0xff, b'"']).collect::<Vec<_>>();
        assert_eq!(NotUtf8::at(10, &bytes), NotUtf8 { offset: 10, line: 2, column: 8, is_utf16: false });
        assert!(NotUtf8::at(0, &[0xff, 0xfe, b'{', 0]).help().contains("UTF-16"));
    }
}
