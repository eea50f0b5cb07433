//! JSON as a tape: a text becomes one row of cells, each the bytes of a value and where the value after it begins.
//!
//! Decides what is JSON (RFC 8259 and nothing more) and where each value stands. Does not know DTDL, joins no members
//! of one name, and owns no text: a [`Tape`] borrows the one that it was scanned from. Neither scanning nor walking
//! recurses, so the depth of a text is bounded by its length only.
//!
//! Begin at [`scan`], then [`Tape::root`].

mod node;
mod scan;
mod strings;
#[cfg(test)]
mod tests;

pub(crate) use node::{Items, Kind, Member, Members, Node};
pub(crate) use scan::{Malformed, Parts, scan};

/// The values of a text in its order: a container comes before its contents, a member's key before its value.
#[derive(Debug)]
pub(crate) struct Tape<'t> {
    text: &'t str,
    cells: Vec<Cell>,
    objects: usize,
}

/// A value. Its kind is not kept: the first byte of its text tells it.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Of the first byte.
    start: u32,
    /// After the last byte.
    end: u32,
    /// The index of the cell after this value and all it contains, and whether it is a string with escapes.
    next: u32,
}

impl Cell {
    /// There are fewer values than half the bytes, so `next` has a bit to spare.
    const ESCAPED: u32 = 1 << 31;
    const NEXT: u32 = !Self::ESCAPED;
}

impl<'t> Tape<'t> {
    /// The items of the array that the text is, each by itself.
    pub(crate) fn into_parts(self) -> Parts<'t> {
        Parts::new(self.text, self.root().range().start)
    }

    /// The value that the text is.
    pub(crate) fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }

    /// How many objects there are.
    pub(crate) fn objects(&self) -> usize {
        self.objects
    }

    /// All values in the order of the text, members' names among them.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..u32::try_from(self.cells.len()).unwrap_or(u32::MAX)).map(move |index| Node::new(self, index))
    }

    /// The cell there. An index from another tape finds an empty one.
    fn cell(&self, index: u32) -> Cell {
        let nothing = Cell { start: 0, end: 0, next: index.saturating_add(1) };
        self.cells.get(index as usize).copied().unwrap_or(nothing)
    }
}
