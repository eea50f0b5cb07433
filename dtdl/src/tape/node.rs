//! A value on a tape, and walking its items and members. Strings are unescaped when asked for, and only those that
//! have escapes are copied.

use std::borrow::Cow;
use std::ops::Range;

use super::{Cell, Tape};

/// A value: a tape and a place on it.
#[derive(Clone, Copy)]
pub(crate) struct Node<'t> {
    tape: &'t Tape<'t>,
    index: u32,
}

/// The kinds of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// A member of an object. Two of one object may have the same key.
#[derive(Clone)]
pub(crate) struct Member<'t> {
    pub(crate) key: Cow<'t, str>,
    /// Of the key with its quotation marks.
    pub(crate) key_range: Range<usize>,
    pub(crate) value: Node<'t>,
}

/// The items of an array, in its order.
#[derive(Clone)]
pub(crate) struct Items<'t>(Siblings<'t>);

/// The members of an object, in its order.
#[derive(Clone)]
pub(crate) struct Members<'t>(Siblings<'t>);

#[derive(Clone)]
struct Siblings<'t> {
    /// The next one.
    at: Node<'t>,
    end: u32,
}

impl Kind {
    /// For a sentence: "a number".
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

impl<'t> Node<'t> {
    pub(super) fn new(tape: &'t Tape<'t>, index: u32) -> Self {
        Self { tape, index }
    }

    pub(crate) fn kind(self) -> Kind {
        let start = self.tape.cell(self.index).start as usize;
        match self.tape.text.as_bytes().get(start) {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'-' | b'0'..=b'9') => Kind::Number,
            _ => Kind::Null,
        }
    }

    /// The bytes of the whole value: a token with its quotation marks, or from bracket to bracket.
    pub(crate) fn range(self) -> Range<usize> {
        let cell = self.tape.cell(self.index);
        cell.start as usize..cell.end as usize
    }

    /// The value as it is written.
    pub(crate) fn raw(self) -> &'t str {
        self.tape.text.get(self.range()).unwrap_or_default()
    }

    /// The text of a string.
    pub(crate) fn as_str(self) -> Option<Cow<'t, str>> {
        if self.kind() != Kind::String {
            return None;
        }
        match self.plain() {
            Some(range) => self.tape.text.get(range).map(Cow::Borrowed),
            None => serde_json::from_str(self.raw()).ok().map(Cow::Owned),
        }
    }

    /// The bytes between the quotation marks of a string without escapes.
    pub(crate) fn plain(self) -> Option<Range<usize>> {
        let cell = self.tape.cell(self.index);
        let plain = self.kind() == Kind::String && cell.next & Cell::ESCAPED == 0;
        plain.then_some(cell.start as usize + 1..cell.end as usize - 1)
    }

    pub(crate) fn as_bool(self) -> Option<bool> {
        match self.raw() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The double nearest to a number; `None` also where the number is too large to be one.
    pub(crate) fn as_f64(self) -> Option<f64> {
        let number = if self.kind() == Kind::Number { self.raw().parse::<f64>().ok() } else { None };
        number.filter(|number| number.is_finite())
    }

    /// The items of an array; nothing where the value is none.
    pub(crate) fn items(self) -> Items<'t> {
        Items(self.contents(Kind::Array))
    }

    /// The members of an object; nothing where the value is none.
    pub(crate) fn members(self) -> Members<'t> {
        Members(self.contents(Kind::Object))
    }

    /// The members whose names begin with `@`.
    pub(crate) fn keywords(self) -> impl Iterator<Item = Member<'t>> {
        let mut rest = self.members();
        std::iter::from_fn(move || rest.find_key(|key| key.may_begin_with(b'@')))
            .filter(|member| member.key.starts_with('@'))
    }

    /// Whether a string begins with this byte, as far as can be seen without unescaping it.
    fn may_begin_with(self, byte: u8) -> bool {
        let cell = self.tape.cell(self.index);
        cell.next & Cell::ESCAPED != 0
            || self.tape.text.as_bytes().get(cell.start as usize + 1) == Some(&byte)
    }

    fn contents(self, kind: Kind) -> Siblings<'t> {
        let first = self.index.saturating_add(1);
        let end = if self.kind() == kind { self.next() } else { first };
        Siblings { at: Self { index: first, ..self }, end }
    }

    fn next(self) -> u32 {
        self.tape.cell(self.index).next & Cell::NEXT
    }
}

impl<'t> Siblings<'t> {
    /// The value there, after which the row stands behind it.
    fn advance(&mut self) -> Option<Node<'t>> {
        let node = self.at;
        if node.index >= self.end {
            return None;
        }
        self.at.index = node.next();
        Some(node)
    }
}

impl<'t> Iterator for Items<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        self.0.advance()
    }
}

impl<'t> Members<'t> {
    /// The next one whose key is such.
    fn find_key(&mut self, such: impl Fn(Node<'t>) -> bool) -> Option<Member<'t>> {
        loop {
            let key = self.0.advance()?;
            let value = self.0.advance()?;
            if such(key) {
                return Some(Member { key: key.as_str()?, key_range: key.range(), value });
            }
        }
    }
}

impl<'t> Iterator for Members<'t> {
    type Item = Member<'t>;

    fn next(&mut self) -> Option<Member<'t>> {
        self.find_key(|_| true)
    }
}
