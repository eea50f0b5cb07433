//! A member of an element: its name, where it stands and what it holds. A model has more of these than of anything else, so
//! they are kept small. Begin with [`Entry`].

use std::ops::Deref;

use super::{Graph, Ix};
use crate::language::standard::StandardLiteral;
use crate::language_map::LanguageMap;
use crate::source::Location;

/// A member of an element.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The term of the language's own members, the DTMI of an extension's.
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) held: Held,
}

/// Where a member is written: its name and its value. For standard elements both are the place of the first use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) key: Location,
    // in the file of the key: all members have one of these
    values: (u32, u32),
    /// Whether the member is written with its term, not its DTMI.
    pub(crate) by_term: bool,
}

/// What a member holds.
#[derive(Debug)]
pub(crate) enum Held {
    Text(Text),
    /// A text in English alone.
    English(Text),
    Texts(Box<LanguageMap>),
    Boolean(bool),
    Integer(i64),
    Number(f64),
    /// A DTMI that need not be an element.
    Identifier(Text),
    /// Elements, once linked.
    Elements(Elements),
}

/// A string. Nearly all are read where they stand, so that they take no room of their own; see [`Graph::str`].
///
/// [`Graph::str`]: super::Graph::str
#[derive(Clone, Copy, Debug)]
pub(crate) enum Text {
    /// Without escapes, between these bytes of the element's file.
    Written(u32, u32),
    /// The number of one that the graph keeps.
    Kept(u32),
}

/// The elements in a member; most have one.
#[derive(Debug)]
pub(crate) enum Elements {
    None,
    One(Ix),
    #[expect(clippy::box_collection, reason = "every entry would be larger by half")]
    Many(Box<Vec<Ix>>),
}

impl Place {
    /// `key` and `values` are of one file.
    pub(crate) fn new(key: Location, values: Location, by_term: bool) -> Self {
        Self { key, values: values.bounds(), by_term }
    }

    pub(crate) fn values(self) -> Location {
        self.key.at(self.values)
    }
}

impl Text {
    pub(crate) const EMPTY: Self = Self::Written(0, 0);
}

impl Elements {
    pub(crate) fn push(&mut self, ix: Ix) {
        match self {
            Self::None => *self = Self::One(ix),
            Self::One(first) => *self = Self::Many(Box::new(vec![*first, ix])),
            Self::Many(all) => all.push(ix),
        }
    }
}

impl Deref for Elements {
    type Target = [Ix];

    fn deref(&self) -> &[Ix] {
        match self {
            Self::None => &[],
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(all) => all,
        }
    }
}

impl Graph {
    /// A literal of the language's own as an element holds it.
    pub(crate) fn held(&mut self, literal: &StandardLiteral) -> Held {
        match literal {
            StandardLiteral::Text(text) => Held::Text(self.keep_text(text)),
            StandardLiteral::Texts(texts) => Held::Texts(Box::new(texts.clone())),
            StandardLiteral::Integer(number) => Held::Integer(*number),
        }
    }
}
